//! Compares the fast flow with the exact one, draw by draw, on problems of growing size:
//! `cargo run --release --example exact_against_flow -- first_draw draws`
//!
//! Each draw takes the next of twelve shapes up to n·p = 10⁴; runs end at the trap or after 1.5 transition times.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use reluflow::data::Isotropic;
use reluflow::flow::{Exact, Flow};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, TrialSeed};

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

fn main() {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let (mut same, mut total, mut ratios) = (0, 0, Vec::new());
    for draw in arguments[0]..arguments[0] + arguments[1] {
        let (n, d, p) = SHAPES[draw as usize % SHAPES.len()];
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
        let run = |method| Problem::new(&data, &net, method).solve().unwrap();
        let exact = run(Method::Exact(Exact::default()));
        let fast = run(Method::Flow(Flow::default()));
        let agree = exact.verdict.kind() == fast.verdict.kind();
        total += 1;
        same += u32::from(agree);
        let log_ratio = match (exact.end.trap_time, fast.end.trap_time) {
            (Some(exact), Some(fast)) => (fast / exact).ln(),
            _ => f64::NAN,
        };
        if log_ratio.is_finite() {
            ratios.push(log_ratio);
        }
        println!(
            "{n:4} {d:3} {p:3} draw {draw:3} exact {:>14} {:9.4} L {:.6} branches {} | flow {:>14} {:9.4} L {:.6} | log ratio {:8.4} {}",
            exact.verdict.kind(),
            exact.end.trap_time.unwrap_or(f64::NAN),
            exact.end.loss,
            exact.counts.branches,
            fast.verdict.kind(),
            fast.end.trap_time.unwrap_or(f64::NAN),
            fast.end.loss,
            log_ratio,
            if agree { "" } else { "DISAGREE" },
        );
    }
    let count = ratios.len() as f64;
    let mean = ratios.iter().sum::<f64>() / count;
    let spread = (ratios.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / count).sqrt();
    println!(
        "verdicts agree in {same} of {total}; log ratio of hitting times: mean {mean:.4}, spread {spread:.4} ({count} pairs)"
    );
}
