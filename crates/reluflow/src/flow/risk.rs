//! Watches the examples that are about to lose their last correct neuron.
//!
//! The verdict of a run is decided early, when examples that few correct neurons are active on keep or lose the last of
//! them. An error that is small for θ as a whole can carry that neuron over its kink. So the local error of a step is
//! also held against the *margin* of every example at risk:
//!
//! ```text
//! S_i = (1/p|y_i|) Σ_{j: a_j y_i > 0} |a_j| σ(u_ji)            at risk where S_i ≤ 0.1
//! j*  = argmax |a_j| u_ji over the same j,   m_i = |a_j*| u_j*i / (p|y_i|)
//! err_i = |a_j*| |⟨e_j*, x_i⟩| / (p|y_i|) / max(|m_i|, floor)
//! ```
//!
//! with e the local error of the step. The floor is 0.01, or a tenth of the mean of S where that is less: a network that
//! starts small is watched on its own scale.
//!
//! Where a neuron alone goes through its kink, m_i, S and with them the floor vanish on the way, and no step is short enough. Then short steps
//! tell whether it is held there ([`super::confirm`]). If not, nobody is watched until margins are large enough again for a step as it is.

use crate::field::{Cover, VectorField};
use crate::model::Loss;

/// Cover below which an example is at risk.
const AT_RISK: f64 = 0.1;
/// Least margin an error is compared with.
const FLOOR: f64 = 0.01;
/// The same, in units of the mean cover.
const RELATIVE_FLOOR: f64 = 0.1;

/// Whether an example may be at risk, from the residuals: S_i ≥ y_i h(x_i)/y_i² = 1 − r_i/y_i.
pub(super) fn is_possible(field: &dyn VectorField<f64>) -> bool {
    if field.model().loss != Loss::Square {
        return true;
    }
    let mut pairs = field
        .residuals()
        .iter()
        .zip(field.labels())
        .filter(|(_, y)| **y != 0.0);
    // A NaN counts as at risk.
    !pairs.all(|(r, y)| 1.0 - r / y > AT_RISK)
}

/// The cover of the examples at the end of the step last tried.
#[derive(Debug)]
pub(super) struct Risk {
    pub(super) cover: Cover<f64>,
    /// Whether nobody is watched for now.
    is_off: bool,
}

impl Risk {
    pub(super) fn new(examples: usize) -> Self {
        Self {
            cover: Cover::new(examples),
            is_off: false,
        }
    }

    /// Watches nobody until margins are large enough for a step.
    pub(super) fn pause(&mut self) {
        self.is_off = true;
    }

    /// Whether nobody is watched for now.
    pub(super) fn is_paused(&self) -> bool {
        self.is_off
    }

    /// max_i err_i of a step, in units of what is `allowed`.
    pub(super) fn error_of_step(
        &mut self,
        field: &dyn VectorField<f64>,
        state: &[f64],
        error: &[f64],
        allowed: f64,
    ) -> f64 {
        let most = self.error(field, state, error) / allowed;
        self.is_off &= most > 1.0;
        if self.is_off { 0.0 } else { most }
    }

    /// max_i err_i of a step with the local error `error` that ended at `state`, where [`Risk::cover`] was found.
    fn error(&self, field: &dyn VectorField<f64>, state: &[f64], error: &[f64]) -> f64 {
        let (p, m) = (field.neurons(), field.hidden_coordinates());
        let output = &state[p * m..];
        let labels = field.labels();
        let share = |i: usize| 1.0 / (p as f64 * labels[i].abs());
        let examples = || (0..labels.len()).filter(|i| labels[*i] != 0.0);
        let covers = examples().map(|i| share(i) * self.cover.sum[i]);
        let mean = covers.sum::<f64>() / labels.len() as f64;
        let floor = FLOOR.min(RELATIVE_FLOOR * mean);
        let mut most: f64 = 0.0;
        for i in examples() {
            let best = self.cover.best[i];
            if share(i) * self.cover.sum[i] > AT_RISK || best == f64::NEG_INFINITY {
                continue;
            }
            let j = self.cover.neuron[i] as usize;
            let shift = (output[j] * field.input_product(&error[j * m..][..m], i)).abs();
            let margin = (share(i) * best).abs().max(floor);
            if margin > 0.0 {
                most = most.max(share(i) * shift / margin);
            }
        }
        most
    }
}
