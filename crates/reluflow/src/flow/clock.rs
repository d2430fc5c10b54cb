//! The clock τ = ∫ L dt, in which a separated classification never comes to a stop.
//!
//! In dθ/dτ = (dθ/dt)/L the path is the same; the weights grow exponentially in τ, where they grow like log t in t.

use super::journal::Point;
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
