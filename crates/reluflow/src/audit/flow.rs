//! Runs the flow an audit measures, with every row it needs.

use crate::error::Result;
use crate::flow::{Flow, Integrator};
use crate::observe::{Observable, When};
use crate::{Dataset, Method, Network, Problem, Record, Solution, Stops};

/// Largest local error of θ in a step, relative to ‖θ‖: on orthogonal inputs, where no neuron ever slides along
/// a kink, and elsewhere, where steps shrink to the error allowed as long as one does.
const TOLERANCES: (f64, f64) = (1e-6, 1e-4);
/// Largest change of log L in a step.
const FALL: f64 = 0.05;
/// A run has converged when L is this multiple of the trap.
pub(super) const CONVERGED: f64 = 1e-6;
/// Most transition times and evaluations of a run: what has not converged by then is said not to.
const PATIENCE: (f64, u64) = (50.0, 50_000);

/// The largest local error of θ in a step, relative to ‖θ‖, for a dataset: 10⁻⁶ when orthogonal, else 10⁻⁴.
pub fn tolerance(dataset: &Dataset) -> f64 {
    if dataset.is_orthogonal() {
        TOLERANCES.0
    } else {
        TOLERANCES.1
    }
}

/// The method of an audit: the flow by Bogacki–Shampine 3(2), change of log L 0.05 a step.
pub fn method(dataset: &Dataset) -> Method {
    with_tolerance(tolerance(dataset))
}

/// The same for orthogonal inputs.
pub(super) fn orthogonal_method() -> Method {
    with_tolerance(TOLERANCES.0)
}

fn with_tolerance(tolerance: f64) -> Method {
    Method::Flow(Flow {
        integrator: Integrator::BogackiShampine,
        tolerance: Some(tolerance),
        fall: Some(FALL),
        ..Flow::default()
    })
}

/// The method in words, as printed with an audit.
pub fn describe(dataset: &Dataset) -> String {
    format!(
        "gradient flow, Bogacki–Shampine 3(2), local error at most {:e} ‖θ‖ and change of log L at most {FALL} a step, until L = {CONVERGED:e} of the trap",
        tolerance(dataset)
    )
}

/// The flow until it has converged, with a row at every step.
pub(super) fn until_convergence(dataset: &Dataset, network: &Network) -> Result<Solution> {
    let mut problem = Problem::new(dataset, network, method(dataset));
    problem.stops = Stops {
        trap_times: Some(CONVERGED),
        transitions: Some(PATIENCE.0),
        evaluations: Some(PATIENCE.1),
        ..Stops::default()
    };
    problem.record = Record {
        observables: vec![
            Observable::Curvature,
            Observable::CurvatureBounds,
            Observable::Balance,
            Observable::Activity,
            Observable::Lost,
        ],
        when: When::Every(1),
    };
    problem.solve()
}

/// The networks at increasing times, each continued from the one before.
pub(super) fn networks_at(dataset: &Dataset, start: &Network, times: &[f64]) -> Result<Vec<Network>> {
    let mut networks: Vec<Network> = Vec::with_capacity(times.len());
    let mut before = 0.0;
    for &time in times {
        let from = networks.last().unwrap_or(start);
        let next = if time > before {
            let mut problem = Problem::new(dataset, from, method(dataset));
            problem.stops = Stops {
                time: Some(time - before),
                evaluations: Some(PATIENCE.1),
                ..Stops::default()
            };
            problem.solve()?.network
        } else {
            from.clone()
        };
        networks.push(next);
        before = time;
    }
    Ok(networks)
}
