//! Compares the exact flow with explicit Euler at falling steps, and with itself at looser tolerances, draw by draw:
//! `cargo run --release --example exact_against_euler -- [--root R] n d p draws time first_draw rates...`
//!
//! Without a branch point Euler's distance falls tenfold from one rate to the next, unless Euler is on a wrong
//! branch at the larger; such draws are marked DIFFERS. The last line sums up.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use reluflow::flow::Exact;
use reluflow::{Dataset, Method, Network, Problem, Setting, Solution, Stops};

/// Tolerances against which the run at a hundredth of each is held.
const LOOSE: [f64; 2] = [1e-11, 1e-9];

/// Neurons side by side in a vector.
const LANES: usize = 8;
type Lanes = [f64; LANES];

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

/// Explicit Euler with σ'(0) = 0, nothing else: a block of eight neurons is one vector.
struct Euler {
    /// n × d.
    inputs: Vec<f64>,
    labels: Vec<f64>,
    dimension: usize,
    neurons: usize,
    /// blocks × d.
    hidden: Vec<Lanes>,
    output: Vec<Lanes>,
    hidden_rate: Vec<Lanes>,
    output_rate: Vec<Lanes>,
    preactivations: Vec<Lanes>,
}

impl Euler {
    fn new(data: &Dataset, start: &Network) -> Self {
        let (n, d, p) = (data.examples(), data.dimension(), start.neurons());
        let blocks = p.div_ceil(LANES);
        // Neurons beyond p have w = 0 and a = 0, and stay there.
        let lanes = |value: &dyn Fn(usize) -> f64, block: usize| -> Lanes {
            std::array::from_fn(|lane| {
                let j = block * LANES + lane;
                if j < p { value(j) } else { 0.0 }
            })
        };
        let weights = start.hidden_weights();
        let hidden = (0..blocks * d)
            .map(|at| lanes(&|j| weights[(j, at % d)], at / d))
            .collect();
        let output = (0..blocks)
            .map(|block| lanes(&|j| start.output_weights()[j], block))
            .collect();
        Self {
            inputs: data.inputs().iter().copied().collect(),
            labels: data.labels().to_vec(),
            dimension: d,
            neurons: p,
            hidden,
            output,
            hidden_rate: vec![[0.0; LANES]; blocks * d],
            output_rate: vec![[0.0; LANES]; blocks],
            preactivations: vec![[0.0; LANES]; blocks * n],
        }
    }

    fn run(&mut self, rate: f64, time: f64) -> Vec<f64> {
        let steps = (time / rate).round() as u64;
        pulp::Arch::new().dispatch(
            #[inline(always)]
            || {
                for _ in 0..steps {
                    self.step(rate);
                }
            },
        );
        let d = self.dimension;
        let hidden = (0..self.neurons)
            .flat_map(|j| (0..d).map(move |c| (j, c)))
            .map(|(j, c)| self.hidden[j / LANES * d + c][j % LANES]);
        let output = (0..self.neurons).map(|j| self.output[j / LANES][j % LANES]);
        hidden.chain(output).collect()
    }

    #[inline(always)]
    fn step(&mut self, rate: f64) {
        let (n, d, blocks) = (self.labels.len(), self.dimension, self.output.len());
        self.hidden_rate.fill([0.0; LANES]);
        self.output_rate.fill([0.0; LANES]);
        for i in 0..n {
            let x = &self.inputs[i * d..(i + 1) * d];
            let mut sum = [0.0; LANES];
            for block in 0..blocks {
                let mut u = [0.0; LANES];
                for (x, w) in x.iter().zip(&self.hidden[block * d..(block + 1) * d]) {
                    for (u, w) in u.iter_mut().zip(w) {
                        *u += x * w;
                    }
                }
                for ((sum, u), a) in sum.iter_mut().zip(&u).zip(&self.output[block]) {
                    *sum += a * u.max(0.0);
                }
                self.preactivations[block] = u;
            }
            let h = sum.iter().sum::<f64>() / self.neurons as f64;
            let r = (self.labels[i] - h) * (rate / n as f64);
            for block in 0..blocks {
                let u = &self.preactivations[block];
                let gate: Lanes = std::array::from_fn(|lane| if u[lane] > 0.0 { r } else { 0.0 });
                for ((rate, gate), u) in self.output_rate[block].iter_mut().zip(&gate).zip(u) {
                    *rate += gate * u;
                }
                let rates = &mut self.hidden_rate[block * d..(block + 1) * d];
                for (x, rates) in x.iter().zip(rates) {
                    for (rate, gate) in rates.iter_mut().zip(&gate) {
                        *rate += x * gate;
                    }
                }
            }
        }
        for block in 0..blocks {
            let a = &mut self.output[block];
            let rows = block * d..(block + 1) * d;
            for (w, rate) in self.hidden[rows.clone()].iter_mut().zip(&self.hidden_rate[rows]) {
                for ((w, rate), a) in w.iter_mut().zip(rate).zip(a.iter()) {
                    *w += a * rate;
                }
            }
            for (a, rate) in a.iter_mut().zip(&self.output_rate[block]) {
                *a += rate;
            }
        }
    }
}

