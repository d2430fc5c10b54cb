//! Labels inputs on the line: a square wave, a sine, or linear between knots.

use std::f64::consts::TAU;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// y = h on [0, T/2), −h on [T/2, T), and so on with period T.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SquareWave {
    /// The period T.
    pub period: f64,
    /// The height h.
    pub height: f64,
}

/// y = h sin(2π x/T).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sine {
    /// The period T.
    pub period: f64,
    /// The height h.
    pub height: f64,
}

/// Linear between the points (x_k, y_k), constant before the first and behind the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Knots {
    /// The places x_1 < x_2 < ….
    pub x: Vec<f64>,
    /// The values y_k, as many.
    pub y: Vec<f64>,
}

impl Default for SquareWave {
    fn default() -> Self {
        Self {
            period: 1.0,
            height: 1.0,
        }
    }
}

impl Default for Sine {
    fn default() -> Self {
        Self {
            period: 1.0,
            height: 1.0,
        }
    }
}

fn check_wave(period: f64, height: f64) -> Result<()> {
    for (name, value) in [("period", period), ("height", height)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(Error::out_of_range(name, "a positive number", value));
        }
    }
    Ok(())
}

impl SquareWave {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless period and height are positive and finite.
    pub fn check(&self) -> Result<()> {
        check_wave(self.period, self.height)
    }

    pub(super) fn value(&self, x: f64) -> f64 {
        if (x / self.period).rem_euclid(1.0) < 0.5 {
            self.height
        } else {
            -self.height
        }
    }
}

impl Sine {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless period and height are positive and finite.
    pub fn check(&self) -> Result<()> {
        check_wave(self.period, self.height)
    }

    pub(super) fn value(&self, x: f64) -> f64 {
        self.height * (TAU * x / self.period).sin()
    }
}

impl Knots {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless there is a knot, x increases, y is as long, and all are finite.
    pub fn check(&self) -> Result<()> {
        let increase = self.x.windows(2).all(|pair| pair[0] < pair[1]);
        if self.x.is_empty() || !increase || self.x.iter().any(|value| !value.is_finite()) {
            let expected = "at least one finite number, each larger than the one before";
            return Err(Error::out_of_range(
                "x of the knots",
                expected,
                format!("{:?}", self.x),
            ));
        }
        if self.y.len() != self.x.len() || self.y.iter().any(|value| !value.is_finite()) {
            let expected = format!("{} finite numbers, as many as x", self.x.len());
            return Err(Error::out_of_range(
                "y of the knots",
                expected,
                format!("{:?}", self.y),
            ));
        }
        Ok(())
    }

    pub(super) fn value(&self, x: f64) -> f64 {
        let after = self.x.partition_point(|knot| *knot <= x);
        match after {
            0 => self.y[0],
            _ if after == self.x.len() => self.y[after - 1],
            _ => {
                let (left, right) = (self.x[after - 1], self.x[after]);
                let share = (x - left) / (right - left);
                self.y[after - 1] + share * (self.y[after] - self.y[after - 1])
            }
        }
    }
}
