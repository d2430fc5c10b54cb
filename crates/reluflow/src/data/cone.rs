//! Draws inputs in a cone: Gaussian ones around one centre.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LabelLaw;
use crate::Dataset;
use crate::error::{Error, Result};
use crate::initialisation::HiddenLaw;

/// x_i ~ N(μ, ρ I_d/d) with ‖μ‖ = r: ⟨x_i, x_j⟩ has mean r², and ‖x_i‖² the mean r² + ρ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cone {
    /// The norm r of μ.
    pub radius: f64,
    /// ρ, the mean of ‖x_i − μ‖².
    pub variance: f64,
    /// μ itself, d numbers; otherwise r e_1, or uniform on the sphere when rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<Vec<f64>>,
    /// μ uniform on the sphere of radius r.
    pub rotated: bool,
    /// The law of y_i.
    pub labels: LabelLaw,
}

impl Default for Cone {
    fn default() -> Self {
        Self {
            radius: 1.0,
            variance: 1.0,
            centre: None,
            rotated: false,
            labels: LabelLaw::default(),
        }
    }
}

impl Cone {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless radius and variance are finite and not negative, and a given centre has d finite numbers and is not rotated; or
    /// as [`LabelLaw::check`].
    pub fn check(&self, _n: usize, d: usize) -> Result<()> {
        for (name, value) in [("radius", self.radius), ("variance", self.variance)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::out_of_range(name, "a number from 0", value));
            }
        }
        if let Some(centre) = &self.centre {
            if centre.len() != d || centre.iter().any(|value| !value.is_finite()) {
                let expected = format!("d = {d} finite numbers, without the bias");
                return Err(Error::out_of_range("centre", expected, format!("{centre:?}")));
            }
            if self.rotated {
                return Err(Error::out_of_range("rotated", "false with a given centre", true));
            }
        }
        self.labels.check()
    }

    /// Draws n examples in dimension d, in O(nd).
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        Ok(self.draw(n, d, random)?.0)
    }

    /// The examples, and the law with the centre that was drawn.
    pub(super) fn draw(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<(Dataset, Self)> {
        let centre: Vec<f64> = match &self.centre {
            Some(centre) => centre.clone(),
            None if self.rotated => {
                let direction = HiddenLaw::Sphere.sample(1, d, random);
                direction.iter().map(|value| self.radius * value).collect()
            }
            None => (0..d).map(|k| if k == 0 { self.radius } else { 0.0 }).collect(),
        };
        let width = (self.variance / d as f64).sqrt();
        let mut inputs = Array2::zeros((n, d));
        for ((_, k), x) in inputs.indexed_iter_mut() {
            let value: f64 = StandardNormal.sample(random);
            *x = centre[k] + width * value;
        }
        let law = Self {
            centre: Some(centre),
            rotated: false,
            ..self.clone()
        };
        Ok((Dataset::new(inputs, self.labels.sample(n, random))?, law))
    }
}
