//! Runs the flow an audit measures, with every row it needs and some of the networks on the way.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Result;
use crate::flow::{Exact, Flow, Integrator, Observer};
use crate::observe::{Observable, When};
use crate::{Dataset, Method, Network, Problem, Record, Solution, Stops, trap};

/// Largest n·p for which inputs that are not orthogonal are followed by the exact flow: a few seconds a draw.
pub(crate) const EXACT_UP_TO: usize = 8000;
/// Most evaluations (one for each coefficient of a series) of an exact flow.
const EXACT_EVALUATIONS: u64 = 400_000;
/// Largest local error of θ in a step, relative to ‖θ‖: on orthogonal inputs, where no neuron ever slides along
/// a kink, and elsewhere, where steps shrink to the error allowed as long as one does.
const TOLERANCES: (f64, f64) = (1e-6, 1e-4);
/// Largest change of log L in a step.
const FALL: f64 = 0.05;
/// A run has converged when L is this multiple of the trap.
pub(super) const CONVERGED: f64 = 1e-6;
/// L below this share of L(0) is not asked for: labels near 0 make the trap smaller than rounding leaves room for.
const FLOOR: f64 = 1e-14;
/// Most transition times and evaluations of a run: what has not converged by then is said not to.
const PATIENCE: (f64, u64) = (50.0, 50_000);
/// Products, and evaluations at least, that the exact flow may spend on a stretch of a problem too large to be followed to its
/// end.
const STRETCH: usize = 2_000_000_000;
const STRETCH_AT_LEAST: usize = 500;
/// Most networks kept on the way.
const KEPT: usize = 128;

/// The largest local error of θ in a step, relative to ‖θ‖, of the Runge–Kutta pair: 10⁻⁶ on orthogonal inputs, else 10⁻⁴.
pub fn tolerance(dataset: &Dataset) -> f64 {
    if dataset.is_orthogonal() {
        TOLERANCES.0
    } else {
        TOLERANCES.1
    }
}

/// The flow by Bogacki–Shampine 3(2), change of log L 0.05 a step: on orthogonal inputs, and on others where n·p is too
/// large for the exact flow.
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

/// Whether the exact flow is followed.
fn is_exact(dataset: &Dataset, neurons: usize) -> bool {
    !dataset.is_orthogonal() && dataset.examples() * neurons <= EXACT_UP_TO
}

/// The method in words, as printed with an audit.
pub fn describe(dataset: &Dataset, neurons: usize) -> String {
    if is_exact(dataset, neurons) {
        return format!("gradient flow, exact through its kinks, until L = {CONVERGED:e} of the trap");
    }
    format!(
        "gradient flow, Bogacki–Shampine 3(2), local error at most {:e} ‖θ‖ and change of log L at most {FALL} a step, until L = {CONVERGED:e} of the trap",
        tolerance(dataset)
    )
}

/// A problem and its flow: what statements about problems are judged by.
#[derive(Debug)]
pub(super) struct Followed<'a> {
    /// The data.
    pub(super) dataset: &'a Dataset,
    /// The network at time 0.
    pub(super) network: &'a Network,
    /// The run until L has converged, with a row at every step.
    pub(super) solution: Solution,
    /// At most 128 of the networks on the way, evenly over the steps, time 0 and the end included.
    pub(super) seen: Vec<(f64, Network)>,
    /// Where the run is not exact though neurons may slide along kinks: the exact flow over the stretch of time that its
    /// budget lasts.
    pub(super) stretch: Option<Solution>,
    /// Relative error of θ at the end, as far as the method promises: its local error times its steps.
    pub(super) accumulated: f64,
    /// The loss at which the run counts as converged.
    pub(super) level: f64,
    exact: bool,
}

impl<'a> Followed<'a> {
    /// Follows the flow until it has converged.
    pub(super) fn new(dataset: &'a Dataset, network: &'a Network) -> Result<Self> {
        Self::by(is_exact(dataset, network.neurons()), dataset, network)
    }

    /// The same by the Runge–Kutta pair, whatever the size.
    #[cfg(test)]
    pub(super) fn one_sided(dataset: &'a Dataset, network: &'a Network) -> Result<Self> {
        Self::by(false, dataset, network)
    }

