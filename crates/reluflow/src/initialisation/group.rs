//! Builds the group initialisation of Proposition 2 and Theorem 2.

use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// One neuron a group of n/p consecutive examples with labels of one sign: w_j in the span of its group and
/// active on all of it, |a_j| = ‖w_j‖, sign a_j the sign of the group's labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GroupInitialisation {
    /// q_0 = ‖w_j‖² at time 0.
    pub squared_norm: f64,
    /// Start aligned with the group, c_0 = 1; otherwise in a random direction of its positive orthant.
    pub aligned: bool,
}

impl Default for GroupInitialisation {
    fn default() -> Self {
        Self {
            squared_norm: 1.0,
            aligned: true,
        }
    }
}

impl GroupInitialisation {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the squared norm is positive and finite.
    pub fn check(&self) -> Result<()> {
        if self.squared_norm > 0.0 && self.squared_norm.is_finite() {
            Ok(())
        } else {
            Err(Error::out_of_range(
                "squared_norm",
                "a positive number",
                self.squared_norm,
            ))
        }
    }

    /// Builds the network of p neurons for a dataset.
    ///
    /// # Errors
    /// Unless the inputs are orthogonal, p divides n, and labels within a group share their sign.
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        let (n, d) = (dataset.examples(), dataset.dimension());
        if !dataset.is_orthogonal() {
            return Err(Error::out_of_range(
                "inputs of a group initialisation",
                "orthogonal ones",
                "others",
            ));
        }
        if p == 0 || !n.is_multiple_of(p) {
            return Err(Error::out_of_range(
                "number of groups p",
                format!("a divisor of n = {n}"),
                p,
            ));
        }
        let members = n / p;
        let mut weights = Array2::zeros((p, d));
        let mut output = Array1::zeros(p);
        for (j, mut w) in weights.rows_mut().into_iter().enumerate() {
            let group = j * members..(j + 1) * members;
            let sign = dataset.labels()[group.start].signum();
            if group.clone().any(|i| dataset.labels()[i] * sign <= 0.0) {
                return Err(Error::out_of_range(
                    "labels of a group",
                    "one sign",
                    format!("both, in examples {group:?}"),
                ));
            }
            for i in group {
                let x = dataset.inputs().row(i).to_owned();
                // c_0 = 1 asks for w_j along Σ y_i x_i; a random direction has |N(0, 1)| along each example.
                let share = if self.aligned {
                    dataset.labels()[i].abs()
                } else {
                    let value: f64 = StandardNormal.sample(random);
                    value.abs()
                };
                w.scaled_add(share, &x);
            }
            let norm = w.dot(&w).sqrt();
            w *= self.squared_norm.sqrt() / norm;
            output[j] = sign * self.squared_norm.sqrt();
        }
        Network::new(weights, output)
    }
}
