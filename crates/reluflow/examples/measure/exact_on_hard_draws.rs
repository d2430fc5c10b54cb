//! Looks for draws on which the exact flow fails: `cargo run --release -p reluflow --example exact_on_hard_draws -- root first_draw draws`
//!
//! Small shapes with what breaks event-driven integrators: inputs and weights that are whole numbers, so that kinks are touched
//! exactly and together; duplicates, multiples and antipodes, also but for a small error; x = 0; bias coordinates; w = 0; networks
//! that violate Assumption 1 or are small.
//! A line is printed for every draw on which something must be explained; the last line counts.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::panic::catch_unwind;

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use reluflow::flow::{Exact, GradientDescent};
use reluflow::random::Purpose;
use reluflow::{Dataset, Method, Network, Problem, Solution, Stops, TrialSeed};

/// How a draw is made, for its line.
#[derive(Debug)]
struct Kind {
    whole_inputs: bool,
    whole_weights: bool,
    on_a_line: usize,
    but_for: f64,
    zero_inputs: usize,
    bias: bool,
    zero_weights: usize,
    output: &'static str,
    size: f64,
}

fn normal(random: &mut impl Rng) -> f64 {
    StandardNormal.sample(random)
}

fn whole(random: &mut impl Rng, most: i32) -> f64 {
    f64::from(random.random_range(-most..=most))
}

fn draw(root: u64, index: u64) -> (Dataset, Network, Kind) {
    let seed = TrialSeed {
        root,
        n: 0,
        d: 0,
        p: 0,
        draw: index,
    };
    let random = &mut seed.generator(Purpose::Data);
    let d = random.random_range(1..=6usize);
    let n = random.random_range(2..=10usize);
    let p = random.random_range(1..=8usize);
    let mut kind = Kind {
        whole_inputs: random.random_bool(0.4),
        whole_weights: random.random_bool(0.3),
        on_a_line: if random.random_bool(0.5) {
            random.random_range(1..=3)
        } else {
            0
        },
        but_for: if random.random_bool(0.5) {
            0.0
        } else {
            10f64.powf(random.random_range(-5.0..-2.0))
        },
        zero_inputs: usize::from(random.random_bool(0.1)),
        bias: random.random_bool(0.3),
        zero_weights: usize::from(random.random_bool(0.15)),
        output: ["larger", "balanced", "smaller", "zero among them"][random.random_range(0..4)],
        size: if random.random_bool(0.8) {
            1.0
        } else {
            10f64.powf(random.random_range(-8.0..-1.0))
        },
    };
    let mut inputs = Array2::from_shape_simple_fn((n, d), || {
        if kind.whole_inputs {
            whole(random, 2)
        } else {
            normal(random)
        }
    });
    if kind.bias {
        inputs.column_mut(d - 1).fill(1.0);
    }
    kind.on_a_line = kind.on_a_line.min(n - 1);
    for i in 0..kind.on_a_line {
        let factor = [1.0, -1.0, 2.0, -0.5][random.random_range(0..4)];
        let copy = inputs
            .row(n - 1 - i / 2)
            .mapv(|x| factor * x + kind.but_for * normal(random));
        inputs.row_mut(i).assign(&copy);
    }
    for i in 0..kind.zero_inputs {
        inputs.row_mut(i).fill(0.0);
    }
    let labels = Array1::from_shape_simple_fn(n, || {
        loop {
            let y = if kind.whole_inputs {
                whole(random, 2)
            } else {
                normal(random)
            };
            if y != 0.0 {
                return y;
            }
        }
    });
    let mut hidden = Array2::from_shape_simple_fn((p, d), || {
        if kind.whole_weights {
            whole(random, 2)
        } else {
            normal(random)
        }
    });
    for j in 0..kind.zero_weights {
        hidden.row_mut(j).fill(0.0);
    }
    let output = Array1::from_iter(hidden.rows().into_iter().enumerate().map(|(j, w)| {
        let norm = w.dot(&w).sqrt();
        let size = match kind.output {
            "larger" => norm + random.random_range(0.1..1.0),
            "balanced" => norm,
            "smaller" => norm * random.random_range(0.1..1.0),
            _ if j == 0 => 0.0,
            _ => norm.round(),
        };
        if random.random_bool(0.5) { size } else { -size }
    }));
    (
        Dataset::new(inputs, labels).unwrap(),
        Network::new(kind.size * hidden, kind.size * output).unwrap(),
        kind,
    )
}