/// What one draw showed.
#[derive(Default, Clone)]
struct Comparison {
    line: String,
    branches: u64,
    /// Euler's distance at each rate.
    distances: Vec<f64>,
    /// Of the trap time and of the state, at each loose tolerance.
    shifts: Vec<(f64, f64)>,
    differs: bool,
}

fn one_draw((data, net): &(Dataset, Network), draw: u64, time: f64, rates: &[f64]) -> Comparison {
    let (n, d, p) = (data.examples(), data.dimension(), net.neurons());
    let run = |tolerance: f64| -> Solution {
        let method = Exact {
            tolerance,
            ..Exact::default()
        };
        let mut problem = Problem::new(data, net, Method::Exact(method));
        problem.stops = Stops {
            time: Some(time),
            ..Stops::default()
        };
        problem.solve().unwrap()
    };
    let clock = std::time::Instant::now();
    let exact = run(Exact::default().tolerance);
    let seconds = clock.elapsed().as_secs_f64();
    let state = flat(&exact.network);
    let mut finer = exact.clone();
    let mut shifts = Vec::new();
    for tolerance in LOOSE {
        let loose = run(tolerance);
        let trap = match (finer.end.success_time, loose.end.success_time) {
            (Some(fine), Some(loose)) => (fine - loose).abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        };
        shifts.push((trap, distance(&flat(&loose.network), &flat(&finer.network))));
        finer = loose;
    }
    let distances: Vec<f64> = rates
        .iter()
        .map(|rate| distance(&Euler::new(data, net).run(*rate, exact.end.time), &state))
        .collect();
    let checks = exact.events.checks;
    let differs = exact.counts.branches == 0 && distances.last().is_some_and(|distance| *distance > 1e-3);
    let text: Vec<String> = distances.iter().map(|v| format!("{v:9.2e}")).collect();
    let shifted: Vec<String> = shifts
        .iter()
        .map(|(trap, state)| format!("{trap:8.1e} {state:8.1e}"))
        .collect();
    let line = format!(
        "{n:4} {d:3} {p:3} draw {:4} L {:.6} trap {:>12.7} (100 x tolerance: {}) events {:5} \
         branches {:2} steps {:6} evaluations {:7} {seconds:7.3}s | Euler {} | rise {:8.1e} dissipation {:8.1e} \
         offset {:8.1e} kinks {:2} balance {:8.1e} {} {}",
        draw,
        exact.end.loss,
        exact.end.success_time.unwrap_or(f64::NAN),
        shifted.join(", "),
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
        if differs { "DIFFERS" } else { "" },
    );
    Comparison {
        line,
        branches: exact.counts.branches,
        distances,
        shifts,
        differs,
    }
}

/// One line: Euler's factor from the last rate but one to the last, and the shifts, over draws without a branch point.
fn summary(comparisons: &[Comparison]) -> String {
    let plain: Vec<&Comparison> = comparisons.iter().filter(|c| c.branches == 0).collect();
    let mut factors: Vec<f64> = plain
        .iter()
        .filter_map(|c| match c.distances[..] {
            [.., coarse, fine] => Some(coarse / fine),
            _ => None,
        })
        .collect();
    factors.sort_by(f64::total_cmp);
    let worst = |of: &dyn Fn(&Comparison) -> f64| plain.iter().map(|c| of(c)).fold(0.0, f64::max);
    let mut text = format!(
        "{} draws, {} without a branch point",
        comparisons.len(),
        plain.len()
    );
    if let [least, .., most] = factors[..] {
        text += &format!(
            "; Euler's distance falls by {:.1} (median; {least:.1} to {most:.1}), at the last rate at most {:.1e}, DIFFERS in {}",
            factors[factors.len() / 2],
            worst(&|c| *c.distances.last().unwrap()),
            plain.iter().filter(|c| c.differs).count(),
        );
    }
    for (k, tolerance) in LOOSE.iter().enumerate() {
        text += &format!(
            "; tolerance {tolerance:.0e} against {:.0e}: trap at most {:.1e} apart, state {:.1e}",
            tolerance / 100.0,
            worst(&|c| c.shifts[k].0),
            worst(&|c| c.shifts[k].1),
        );
    }
    text
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut root = 6;
    if arguments.first().is_some_and(|first| first == "--root") {
        root = arguments[1].parse().unwrap();
        arguments.drain(..2);
    }
    let whole = |k: usize| arguments[k].parse::<usize>().unwrap();
    let real = |k: usize| arguments[k].parse::<f64>().unwrap();
    let (n, d, p, draws, time, first) = (whole(0), whole(1), whole(2), whole(3), real(4), whole(5));
    let rates: Vec<f64> = (6..arguments.len()).map(real).collect();
    let next = AtomicU64::new(first as u64);
    let output = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let draw = next.fetch_add(1, Ordering::Relaxed);
                    if draw >= (first + draws) as u64 {
                        return;
                    }
                    let problem = Setting::paper(n, d, p).draw(root, draw).unwrap();
                    let comparison = one_draw(&problem, draw, time, &rates);
                    if let Ok(mut all) = output.lock() {
                        println!("{}", comparison.line);
                        all.push(comparison);
                    }
                }
            });
        }
    });
    println!("{}", summary(&output.into_inner().unwrap()));
}
