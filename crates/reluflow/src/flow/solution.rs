//! Holds what a run returns.

use serde::{Deserialize, Serialize};

use super::{Events, LinearEnd};
use crate::observe::{Snapshot, Trajectory};
use crate::{Criterion, Network, Verdict};

/// What a run cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Accepted steps.
    pub steps: u64,
    /// Rejected steps.
    pub rejected: u64,
    /// Evaluations of the field, products with M included.
    pub evaluations: u64,
    /// Of these, evaluations spent on recording only.
    pub observations: u64,
    /// Events of the exact flow.
    #[serde(default)]
    pub events: u64,
    /// Of these, branch points: the flow is not unique there.
    #[serde(default)]
    pub branches: u64,
}

/// Whose verdict it is with the accuracy `checked`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DecidedBy {
    /// The careful run's, with which the default run agrees.
    Agreement,
    /// The careful run's, which a strict run confirmed.
    StrictRun,
    /// The exact flow's.
    ExactFlow,
}

impl DecidedBy {
    /// The word in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::StrictRun => "strict-run",
            Self::ExactFlow => "exact-flow",
        }
    }
}

/// Where a run ended. What a record asks for stands in the last row: [`Trajectory::last`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// The time.
    pub time: f64,
    /// L(0).
    pub initial_loss: f64,
    /// L at the end.
    pub loss: f64,
    /// What counts as success of this run.
    pub criterion: Criterion,
    /// When it was met, located to 10⁻³ in log L (by rounding for the exact flow, between two steps of gradient descent).
    pub success_time: Option<f64>,
    /// With the accuracy `checked`, the same by the default and by the careful steps; together an error bar.
    pub success_times: Option<(f64, f64)>,
    /// With the accuracy `checked`, whose verdict it is; none where it is *undecided*, where no network can succeed, or where the run
    /// was ended from outside.
    #[serde(default)]
    pub decided_by: Option<DecidedBy>,
    /// μ at the end. Gradient descent: the mean of 2(L_k − L_{k+1})/(L_k + L_{k+1})/η over its last 100
    /// steps, as in the paper's protocol; otherwise ‖dθ/dt‖²/(pL).
    pub mu_end: f64,
    /// ⟨μ⟩ = log(L(0)/L)/t (Lemma 2); of the objective, with weight decay.
    pub mu_avg: f64,
    /// max_j |Δ(a_j² − ‖w_j‖²)| since time 0 (Lemma 1).
    pub balance_drift: f64,
    /// Number of examples without a correctly active neuron.
    pub lost: usize,
    /// The run's own error gauge: Σ |ΔL + ∫‖dθ/dt‖²/p|/L over Σ |Δ log L|, both over the steps; the part of the
    /// fall of the loss that dissipation does not explain. Not computed by gradient descent.
    pub energy_defect: Option<f64>,
}

impl End {
    /// Whether steps averaged over neurons that slide along kinks for so much of the way that the end may be the method's:
    /// an energy defect above [`End::MAX_DEFECT`].
    pub fn slides(&self) -> bool {
        self.energy_defect.is_some_and(|defect| defect > Self::MAX_DEFECT)
    }

    /// The energy defect up to which verdicts were held against the exact flow: near the thresholds of the paper's problem
    /// most stay below 4. From small starts on noisy labels most runs above it ended differently; with d far below n from the paper's start
    /// none of thirty did (docs/choosing-a-method.md).
    pub const MAX_DEFECT: f64 = 4.0;
}

/// A computed flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// How it ended.
    pub verdict: Verdict,
    /// Where it ended, in numbers.
    pub end: End,
    /// What it cost.
    pub counts: Counts,
    /// What was written down on the way.
    pub trajectory: Trajectory,
    /// The network at the end.
    pub network: Network,
    /// The networks of the rows of the trajectory, if [`Observable::Network`](crate::observe::Observable::Network) was asked for.
    pub path: Vec<Snapshot>,
    /// The events of the exact flow; empty for the other methods.
    pub events: Events,
    /// To what the flow tends, where the hidden layer is frozen: a linear problem.
    pub linear: Option<LinearEnd>,
}
