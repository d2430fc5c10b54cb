//! The activation σ of the hidden neurons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// An activation that is linear on either side of 0: σ(u) = u for u > 0, γu for u ≤ 0, with the slope γ in \[−1, 1\].
///
/// So σ(u) = σ'(u) u, with σ'(0) = γ.
///
/// ```
/// use reluflow::model::Activation;
/// assert_eq!(Activation::Leaky(0.5).value(-2.0), -1.0);
/// assert_eq!(Activation::AbsoluteValue.derivative(0.0), -1.0);
/// assert_eq!(Activation::Relu.value(-2.0), 0.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// max(u, 0), γ = 0: the paper's.
    #[default]
    Relu,
    /// max(u, γu) for a slope γ in \[−1, 1\].
    Leaky(f64),
    /// |u|, γ = −1.
    AbsoluteValue,
    /// u, γ = 1.
    Linear,
}

impl Activation {
    /// The slope γ at u ≤ 0.
    pub fn slope(self) -> f64 {
        match self {
            Self::Relu => 0.0,
            Self::Leaky(slope) => slope,
            Self::AbsoluteValue => -1.0,
            Self::Linear => 1.0,
        }
    }

    /// σ(u).
    pub fn value(self, u: f64) -> f64 {
        if u > 0.0 { u } else { self.slope() * u }
    }

    /// σ'(u), which is γ at 0.
    pub fn derivative(self, u: f64) -> f64 {
        if u > 0.0 { 1.0 } else { self.slope() }
    }

    /// Whether this is ReLU, under whichever name.
    pub(crate) fn is_relu(self) -> bool {
        self.slope() == 0.0
    }

    /// Checks the slope.
    ///
    /// # Errors
    /// Unless it lies in \[−1, 1\].
    pub fn check(self) -> Result<()> {
        let slope = self.slope();
        if (-1.0..=1.0).contains(&slope) {
            Ok(())
        } else {
            let expected = "a slope between -1 and 1";
            Err(Error::out_of_range("model.activation.leaky", expected, slope))
        }
    }
}

impl std::fmt::Display for Activation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Relu => f.write_str("relu"),
            Self::Leaky(slope) => write!(f, "leaky relu of slope {slope}"),
            Self::AbsoluteValue => f.write_str("absolute-value"),
            Self::Linear => f.write_str("linear"),
        }
    }
}
