//! Work against precision: how many evaluations each method spends on a verdict, and how far its hitting times lie
//! from those of explicit Euler with a small step on the same draws.
//!
//! `cargo run --release -p reluflow --example work_precision -- [A] [B] [C] [D] [E] [O] [--csv FILE] [--precision N] [--methods PREFIX]`
//!
//! | problem | (d, p, n) | draws | horizon | reference |
//! | --- | --- | --- | --- | --- |
//! | A | (20, 30, 160) | 60 | 5 T | Euler 0.01 |
//! | B | (20, 30, 450) | 80 | 12 T | Euler 0.05 |
//! | C | (10, 30, 270) | 20 | 60 T | Euler 0.05 |
//! | D | (100, 37, 1650) | 20 | 2 T | Euler 0.05 |
//! | E | (30, 400, 1000) | 20 | 1 T | Euler 0.1 |
//! | O | orthogonal, (2000, 37, 2000) | 20 | to L < 10⁻⁶ trap | Euler 0.1 |
//!
//! With `--methods PREFIX` only methods whose names begin so; with `--precision N` the flow alone, N draws a problem, in single against double precision.
//!
//! T = 1.5 transition times. The seeds are used for nothing else: no setting was chosen on these draws.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use reluflow::data::{Isotropic, Orthogonal};
use reluflow::flow::{Accuracy, Flow, GradientDescent, Integrator, Precision};
use reluflow::initialisation::Asymmetric;
use reluflow::theory::transition_time;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, Setting, Solution, Stops};

const ROOT: u64 = 20_261_123;

struct Case {
    name: &'static str,
    orthogonal: bool,
    sizes: (usize, usize, usize),
    draws: u64,
    /// In multiples of T = 1.5 transition times.
    horizon: f64,
    reference: f64,
}

const CASES: [Case; 6] = [
    Case {
        name: "A",
        orthogonal: false,
        sizes: (20, 30, 160),
        draws: 60,
        horizon: 5.0,
        reference: 0.01,
    },
    Case {
        name: "B",
        orthogonal: false,
        sizes: (20, 30, 450),
        draws: 80,
        horizon: 12.0,
        reference: 0.05,
    },
    Case {
        name: "C",
        orthogonal: false,
        sizes: (10, 30, 270),
        draws: 20,
        horizon: 60.0,
        reference: 0.05,
    },
    Case {
        name: "D",
        orthogonal: false,
        sizes: (100, 37, 1650),
        draws: 20,
        horizon: 2.0,
        reference: 0.05,
    },
    Case {
        name: "E",
        orthogonal: false,
        sizes: (30, 400, 1000),
        draws: 20,
        horizon: 1.0,
        reference: 0.1,
    },
    Case {
        name: "O",
        orthogonal: true,
        sizes: (2000, 37, 2000),
        draws: 20,
        horizon: 15.0,
        reference: 0.1,
    },
];

fn descent(learning_rate: f64) -> Method {
    Method::GradientDescent(GradientDescent {
        learning_rate,
        precision: Precision::F64,
    })
}

/// The flow as it is, and evaluated in single precision.
fn precisions() -> [(String, Method); 2] {
    [
        ("flow", Precision::F64),
        ("flow, f32 evaluations", Precision::F32),
    ]
    .map(|(name, precision)| {
        let flow = Flow {
            precision,
            ..Flow::default()
        };
        (name.to_owned(), Method::Flow(flow))
    })
}

