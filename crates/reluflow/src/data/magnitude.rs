//! Draws positive numbers: norms of inputs, sizes of labels.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, LogNormal, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A law on the non-negative numbers. In a file: `{ uniform = [1, 2] }`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Magnitude {
    /// Uniform on [low, high].
    Uniform(f64, f64),
    /// Always the same number.
    Constant(f64),
    /// exp(μ + σ N(0, 1)).
    LogNormal(f64, f64),
    /// |σ N(0, 1)|: as sizes of labels with random signs, y ~ N(0, σ²).
    HalfNormal(f64),
}

impl Magnitude {
    /// Uniform on [1, 2], the law of the paper's experiments.
    pub const PAPER: Self = Self::Uniform(1.0, 2.0);

    /// Checks the law's parameters.
    ///
    /// # Errors
    /// Unless 0 < low ≤ high < ∞, the constant is positive, σ ≥ 0 and both are finite, or σ > 0.
    pub fn check(&self, quantity: &'static str) -> Result<()> {
        let (valid, expected) = match *self {
            Self::Uniform(low, high) => (
                low > 0.0 && low <= high && high.is_finite(),
                "uniform = [low, high] with 0 < low <= high",
            ),
            Self::Constant(value) => (value > 0.0 && value.is_finite(), "a positive constant"),
            Self::LogNormal(mean, sigma) => (
                mean.is_finite() && sigma >= 0.0 && sigma.is_finite(),
                "log-normal = [mu, sigma] with finite mu and sigma >= 0",
            ),
            Self::HalfNormal(sigma) => (
                sigma > 0.0 && sigma.is_finite(),
                "half-normal = sigma with sigma > 0",
            ),
        };
        if valid {
            Ok(())
        } else {
            Err(Error::out_of_range(quantity, expected, self))
        }
    }

    /// Draws one number. The law must have passed [`Magnitude::check`].
    pub fn sample<R: Rng + ?Sized>(&self, random: &mut R) -> f64 {
        match *self {
            Self::Uniform(low, high) => low + (high - low) * random.random::<f64>(),
            Self::Constant(value) => value,
            Self::LogNormal(mean, sigma) => {
                LogNormal::new(mean, sigma).map_or(f64::NAN, |law| law.sample(random))
            }
            Self::HalfNormal(sigma) => {
                let value: f64 = StandardNormal.sample(random);
                sigma * value.abs()
            }
        }
    }
}

impl std::fmt::Display for Magnitude {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uniform(low, high) => write!(f, "uniform = [{low}, {high}]"),
            Self::Constant(value) => write!(f, "constant = {value}"),
            Self::LogNormal(mean, sigma) => write!(f, "log-normal = [{mean}, {sigma}]"),
            Self::HalfNormal(sigma) => write!(f, "half-normal = {sigma}"),
        }
    }
}
