//! Tests the exact flow against closed forms, published cases, small-step gradient descent and itself.

mod draws;
mod kernel;
mod models;
mod published;
mod robust;
mod snapshots;
mod ties;

use ndarray::Array1;

use super::{Branch, EventKind, Exact};
use crate::data::Isotropic;
use crate::flow::GradientDescent;
use crate::initialisation::Asymmetric;
use crate::random::Purpose;
use crate::{
    DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Setting, Solution, Stops, TrialSeed,
};

fn seed(n: usize, d: usize, p: usize, draw: u64) -> TrialSeed {
    TrialSeed {
        root: 6,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw,
    }
}

/// The paper's data and initialisation.
fn draw(n: usize, d: usize, p: usize, draw: u64) -> (Dataset, Network) {
    Setting::paper(n, d, p).draw(6, draw).unwrap()
}

fn until(time: f64) -> Stops {
    Stops {
        time: Some(time),
        ..Stops::default()
    }
}

fn run(data: &Dataset, network: &Network, method: Method, stops: Stops) -> Solution {
    let mut problem = Problem::new(data, network, method);
    problem.stops = stops;
    problem.solve().unwrap()
}

fn exact(data: &Dataset, network: &Network, stops: Stops) -> Solution {
    run(data, network, Method::Exact(Exact::default()), stops)
}

fn distance(a: &Network, b: &Network) -> f64 {
    let flat = |net: &Network| -> Array1<f64> {
        net.hidden_weights()
            .iter()
            .chain(net.output_weights())
            .copied()
            .collect()
    };
    let (a, b) = (flat(a), flat(b));
    let difference = &a - &b;
    (difference.dot(&difference) / b.dot(&b)).sqrt()
}

/// What must hold on every run: bounds as asked of an exact flow in double precision.
fn assert_checks(solution: &Solution) {
    let checks = &solution.events.checks;
    assert!(checks.loss_rise <= 1e-14, "{checks:?}");
    assert!(checks.dissipation_defect <= 1e-12, "{checks:?}");
    assert!(checks.sliding_offset <= 1e-14, "{checks:?}");
}

fn descent(learning_rate: f64) -> Method {
    Method::GradientDescent(GradientDescent {
        learning_rate,
        ..GradientDescent::default()
    })
}
