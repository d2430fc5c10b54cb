//! Labels inputs by a linear function.

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::initialisation::HiddenLaw;

/// y = ⟨β, x⟩ with β uniform on the sphere of radius `norm`, or given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Linear {
    /// ‖β‖, where β is random.
    pub norm: f64,
    /// β itself, d numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Vec<f64>>,
}

impl Default for Linear {
    fn default() -> Self {
        Self {
            norm: 1.0,
            weights: None,
        }
    }
}

impl Linear {
    /// Checks the parameters in dimension d.
    ///
    /// # Errors
    /// Unless the norm is positive and finite, and given weights are d finite numbers.
    pub fn check(&self, d: usize) -> Result<()> {
        if !(self.norm > 0.0 && self.norm.is_finite()) {
            return Err(Error::out_of_range("norm", "a positive number", self.norm));
        }
        match &self.weights {
            Some(weights) if weights.len() != d || weights.iter().any(|value| !value.is_finite()) => {
                let expected = format!("d = {d} finite numbers, without the bias");
                Err(Error::out_of_range("weights", expected, format!("{weights:?}")))
            }
            _ => Ok(()),
        }
    }

    /// β.
    pub(super) fn draw(&self, d: usize, random: &mut ChaCha8Rng) -> Vec<f64> {
        match &self.weights {
            Some(weights) => weights.clone(),
            None => (HiddenLaw::Sphere.sample(1, d, random) * self.norm)
                .into_iter()
                .collect(),
        }
    }
}
