//! Draws the orthonormal inputs of section 4's groups (Proposition 2, Theorem 2).

use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Magnitude;
use crate::Dataset;
use crate::error::{Error, Result};

/// n = groups · k orthonormal inputs; group g holds the examples gk, …, (g+1)k − 1, whose labels share the
/// sign (−1)^g.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Groups {
    /// Number of groups; a group initialisation has one neuron for each.
    pub groups: usize,
    /// The law of |y_i|.
    pub label_sizes: Magnitude,
}

impl Default for Groups {
    fn default() -> Self {
        Self {
            groups: 2,
            label_sizes: Magnitude::PAPER,
        }
    }
}

impl Groups {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the number of groups divides n and n ≤ d.
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        super::orthogonal::fits(n, d)?;
        if self.groups == 0 || !n.is_multiple_of(self.groups) {
            return Err(Error::out_of_range(
                "groups",
                format!("a divisor of n = {n}"),
                self.groups,
            ));
        }
        self.label_sizes.check("label sizes")
    }

    /// Draws n examples in dimension d: the first n coordinate axes.
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let inputs = Array2::from_shape_fn((n, d), |(i, k)| f64::from(u8::from(i == k)));
        let members = n / self.groups;
        let labels: Array1<f64> = (0..n)
            .map(|i| {
                let size = self.label_sizes.sample(random);
                if (i / members).is_multiple_of(2) {
                    size
                } else {
                    -size
                }
            })
            .collect();
        Dataset::new(inputs, labels)
    }
}
