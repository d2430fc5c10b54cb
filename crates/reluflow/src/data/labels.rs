//! Draws labels y_i = ±|y_i|.

use ndarray::Array1;
use rand::{Rng, RngExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Magnitude;
use crate::error::Result;

/// How the signs of the labels are chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Signs {
    /// Independent, + or − with probability 1/2.
    #[default]
    Random,
    /// All positive.
    Positive,
    /// All negative.
    Negative,
    /// +, −, +, −, …: as many of each as n allows.
    Alternating,
}

/// The law of the labels: sizes and signs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LabelLaw {
    /// The law of |y_i|.
    pub sizes: Magnitude,
    /// How signs are chosen.
    pub signs: Signs,
}

impl Default for LabelLaw {
    fn default() -> Self {
        Self {
            sizes: Magnitude::PAPER,
            signs: Signs::Random,
        }
    }
}

impl LabelLaw {
    /// Checks the law's parameters.
    ///
    /// # Errors
    /// As [`Magnitude::check`].
    pub fn check(&self) -> Result<()> {
        self.sizes.check("label sizes")
    }

    /// Draws n labels.
    pub fn sample<R: Rng + ?Sized>(&self, n: usize, random: &mut R) -> Array1<f64> {
        (0..n)
            .map(|i| {
                let size = self.sizes.sample(random);
                let positive = match self.signs {
                    Signs::Random => random.random::<bool>(),
                    Signs::Positive => true,
                    Signs::Negative => false,
                    Signs::Alternating => i % 2 == 0,
                };
                if positive { size } else { -size }
            })
            .collect()
    }
}