fn run(data: &Dataset, network: &Network, method: Method, time: f64) -> Solution {
    let mut problem = Problem::new(data, network, method);
    problem.stops = Stops {
        time: Some(time),
        ..Stops::default()
    };
    problem.solve().unwrap()
}

fn distance(u: &Network, v: &Network) -> f64 {
    let square = |w: Array2<f64>, a: Array1<f64>| w.iter().chain(&a).map(|v| v * v).sum::<f64>();
    let gap = square(
        &u.hidden_weights() - &v.hidden_weights(),
        &u.output_weights() - &v.output_weights(),
    );
    let size = square(v.hidden_weights().to_owned(), v.output_weights().to_owned());
    // A network of zeros stays one.
    if gap == 0.0 { 0.0 } else { (gap / size).sqrt() }
}

/// What must be explained of a draw; nothing if all is as it should be. Also whether the flow branched.
fn judge(data: &Dataset, network: &Network, time: f64) -> (Vec<String>, bool) {
    let exact = |tolerance: f64| {
        let method = Exact {
            tolerance,
            events: 100_000,
            ..Exact::default()
        };
        run(data, network, Method::Exact(method), time)
    };
    let solution = exact(1e-13);
    let mut complaints = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            complaints.push(what);
        }
    };
    let (checks, end) = (&solution.events.checks, &solution.end);
    must(
        solution.events.exhausted().is_none(),
        format!("{}", solution.verdict),
    );
    must(end.loss.is_finite(), "not finite".into());
    must(checks.loss_rise <= 1e-14, format!("rise {:e}", checks.loss_rise));
    must(
        checks.dissipation_defect <= 1e-12,
        format!("dissipation {:e}", checks.dissipation_defect),
    );
    must(
        checks.sliding_offset <= 1e-14,
        format!("offset {:e}", checks.sliding_offset),
    );
    must(
        end.balance_drift <= 1e-10,
        format!("balance {:e}", end.balance_drift),
    );
    let branches = solution.counts.branches > 0;
    if !branches {
        let loose = exact(1e-11);
        let moved = distance(&loose.network, &solution.network);
        must(
            moved <= 1e-6,
            format!("a hundred times the tolerance moves the end by {moved:.1e}"),
        );
        let euler = |rate: f64| {
            let method = Method::GradientDescent(GradientDescent {
                learning_rate: rate,
                ..GradientDescent::default()
            });
            distance(&run(data, network, method, time).network, &solution.network)
        };
        let mut distances = vec![(1e-3, euler(1e-3)), (1e-4, euler(1e-4))];
        let last = |distances: &[(f64, f64)]| distances[distances.len() - 1];
        while last(&distances).1 > 10.0 * last(&distances).0 && last(&distances).0 > 2e-6 {
            let rate = last(&distances).0 / 10.0;
            distances.push((rate, euler(rate)));
        }
        let (rate, gap) = last(&distances);
        must(gap <= 100.0 * rate, format!("Euler {distances:?}"));
    }
    (complaints, branches)
}

fn main() {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let (root, first, draws) = (arguments[0], arguments[1], arguments[2]);
    let (mut branched, mut complained) = (0, 0);
    for index in first..first + draws {
        let (data, network, kind) = draw(root, index);
        let found = catch_unwind(|| judge(&data, &network, 12.0));
        let (complaints, branches) = found.unwrap_or_else(|_| (vec!["PANIC".into()], false));
        branched += u32::from(branches);
        if !complaints.is_empty() {
            complained += 1;
            let (n, d, p) = (data.examples(), data.dimension(), network.neurons());
            println!(
                "draw {index} ({n}, {d}, {p}) {kind:?}{}: {}",
                if branches { " branches" } else { "" },
                complaints.join("; ")
            );
        }
    }
    println!("{draws} draws, {branched} with a branch point, {complained} to be explained");
}
