//! One trial of Figure 2, timed: `cargo run --release --example one_trial -- 1650 100 37`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use reluflow::data::Isotropic;
use reluflow::flow::{GradientDescent, Precision};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, TrialSeed};

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let (n, d, p) = (sizes[0], sizes[1], sizes[2]);
    for draw in 0..10 {
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
        let method = Method::GradientDescent(GradientDescent {
            learning_rate: 1.0,
            precision: Precision::F32,
        });
        let start = std::time::Instant::now();
        let solution = Problem::new(&data, &net, method).solve().unwrap();
        let us = start.elapsed().as_secs_f64() * 1e6 / solution.counts.evaluations as f64;
        println!(
            "{} | {us:.1} us/ev | {:?} | {:?}",
            solution.verdict, solution.end, solution.counts
        );
    }
}
