//! Scratch: hitting times of one problem and method over draws.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use reluflow::data::Isotropic;
use reluflow::flow::{Flow, GradientDescent, Integrator, Stops};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, TrialSeed};

fn main() {
    let a: Vec<String> = std::env::args().skip(1).collect();
    let (d, p, n, draws): (usize, usize, usize, u64) = (
        a[0].parse().unwrap(),
        a[1].parse().unwrap(),
        a[2].parse().unwrap(),
        a[3].parse().unwrap(),
    );
    let horizon: f64 = a[4].parse().unwrap();
    let method = match a[5].as_str() {
        "gd" => Method::GradientDescent(GradientDescent {
            learning_rate: a[6].parse().unwrap(),
            ..Default::default()
        }),
        name => Method::Flow(Flow {
            integrator: match name {
                "rkc1" => Integrator::RungeKuttaChebyshev1,
                "rkc2" => Integrator::RungeKuttaChebyshev2,
                "bs" => Integrator::BogackiShampine,
                _ => Integrator::Tsitouras,
            },
            tolerance: Some(a[6].parse().unwrap()),
            fall: Some(a[7].parse().unwrap()),
            ..Default::default()
        }),
    };
    let t = 1.5 * reluflow::theory::transition_time(n, p);
    let next = std::sync::atomic::AtomicU64::new(0);
    let results = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let draw = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if draw >= draws {
                        break;
                    }
                    let seed = TrialSeed {
                        root: 0,
                        n: n as u64,
                        d: d as u64,
                        p: p as u64,
                        draw,
                    };
                    let data = DataLaw::Isotropic(Isotropic::default())
                        .sample(n, d, &mut seed.generator(Purpose::Data))
                        .unwrap();
                    let net = InitialisationLaw::Asymmetric(Asymmetric::default())
                        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
                        .unwrap();
                    let stops = Stops {
                        trap: true,
                        time: Some(horizon * t),
                        ..Default::default()
                    };
                    let s = Problem {
                        stops,
                        ..Problem::new(&data, &net, method)
                    }
                    .solve()
                    .unwrap();
                    results.lock().unwrap().push((draw, s));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|r| r.0);
    let mut times: Vec<f64> = results
        .iter()
        .map(|(_, s)| s.end.trap_time.unwrap_or(f64::INFINITY))
        .collect();
    if a.last().unwrap() == "v" {
        for (k, s) in &results {
            println!(
                "{k} {} {:?} defect {:?} drift {:.2e}",
                s.verdict, s.counts, s.end.energy_defect, s.end.balance_drift
            );
        }
    }
    times.sort_by(f64::total_cmp);
    let m = times.len();
    let ev: f64 = results
        .iter()
        .map(|(_, s)| s.counts.evaluations as f64)
        .sum::<f64>()
        / m as f64;
    let rej: f64 = results.iter().map(|(_, s)| s.counts.rejected as f64).sum::<f64>() / m as f64;
    let st: f64 = results.iter().map(|(_, s)| s.counts.steps as f64).sum::<f64>() / m as f64;
    println!(
        "{a:?}: T {t:.1} P {:.2} P(T) {:.2} median {:.2} max {:.2} ev {ev:.0} steps {st:.0} rejected {rej:.1}",
        times.iter().filter(|t| t.is_finite()).count() as f64 / m as f64,
        times.iter().filter(|x| **x <= t).count() as f64 / m as f64,
        times[m / 2],
        times[m - 1]
    );
}
