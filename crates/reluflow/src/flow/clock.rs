//! The clock τ = ∫ L dt, in which a separated classification never comes to a stop.
//!
//! In dθ/dτ = (dθ/dt)/L the path is the same; the weights grow exponentially in τ, where they grow like log t in t.

use super::journal::Point;
use super::unit::shift;
use crate::field::{Real, VectorField};

/// τ along a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    /// τ at the last accepted point.
    pub(super) tau: f64,
    /// Time, objective and the rate at which it fell there.
    last: Option<(f64, f64, f64)>,
}

impl Clock {
    /// Goes on to an accepted point.
    pub(super) fn advance<T: Real>(&mut self, field: &dyn VectorField<T>, point: Point<'_, T>) {
        self.tau = self.at(field, point);
        self.last = Some((point.time, point.loss, field.dissipation(point.velocity)));
    }

    /// Puts what is remembered into units in which losses are 2^k times as large.
    pub(super) fn change_unit(&mut self, k: i32) {
        self.last = self
            .last
            .map(|(time, loss, fall)| (shift(time, -k), shift(loss, k), shift(fall, 2 * k)));
    }

    /// The time, up to that of a point, at which τ is this, where that lies between the last accepted point and this one: on
    /// the cubic through both losses and the rates at which they fall.
    pub(super) fn when<T: Real>(
        &self,
        field: &dyn VectorField<T>,
        point: Point<'_, T>,
        tau: f64,
    ) -> Option<f64> {
        let (time, loss, fall) = self.last?;
        let h = point.time - time;
        let end = self.at(field, point);
        if !(self.tau < tau && tau < end && h > 0.0) {
            return None;
        }
        let (slope, end_slope) = (-h * fall, -h * field.dissipation(point.velocity));
        let rise = point.loss - loss;
        let (square, cube) = (3.0 * rise - 2.0 * slope - end_slope, slope + end_slope - 2.0 * rise);
        let passed = |s: f64| s * (loss + s * (slope / 2.0 + s * (square / 3.0 + s * cube / 4.0)));
        let whole = passed(1.0);
        let share = (tau - self.tau) / (end - self.tau);
        let (mut before, mut after) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (before + after);
            if passed(middle) < share * whole {
                before = middle;
            } else {
                after = middle;
            }
        }
        Some(time + after * h)
    }

    /// τ at a point, by Hermite's quadrature since the last accepted one: h (F_0 + F_1)/2 + h² (F_1' − F_0')/(−12), of
    /// fifth order in a step.
    pub(super) fn at<T: Real>(&self, field: &dyn VectorField<T>, point: Point<'_, T>) -> f64 {
        let Some((time, loss, dissipation)) = self.last else {
            return 0.0;
        };
        let h = point.time - time;
        let ends = 0.5 * h * (loss + point.loss);
        let slopes = h * h / 12.0 * (field.dissipation(point.velocity) - dissipation);
        // A step of gradient descent may be too long for the second term.
        self.tau + (ends + slopes).max(0.0)
    }
}
