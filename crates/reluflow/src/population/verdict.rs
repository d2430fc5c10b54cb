//! Says how a run on the population loss ended, with the evidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Budget;

/// The Hessian's least eigenvalue at the end, and how well it is known.
///
/// Where both layers move, the directions along which neurons are rescaled, w_j → c w_j and a_j → a_j/c, are left out: along them L does
/// not change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Curvature {
    /// The least eigenvalue of p ∇²L over the layers that move (of ∇²L in unscaled units).
    pub least: f64,
    /// The largest one.
    pub largest: f64,
    /// What it may be off by: √(2 M ‖p∇L‖), for the end is not quite the stationary point (M: how fast the Hessian changes,
    /// taken as its norm over that of the smallest neuron), and rounding.
    pub error: f64,
}

impl Curvature {
    /// The least eigenvalue over its error: beyond 1 its sign is known.
    pub fn margin(&self) -> f64 {
        self.least / self.error
    }
}

/// The end of a run by Newton's method, from where the flow had come close to a minimum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finish {
    /// The flow's time when Newton's method took over.
    pub time: f64,
    /// ‖∇L‖ then.
    pub gradient_norm: f64,
    /// Newton steps.
    pub steps: u32,
    /// How far they led, ‖θ − θ_time‖.
    pub distance: f64,
    /// By what part of its least eigenvalue the Hessian changed on the way, at most ½: so it was positive definite there, and the
    /// flow's own end is the same.
    pub change: f64,
}

/// How a run on the population loss ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PopulationVerdict {
    /// The loss fell below the level that counts as none.
    Global {
        /// The loss at the end.
        loss: f64,
        /// ‖∇L‖ at the end.
        gradient_norm: f64,
    },
    /// A stationary point above that level whose Hessian has no negative eigenvalue: a spurious minimum.
    Spurious {
        /// The loss at the end.
        loss: f64,
        /// ‖∇L‖ at the end.
        gradient_norm: f64,
        /// The evidence; a minimum for sure where its margin is above 1, and within −1 and 1 not decided.
        curvature: Curvature,
    },
    /// A stationary point above that level whose Hessian has a negative eigenvalue.
    Saddle {
        /// The loss at the end.
        loss: f64,
        /// ‖∇L‖ at the end.
        gradient_norm: f64,
        /// The evidence.
        curvature: Curvature,
    },
    /// The run was stopped before it was stationary.
    OutOfBudget {
        /// What ran out.
        budget: Budget,
        /// The loss at the end.
        loss: f64,
        /// ‖∇L‖ at the end.
        gradient_norm: f64,
    },
    /// The loss grew without bound: a learning rate too large.
    Diverged {
        /// When.
        time: f64,
        /// The loss then.
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

impl PopulationVerdict {
    /// The kind as one word, as in tables.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Global { .. } => "global",
            Self::Spurious { .. } => "spurious",
            Self::Saddle { .. } => "saddle",
            Self::OutOfBudget { .. } => "out-of-budget",
            Self::Diverged { .. } => "diverged",
            Self::NotFinite { .. } => "not-finite",
            Self::Interrupted { .. } => "interrupted",
        }
    }

    /// Whether the loss is below the level.
    pub fn is_global(&self) -> bool {
        matches!(self, Self::Global { .. })
    }

    /// The same in units in which losses are `loss` times, norms of gradients `gradient` times, eigenvalues `rate` times and
    /// times 1/`rate` times ours.
    pub(super) fn scaled(mut self, [loss_factor, gradient_factor, rate]: [f64; 3]) -> Self {
        match &mut self {
            Self::Global { loss, gradient_norm }
            | Self::OutOfBudget {
                loss, gradient_norm, ..
            } => {
                *loss *= loss_factor;
                *gradient_norm *= gradient_factor;
            }
            Self::Spurious {
                loss,
                gradient_norm,
                curvature,
            }
            | Self::Saddle {
                loss,
                gradient_norm,
                curvature,
            } => {
                *loss *= loss_factor;
                *gradient_norm *= gradient_factor;
                *curvature = curvature.scaled(rate);
            }
            Self::Diverged { time, loss } | Self::Interrupted { time, loss } => {
                *time /= rate;
                *loss *= loss_factor;
            }
            Self::NotFinite { time } => *time /= rate,
        }
        self
    }
}

impl Curvature {
    pub(super) fn scaled(self, factor: f64) -> Self {
        Self {
            least: self.least * factor,
            largest: self.largest * factor,
            error: self.error * factor,
        }
    }
}

impl std::fmt::Display for PopulationVerdict {
    /// One sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stationary = |f: &mut std::fmt::Formatter<'_>,
                          loss: f64,
                          gradient: f64,
                          curvature: &Curvature| {
            write!(
                f,
                "loss {loss:.10}, gradient norm {gradient:.1e}, least eigenvalue of the Hessian {:.4e} ± {:.0e}",
                curvature.least, curvature.error
            )
        };
        match self {
            Self::Global { loss, gradient_norm } => write!(
                f,
                "global minimum: loss {loss:.3e}, gradient norm {gradient_norm:.1e}"
            ),
            Self::Spurious {
                loss,
                gradient_norm,
                curvature,
            } => {
                let sure = if curvature.margin() > 1.0 {
                    ""
                } else {
                    " (its least eigenvalue cannot be told from 0)"
                };
                write!(f, "spurious minimum{sure}: ")?;
                stationary(f, *loss, *gradient_norm, curvature)
            }
            Self::Saddle {
                loss,
                gradient_norm,
                curvature,
            } => {
                f.write_str("saddle: ")?;
                stationary(f, *loss, *gradient_norm, curvature)
            }
            Self::OutOfBudget {
                budget,
                loss,
                gradient_norm,
            } => write!(
                f,
                "out of budget ({}) before it was stationary: loss {loss:.3e}, gradient norm {gradient_norm:.1e}",
                match budget {
                    Budget::Time => "time",
                    Budget::Steps => "steps",
                    _ => "evaluations",
                }
            ),
            Self::Diverged { time, loss } => {
                write!(f, "diverged: the loss had grown to {loss:.3e} at t = {time:.6}")
            }
            Self::NotFinite { time } => {
                write!(f, "not finite: the loss ceased to be a number at t = {time:.6}")
            }
            Self::Interrupted { time, loss } => write!(f, "interrupted at t = {time:.6}; loss {loss:.3e}"),
        }
    }
}
