//! Wrong verdicts: how often a method's verdict on a draw differs from the exact flow's, at which cost.
//!
//! `cargo run --release -p reluflow --example wrong_verdicts -- [--root N] [--part F] [--truth FILE] [--only TEXT] [--shape N,D,P,DRAWS …] [SUITE …] [METHOD …]`
//!
//! | suite | problems (n, d, p) |
//! | --- | --- |
//! | `mix` | isotropic inputs, asymmetric start: 300 draws of (60, 40, 15) and (40, 10, 20), 250 of (100, 50, 16), 100 of (200, 100, 20) and (100, 10, 20), 41 of (160, 20, 30) |
//! | `small` | the same with hidden scale 0.01 at (40, 20, 30), and balanced starts of 10⁻⁴ at (20, 6, 15); 200 draws each |
//! | `starts` | hitting times from balanced starts of 10⁻³⁰, 10⁻⁶, 10⁻², 1: three unit inputs in the plane, and (20, 10, 20) |
//!
//! Methods: `default`, `careful`, `checked`, `order-2`, `order-1-fixed`, or settings such as `margin=0.05,first_step=0.01`,
//! after `careful,` too. `--only` names a part of a problem's name. `--shape 250,5,50,200` takes 200 draws of (250, 5, 50) in the place of the
//! suites, with the data and start of the mix.
//! The truth is the exact flow's verdict at 8 transition times, computed on first use and kept in the file given with `--truth`.
//! `--part 0.1` takes a tenth of the draws. A draw at which the exact flow has a branch point is left out and counted.
//! Intervals: Wilson, 95 %. Evaluations count products with M.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, array};
use reluflow::data::Isotropic;
use reluflow::flow::{Accuracy, Exact, Flow, Integrator};
use reluflow::initialisation::{Asymmetric, Balanced};
use reluflow::random::Purpose;
use reluflow::{
    DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Solution, Stops, TrialSeed, Verdict,
};

#[derive(Clone, Copy)]
enum Start {
    Asymmetric(f64),
    Balanced(f64),
}

#[derive(Clone, Copy)]
struct Case {
    suite: &'static str,
    sizes: (usize, usize, usize),
    start: Start,
    draws: u64,
    /// Three fixed inputs in the plane instead of random ones.
    plane: bool,
}

const fn mix(sizes: (usize, usize, usize), draws: u64) -> Case {
    Case {
        suite: "mix",
        sizes,
        start: Start::Asymmetric(1.0),
        draws,
        plane: false,
    }
}

fn cases() -> Vec<Case> {
    let mut list = vec![
        mix((60, 40, 15), 300),
        mix((40, 10, 20), 300),
        mix((100, 50, 16), 250),
        mix((200, 100, 20), 100),
        mix((100, 10, 20), 100),
        mix((160, 20, 30), 41),
        Case {
            suite: "small",
            start: Start::Asymmetric(0.01),
            ..mix((40, 20, 30), 200)
        },
        Case {
            suite: "small",
            start: Start::Balanced(1e-4),
            ..mix((20, 6, 15), 200)
        },
    ];
    for scale in [1e-30, 1e-6, 1e-2, 1.0] {
        let start = Start::Balanced(scale);
        list.push(Case {
            suite: "starts",
            start,
            plane: true,
            ..mix((3, 2, 50), 6)
        });
        list.push(Case {
            suite: "starts",
            start,
            ..mix((20, 10, 20), 20)
        });
    }
    list
}

/// The case of `n,d,p,draws`.
fn shape(text: &str) -> Case {
    let numbers: Vec<usize> = text.split(',').map(|word| word.trim().parse().unwrap()).collect();
    let [n, d, p, draws] = numbers[..] else {
        panic!("--shape takes n,d,p,draws")
    };
    mix((n, d, p), draws as u64)
}

impl Case {
    fn name(&self) -> String {
        let (n, d, p) = self.sizes;
        let start = match self.start {
            Start::Asymmetric(1.0) => String::new(),
            Start::Asymmetric(scale) => format!(", hidden scale {scale}"),
            Start::Balanced(scale) => format!(", balanced {scale:e}"),
        };
        format!("({n}, {d}, {p}){}{start}", if self.plane { " plane" } else { "" })
    }

    fn draw(&self, root: u64, draw: u64) -> (Dataset, Network) {
        let (n, d, p) = self.sizes;
        let seed = TrialSeed {
            root,
            n: n as u64,
            d: d as u64,
            p: p as u64,
            draw,
        };
        let data = if self.plane {
            let angles: Array1<f64> = array![0.3, 1.6, 2.9];
            let x = ndarray::stack![ndarray::Axis(1), angles.mapv(f64::cos), angles.mapv(f64::sin)];
            Dataset::new(x, array![1.0, -0.7, 0.5]).unwrap()
        } else {
            DataLaw::Isotropic(Isotropic::default())
                .sample(n, d, &mut seed.generator(Purpose::Data))
                .unwrap()
        };
        let law = match self.start {
            Start::Asymmetric(hidden_scale) => InitialisationLaw::Asymmetric(Asymmetric {
                hidden_scale,
                ..Asymmetric::default()
            }),
            Start::Balanced(scale) => InitialisationLaw::Balanced(Balanced {
                scale,
                ..Balanced::default()
            }),
        };
        let network = law
            .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
            .unwrap();
        (data, network)
    }

