//! Draws balanced networks, |a_j| = ‖w_j‖.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HiddenLaw;
use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// a_j = ±‖w_j‖ with fair signs: a_j² − ‖w_j‖² = 0 for ever (Lemma 1).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Balanced {
    /// The law of w_j.
    pub hidden: HiddenLaw,
    /// Multiplies w_j before a_j is chosen.
    pub scale: f64,
}

impl Default for Balanced {
    fn default() -> Self {
        Self {
            hidden: HiddenLaw::Uniform,
            scale: 1.0,
        }
    }
}

impl Balanced {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the scale is positive and finite.
    pub fn check(&self) -> Result<()> {
        if self.scale > 0.0 && self.scale.is_finite() {
            Ok(())
        } else {
            Err(Error::out_of_range("scale", "a positive number", self.scale))
        }
    }

    /// Draws a network of p neurons for a dataset.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        let mut weights = self.hidden.sample(p, dataset.dimension(), random);
        weights *= self.scale;
        let norms: Vec<f64> = weights.rows().into_iter().map(|w| w.dot(&w).sqrt()).collect();
        let output = norms
            .into_iter()
            .map(|norm| if random.random::<bool>() { norm } else { -norm })
            .collect();
        Network::new(weights, output)
    }
}
