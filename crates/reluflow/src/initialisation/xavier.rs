//! Draws networks with normal hidden weights of variance 1/d and one output weight for all.

use ndarray::Array1;
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HiddenLaw;
use crate::Network;
use crate::error::{Error, Result};

/// Entries of w_j from N(0, `scale`²/d), a_j = `output`: the start of the papers on Gaussian inputs and orthonormal teachers, whose
/// output weights stay at 1 and which call it Xavier's (with unscaled units).
///
/// ```
/// use reluflow::initialisation::Xavier;
/// use reluflow::random::{Purpose, TrialSeed};
/// let mut random = TrialSeed { root: 0, n: 0, d: 2, p: 3, draw: 0 }.generator(Purpose::Initialisation);
/// let network = Xavier::default().sample(3, 2, &mut random).unwrap();
/// assert_eq!(network.output_weights().to_vec(), [1.0; 3]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Xavier {
    /// Multiplies the standard deviation 1/√d of the entries of w_j.
    pub scale: f64,
    /// a_j, for every j.
    pub output: f64,
}

impl Default for Xavier {
    fn default() -> Self {
        Self {
            scale: 1.0,
            output: 1.0,
        }
    }
}

impl Xavier {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the scale is positive and both are finite.
    pub fn check(&self) -> Result<()> {
        if !(self.scale > 0.0 && self.scale.is_finite()) {
            return Err(Error::out_of_range("scale", "a positive number", self.scale));
        }
        if !self.output.is_finite() {
            return Err(Error::out_of_range("output", "a finite number", self.output));
        }
        Ok(())
    }

    /// Draws a network of p neurons in dimension d.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn sample(&self, p: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Network> {
        let mut weights = HiddenLaw::Gaussian.sample(p, d, random);
        weights *= self.scale;
        Network::new(weights, Array1::from_elem(p, self.output))
    }
}
