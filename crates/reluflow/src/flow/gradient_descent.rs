//! Gradient descent on p·L: explicit Euler with a fixed step.
//!
//! | family | order | stages | first-same-as-last | source |
//! | --- | --- | --- | --- | --- |
//! | explicit Euler, fixed step | 1 | 1 | yes | the paper's experiments, η = 1 |

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::point::Point;
use super::{Journal, Precision, Problem, Solution};
use crate::aligned::Aligned;
use crate::error::{Error, Result};
use crate::field::{Real, VectorField};

/// θ ← θ − η p ∇L(θ), that is θ ← θ + η dθ/dt; step k is at time kη.
///
/// This is *not* the flow: where λ_max(M)/n passes 2/η it is unstable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GradientDescent {
    /// η, on p·L: step k is at time kη.
    pub learning_rate: f64,
    /// The scalar type of states and evaluations.
    pub precision: Precision,
}

impl Default for GradientDescent {
    fn default() -> Self {
        Self {
            learning_rate: 1.0,
            precision: Precision::F64,
        }
    }
}

impl GradientDescent {
    /// Checks the learning rate.
    ///
    /// # Errors
    /// Unless it is positive and finite.
    pub fn check(&self) -> Result<()> {
        let rate = self.learning_rate;
        if rate > 0.0 && rate.is_finite() {
            Ok(())
        } else {
            Err(Error::out_of_range("learning_rate", "a positive number", rate))
        }
    }

    /// Descends until a stop comes.
    pub(super) fn solve<T: Real>(&self, problem: &Problem<'_>, field: &mut dyn VectorField<T>) -> Solution {
        let mut state = Aligned::zeros(field.state_length());
        let mut velocity = state.clone();
        field.write_state(problem.network, &mut state);
        let mut journal = Journal::new(problem);
        let rate = T::from_f64(self.learning_rate);
        let mut loss = field.velocity(&state, &mut velocity);
        let mut stale = false; // whether `velocity` is an earlier state's
        loop {
            journal.counts.evaluations += 1;
            let time = journal.counts.steps as f64 * self.learning_rate;
            if stale && journal.is_due(time) {
                field.velocity_there(&state, &mut velocity);
            }
            let going_on = journal.enter(field, point(time, &state, &velocity, loss));
            if !going_on {
                if stale {
                    field.velocity_there(&state, &mut velocity);
                }
                return journal.close(field, point(time, &state, &velocity, loss), true);
            }
            loss = field.descend(&mut state, &mut velocity, rate);
            stale = !field.keeps_velocity();
            journal.counts.steps += 1;
        }
    }
}

fn point<'a, T>(time: f64, state: &'a [T], velocity: &'a [T], loss: f64) -> Point<'a, T> {
    Point {
        time,
        state,
        velocity,
        loss,
        right: None,
    }
}
