//! Descends every loss × activation × trained layers for `benchmarks/peers/models.py`, which does the same by autograd.
//!
//! `cargo run --release -p reluflow --example peer_models` prints one problem, and the losses of 50 steps of each model, as JSON.
#![allow(clippy::print_stdout)]

use std::error::Error;

use reluflow::data::Isotropic;
use reluflow::flow::GradientDescent;
use reluflow::initialisation::Asymmetric;
use reluflow::model::{Activation, Loss, Model, Train};
use reluflow::observe::When;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Method, Problem, Record, Stops, TrialSeed};

const STEPS: u64 = 50;
const RATE: f64 = 0.5;

fn main() -> Result<(), Box<dyn Error>> {
    let (n, d, p) = (40, 10, 24);
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw: 0,
    };
    let data = DataLaw::Isotropic(Isotropic::default()).sample(n, d, &mut seed.generator(Purpose::Data))?;
    let data = Dataset::new(data.inputs().to_owned(), data.labels().mapv(f64::signum))?;
    let network = InitialisationLaw::Asymmetric(Asymmetric::default()).sample(
        p,
        &data,
        &mut seed.generator(Purpose::Initialisation),
    )?;
    let mut runs = Vec::new();
    for loss in [Loss::Square, Loss::Logistic, Loss::Exponential] {
        for activation in [
            Activation::Relu,
            Activation::Leaky(0.1),
            Activation::AbsoluteValue,
            Activation::Linear,
        ] {
            for (name, train) in [
                ("both", Train::Both),
                ("hidden", Train::Hidden),
                ("output", Train::Output),
            ] {
                let method = Method::GradientDescent(GradientDescent {
                    learning_rate: RATE,
                    ..GradientDescent::default()
                });
                let mut problem = Problem::new(&data, &network, method);
                problem.model = Model {
                    activation,
                    loss,
                    train: Some(train),
                    ..Model::default()
                };
                problem.stops = Stops {
                    steps: Some(STEPS),
                    ..Stops::default()
                };
                problem.record = Record {
                    when: When::Every(1),
                    ..Record::default()
                };
                let solution = problem.solve()?;
                let losses: Vec<f64> = solution.trajectory.rows().iter().map(|row| row.loss).collect();
                runs.push(format!(
                    "{{\"loss\": \"{loss}\", \"slope\": {}, \"train\": \"{name}\", \"losses\": {}}}",
                    activation.slope(),
                    list(losses.iter())
                ));
            }
        }
    }
    println!(
        "{{\"n\": {n}, \"d\": {d}, \"p\": {p}, \"rate\": {RATE}, \"inputs\": {}, \"labels\": {}, \"hidden\": {}, \
         \"output\": {}, \"runs\": [{}]}}",
        list(data.inputs().iter()),
        list(data.labels().iter()),
        list(network.hidden_weights().iter()),
        list(network.output_weights().iter()),
        runs.join(", ")
    );
    Ok(())
}

/// Numbers with all their digits.
fn list<'a>(values: impl Iterator<Item = &'a f64>) -> String {
    let words: Vec<String> = values.map(|value| format!("{value:e}")).collect();
    format!("[{}]", words.join(", "))
}
