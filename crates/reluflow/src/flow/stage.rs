//! Holds a point of the flow with its velocity, and the few vector operations methods are made of.

use crate::aligned::Aligned;
use crate::field::VectorField;

/// A time, a state, its velocity and loss.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) time: f64,
    pub(super) state: Aligned<f64>,
    pub(super) velocity: Aligned<f64>,
    pub(super) loss: f64,
}

impl Stage {
    /// Room for a state of this length.
    pub(super) fn new(length: usize) -> Self {
        Self {
            time: 0.0,
            state: Aligned::zeros(length),
            velocity: Aligned::zeros(length),
            loss: f64::NAN,
        }
    }

    /// Evaluates velocity and loss at the state.
    pub(super) fn evaluate(&mut self, field: &mut dyn VectorField<f64>) {
        self.loss = field.velocity(&self.state, &mut self.velocity);
    }

    /// As [`Stage::evaluate`], where the last evaluation was made and found `loss`.
    pub(super) fn evaluate_there(&mut self, field: &mut dyn VectorField<f64>, loss: f64) {
        field.velocity_there(&self.state, &mut self.velocity);
        self.loss = loss;
    }

    /// The stage as the journal takes it.
    pub(super) fn point(&self) -> super::journal::Point<'_, f64> {
        super::journal::Point {
            time: self.time,
            state: &self.state,
            velocity: &self.velocity,
            loss: self.loss,
        }
    }

    /// Cubic Hermite interpolation of the state between two stages; local error O(h⁴) where the pattern stays.
    pub(super) fn interpolate(&mut self, from: &Self, to: &Self, time: f64) {
        let h = to.time - from.time;
        let x = (time - from.time) / h;
        let (a, b) = ((1.0 + 2.0 * x) * (1.0 - x) * (1.0 - x), x * x * (3.0 - 2.0 * x));
        let (c, d) = (h * x * (1.0 - x) * (1.0 - x), h * x * x * (x - 1.0));
        let ends = from.state.iter().zip(&to.state);
        let slopes = from.velocity.iter().zip(&to.velocity);
        for ((value, (y0, y1)), (f0, f1)) in self.state.iter_mut().zip(ends).zip(slopes) {
            *value = a * y0 + b * y1 + c * f0 + d * f1;
        }
        self.time = time;
    }
}
