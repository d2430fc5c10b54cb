//! Draws exactly orthogonal inputs.

use faer::Mat;
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LabelLaw, Magnitude};
use crate::Dataset;
use crate::error::{Error, Result};

/// x_i = ‖x_i‖ q_i with orthonormal q_1, …, q_n; the paper's experiment 2.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Orthogonal {
    /// The law of ‖x_i‖.
    pub norms: Magnitude,
    /// The law of y_i.
    pub labels: LabelLaw,
    /// q_i uniform among orthonormal frames; otherwise the first n coordinate axes.
    pub rotated: bool,
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self {
            norms: Magnitude::PAPER,
            labels: LabelLaw::default(),
            rotated: false,
        }
    }
}

impl Orthogonal {
    /// Checks the parameters.
    ///
    /// # Errors
    /// When n > d, or as [`Magnitude::check`].
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        fits(n, d)?;
        self.norms.check("norms")?;
        self.labels.check()
    }

    /// Draws n examples in dimension d, in O(n), or O(n²d) when rotated.
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let norms: Vec<f64> = (0..n).map(|_| self.norms.sample(random)).collect();
        let labels = self.labels.sample(n, random);
        if !self.rotated {
            return Dataset::along_axes(norms, labels, d);
        }
        let mut inputs = random_frame(n, d, random);
        for (mut row, norm) in inputs.rows_mut().into_iter().zip(norms) {
            row *= norm;
        }
        Dataset::new(inputs, labels)
    }
}

/// Refuses more orthogonal inputs than dimensions.
pub(super) fn fits(n: usize, d: usize) -> Result<()> {
    if n <= d {
        Ok(())
    } else {
        Err(Error::out_of_range(
            "number of orthogonal inputs n",
            format!("at most d = {d}"),
            n,
        ))
    }
}

/// n orthonormal rows in R^d, uniform among such frames: Q of the QR decomposition of a Gaussian matrix,
/// with the signs of R's diagonal moved into Q.
pub(super) fn random_frame(n: usize, d: usize, random: &mut ChaCha8Rng) -> Array2<f64> {
    let mut gaussian = Mat::<f64>::zeros(d, n);
    for i in 0..n {
        for k in 0..d {
            gaussian[(k, i)] = StandardNormal.sample(random);
        }
    }
    let qr = gaussian.qr();
    let (q, r) = (qr.compute_thin_Q(), qr.thin_R());
    Array2::from_shape_fn((n, d), |(i, k)| q[(k, i)] * r[(i, i)].signum())
}
