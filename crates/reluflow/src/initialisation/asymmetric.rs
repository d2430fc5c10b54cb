//! Draws networks with |a_j| > ‖w_j‖: the paper's initialisation.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HiddenLaw;
use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// The law of |a_j| − ‖w_j‖.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Margin {
    /// Exponential with this mean.
    Exponential(f64),
    /// Always the same.
    Constant(f64),
}

/// Most networks drawn in search of one that covers every example.
const MOST_REDRAWS: usize = 10_000;

/// a_j = ±(‖w_j‖ + margin), fair signs; then w_j is multiplied by `hidden_scale` (a_j keeps its value).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Asymmetric {
    /// The law of w_j.
    pub hidden: HiddenLaw,
    /// Multiplies w_j after a_j was drawn. Above 1, Assumption 1 may fail.
    pub hidden_scale: f64,
    /// The law of |a_j| − ‖w_j‖.
    pub margin: Margin,
    /// Draw again until every example has a correctly active neuron (event E of Lemma 5).
    pub covered: bool,
}

impl Default for Asymmetric {
    fn default() -> Self {
        Self {
            hidden: HiddenLaw::Uniform,
            hidden_scale: 1.0,
            margin: Margin::Exponential(1.0),
            covered: false,
        }
    }
}

impl Asymmetric {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless scale and margin are finite, the scale positive and the margin non-negative.
    pub fn check(&self) -> Result<()> {
        if !(self.hidden_scale > 0.0 && self.hidden_scale.is_finite()) {
            return Err(Error::out_of_range(
                "hidden_scale",
                "a positive number",
                self.hidden_scale,
            ));
        }
        let (Margin::Exponential(margin) | Margin::Constant(margin)) = self.margin;
        if !(margin >= 0.0 && margin.is_finite()) {
            return Err(Error::out_of_range("margin", "a non-negative number", margin));
        }
        Ok(())
    }

    /// Draws a network of p neurons for a dataset.
    ///
    /// # Errors
    /// When `covered` is asked for and none of 10 000 draws covers every example.
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        for _ in 0..MOST_REDRAWS {
            let network = self.draw(p, dataset.dimension(), random)?;
            if !self.covered || crate::EventE::new(dataset, &network).holds() {
                return Ok(network);
            }
        }
        Err(Error::out_of_range(
            "covered",
            "a width p with which some of 10000 draws covers every example",
            format!("none with p = {p}, n = {}", dataset.examples()),
        ))
    }

    fn draw(&self, p: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Network> {
        let mut weights = self.hidden.sample(p, d, random);
        let output = weights
            .rows()
            .into_iter()
            .map(|w| {
                let margin = match self.margin {
                    Margin::Exponential(mean) => {
                        let value: f64 = Exp1.sample(random);
                        mean * value
                    }
                    Margin::Constant(margin) => margin,
                };
                let size = w.dot(&w).sqrt() + margin;
                if random.random::<bool>() { size } else { -size }
            })
            .collect();
        weights *= self.hidden_scale;
        Network::new(weights, output)
    }
}
