//! Draws orthogonally separable data.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LabelLaw, Magnitude};
use crate::Dataset;
use crate::error::{Error, Result};

/// ⟨x_i, x_j⟩ > 0 where y_i y_j > 0, and ≤ 0 where y_i y_j < 0: x_i = ‖x_i‖ sign(y_i) |g_i|/‖g_i‖ with g_i ~ N(0, I_d) and |·| entry
/// by entry.
///
/// With `blocks`, inputs with positive labels have the first ⌈d/2⌉ coordinates and the others the rest, all entries
/// being positive: the product is 0 across the classes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Separable {
    /// The law of ‖x_i‖.
    pub norms: Magnitude,
    /// Whether the classes have coordinates of their own; otherwise they lie in opposite orthants.
    pub blocks: bool,
    /// The law of y_i.
    pub labels: LabelLaw,
}

impl Default for Separable {
    fn default() -> Self {
        Self {
            norms: Magnitude::PAPER,
            blocks: false,
            labels: LabelLaw::default(),
        }
    }
}

impl Separable {
    /// Checks the parameters.
    ///
    /// # Errors
    /// When d = 1 with blocks, or as [`Magnitude::check`].
    pub fn check(&self, _n: usize, d: usize) -> Result<()> {
        if self.blocks && d < 2 {
            return Err(Error::out_of_range(
                "dimension d",
                "at least 2 with blocks = true",
                d,
            ));
        }
        self.norms.check("norms")?;
        self.labels.check()
    }

    /// Draws n examples in dimension d, in O(nd): labels first.
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let labels = self.labels.sample(n, random);
        let half = d.div_ceil(2);
        let mut inputs = Array2::zeros((n, d));
        for (mut row, y) in inputs.rows_mut().into_iter().zip(&labels) {
            let (own, sign) = match (self.blocks, *y < 0.0) {
                (true, false) => (0..half, 1.0),
                (true, true) => (half..d, 1.0),
                (false, negative) => (0..d, if negative { -1.0 } else { 1.0 }),
            };
            for k in own {
                let value: f64 = StandardNormal.sample(random);
                row[k] = sign * value.abs();
            }
            let norm = row.dot(&row).sqrt();
            row *= self.norms.sample(random) / norm;
        }
        Dataset::new(inputs, labels)
    }
}