    fn solve(&self, root: u64, draw: u64, method: Method) -> Solution {
        let (data, network) = self.draw(root, draw);
        let transitions = if self.suite == "starts" { 15.0 } else { 8.0 };
        let stops = Stops {
            trap: true,
            transitions: Some(transitions),
            evaluations: Some(5_000_000),
            ..Stops::default()
        };
        // A small start waits long before it grows: its transition time is that of its logarithm.
        let stops = match self.start {
            Start::Balanced(scale) if scale < 1e-6 => Stops {
                transitions: Some(transitions * (1.0 - scale.ln())),
                ..stops
            },
            _ => stops,
        };
        Problem {
            stops,
            ..Problem::new(&data, &network, method)
        }
        .solve()
        .unwrap()
    }
}

#[derive(Clone, Copy, Debug)]
struct Outcome {
    /// 1, 0, or NaN where undecided.
    success: f64,
    time: f64,
    evaluations: f64,
    branches: u64,
}

fn outcome(solution: &Solution) -> Outcome {
    Outcome {
        success: match solution.verdict {
            Verdict::Undecided { .. } => f64::NAN,
            _ => f64::from(u8::from(solution.verdict.converged())),
        },
        time: solution.end.success_time.unwrap_or(f64::INFINITY),
        evaluations: solution.counts.evaluations as f64,
        branches: solution.counts.branches,
    }
}

/// All of a list of jobs on all processors, in the list's order.
fn all<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    if k >= count {
                        break;
                    }
                    let result = work(k);
                    done.lock().unwrap().push((k, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(k, _)| *k);
    done.into_iter().map(|(_, result)| result).collect()
}

fn method(text: &str) -> Method {
    let accuracy = |accuracy| Flow {
        accuracy,
        ..Flow::default()
    };
    let flow = match text {
        "default" => Flow::default(),
        "careful" => accuracy(Accuracy::Careful),
        "checked" => accuracy(Accuracy::Checked),
        "order-2" => Flow {
            integrator: Integrator::RungeKuttaChebyshev2,
            ..Flow::default()
        },
        settings => {
            let mut flow = Flow::default();
            let (careful, settings) = match settings.strip_prefix("careful,") {
                Some(rest) => (true, rest),
                None => (false, settings),
            };
            if careful {
                flow.accuracy = Accuracy::Careful;
            }
            for part in settings.split(',') {
                let (key, value) = part.split_once('=').expect("a method, or key=value");
                let number = || Some(value.parse::<f64>().unwrap());
                match key {
                    "tolerance" => flow.tolerance = number(),
                    "fall" => flow.fall = number(),
                    "margin" => flow.margin = number(),
                    "first_step" => flow.first_step = number(),
                    "step_growth" => flow.step_growth = number(),
                    "patience" => flow.patience = number(),
                    "neuron" => flow.neuron = number(),
                    "order" if value == "2" => flow.integrator = Integrator::RungeKuttaChebyshev2,
                    _ => panic!("unknown setting {key}"),
                }
            }
            flow
        }
    };
    Method::Flow(flow)
}

/// The Wilson interval of k out of n, at 95 %.
fn wilson(k: f64, n: f64) -> (f64, f64) {
    let z2 = 1.96f64 * 1.96;
    let middle = (k + 0.5 * z2) / (n + z2);
    let half = (z2 * (k * (n - k) / n + 0.25 * z2)).sqrt() / (n + z2);
    (middle - half, middle + half)
}

/// Two-sided sign test of `a` against `b` events.
fn sign_test(a: usize, b: usize) -> f64 {
    let n = a + b;
    let mut term = 0.5f64.powi(n as i32);
    let mut sum = 0.0;
    for k in 0..=a.min(b) {
        sum += term;
        term *= (n - k) as f64 / (k + 1) as f64;
    }
    (2.0 * sum).min(1.0)
}

