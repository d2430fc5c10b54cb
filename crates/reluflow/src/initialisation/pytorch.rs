//! Draws networks as `torch.nn.Linear` does by default.

use ndarray::Array1;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HiddenLaw;
use crate::error::Result;
use crate::{Dataset, Network};

/// The network Σ_j α_j σ(⟨ω_j, x⟩) with ω entries U(±1/√d) and α_j U(±1/√p), PyTorch's default without
/// biases, written in our scaling: w_j = √p ω_j, a_j = √p α_j. Violates Assumption 1 for most neurons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PyTorch {}

impl PyTorch {
    /// Nothing to check.
    ///
    /// # Errors
    /// Never.
    pub fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Draws a network of p neurons for a dataset.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        let mut weights = HiddenLaw::Uniform.sample(p, dataset.dimension(), random);
        weights *= (p as f64).sqrt();
        let output = Array1::from_shape_simple_fn(p, || 2.0 * random.random::<f64>() - 1.0);
        Network::new(weights, output)
    }
}
