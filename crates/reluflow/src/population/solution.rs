//! Holds what a run on the population loss returns.

use serde::{Deserialize, Serialize};

use super::overlaps::{Overlaps, found};
use super::teacher::Teacher;
use super::verdict::{Curvature, Finish, PopulationVerdict};
use crate::Network;
use crate::flow::Counts;

/// A row over time.
#[derive(Debug, Clone, PartialEq)]
pub struct PopulationRow {
    /// The time.
    pub time: f64,
    /// Steps so far.
    pub step: u64,
    /// Evaluations of the field so far.
    pub evaluations: u64,
    /// L.
    pub loss: f64,
    /// ‖∇L‖ over the layers that move.
    pub gradient_norm: f64,
    /// Q and M.
    pub overlaps: Overlaps,
    /// a, length p.
    pub output_weights: Vec<f64>,
}

/// Where a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PopulationEnd {
    /// The flow's time; where Newton's method ended the run, when it took over.
    pub time: f64,
    /// L(0).
    pub initial_loss: f64,
    /// L at the end.
    pub loss: f64,
    /// ‖∇L‖ at the end.
    pub gradient_norm: f64,
    /// −(dL/dt)/L at the end.
    pub mu: f64,
    /// The Hessian's least eigenvalue, where the end is stationary.
    pub curvature: Option<Curvature>,
    /// How many of the teacher's neurons are [`found`].
    pub found: usize,
    /// How Newton's method ended the run, if it did.
    pub finish: Option<Finish>,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct PopulationSolution {
    /// How it ended.
    pub verdict: PopulationVerdict,
    /// Where it ended.
    pub end: PopulationEnd,
    /// What it cost.
    pub counts: Counts,
    /// The network at the end.
    pub network: Network,
    /// Q and M at the end.
    pub overlaps: Overlaps,
    /// Rows over time, as they were asked for; the last is the end.
    pub rows: Vec<PopulationRow>,
}

impl PopulationSolution {
    /// The verdict as a sentence, which says so where Newton's method ended the run.
    pub fn sentence(&self) -> String {
        match &self.end.finish {
            Some(finish) => format!(
                "{}; the flow ran to t = {:.6} and gradient norm {:.1e}, {} steps of Newton's method ended the run",
                self.verdict, finish.time, finish.gradient_norm, finish.steps
            ),
            None => self.verdict.to_string(),
        }
    }

    /// Reads off what depends on network and teacher.
    pub(super) fn look(network: &Network, teacher: &Teacher) -> (Overlaps, usize) {
        (Overlaps::new(network, teacher), found(network, teacher))
    }
}