fn contestants(case: &Case) -> Vec<(String, Method)> {
    let flow = |flow: Flow| Method::Flow(flow);
    let rkc2 = Flow {
        integrator: Integrator::RungeKuttaChebyshev2,
        ..Flow::default()
    };
    let rkc1 = |tolerance, fall| Flow {
        tolerance: Some(tolerance),
        fall: Some(fall),
        ..Flow::default()
    };
    let pair = |integrator| Flow {
        integrator,
        ..Flow::default()
    };
    let mut list = precisions().to_vec();
    list.extend([
        (
            "flow, careful".into(),
            flow(Flow {
                accuracy: Accuracy::Careful,
                ..Flow::default()
            }),
        ),
        ("order 1, 0.1 / 0.2".into(), flow(rkc1(0.1, 0.2))),
        ("order 1, 0.03 / 0.03".into(), flow(rkc1(0.03, 0.03))),
        ("order 2, 0.07 / 0.2".into(), flow(rkc2)),
        ("Bogacki-Shampine".into(), flow(pair(Integrator::BogackiShampine))),
        ("Tsitouras".into(), flow(pair(Integrator::Tsitouras))),
    ]);
    let rates: &[f64] = if case.name == "C" {
        &[1.0, 0.25, 0.1]
    } else {
        &[1.0, 0.5, 0.25, 0.1]
    };
    list.extend(
        rates
            .iter()
            .filter(|rate| **rate > case.reference)
            .map(|rate| (format!("gradient descent {rate}"), descent(*rate))),
    );
    list
}

fn solve(case: &Case, method: Method, draw: u64) -> Solution {
    let (d, p, n) = case.sizes;
    let (data, init) = if case.orthogonal {
        let init = Asymmetric {
            hidden_scale: 0.01,
            covered: true,
            ..Asymmetric::default()
        };
        (DataLaw::Orthogonal(Orthogonal::default()), init)
    } else {
        (DataLaw::Isotropic(Isotropic::default()), Asymmetric::default())
    };
    let setting = Setting {
        n,
        d,
        p,
        data,
        initialisation: InitialisationLaw::Asymmetric(init),
    };
    let (data, network) = setting.draw(ROOT, draw).unwrap();
    let time = Some(case.horizon * 1.5 * transition_time(n, p));
    let trap_times = case.orthogonal.then_some(1e-6);
    let stops = Stops {
        trap: !case.orthogonal,
        trap_times,
        time,
        ..Stops::default()
    };
    Problem {
        stops,
        ..Problem::new(&data, &network, method)
    }
    .solve()
    .unwrap()
}

/// All draws of a method, on two threads; the order does not matter.
fn all(case: &Case, method: Method, draws: u64) -> Vec<Solution> {
    let (next, done) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let draw = next.fetch_add(1, Ordering::Relaxed);
                    if draw >= draws {
                        break;
                    }
                    let solution = solve(case, method, draw);
                    done.lock().unwrap().push((draw, solution));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(draw, _)| *draw);
    done.into_iter().map(|(_, solution)| solution).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[half]
    } else {
        0.5 * (sorted[half - 1] + sorted[half])
    }
}

/// The Kolmogorov–Smirnov distance of two samples, and the asymptotic probability of a larger one.
fn kolmogorov_smirnov(a: &[f64], b: &[f64]) -> (f64, f64) {
    let share =
        |sample: &[f64], x: f64| sample.iter().filter(|v| **v <= x).count() as f64 / sample.len() as f64;
    let distance = a
        .iter()
        .chain(b)
        .map(|x| (share(a, *x) - share(b, *x)).abs())
        .fold(0.0, f64::max);
    let size = (a.len() * b.len()) as f64 / (a.len() + b.len()) as f64;
    let x = (size.sqrt() + 0.12 + 0.11 / size.sqrt()) * distance;
    let sum: f64 = (1..100)
        .map(|k| {
            let k = f64::from(k);
            (if k % 2.0 == 1.0 { 2.0 } else { -2.0 }) * (-2.0 * k * k * x * x).exp()
        })
        .sum();
    (distance, if x < 0.2 { 1.0 } else { sum.clamp(0.0, 1.0) })
}

