//! Compares the exact flow with explicit Euler at falling steps, draw by draw:
//! `cargo run --release --example exact_against_euler -- n d p draws time first_draw rates...`
//!
//! Without a branch point Euler's distance falls tenfold from one rate to the next, unless Euler is on a wrong
//! branch at the larger.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use reluflow::data::Isotropic;
use reluflow::flow::Exact;
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Stops, TrialSeed};

/// θ of a network as one vector.
fn flat(network: &Network) -> Vec<f64> {
    network
        .hidden_weights()
        .iter()
        .chain(network.output_weights())
        .copied()
        .collect()
}

/// ‖u − v‖/‖v‖.
fn distance(u: &[f64], v: &[f64]) -> f64 {
    let square = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>();
    let difference: Vec<f64> = u.iter().zip(v).map(|(u, v)| u - v).collect();
    (square(&difference) / square(v)).sqrt()
}

/// Explicit Euler with σ'(0) = 0 in loops that vectorise over neurons.
fn euler(data: &Dataset, start: &Network, rate: f64, time: f64) -> Vec<f64> {
    let (n, d, p) = (data.examples(), data.dimension(), start.neurons());
    let x: Vec<Vec<f64>> = data.inputs().rows().into_iter().map(|x| x.to_vec()).collect();
    let y = data.labels().to_vec();
    let weights = start.hidden_weights();
    let mut w: Vec<Vec<f64>> = (0..d).map(|c| weights.column(c).to_vec()).collect();
    let mut a = start.output_weights().to_vec();
    let mut u = vec![vec![0.0; p]; n];
    let (mut dw, mut da) = (vec![vec![0.0; p]; d], vec![0.0; p]);
    let mut gate = vec![0.0; p];
    for _ in 0..(time / rate).round() as u64 {
        dw.iter_mut().for_each(|row| row.fill(0.0));
        da.fill(0.0);
        for i in 0..n {
            let u = &mut u[i];
            u.fill(0.0);
            for c in 0..d {
                let x = x[i][c];
                for (u, w) in u.iter_mut().zip(&w[c]) {
                    *u += x * w;
                }
            }
            let mut lanes = [0.0; 4];
            for (u, a) in u.chunks(4).zip(a.chunks(4)) {
                for ((lane, u), a) in lanes.iter_mut().zip(u).zip(a) {
                    *lane += a * u.max(0.0);
                }
            }
            let r = (y[i] - lanes.iter().sum::<f64>() / p as f64) * rate / n as f64;
            for ((gate, u), da) in gate.iter_mut().zip(u.iter()).zip(&mut da) {
                *gate = if *u > 0.0 { r } else { 0.0 };
                *da += *gate * u;
            }
            for c in 0..d {
                let x = x[i][c];
                for (dw, gate) in dw[c].iter_mut().zip(&gate) {
                    *dw += x * gate;
                }
            }
        }
        for c in 0..d {
            for ((w, dw), a) in w[c].iter_mut().zip(&dw[c]).zip(&a) {
                *w += a * dw;
            }
        }
        for (a, da) in a.iter_mut().zip(&da) {
            *a += da;
        }
    }
    (0..p)
        .flat_map(|j| (0..d).map(move |c| (j, c)))
        .map(|(j, c)| w[c][j])
        .chain(a.clone())
        .collect()
}

fn one_draw(n: usize, d: usize, p: usize, draw: u64, time: f64, rates: &[f64]) -> String {
    let seed = TrialSeed {
        root: 6,
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
    let run = |method: Exact| {
        let mut problem = Problem::new(&data, &net, Method::Exact(method));
        problem.stops = Stops {
            time: Some(time),
            ..Stops::default()
        };
        problem.solve().unwrap()
    };
    let clock = std::time::Instant::now();
    let exact = run(Exact::default());
    let seconds = clock.elapsed().as_secs_f64();
    let loose = run(Exact {
        tolerance: 1e-11,
        ..Exact::default()
    });
    let state = flat(&exact.network);
    let distances: Vec<f64> = rates
        .iter()
        .map(|rate| distance(&euler(&data, &net, *rate, exact.end.time), &state))
        .collect();
    let checks = exact.events.checks;
    let text: Vec<String> = distances.iter().map(|v| format!("{v:9.2e}")).collect();
    let smallest = *distances.last().unwrap_or(&0.0);
    let mark = if exact.counts.branches == 0 && smallest > 1e-3 {
        "DIFFERS"
    } else {
        ""
    };
    format!(
        "{n:4} {d:3} {p:3} draw {draw:4} L {:.6} trap {:>12.7?} (100 x tolerance: {:8.1e} {:8.1e}) events {:5} \
         branches {:2} steps {:6} evaluations {:7} {seconds:7.3}s | Euler {} | rise {:8.1e} dissipation {:8.1e} \
         offset {:8.1e} kinks {:2} balance {:8.1e} {:?} {mark}",
        exact.end.loss,
        exact.end.trap_time.unwrap_or(f64::NAN),
        exact.end.trap_time.unwrap_or(0.0) - loose.end.trap_time.unwrap_or(0.0),
        distance(&flat(&loose.network), &state),
        exact.counts.events,
        exact.counts.branches,
        exact.counts.steps,
        exact.counts.evaluations,
        text.join(" "),
        checks.loss_rise,
        checks.dissipation_defect,
        checks.sliding_offset,
        checks.most_kinks,
        exact.end.balance_drift,
        exact.verdict.kind(),
    )
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let whole = |k: usize| arguments[k].parse::<usize>().unwrap();
    let real = |k: usize| arguments[k].parse::<f64>().unwrap();
    let (n, d, p, draws, time, first) = (whole(0), whole(1), whole(2), whole(3), real(4), whole(5));
    let rates: Vec<f64> = (6..arguments.len()).map(real).collect();
    let next = AtomicU64::new(first as u64);
    let output = Mutex::new(());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let draw = next.fetch_add(1, Ordering::Relaxed);
                    if draw >= (first + draws) as u64 {
                        return;
                    }
                    let line = one_draw(n, d, p, draw, time, &rates);
                    let _guard = output.lock();
                    println!("{line}");
                }
            });
        }
    });
}
