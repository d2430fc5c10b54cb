//! Measures what the 95 % intervals cover on simulated data: `cargo run --release -p reluflow-statistics --example
//! coverage -- [simulations]` (2000 by default, two minutes on one core). Fails if an estimator covers
//! less than 93 % or more than 97 %, but for the two that are known to: Clopper–Pearson (more) and a grid
//! as coarse as the transition is wide (less).
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution, LogNormal, Uniform};
use reluflow_statistics::{
    Cell, DrawsAt, Estimate, Law, LawFit, Slope, Threshold, ThresholdCurve, clopper_pearson, wilson,
};

/// Counts along n of a logistic curve, `draws` a cell.
fn counts(threshold: f64, slope: f64, places: &[f64], draws: u64, random: &mut ChaCha8Rng) -> Vec<Cell> {
    let cell = |&at: &f64| {
        let probability = 1.0 / (1.0 + (slope * (at - threshold)).exp());
        let successes = Binomial::new(draws, probability).map_or(0, |law| law.sample(random));
        Cell {
            at,
            successes,
            trials: draws,
        }
    };
    places.iter().map(cell).collect()
}

/// One simulation of an estimator: whether its interval covers the truth.
type Simulation = fn(&mut ChaCha8Rng) -> bool;

/// A probability uniform on (0, 1), 20 draws.
fn proportion(interval: fn(u64, u64, f64) -> (f64, f64), random: &mut ChaCha8Rng) -> bool {
    let truth = Uniform::new(0.0, 1.0).map_or(0.5, |law| law.sample(random));
    let successes = Binomial::new(20, truth).map_or(0, |law| law.sample(random));
    let (low, high) = interval(successes, 20, 0.95);
    low <= truth && truth <= high
}

/// Figure 2: n = 1300, 1350, …, 2100, a transition of width 50 at N = 1668.
fn threshold(draws: u64, random: &mut ChaCha8Rng) -> bool {
    let places: Vec<f64> = (0..17).map(|k| 1300.0 + 50.0 * f64::from(k)).collect();
    let cells = counts(1668.0, 0.02, &places, draws, random);
    Threshold::fit(&cells, 0.95).estimate.covers(1668.0)
}

/// A grid coarser than the transition: most samples are separated or nearly so. The truth lies anywhere.
fn coarse_threshold(random: &mut ChaCha8Rng) -> bool {
    let truth = Uniform::new(1500.0, 1700.0).map_or(1600.0, |law| law.sample(random));
    let places: Vec<f64> = (0..9).map(|k| 1200.0 + 100.0 * f64::from(k)).collect();
    let cells = counts(truth, 0.04, &places, 20, random);
    Threshold::fit(&cells, 0.95).estimate.covers(truth)
}

/// Figures 3 and 4: curves of 20 draws a cell at x = 10, 20, …, 100 around N = 40 x^0.6.
fn exponent(law: Law, truth: fn(f64) -> f64, elasticity: f64, random: &mut ChaCha8Rng) -> bool {
    let curve = |k: u32| {
        let x = 10.0 * f64::from(k);
        let n0 = truth(x);
        let places: Vec<f64> = (0..9).map(|k| n0 * (0.77 + 0.06 * f64::from(k))).collect();
        ThresholdCurve {
            at: x,
            cells: counts(n0, 15.0 / n0, &places, 20, random),
        }
    };
    let curves: Vec<ThresholdCurve> = (1..=10).map(curve).collect();
    LawFit::new(law, &curves, 0.95).is_some_and(|fit| fit.exponent.covers(elasticity))
}

/// Figure 5: n = 1000, 1100, …, 2000, log-normal scatter of 30 % between draws around n^(−3/4).
fn slope(draws: usize, random: &mut ChaCha8Rng) -> bool {
    let cell = |k: u32| {
        let at = 1000.0 + 100.0 * f64::from(k);
        let law = LogNormal::new(-0.75 * at.ln(), 0.3);
        let values = (0..draws)
            .filter_map(|_| law.as_ref().ok().map(|law| law.sample(random)))
            .collect();
        DrawsAt { at, values }
    };
    let cells: Vec<DrawsAt> = (0..=10).map(cell).collect();
    let seed = rand::Rng::next_u64(random);
    let covers = |slope: Estimate| slope.covers(-0.75);
    Slope::fit(&cells, 0.95, 1000, seed).is_some_and(|fit| covers(fit.slope))
}

fn main() -> ExitCode {
    let simulations = std::env::args()
        .nth(1)
        .and_then(|arg| arg.parse().ok())
        .unwrap_or(2000u32);
    // s of a + b x at the geometric mean x̄ of the sizes is b x̄/(a + b x̄); of a + b log x, b/(a + b log x̄). For
    // x = 10, …, 100, x̄ = 10 (10!)^(1/10) = 45.2872869.
    let power: Simulation = |random| exponent(Law::Power, |x| 40.0 * x.powf(0.6), 0.6, random);
    let linear: Simulation = |random| {
        exponent(
            Law::Linear,
            |x| 80.0 + 16.0 * x,
            16.0 * 45.2872869 / (80.0 + 16.0 * 45.2872869),
            random,
        )
    };
    let logarithmic: Simulation = |random| {
        exponent(
            Law::Logarithmic,
            |x| 90.0 * x.ln(),
            1.0 / 45.2872869f64.ln(),
            random,
        )
    };
    let estimators: [(&str, f64, f64, Simulation); 10] = [
        // Clopper–Pearson promises at least 95 %, whatever the probability.
        ("Clopper–Pearson, 20 draws", 0.94, 1.0, |random| {
            proportion(clopper_pearson, random)
        }),
        ("Wilson, 20 draws", 0.93, 0.97, |random| {
            proportion(wilson, random)
        }),
        ("threshold, 20 draws", 0.93, 0.97, |random| threshold(20, random)),
        ("threshold, 80 draws", 0.93, 0.97, |random| threshold(80, random)),
        // One or two cells carry all the information: known to cover less.
        ("threshold, coarse grid", 0.88, 0.97, coarse_threshold),
        ("exponent, power law", 0.93, 0.97, power),
        ("elasticity, linear law", 0.93, 0.97, linear),
        ("elasticity, logarithmic law", 0.93, 0.97, logarithmic),
        ("log–log slope, 20 draws", 0.93, 0.97, |random| {
            slope(20, random)
        }),
        ("log–log slope, 100 draws", 0.93, 0.97, |random| {
            slope(100, random)
        }),
    ];
    println!("| estimator | covers the truth | of |\n| --- | --- | --- |");
    let mut good = true;
    for (name, low, high, simulate) in estimators {
        let mut random = ChaCha8Rng::seed_from_u64(2025);
        let covered = (0..simulations).filter(|_| simulate(&mut random)).count();
        let share = covered as f64 / f64::from(simulations);
        let inside = (low..=high).contains(&share);
        good &= inside;
        let note = if inside { "" } else { " (out of range)" };
        println!("| {name} | {:.1} %{note} | {simulations} |", 100.0 * share);
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