fn truth(case: &Case, root: u64, draws: usize, file: Option<&str>) -> Vec<Outcome> {
    let mut known: HashMap<String, String> = HashMap::new();
    if let Some(text) = file.and_then(|file| std::fs::read_to_string(file).ok()) {
        for line in text.lines() {
            if let Some((key, value)) = line.split_once(';') {
                known.insert(key.to_owned(), value.to_owned());
            }
        }
    }
    let key = |draw: usize| format!("{root} {} {draw}", case.name());
    let missing: Vec<usize> = (0..draws)
        .filter(|draw| !known.contains_key(&key(*draw)))
        .collect();
    let appended = Mutex::new(());
    all(missing.len(), |k| {
        let found = outcome(&case.solve(root, missing[k] as u64, Method::Exact(Exact::default())));
        let value = format!(
            "{} {:?} {} {}",
            found.success, found.time, found.evaluations, found.branches
        );
        if let Some(file) = file {
            use std::io::Write;
            let _guard = appended.lock().unwrap();
            let mut file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(file)
                .unwrap();
            writeln!(file, "{};{value}", key(missing[k])).unwrap();
        }
        (missing[k], value)
    })
    .into_iter()
    .for_each(|(draw, value)| {
        known.insert(key(draw), value);
    });
    (0..draws)
        .map(|draw| {
            let fields: Vec<f64> = known[&key(draw)].split(' ').map(|v| v.parse().unwrap()).collect();
            Outcome {
                success: fields[0],
                time: fields[1],
                evaluations: fields[2],
                branches: fields[3] as u64,
            }
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn line(label: &str, truth: &[Outcome], found: &[Outcome]) {
    let pairs: Vec<(&Outcome, &Outcome)> = truth.iter().zip(found).filter(|(t, _)| t.branches == 0).collect();
    let n = pairs.len() as f64;
    let undecided = pairs.iter().filter(|(_, f)| f.success.is_nan()).count();
    let missed = pairs
        .iter()
        .filter(|(t, f)| t.success == 1.0 && f.success == 0.0)
        .count();
    let invented = pairs
        .iter()
        .filter(|(t, f)| t.success == 0.0 && f.success == 1.0)
        .count();
    let wrong = (missed + invented) as f64;
    let (low, high) = wilson(wrong, n);
    let share = |list: &[Outcome]| list.iter().map(|o| o.success).sum::<f64>() / list.len() as f64;
    let logs: Vec<f64> = pairs
        .iter()
        .map(|(t, f)| (f.time / t.time).ln())
        .filter(|v| v.is_finite())
        .collect();
    let evaluations = found.iter().map(|o| o.evaluations).sum::<f64>() / found.len() as f64;
    let spread = median(logs.iter().map(|v| v.abs()).collect());
    let mut text = String::new();
    write!(
        text,
        "{label:<34} {wrong:>3}/{n:<4} {:>5.1} % [{:.1}, {:.1}]  -{missed} +{invented} ?{undecided}  P {:.3} / {:.3}  sign {:.3}  ev {evaluations:>6.0}  bias {:>+6.2} %  |.| {:.2} %",
        100.0 * wrong / n,
        100.0 * low,
        100.0 * high,
        share(found),
        share(truth),
        sign_test(missed, invented),
        100.0 * median(logs),
        100.0 * spread,
    )
    .unwrap();
    println!("{text}");
}

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut option = |name: &str| {
        words.iter().position(|a| a == name).map(|at| {
            let value = words.get(at + 1).expect("an option needs a value").clone();
            words.drain(at..=at + 1);
            value
        })
    };
    let root: u64 = option("--root").map_or(1, |v| v.parse().unwrap());
    let part: f64 = option("--part").map_or(1.0, |v| v.parse().unwrap());
    let file = option("--truth");
    let only = option("--only").unwrap_or_default();
    let shapes: Vec<Case> = std::iter::from_fn(|| option("--shape").map(|text| shape(&text))).collect();
    let (suites, mut methods): (Vec<String>, Vec<String>) = words
        .into_iter()
        .partition(|w| ["mix", "small", "starts"].contains(&w.as_str()));
    if methods.is_empty() {
        methods = ["default", "careful"].map(str::to_owned).to_vec();
    }
    let mut totals: Vec<Vec<Outcome>> = vec![Vec::new(); methods.len()];
    let mut truths = Vec::new();
    let all_cases = if shapes.is_empty() { cases() } else { shapes };
    for case in all_cases
        .iter()
        .filter(|case| case.name().contains(&only))
        .filter(|case| suites.is_empty() || suites.iter().any(|s| s == case.suite))
    {
        let draws = (case.draws as f64 * part).ceil() as usize;
        let exact = truth(case, root, draws, file.as_deref());
        let cost = exact.iter().map(|o| o.evaluations).sum::<f64>() / draws as f64;
        println!("\n{}: exact flow {cost:.0} evaluations", case.name());
        for (k, name) in methods.iter().enumerate() {
            let found = all(draws, |draw| {
                outcome(&case.solve(root, draw as u64, method(name)))
            });
            line(name, &exact, &found);
            if case.suite == "mix" {
                totals[k].extend(found);
            }
        }
        if case.suite == "mix" {
            truths.extend(exact);
        }
    }
    if !truths.is_empty() {
        println!("\nall of the mix");
        for (name, found) in methods.iter().zip(&totals) {
            line(name, &truths, found);
        }
    }
}
