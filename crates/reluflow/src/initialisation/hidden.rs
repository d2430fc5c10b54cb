//! Draws hidden weights w_j.

use ndarray::Array2;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The law of w_j, before any scaling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HiddenLaw {
    /// Entries uniform on (−1/√d, 1/√d): the paper's, and the default of `torch.nn.Linear`.
    #[default]
    Uniform,
    /// Entries N(0, 1/d).
    Gaussian,
    /// Uniform on the unit sphere.
    Sphere,
}

impl HiddenLaw {
    /// Draws W, p × d.
    pub fn sample<R: Rng + ?Sized>(&self, p: usize, d: usize, random: &mut R) -> Array2<f64> {
        let width = 1.0 / (d as f64).sqrt();
        match self {
            Self::Uniform => {
                Array2::from_shape_simple_fn((p, d), || width * (2.0 * random.random::<f64>() - 1.0))
            }
            Self::Gaussian => Array2::from_shape_simple_fn((p, d), || {
                let value: f64 = StandardNormal.sample(random);
                width * value
            }),
            Self::Sphere => {
                let mut weights: Array2<f64> =
                    Array2::from_shape_simple_fn((p, d), || StandardNormal.sample(random));
                for mut w in weights.rows_mut() {
                    let norm = w.dot(&w).sqrt();
                    w /= norm;
                }
                weights
            }
        }
    }
}
