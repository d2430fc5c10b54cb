//! Draws networks of one scale τ and one balance δ.

use ndarray::Array1;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HiddenLaw;
use crate::data::labels::Signs;
use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// ‖w_j‖ = τα and |a_j| = τ/α with α² = (√(4 + (δ/τ²)²) − δ/τ²)/2: a_j² − ‖w_j‖² = δ and |a_j|‖w_j‖ = τ². Directions are uniform.
///
/// δ is the balance of Lemma 1, of the network in the units in which it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TauDelta {
    /// τ, the root of |a_j|‖w_j‖.
    pub tau: f64,
    /// δ, positive where the output weights are the larger.
    pub delta: f64,
    /// The signs of a_j.
    pub signs: Signs,
}

impl Default for TauDelta {
    fn default() -> Self {
        Self {
            tau: 1.0,
            delta: 0.0,
            signs: Signs::Random,
        }
    }
}

impl TauDelta {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless τ is positive and δ finite, and both weights are numbers that are not 0.
    pub fn check(&self) -> Result<()> {
        if !(self.tau > 0.0 && self.tau.is_finite()) {
            return Err(Error::out_of_range("tau", "a positive number", self.tau));
        }
        let (hidden, output) = self.sizes();
        if hidden > 0.0 && output > 0.0 && hidden.is_finite() && output.is_finite() {
            Ok(())
        } else {
            let expected = "a number whose ratio to tau² leaves both layers a size";
            Err(Error::out_of_range("delta", expected, self.delta))
        }
    }

    /// (‖w_j‖, |a_j|).
    pub fn sizes(&self) -> (f64, f64) {
        let ratio = self.delta.abs() / self.tau / self.tau;
        // √(4 + r²) − r = 4/(√(4 + r²) + r) loses no digits: the smaller of the two sizes over τ, squared.
        let small = (2.0 / (2.0f64.hypot(ratio) + ratio)).sqrt();
        match self.delta >= 0.0 {
            true => (self.tau * small, self.tau / small),
            false => (self.tau / small, self.tau * small),
        }
    }

    /// Draws a network of p neurons for a dataset: the directions first.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        let (hidden, output) = self.sizes();
        let mut weights = HiddenLaw::Sphere.sample(p, dataset.dimension(), random);
        weights *= hidden;
        Network::new(weights, signed(p, output, self.signs, random))
    }
}

/// p numbers of one size.
pub(super) fn signed(p: usize, size: f64, signs: Signs, random: &mut ChaCha8Rng) -> Array1<f64> {
    (0..p)
        .map(|j| match signs {
            Signs::Positive => size,
            Signs::Negative => -size,
            Signs::Alternating if j % 2 == 0 => size,
            Signs::Alternating => -size,
            Signs::Random if random.random::<bool>() => size,
            Signs::Random => -size,
        })
        .collect()
}
