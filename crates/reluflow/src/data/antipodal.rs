//! Doubles a law: every input with its opposite (appendix C.2).

use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DataLaw, Isotropic, LabelLaw};
use crate::Dataset;
use crate::error::{Error, Result};

/// The label of −x_i.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AntipodalLabels {
    /// −y_i: an odd function.
    #[default]
    Opposite,
    /// y_i: an even function.
    Same,
    /// Drawn afresh from this law.
    Independent(LabelLaw),
}

/// n/2 examples of the base law, then their opposites −x_1, …, −x_{n/2}.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Antipodal {
    /// The law of the first half.
    pub base: Box<DataLaw>,
    /// The labels of the second half.
    pub opposite_labels: AntipodalLabels,
}

impl Default for Antipodal {
    fn default() -> Self {
        Self {
            base: Box::new(DataLaw::Isotropic(Isotropic::default())),
            opposite_labels: AntipodalLabels::default(),
        }
    }
}

impl Antipodal {
    /// Checks the parameters.
    ///
    /// # Errors
    /// When n is odd, when the base law is itself antipodal or altered, or as the base law's check.
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        if !n.is_multiple_of(2) {
            return Err(Error::out_of_range(
                "number of antipodal inputs n",
                "an even number",
                n,
            ));
        }
        if let DataLaw::Antipodal(_) = *self.base {
            return Err(Error::out_of_range(
                "base",
                "a law that is not antipodal",
                "antipodal",
            ));
        }
        self.base.check_plain()?;
        if let AntipodalLabels::Independent(labels) = &self.opposite_labels {
            labels.check()?;
        }
        self.base.check(n / 2, d)
    }

    /// Draws n examples in dimension d.
    ///
    /// # Errors
    /// As the base law.
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        Ok(self.draw(n, d, random)?.0)
    }

    /// The examples, and the law with what was drawn of its base.
    pub(super) fn draw(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<(Dataset, Self)> {
        let (half, base) = self.base.draw(n / 2, d, random)?;
        let opposite: Array1<f64> = match &self.opposite_labels {
            AntipodalLabels::Opposite => -&half.labels(),
            AntipodalLabels::Same => half.labels().to_owned(),
            AntipodalLabels::Independent(law) => law.sample(n / 2, random),
        };
        let inputs = Array2::from_shape_fn((n, d), |(i, k)| {
            if i < n / 2 {
                half.inputs()[(i, k)]
            } else {
                -half.inputs()[(i - n / 2, k)]
            }
        });
        let labels = half.labels().iter().copied().chain(opposite).collect();
        let law = Self {
            base: Box::new(base),
            opposite_labels: self.opposite_labels,
        };
        Ok((Dataset::new(inputs, labels)?, law))
    }
}
