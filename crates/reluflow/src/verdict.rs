//! Says how a run ended, with the evidence.

use serde::{Deserialize, Serialize};

/// Which allowance ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// The time of the flow.
    Time,
    /// The number of steps.
    Steps,
    /// The number of evaluations of the field.
    Evaluations,
    /// The loss asked for was reached, and it lies above the trap.
    Loss,
    /// The number of events of the exact flow.
    Events,
    /// The number of events of the exact flow at one instant: they may accumulate without end.
    EventsAtOnce,
    /// The patience of the observer: it asked to stop.
    Observer,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The loss fell below the trap (C_y^−)²/(2n): every h(x_i) has the sign of y_i, now and for ever.
    Interpolating {
        /// When the loss crossed the trap.
        trap_time: f64,
        /// The loss at the end.
        loss: f64,
    },
    /// The loss of a classification fell below ℓ(0)/n: every h(x_i) has the sign of y_i, now and for ever.
    Separating {
        /// When.
        time: f64,
        /// The loss at the end.
        loss: f64,
    },
    /// Some examples have no correctly active neuron, and can get none.
    LostExamples {
        /// Which, from 0.
        examples: Vec<usize>,
        /// The loss at the end.
        loss: f64,
    },
    /// The flow has come to rest above the trap.
    Stationary {
        /// The loss at the end.
        loss: f64,
        /// ‖∇L‖ at the end.
        gradient_norm: f64,
        /// Relative fall of the loss since half of the time run.
        relative_decrease: f64,
        /// Largest movement of a neuron since then, relative to its norm.
        largest_move: f64,
    },
    /// The run was stopped above the trap.
    OutOfBudget {
        /// What ran out.
        budget: Budget,
        /// The loss at the end.
        loss: f64,
    },
    /// The loss ceased to be a number.
    NotFinite {
        /// When.
        time: f64,
    },
    /// The caller asked to stop.
    Interrupted {
        /// When.
        time: f64,
        /// The loss then.
        loss: f64,
    },
}

impl Verdict {
    /// The kind as one word, as in tables.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Interpolating { .. } => "interpolating",
            Self::Separating { .. } => "separating",
            Self::LostExamples { .. } => "lost-examples",
            Self::Stationary { .. } => "stationary",
            Self::OutOfBudget { .. } => "out-of-budget",
            Self::NotFinite { .. } => "not-finite",
            Self::Interrupted { .. } => "interrupted",
        }
    }

    /// Whether the run interpolates, or separates.
    pub fn converged(&self) -> bool {
        matches!(self, Self::Interpolating { .. } | Self::Separating { .. })
    }
}

impl std::fmt::Display for Verdict {
    /// One sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interpolating { trap_time, loss } => {
                write!(
                    f,
                    "interpolating: the loss reached the trap at t = {trap_time:.6} and ended at {loss:.3e}"
                )
            }
            Self::Separating { time, loss } => write!(
                f,
                "separating: from t = {time:.6} on every output has the sign of its label; the loss ended at {loss:.3e}"
            ),
            Self::LostExamples { examples, loss } => write!(
                f,
                "lost examples: no neuron is correctly active on {} of them (the first is {}); loss {loss:.3e}",
                examples.len(),
                examples.first().copied().unwrap_or(0)
            ),
            Self::Stationary {
                largest_move,
                loss,
                gradient_norm,
                relative_decrease,
            } => write!(
                f,
                "stationary: over half of the time run the loss fell by {relative_decrease:.1e} of itself and no neuron moved by more than {largest_move:.1e} of its norm; gradient norm {gradient_norm:.1e}, loss {loss:.3e}"
            ),
            Self::OutOfBudget { budget, loss } => {
                let what = match budget {
                    Budget::Time => "time",
                    Budget::Steps => "steps",
                    Budget::Evaluations => "evaluations",
                    Budget::Loss => "stopped at the loss asked for",
                    Budget::Events => "events",
                    Budget::EventsAtOnce => "events at one instant",
                    Budget::Observer => "stopped by the observer",
                };
                write!(f, "out of budget ({what}) above the trap; loss {loss:.3e}")
            }
            Self::NotFinite { time } => {
                write!(f, "not finite: the loss ceased to be a number at t = {time:.6}")
            }
            Self::Interrupted { time, loss } => write!(f, "interrupted at t = {time:.6}; loss {loss:.3e}"),
        }
    }
}
