//! Measures what an evaluation of the exact flow costs beside one of the dense kernel, in the same run:
//! `cargo run --release --example exact_cost -- [tolerance=1e-9] n d p draws …`, three numbers and a count for each shape.
//!
//! Runs go to their verdict: the trap, or 1.5 transition times. Times are of this thread's processor where the system tells them (Linux), else
//! of the clock. An evaluation's cost counts everything the run does, events included.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use std::time::Instant;

use reluflow::field::{Dense, VectorField};
use reluflow::flow::Exact;
use reluflow::{Method, Problem, Setting};

fn main() {
    let mut method = Exact::default();
    let mut given: Vec<usize> = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.strip_prefix("tolerance=") {
            Some(tolerance) => method.tolerance = tolerance.parse().unwrap(),
            None => given.push(argument.parse().unwrap()),
        }
    }
    let shapes = if given.is_empty() {
        vec![160, 20, 30, 2, 200, 100, 20, 1]
    } else {
        given
    };
    let clock = Instant::now();
    let now = || processor_time().unwrap_or_else(|| clock.elapsed().as_secs_f64());
    println!("   n    d    p draw  verdict         seconds  events evaluations  µs each  dense µs  ratio");
    for shape in shapes.chunks_exact(4) {
        let (n, d, p) = (shape[0], shape[1], shape[2]);
        for draw in 0..shape[3] as u64 {
            let setting = Setting::paper(n, d, p);
            let (data, network) = setting.draw(22, draw).unwrap();
            let from = now();
            let solution = Problem::new(&data, &network, Method::Exact(method))
                .solve()
                .unwrap();
            let seconds = now() - from;

            let mut field = Dense::<f64>::new(&data, p);
            let mut state = vec![0.0; p * (field.hidden_coordinates() + 1)];
            field.write_state(&solution.network, &mut state);
            let mut velocity = state.clone();
            // Long enough that the clock, which may go in steps of milliseconds, tells.
            let from = now();
            let (mut sum, mut repeats) = (0.0, 0);
            while now() - from < 0.3 {
                for _ in 0..100 {
                    sum += field.velocity(&state, &mut velocity);
                }
                repeats += 100;
            }
            let dense = 1e6 * (now() - from) / f64::from(repeats);
            assert!(sum.is_finite());
            let each = 1e6 * seconds / solution.counts.evaluations as f64;
            println!(
                "{n:4} {d:4} {p:4} {draw:4}  {:14} {seconds:8.3} {:7} {:11} {each:8.1} {dense:9.2} {:6.2}",
                solution.verdict.kind(),
                solution.counts.events,
                solution.counts.evaluations,
                each / dense
            );
        }
    }
}

/// Seconds this thread has spent on a processor, where Linux tells.
fn processor_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(1e-9 * nanoseconds)
}
