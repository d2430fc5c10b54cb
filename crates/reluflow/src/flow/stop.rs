//! Says when a run ends: at whichever of its stops comes first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::error::{Error, Result};
use crate::model::{Loss, Model};
use crate::success::{Criterion, Success, Target, rounding_floor};

/// Growth of the loss, over L(0) and the largest squared label, at which a run has diverged.
const DIVERGED: f64 = 1e12;

/// Stops that combine: the run ends at whichever comes first.
///
/// A run without a stop of time, steps or evaluations could run for ever and is refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Stops {
    /// Stop when the run has succeeded: in the trap L < (min |y_i|)²/(2n) with every sign right, unless `success` names another
    /// criterion or the trap means nothing for these labels; with a classification loss, when nL < ℓ(0).
    pub trap: bool,
    /// Stop when L < this multiple of the trap's level (min |y_i|)²/(2n).
    pub trap_times: Option<f64>,
    /// Stop when L < this; with weight decay when the objective is, and so L from then on.
    pub loss: Option<f64>,
    /// Stop when the norm of the gradient ‖∇F(θ)‖, of L with the penalty of decay and over the layers that are trained, is below this.
    pub gradient_norm: Option<f64>,
    /// Stop at this time.
    pub time: Option<f64>,
    /// Stop at this τ = ∫ L dt (of the objective, with weight decay).
    pub tau: Option<f64>,
    /// Stop at this multiple of the transition time (√(np)/4)·log(np); np = 1 counts as 2.
    pub transitions: Option<f64>,
    /// Stop after this many steps.
    pub steps: Option<u64>,
    /// Stop after this many evaluations of the field.
    pub evaluations: Option<u64>,
    /// What counts as success.
    pub success: Success,
}

/// Stops resolved for one dataset and width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// What counts as success, and its level of the loss.
    pub success: Target,
    /// Whether the run ends with success.
    pub stop_at_success: bool,
    /// The loss at the floor of rounding, where every run ends.
    pub rounding: f64,
    /// The loss above which a run has diverged.
    pub diverged: f64,
    /// The loss below which the run ends; 0 when none.
    pub loss: f64,
    /// The norm of the gradient below which the run ends; 0 when none.
    pub gradient_norm: f64,
    /// The time at which the run ends; infinite when none.
    pub time: f64,
    /// The τ at which the run ends; infinite when none.
    pub tau: f64,
    /// The most steps.
    pub steps: u64,
    /// The most evaluations.
    pub evaluations: u64,
}

impl Stops {
    /// Checks the stops.
    ///
    /// # Errors
    /// When one is not positive, or none bounds the run.
    pub fn check(&self) -> Result<()> {
        self.success.check()?;
        let positive = [
            ("stop.trap_times", self.trap_times),
            ("stop.loss", self.loss),
            ("stop.gradient_norm", self.gradient_norm),
            ("stop.time", self.time),
            ("stop.tau", self.tau),
            ("stop.transitions", self.transitions),
        ];
        for (name, value) in positive {
            if let Some(value) = value
                && !(value > 0.0 && value.is_finite())
            {
                return Err(Error::out_of_range(name, "a positive number", value));
            }
        }
        let bounded = self.time.is_some()
            || self.tau.is_some()
            || self.transitions.is_some()
            || self.steps.is_some()
            || self.evaluations.is_some();
        if bounded {
            Ok(())
        } else {
            Err(Error::out_of_range(
                "stop",
                "at least one of time, tau, transitions, steps, evaluations",
                "none",
            ))
        }
    }

    /// The stops in absolute terms, but for L(0), for evaluations with this rounding unit.
    pub(super) fn resolve(&self, dataset: &Dataset, model: &Model, neurons: usize, rounding: f64) -> Limits {
        let trap = model.loss.sign_level(dataset);
        let losses = [self.trap_times.map(|factor| factor * trap), self.loss];
        let transition = crate::transition::transition_time(dataset.examples(), neurons);
        let times = [self.time, self.transitions.map(|factor| factor * transition)];
        let loss = losses.into_iter().flatten().fold(0.0, f64::max);
        let labels = dataset.label_bounds().1;
        Limits {
            success: self
                .success
                .resolve(dataset, model, self.loss.unwrap_or(0.0), rounding),
            stop_at_success: self.trap,
            rounding: match model.loss {
                Loss::Square => rounding_floor(dataset, rounding),
                _ => 0.0, // the loss of a separated problem falls for ever
            },
            diverged: DIVERGED * labels * labels,
            loss,
            gradient_norm: self.gradient_norm.unwrap_or(0.0),
            time: times.into_iter().flatten().fold(f64::INFINITY, f64::min),
            tau: self.tau.unwrap_or(f64::INFINITY),
            steps: self.steps.unwrap_or(u64::MAX),
            evaluations: self.evaluations.unwrap_or(u64::MAX),
        }
    }
}

impl Limits {
    /// Puts in L(0) and, with the penalty of weight decay, F(0).
    pub(super) fn begin(&mut self, initial_loss: f64, initial_objective: f64) {
        if self.success.criterion == Criterion::RelativeLoss {
            self.success.level *= initial_loss;
        }
        self.diverged = self.diverged.max(DIVERGED * initial_objective);
    }
}
