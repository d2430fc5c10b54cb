//! Draws inputs on the line: a grid, or random points.

use ndarray::Array2;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LabelLaw;
use crate::Dataset;
use crate::error::{Error, Result};

/// How the points are spread over their interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// n equal steps, the ends included.
    #[default]
    Grid,
    /// Independent and uniform, in the order in which they are drawn.
    Random,
}

/// x_1, …, x_n ∈ [from, to], n × 1: x_i = from + (to − from)(i − 1)/(n − 1), or uniform. With `bias = true` the network sees
/// (x_i, 1), n × 2.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// How the points are spread.
    pub points: Spacing,
    /// The interval's left end.
    pub from: f64,
    /// The interval's right end.
    pub to: f64,
    /// The law of y_i, where no target gives it.
    pub labels: LabelLaw,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            points: Spacing::Grid,
            from: -1.0,
            to: 1.0,
            labels: LabelLaw::default(),
        }
    }
}

impl Line {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless d = 1 (the bias apart) and from < to, both finite; or as [`LabelLaw::check`].
    pub fn check(&self, _n: usize, d: usize) -> Result<()> {
        if d != 1 {
            let expected = "1, or 2 with bias = true, for points on the line";
            return Err(Error::out_of_range(
                "dimension d",
                expected,
                format!("{d} without the bias"),
            ));
        }
        if !(self.from < self.to && self.from.is_finite() && self.to.is_finite()) {
            let found = format!("{}, {}", self.from, self.to);
            return Err(Error::out_of_range(
                "from, to",
                "two numbers, the smaller one first",
                found,
            ));
        }
        self.labels.check()
    }

    /// Draws n examples on the line, in O(n).
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, _d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let length = self.to - self.from;
        let inputs = Array2::from_shape_fn((n, 1), |(i, _)| match self.points {
            Spacing::Grid => self.from + length * (i as f64 / (n - 1).max(1) as f64),
            Spacing::Random => self.from + length * random.random::<f64>(),
        });
        Dataset::new(inputs, self.labels.sample(n, random))
    }
}
