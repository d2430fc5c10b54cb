//! Runs the flow an audit measures, with every row it needs.

use crate::error::Result;
use crate::flow::{Flow, Integrator};
use crate::observe::{Observable, When};
use crate::{Dataset, Method, Network, Problem, Record, Solution, Stops};

/// Largest local error of θ in a step, relative to ‖θ‖.
pub const TOLERANCE: f64 = 1e-5;
/// Largest change of log L in a step.
const FALL: f64 = 0.05;
/// A run has converged when L is this multiple of the trap.
pub(super) const CONVERGED: f64 = 1e-6;
/// Most transition times and evaluations of a run: what has not converged by then is said not to.
const PATIENCE: (f64, u64) = (50.0, 50_000);

/// The method of an audit: the flow by Bogacki–Shampine 3(2), local error 10⁻⁵, change of log L 0.05 a step.
pub fn method() -> Method {
    Method::Flow(Flow {
        integrator: Integrator::BogackiShampine,
        tolerance: Some(TOLERANCE),
        fall: Some(FALL),
        ..Flow::default()
    })
}

/// The method in words, as printed with an audit.
pub fn describe() -> String {
    format!(
        "gradient flow, Bogacki–Shampine 3(2), local error at most {TOLERANCE:e} ‖θ‖ and change of log L at most {FALL} a step, until L = {CONVERGED:e} of the trap"
    )
}

/// The flow until it has converged, with a row at every step.
pub(super) fn until_convergence(dataset: &Dataset, network: &Network) -> Result<Solution> {
    let mut problem = Problem::new(dataset, network, method());
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
            let mut problem = Problem::new(dataset, from, method());
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
