//! The limit of vanishing starts on orthogonal inputs: a pure jump process, computed without integration.
//!
//! Let all weights be of order λ with |a_j| ≥ ‖w_j‖, S_j the examples neuron j is correctly active on at time 0, U the
//! examples not yet fitted and D_j = Σ_{i ∈ S_j ∩ U} y_i x_i. Wrongly active entries die while everything is of order λ. Until
//! something is fitted |a_j| and ‖w_j‖ grow like exp(‖D_j‖ t/n), so on the clock s = t/(n log(1/λ)) the logarithms
//! ℓ_j = log|a_j| / log(1/λ) obey
//!
//! ```text
//! ℓ_j(0) = −1      dℓ_j/ds = ‖D_j‖
//! ```
//!
//! as λ → 0, and the first j whose ℓ_j reaches 0 fits S_j ∩ U in a time that vanishes on this clock. The loss drops to
//! (1/2n) Σ_{i ∈ U} y_i², and (1/p) Σ_j (‖w_j‖² + a_j²) grows by 2 (Σ y_i²/‖x_i‖²)^½ over what is fitted, since
//! (1/p) a_j w_j = Σ y_i x_i/‖x_i‖² there with a_j² = ‖w_j‖². The process ends when nobody left is correctly active on anything left.
//!
//! What is left out vanishes like 1/log(1/λ) only: at λ = 1e-140 it is still a per cent.

mod starts;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::{Dataset, Network};
use starts::Starts;

/// How far below 0 rounding puts the margin of a balanced start, whose margin is 0.
const BALANCED: f64 = 1e-12;

/// Between which sizes labels and inputs lie, so that no square of their products or quotients leaves the range of numbers.
const SIZES: std::ops::RangeInclusive<f64> = 1e-70..=1e70;

/// One jump.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Jump {
    /// When, in units of n log(1/λ).
    pub s: f64,
    /// The neuron that starts, from 0.
    pub neuron: usize,
    /// The examples it fits, from 0.
    pub fitted: Vec<usize>,
    /// L after it.
    pub loss: f64,
    /// (1/p) Σ_j (‖w_j‖² + a_j²) after it.
    pub norm: f64,
}

/// How far the hypotheses are from failing; activity and order should be well above 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct JumpMargins {
    /// min_j (|a_j| − ‖w_j‖)/|a_j| over neurons that are not 0. 0 on a balanced start, up to rounding; a start below that is
    /// refused, for Assumption 1 fails and an output weight may change its sign.
    pub domination: f64,
    /// min |⟨w_j, x_i⟩| / (‖w_j‖ ‖x_i‖): who is active is decided by it.
    pub activity: f64,
    /// min over the jumps of how much later, relative to s, the next neuron would have come that competes for an example; infinite without one.
    pub order: f64,
}

/// The jump process of a problem, from start to end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JumpProcess {
    /// The jumps, in order.
    pub events: Vec<Jump>,
    /// L on the first plateau, (1/2n) Σ y_i².
    pub initial_loss: f64,
    /// L at the end.
    pub loss: f64,
    /// (1/p) Σ_j (‖w_j‖² + a_j²) at the end.
    pub norm: f64,
    /// Examples with y_i ≠ 0 that nobody ever fits: no neuron was correctly active on them.
    pub lost: Vec<usize>,
    /// Neurons that never start.
    pub idle: Vec<usize>,
    /// Jumps at which another neuron that competes for an example arrived at the same instant; the one with the smaller number went first.
    pub ties: usize,
    /// Margins of the hypotheses.
    pub margins: JumpMargins,
}

impl JumpProcess {
    /// The process of a network on orthogonal inputs, in O(np) a jump and at most p jumps. Only directions and signs of the weights
    /// matter, not their size.
    ///
    /// # Errors
    /// When the inputs are not orthogonal, data and network do not fit, |a_j| < ‖w_j‖ for a neuron, so that the process is not the limit, or
    /// a label or an input is not 0 and its size not between 1e-70 and 1e70.
    pub fn new(data: &Dataset, network: &Network) -> Result<Self> {
        if data.dimension() != network.dimension() {
            return Err(Error::Shape {
                array: "hidden weights",
                expected: (network.neurons(), data.dimension()),
                found: (network.neurons(), network.dimension()),
            });
        }
        check_sizes("labels of a jump process", data.labels())?;
        // The largest entry stands for the norm, whose squares may leave the range of numbers.
        let sizes: Vec<f64> = (data.inputs().rows().into_iter())
            .map(|x| x.iter().fold(0.0, |most: f64, x| most.max(x.abs())))
            .collect();
        check_sizes("inputs of a jump process", &sizes)?;
        if !data.is_orthogonal() {
            return Err(Error::out_of_range(
                "inputs of a jump process",
                "orthogonal inputs",
                "inputs that are not",
            ));
        }
        let starts = Starts::new(data, network);
        if starts.domination < -BALANCED {
            return Err(Error::out_of_range(
                "network of a jump process",
                "|a_j| ≥ ‖w_j‖ for every neuron, or output weights may change sign",
                format!("(|a_j| − ‖w_j‖)/|a_j| = {:.1e}", starts.domination),
            ));
        }
        Ok(starts.run(data, network.neurons()))
    }

    /// L at s: constant between jumps, the lower value at one.
    pub fn loss_at(&self, s: f64) -> f64 {
        let passed = self.events.iter().take_while(|jump| jump.s <= s).last();
        passed.map_or(self.initial_loss, |jump| jump.loss)
    }
}

fn check_sizes<'a>(quantity: &'static str, sizes: impl IntoIterator<Item = &'a f64>) -> Result<()> {
    let outside = |size: &&f64| **size != 0.0 && !SIZES.contains(&size.abs());
    match sizes.into_iter().find(outside) {
        Some(size) => Err(Error::out_of_range(
            quantity,
            "sizes between 1e-70 and 1e70, or 0",
            format!("{size:.1e}"),
        )),
        None => Ok(()),
    }
}
