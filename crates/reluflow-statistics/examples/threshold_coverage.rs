//! Measures what sequential thresholds cover on curves that are known: `cargo run --release -p reluflow-statistics
//! --example threshold_coverage -- [simulations]` (1000 by default, some minutes on one core). Fails if an interval
//! covers less than 93 %. `threshold_coverage -- 1500 separated` counts apart the searches that end with successes only up to
//! some n and none beyond: they say of the slope only that it is large, and how often they are right depends on it.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution, Uniform};
use reluflow_statistics::sequential::{Answer, End, Plan, Scale, Search, Step};

/// A known curve and what is asked about it.
struct Scenario {
    name: &'static str,
    /// κ of logit P = κ (log N − log n).
    slope: f64,
    /// N is anywhere between these, uniform by its logarithm.
    thresholds: (f64, f64),
    target: f64,
    precision: f64,
}

const SCENARIOS: [Scenario; 8] = [
    Scenario {
        name: "as wide as at (d, p) = (20, 30), ±3 %",
        slope: 7.0,
        thresholds: (60.0, 120.0),
        target: 0.5,
        precision: 0.03,
    },
    Scenario {
        name: "the same, ±10 %",
        slope: 7.0,
        thresholds: (60.0, 120.0),
        target: 0.5,
        precision: 0.1,
    },
    Scenario {
        name: "the same, ±20 %",
        slope: 7.0,
        thresholds: (60.0, 120.0),
        target: 0.5,
        precision: 0.2,
    },
    Scenario {
        name: "as steep as Figure 2, ±1 %",
        slope: 33.0,
        thresholds: (120.0, 240.0),
        target: 0.5,
        precision: 0.01,
    },
    Scenario {
        name: "the same, ±3 %",
        slope: 33.0,
        thresholds: (120.0, 240.0),
        target: 0.5,
        precision: 0.03,
    },
    Scenario {
        name: "wide, ±10 %",
        slope: 3.0,
        thresholds: (60.0, 120.0),
        target: 0.5,
        precision: 0.1,
    },
    Scenario {
        name: "the place of 90 %, ±5 %",
        slope: 7.0,
        thresholds: (60.0, 120.0),
        target: 0.9,
        precision: 0.05,
    },
    Scenario {
        name: "nearly a step, ±3 %",
        slope: 150.0,
        thresholds: (60.0, 240.0),
        target: 0.5,
        precision: 0.03,
    },
];

fn simulate(scenario: &Scenario, random: &mut ChaCha8Rng) -> (f64, Answer) {
    let (low, high) = scenario.thresholds;
    let log_n = Uniform::new(low.ln(), high.ln()).map_or(low.ln(), |law| law.sample(random));
    // P(n) = target at log n = log N − logit(target)/κ.
    let logit = (scenario.target / (1.0 - scenario.target)).ln();
    let truth = (log_n - logit / scenario.slope).exp();
    let mut search = Search::new(Plan {
        scale: Scale {
            logarithmic: true,
            whole: true,
            falls: true,
        },
        target: scenario.target,
        precision: scenario.precision,
        level: 0.95,
        most_trials: 20_000,
        batch: 8,
        range: (20.0, 400.0),
        limits: (5.0, 1600.0),
    });
    loop {
        match search.advance() {
            Step::Done(answer) => return (truth, answer),
            Step::Draw(places) => {
                for (n, draws) in places {
                    let probability = 1.0 / (1.0 + (scenario.slope * (n.ln() - log_n)).exp());
                    let successes = Binomial::new(draws, probability).map_or(0, |law| law.sample(random));
                    search.enter(n, successes, draws);
                }
            }
        }
    }
}

/// What searches cover that end with separated draws, by the slope of the curve.
fn separated(simulations: u32) {
    println!(
        "| precision | κ | covers the truth | separated | of these |\n{}|",
        "| --- ".repeat(5)
    );
    for precision in [0.12, 0.05] {
        for slope in [50.0, 33.0, 20.0, 14.0, 10.0, 7.0] {
            let scenario = Scenario {
                name: "",
                slope,
                thresholds: (60.0, 240.0),
                target: 0.5,
                precision,
            };
            let mut random = ChaCha8Rng::seed_from_u64(2025);
            let (mut covered, mut apart, mut covered_apart) = (0, 0, 0);
            for _ in 0..simulations {
                let (truth, answer) = simulate(&scenario, &mut random);
                let covers = u32::from(answer.estimate.covers(truth));
                covered += covers;
                if answer.slope.is_infinite() {
                    (apart, covered_apart) = (apart + 1, covered_apart + covers);
                }
            }
            println!(
                "| ±{:.0} % | {slope} | {:.1} % | {:.1} % | {covered_apart} of {apart} |",
                100.0 * precision,
                100.0 * f64::from(covered) / f64::from(simulations),
                100.0 * f64::from(apart) / f64::from(simulations)
            );
        }
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let simulations = arguments
        .next()
        .and_then(|arg| arg.parse().ok())
        .unwrap_or(1000u32);
    if arguments.next().is_some_and(|word| word == "separated") {
        separated(simulations);
        return ExitCode::SUCCESS;
    }
    println!("| curve | covers the truth | trials, mean | stopped as asked |\n| --- | --- | --- | --- |");
    let mut good = true;
    for scenario in &SCENARIOS {
        let mut random = ChaCha8Rng::seed_from_u64(2025);
        let (mut covered, mut reached, mut trials) = (0, 0, 0);
        for _ in 0..simulations {
            let (truth, answer) = simulate(scenario, &mut random);
            covered += u32::from(answer.estimate.covers(truth));
            reached += u32::from(answer.end == End::Reached);
            trials += answer.trials;
        }
        let share = |count: u32| 100.0 * f64::from(count) / f64::from(simulations);
        good &= share(covered) >= 93.0;
        println!(
            "| {} | {:.1} % | {:.0} | {:.1} % |",
            scenario.name,
            share(covered),
            trials as f64 / f64::from(simulations),
            share(reached)
        );
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
