//! Draws networks with normal weights of a given standard deviation.

use ndarray::Array2;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// Entries of w_j from N(0, `hidden`²), a_j from N(0, `output`²) or, without `output`, ±‖w_j‖ with fair signs.
///
/// ```
/// use reluflow::{Dataset, initialisation::Normal, random::{Purpose, TrialSeed}};
/// let data = Dataset::new(ndarray::array![[1.0, 0.0]], ndarray::array![1.0]).unwrap();
/// let mut random = TrialSeed { root: 0, n: 1, d: 2, p: 3, draw: 0 }.generator(Purpose::Initialisation);
/// let network = Normal { hidden: 1e-8, output: None }.sample(3, &data, &mut random).unwrap();
/// let w = network.hidden_weights();
/// assert!((network.output_weights()[0].abs() - w.row(0).dot(&w.row(0)).sqrt()).abs() < 1e-20);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Normal {
    /// Standard deviation of the entries of w_j.
    pub hidden: f64,
    /// Standard deviation of a_j; balanced when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<f64>,
}

impl Default for Normal {
    fn default() -> Self {
        Self {
            hidden: 1.0,
            output: None,
        }
    }
}

impl Normal {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the standard deviations are positive and finite.
    pub fn check(&self) -> Result<()> {
        for (name, value) in [("hidden", Some(self.hidden)), ("output", self.output)] {
            if let Some(value) = value
                && !(value > 0.0 && value.is_finite())
            {
                return Err(Error::out_of_range(name, "a positive number", value));
            }
        }
        Ok(())
    }

    /// Draws a network of p neurons for a dataset: the hidden weights first.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        let normal = |scale: f64, random: &mut ChaCha8Rng| -> f64 {
            let value: f64 = StandardNormal.sample(random);
            scale * value
        };
        let hidden = Array2::from_shape_simple_fn((p, dataset.dimension()), || normal(self.hidden, random));
        let output = hidden
            .rows()
            .into_iter()
            .map(|w| match self.output {
                Some(scale) => normal(scale, random),
                None if random.random::<bool>() => w.dot(&w).sqrt(),
                None => -w.dot(&w).sqrt(),
            })
            .collect();
        Network::new(hidden, output)
    }
}
