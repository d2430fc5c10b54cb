//! Draws inputs with directions uniform on the sphere.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LabelLaw, Magnitude};
use crate::{Dataset, error::Result};

/// x_i = ‖x_i‖ · u_i with u_i uniform on the unit sphere of R^d; the paper's experiment 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Isotropic {
    /// The law of ‖x_i‖.
    pub norms: Magnitude,
    /// The law of y_i.
    pub labels: LabelLaw,
}

impl Default for Isotropic {
    fn default() -> Self {
        Self {
            norms: Magnitude::PAPER,
            labels: LabelLaw::default(),
        }
    }
}

impl Isotropic {
    /// Checks the parameters.
    ///
    /// # Errors
    /// As [`Magnitude::check`].
    pub fn check(&self, _n: usize, _d: usize) -> Result<()> {
        self.norms.check("norms")?;
        self.labels.check()
    }

    /// Draws n examples in dimension d, in O(nd).
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let mut inputs = Array2::zeros((n, d));
        for mut row in inputs.rows_mut() {
            let norm = loop {
                row.mapv_inplace(|_: f64| StandardNormal.sample(random));
                let norm = row.dot(&row).sqrt();
                if norm > 0.0 {
                    break norm;
                }
            };
            row *= self.norms.sample(random) / norm;
        }
        Dataset::new(inputs, self.labels.sample(n, random))
    }
}
