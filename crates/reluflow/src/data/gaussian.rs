//! Draws Gaussian inputs.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LabelLaw;
use crate::Dataset;
use crate::error::{Error, Result};

/// x_i ~ N(0, s² I_d/d): ‖x_i‖ concentrates at s.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gaussian {
    /// The root mean square s of ‖x_i‖.
    pub scale: f64,
    /// The law of y_i.
    pub labels: LabelLaw,
}

impl Default for Gaussian {
    fn default() -> Self {
        Self {
            scale: 1.0,
            labels: LabelLaw::default(),
        }
    }
}

impl Gaussian {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the scale is positive and finite, or as [`LabelLaw::check`].
    pub fn check(&self, _n: usize, _d: usize) -> Result<()> {
        if !(self.scale > 0.0 && self.scale.is_finite()) {
            return Err(Error::out_of_range("scale", "a positive number", self.scale));
        }
        self.labels.check()
    }

    /// Draws n examples in dimension d, in O(nd).
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let width = self.scale / (d as f64).sqrt();
        let inputs = Array2::from_shape_simple_fn((n, d), || {
            let value: f64 = StandardNormal.sample(random);
            width * value
        });
        Dataset::new(inputs, self.labels.sample(n, random))
    }
}