    fn by(exact: bool, dataset: &'a Dataset, network: &'a Network) -> Result<Self> {
        let tolerance = if exact {
            Exact::default().tolerance
        } else {
            tolerance(dataset)
        };
        let start = crate::theory::Snapshot::new(dataset, network).loss;
        let level = (CONVERGED * dataset.trap_level()).max(FLOOR * start);
        let gallery = Arc::new(Mutex::new(Gallery::default()));
        let method = if exact {
            Method::Exact(Exact::default())
        } else {
            method(dataset)
        };
        let mut problem = Problem::new(dataset, network, method);
        problem.stops = Stops {
            // Below the level, so that no rounding decides whether it was reached.
            loss: (level > 0.0).then_some(0.5 * level),
            transitions: Some(PATIENCE.0),
            evaluations: Some(if exact { EXACT_EVALUATIONS } else { PATIENCE.1 }),
            ..Stops::default()
        };
        problem.record = Record {
            observables: vec![
                Observable::Curvature,
                Observable::Balance,
                Observable::Activity,
                Observable::Lost,
            ],
            when: When::Every(1),
            ..Record::default()
        };
        let looker = Arc::clone(&gallery);
        problem.observer = Observer::new(move |row, network| {
            let mut gallery = looker.lock().unwrap_or_else(PoisonError::into_inner);
            gallery.look(row.time, network);
            ControlFlow::Continue(())
        });
        let solution = problem.solve()?;
        let mut gallery = gallery.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = std::mem::take(&mut gallery.seen);
        if seen.last().is_none_or(|(time, _)| *time < solution.end.time) {
            seen.push((solution.end.time, solution.network.clone()));
        }
        let stretch = if exact || dataset.is_orthogonal() {
            None
        } else {
            Some(stretch(dataset, network, level)?)
        };
        Ok(Self {
            dataset,
            network,
            stretch,
            accumulated: tolerance * solution.counts.steps as f64,
            solution,
            seen,
            level,
            exact,
        })
    }

    /// Whether the flow was followed exactly through its kinks.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Whether L has converged: to 10⁻⁶ of the trap where that can be told from rounding.
    pub(super) fn converged(&self) -> bool {
        self.solution.end.loss <= self.level
    }

    /// Why convergence says nothing about the trap, if it does not.
    pub(super) fn void(&self) -> Option<&'static str> {
        if trap::is_void(self.dataset) {
            Some("some label is 0, so that the trap is at L = 0")
        } else if self.level > CONVERGED * self.dataset.trap_level() {
            Some("some label is so near 0 that 10⁻⁶ of the trap is below 10⁻¹⁴ of L(0)")
        } else {
            None
        }
    }
}

/// What an observer keeps of a run.
#[derive(Debug)]
struct Gallery {
    seen: Vec<(f64, Network)>,
    /// Every which row is kept; doubles when there are too many.
    stride: usize,
    rows: usize,
}

impl Default for Gallery {
    fn default() -> Self {
        Self {
            seen: Vec::new(),
            stride: 1,
            rows: 0,
        }
    }
}

impl Gallery {
    fn look(&mut self, time: f64, network: &Network) {
        if self.rows.is_multiple_of(self.stride) {
            self.seen.push((time, network.clone()));
            if self.seen.len() > KEPT {
                let mut keep = false;
                self.seen.retain(|_| {
                    keep = !keep;
                    keep
                });
                self.stride *= 2;
            }
        }
        self.rows += 1;
    }
}

/// The exact flow from time 0, for as long as about 2·10⁹ products last.
fn stretch(dataset: &Dataset, network: &Network, level: f64) -> Result<Solution> {
    let products = dataset.examples() * dataset.dimension() * network.neurons();
    let mut problem = Problem::new(dataset, network, Method::Exact(Exact::default()));
    problem.stops = Stops {
        loss: (level > 0.0).then_some(level),
        transitions: Some(PATIENCE.0),
        evaluations: Some((STRETCH / products.max(1)).max(STRETCH_AT_LEAST) as u64),
        ..Stops::default()
    };
    problem.record = Record {
        observables: vec![Observable::Curvature],
        when: When::Every(1),
        ..Record::default()
    };
    problem.solve()
}

/// The networks at increasing times, each continued from the one before, on orthogonal inputs.
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