fn main() {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str| {
        names.iter().position(|a| a == name).map(|at| {
            let value = names.get(at + 1).expect("an option needs a value").clone();
            names.drain(at..=at + 1);
            value
        })
    };
    let csv = option("--csv");
    let methods = option("--methods");
    let precision: Option<u64> = option("--precision").map(|draws| draws.parse().expect("a number of draws"));
    let mut table = String::from(
        "problem,method,evaluations,steps,rejected,reached,reached_by_T,median_time,median_ratio,bias,bias_error,spread,worst,flips_at_T,ks,ks_p\n",
    );
    for case in CASES
        .iter()
        .filter(|case| names.is_empty() || names.iter().any(|name| name == case.name))
    {
        let (d, p, n) = case.sizes;
        let budget = 1.5 * transition_time(n, p);
        let mut list = vec![(format!("Euler {}", case.reference), descent(case.reference))];
        list.extend(contestants(case));
        if let Some(start) = &methods {
            let reference = list[0].0.clone();
            list.retain(|(name, _)| *name == reference || name.starts_with(start.as_str()));
        }
        if precision.is_some() {
            list = precisions().to_vec();
        }
        let draws = precision.unwrap_or(case.draws);
        println!(
            "\n{}: (d, p, n) = ({d}, {p}, {n}), {draws} draws to {} T, T = {budget:.1}; reference: {}",
            case.name, case.horizon, list[0].0
        );
        println!(
            "{:<24} {:>9} {:>7} {:>6} {:>6} {:>9} {:>8} {:>15} {:>7} {:>6} {:>5} {:>6} {:>6}",
            "method",
            "ev",
            "steps",
            "P",
            "P(T)",
            "median",
            "ratio",
            "paired bias",
            "spread",
            "worst",
            "flips",
            "KS",
            "p"
        );
        let mut reference: Option<Vec<f64>> = None;
        for (name, method) in list {
            let solutions = all(case, method, draws);
            let times: Vec<f64> = solutions
                .iter()
                .map(|s| s.end.success_time.unwrap_or(f64::INFINITY))
                .collect();
            let truth = reference.get_or_insert_with(|| times.clone());
            let draws = times.len() as f64;
            let share = |limit: f64| times.iter().filter(|t| **t <= limit).count() as f64 / draws;
            let mean =
                |count: fn(&Solution) -> u64| solutions.iter().map(|s| count(s) as f64).sum::<f64>() / draws;
            let logs: Vec<f64> = times
                .iter()
                .zip(truth.iter())
                .map(|(a, b)| (a / b).ln())
                .filter(|v| v.is_finite())
                .collect();
            let pairs = logs.len() as f64;
            let bias = logs.iter().sum::<f64>() / pairs;
            let spread = (logs.iter().map(|v| (v - bias).powi(2)).sum::<f64>() / pairs).sqrt();
            let worst = logs.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            let flips = times
                .iter()
                .zip(truth.iter())
                .filter(|(a, b)| (**a <= budget) != (**b <= budget))
                .count();
            let ratio = median(&times) / median(truth);
            let (ks, ks_p) = kolmogorov_smirnov(&times, truth);
            let evaluations = mean(|s| s.counts.evaluations);
            println!(
                "{name:<24} {evaluations:>9.0} {:>7.0} {:>6.2} {:>6.2} {:>9.1} {:>+7.1}% {:>+6.1} ± {:>4.1} % {:>6.1}% {:>5.0}% {flips:>5} {ks:>6.2} {ks_p:>6.2}",
                mean(|s| s.counts.steps),
                share(f64::MAX),
                share(budget),
                median(&times),
                100.0 * (ratio - 1.0),
                100.0 * bias,
                100.0 * spread / pairs.sqrt(),
                100.0 * spread,
                100.0 * worst,
            );
            writeln!(
                table,
                "{},\"{name}\",{evaluations},{},{},{},{},{},{ratio},{bias},{},{spread},{worst},{flips},{ks},{ks_p}",
                case.name, mean(|s| s.counts.steps), mean(|s| s.counts.rejected), share(f64::MAX), share(budget),
                median(&times), spread / pairs.sqrt()
            )
            .unwrap();
        }
    }
    if let Some(file) = csv {
        std::fs::write(&file, table).unwrap();
        println!("\nwritten: {file}");
    }
}
