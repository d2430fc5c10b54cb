//! Compares the fast flow with the exact one, draw by draw, on problems of growing size:
//! `cargo run --release --example exact_against_flow -- first_draw draws [n d p]`
//!
//! Each draw takes the next of twelve shapes up to n·p = 10⁴, or the one given; runs end at the trap or after 1.5 transition times.
//! With a shape given the flow is run by `careful` too, and told in the last line.
//! Where the fast flow is far off it is run again with smaller steps: a method's error goes away, a difference of opinion stays.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use reluflow::flow::{Accuracy, Exact, Flow};
use reluflow::{Method, Problem, Setting, Solution};

/// (n, d, p).
const SHAPES: [(usize, usize, usize); 12] = [
    (10, 5, 10),
    (16, 8, 8),
    (20, 5, 10),
    (24, 12, 16),
    (32, 10, 32),
    (40, 10, 20),
    (60, 10, 30),
    (80, 20, 12),
    (100, 20, 10),
    (100, 20, 30),
    (10, 5, 100),
    (100, 20, 100),
];

/// Hitting times or losses further apart than this are looked at again.
const FAR: f64 = 0.05;

fn main() {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let given = (arguments.len() > 2).then(|| {
        let size = |at: usize| usize::try_from(arguments[at]).unwrap();
        (size(2), size(3), size(4))
    });
    let mut tally = Tally::default();
    let mut careful_tally = Tally::default();
    for draw in arguments[0]..arguments[0] + arguments[1] {
        let (n, d, p) = given.unwrap_or(SHAPES[draw as usize % SHAPES.len()]);
        let setting = Setting::paper(n, d, p);
        let (data, net) = setting.draw(6, draw).unwrap();
        let run = |method| Problem::new(&data, &net, method).solve().unwrap();
        let exact = run(Method::Exact(Exact::default()));
        let fast = run(Method::Flow(Flow::default()));
        let agree = exact.verdict.kind() == fast.verdict.kind();
        let (log_ratio, loss_ratio) = tally.enter(&exact, &fast);
        if given.is_some() {
            let careful = run(Method::Flow(Flow {
                accuracy: Accuracy::Careful,
                ..Flow::default()
            }));
            careful_tally.enter(&exact, &careful);
        }
        println!(
            "{n:4} {d:3} {p:3} draw {draw:3} exact {} branches {} | flow {} | log ratio {log_ratio:8.4} loss {loss_ratio:9.1e} {}",
            told(&exact),
            exact.counts.branches,
            told(&fast),
            if agree { "" } else { "DISAGREE" },
        );
        if !agree || log_ratio.abs() > FAR || loss_ratio.abs() > FAR {
            for step in [0.03, 0.003] {
                let finer = run(Method::Flow(Flow {
                    largest_step: Some(step),
                    ..Flow::default()
                }));
                println!(
                    "                     with steps of at most {step:5}: {}",
                    told(&finer)
                );
            }
        }
    }
    println!("default: {tally}");
    if given.is_some() {
        println!("careful: {careful_tally}");
    }
}

/// Verdict, hitting time and loss.
fn told(solution: &Solution) -> String {
    let end = &solution.end;
    format!(
        "{:>14} {:9.4} L {:.6}",
        solution.verdict.kind(),
        end.success_time.unwrap_or(f64::NAN),
        end.loss
    )
}

/// What all draws showed.
#[derive(Default)]
struct Tally {
    same: u32,
    total: u32,
    /// Successes of the fast flow that are none, and the other way round.
    false_successes: u32,
    false_failures: u32,
    /// Evaluations of both, summed.
    exact_evaluations: u64,
    evaluations: u64,
    /// log of the fast hitting time over the exact one.
    times: Vec<f64>,
    /// The fast loss over the exact one, less 1, where both ended above the trap.
    losses: Vec<f64>,
}

impl Tally {
    /// Enters a draw; returns the log ratio of hitting times and the relative difference of losses.
    fn enter(&mut self, exact: &Solution, fast: &Solution) -> (f64, f64) {
        let agree = exact.verdict.kind() == fast.verdict.kind();
        self.total += 1;
        self.same += u32::from(agree);
        let succeeded = |solution: &Solution| solution.end.success_time.is_some();
        self.false_successes += u32::from(succeeded(fast) && !succeeded(exact));
        self.false_failures += u32::from(succeeded(exact) && !succeeded(fast));
        self.exact_evaluations += exact.counts.evaluations;
        self.evaluations += fast.counts.evaluations;
        let log_ratio = match (exact.end.success_time, fast.end.success_time) {
            (Some(exact), Some(fast)) => (fast / exact).ln(),
            _ => f64::NAN,
        };
        let loss_ratio = fast.end.loss / exact.end.loss - 1.0;
        if log_ratio.is_finite() {
            self.times.push(log_ratio);
        } else if agree {
            self.losses.push(loss_ratio);
        }
        (log_ratio, loss_ratio)
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let count = self.times.len() as f64;
        let mean = self.times.iter().sum::<f64>() / count;
        let spread = (self.times.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / count).sqrt();
        let most = |values: &[f64]| values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        write!(
            f,
            "verdicts agree in {} of {} ({} false successes, {} false failures), {:.0} evaluations against {:.0}; log ratio of hitting times: mean {mean:.4}, spread {spread:.4}, at most {:.4} \
             ({count} pairs); losses above the trap differ by at most {:.1e} ({} pairs)",
            self.same,
            self.total,
            self.false_successes,
            self.false_failures,
            self.evaluations as f64 / f64::from(self.total),
            self.exact_evaluations as f64 / f64::from(self.total),
            most(&self.times),
            most(&self.losses),
            self.losses.len()
        )
    }
}
