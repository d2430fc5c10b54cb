//! Puts a problem into units in which inputs, labels and rates are of order 1, and what is computed back.
//!
//! With x = s x', y = q y', w = α w', a = α a', α² s = q and t = T t' the flow is dw'/dt' = (T s q)(a'/n) Σ r' x', and L = q² L'.
//! All units are powers of two, so that no bit is lost on the way; T s q ≤ 1 keeps Taylor coefficients in range where
//! the weights are large.

use ndarray::Array2;

use super::series::State;
use crate::error::{Error, Result};
use crate::flow::Problem;
use crate::{Dataset, Network};

/// Squares of numbers between this and its inverse are neither infinite nor subnormal.
const LEAST: f64 = 1e-150;
/// In the units chosen, weights may be this large: products of four of them with T s q are finite.
const LARGEST_WEIGHT: f64 = 1e75;

/// The units of a problem: what is reported is what is computed times these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    inputs: f64,
    labels: f64,
    weights: f64,
    /// T.
    pub(super) time: f64,
    /// T s q.
    pub(super) rate: f64,
}

impl Scale {
    /// The units fit for a problem.
    ///
    /// # Errors
    /// When a square of an input, a label or a weight would overflow or lose digits.
    pub(super) fn new(problem: &Problem<'_>) -> Result<Self> {
        let inputs = problem.dataset.inputs();
        let (w, a) = (problem.network.hidden_weights(), problem.network.output_weights());
        let largest =
            |values: &mut dyn Iterator<Item = &f64>| values.fold(0.0, |most: f64, v| most.max(v.abs()));
        let x = in_range("largest |x| of an exact flow", largest(&mut inputs.iter()))?;
        let y = in_range(
            "largest |y| of an exact flow",
            largest(&mut problem.dataset.labels().iter()),
        )?;
        let hidden = in_range("largest |w| of an exact flow", largest(&mut w.iter()))?;
        let output = largest(&mut a.iter());
        // The force of a classification loss knows h and labels in their own units only.
        let classifies = problem.model.loss.is_classification();
        let s = exponent(x);
        let s = if classifies { s - s.rem_euclid(2) } else { s };
        let q = if classifies {
            0
        } else if y > 0.0 {
            exponent(y)
        } else {
            s + exponent(hidden) + exponent(output)
        };
        // α is a power of two itself.
        let q = q + (q - s).rem_euclid(2);
        if (q - s).abs() > 900 || (q + s).abs() > 900 || q.abs() > 500 {
            return Err(Error::out_of_range(
                "scales of inputs and labels of an exact flow",
                "a product and a quotient between 1e-270 and 1e270",
                format!("|x| = {x:e}, |y| = {y:e}"),
            ));
        }
        let weights = power((q - s) / 2);
        let in_units = |value: f64| value / weights;
        for (what, values) in [
            ("inputs of an exact flow", inputs.rows()),
            ("hidden weights of an exact flow", w.rows()),
        ] {
            let unit = if what.starts_with('i') { power(s) } else { weights };
            for row in values {
                let most = largest(&mut row.iter()) / unit;
                if most != 0.0 && most < LEAST {
                    let expected = format!("rows that are 0 or above {:e}", LEAST * unit);
                    return Err(Error::out_of_range(what, expected, format!("{:e}", most * unit)));
                }
            }
        }
        if in_units(hidden.max(output)) > LARGEST_WEIGHT {
            let expected = format!(
                "at most {:e} for these inputs and labels",
                LARGEST_WEIGHT * weights
            );
            return Err(Error::out_of_range(
                "weights of an exact flow",
                expected,
                format!("{:e}", hidden.max(output)),
            ));
        }
        let squares: f64 = w.iter().chain(a.iter()).map(|v| in_units(*v).powi(2)).sum();
        let rate = power(-exponent((squares / problem.network.neurons() as f64).max(1.0)));
        Ok(Self {
            inputs: power(s),
            labels: power(q),
            weights,
            time: rate * power(-q - s),
            rate,
        })
    }

    /// The data in these units.
    pub(super) fn dataset(&self, dataset: &Dataset) -> Result<Dataset> {
        let inputs: Array2<f64> = dataset.inputs().mapv(|x| x / self.inputs);
        Dataset::new(inputs, dataset.labels().mapv(|y| y / self.labels))
    }

    /// The start in these units.
    pub(super) fn state(&self, network: &Network) -> State {
        State {
            time: 0.0,
            hidden: network
                .hidden_weights()
                .iter()
                .map(|w| w / self.weights)
                .collect(),
            output: network
                .output_weights()
                .iter()
                .map(|a| a / self.weights)
                .collect(),
        }
    }

    /// L of what is reported.
    pub(super) fn loss(&self, loss: f64) -> f64 {
        loss * self.labels * self.labels
    }

    /// A reported L in these units.
    pub(super) fn level(&self, level: f64) -> f64 {
        level / self.labels / self.labels
    }

    /// θ of what is reported.
    pub(super) fn weights(&self, state: &State) -> Vec<f64> {
        let values = state.hidden.iter().chain(&state.output);
        values.map(|v| v * self.weights).collect()
    }

    /// dθ/dt of what is reported.
    pub(super) fn velocity(&self, velocity: &[f64]) -> Vec<f64> {
        velocity.iter().map(|v| v * self.weights / self.time).collect()
    }
}

/// A number that is 0 or whose square is in range.
fn in_range(quantity: &'static str, value: f64) -> Result<f64> {
    if value == 0.0 || (LEAST..=1.0 / LEAST).contains(&value) {
        Ok(value)
    } else {
        let expected = "0 or between 1e-150 and 1e150, so that squares are in range";
        Err(Error::out_of_range(quantity, expected, format!("{value:e}")))
    }
}

/// log₂ of a positive number, to the nearest whole one; 0 for 0.
fn exponent(value: f64) -> i32 {
    if value > 0.0 {
        value.log2().round() as i32
    } else {
        0
    }
}

fn power(exponent: i32) -> f64 {
    2f64.powi(exponent)
}
