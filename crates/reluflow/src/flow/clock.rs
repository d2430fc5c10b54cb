//! The clock τ = ∫ F dt, where F is L but for a penalty of weight decay, in which a separated classification never comes to a stop.
//!
//! In dθ/dτ = (dθ/dt)/L the path is the same; the weights grow exponentially in τ, where they grow like log t in t.

use super::Method;
use super::far::Far;
use super::point::Point;
use crate::field::{Real, VectorField};

/// t and τ along a run, which goes in t first and in τ where L is hardly a number any more.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    /// t at the last accepted point; the largest double where it is beyond.
    pub(super) time: f64,
    /// τ there.
    pub(super) tau: f64,
    /// Set where points come in τ.
    pub(super) far: Option<Far>,
    /// Whether F is taken as straight between points, whose velocities then need not be looked at.
    is_straight: bool,
    /// Time or τ, objective and the rate at which it fell, as entered.
    last: Option<(f64, f64, f64)>,
}

impl Clock {
    /// A clock at the start of a run; of gradient descent F is straight between its points.
    pub(super) fn of(method: &Method) -> Self {
        Self {
            is_straight: matches!(method, Method::GradientDescent(_)),
            ..Self::default()
        }
    }

    /// Goes on to an accepted point, at which [`Clock::at`] is known.
    pub(super) fn advance<T: Real>(
        &mut self,
        field: &dyn VectorField<T>,
        point: Point<'_, T>,
        (time, tau): (f64, f64),
    ) {
        (self.time, self.tau) = (time, tau);
        let slope = match self.is_straight {
            true => 0.0,
            false => field.dissipation(point.velocity),
        };
        self.last = Some((point.time, point.loss, slope));
    }

    /// From the last accepted point on, points come in τ.
    pub(super) fn go_far(&mut self) {
        self.far = Some(Far::default());
        if let Some(last) = &mut self.last {
            last.0 = self.tau;
        }
    }

    /// Losses are entered 2^k times as large as until now.
    pub(super) fn shift(&mut self, k: i32) {
        if let (Some(far), Some(last)) = (&mut self.far, &mut self.last) {
            far.exponent += k;
            last.1 *= 2f64.powi(k);
        }
    }

    /// L of a loss as entered; 0 where it is below the range of doubles.
    pub(super) fn loss(&self, loss: f64) -> f64 {
        self.far.map_or(loss, |far| far.loss(loss))
    }

    /// t and τ at a point.
    ///
    /// τ from t by Hermite's quadrature since the last accepted one, h (F_0 + F_1)/2 + h² (F_1' − F_0')/(−12), of fifth order in a
    /// step, without the second term where F is straight; t from τ as if log L fell evenly.
    pub(super) fn at<T: Real>(&self, field: &dyn VectorField<T>, point: Point<'_, T>) -> (f64, f64) {
        let Some((last, loss, dissipation)) = self.last else {
            return (point.time, 0.0);
        };
        let h = point.time - last;
        if let Some(far) = self.far {
            let (before, after) = ((-far.log(loss)).exp(), (-far.log(point.loss)).exp());
            let fall = (loss / point.loss).ln();
            // ∫ dτ/L with L = L_0 e^(−fall s).
            let passed = if fall.abs() < 1e-6 {
                before * h
            } else {
                h * (after - before) / fall
            };
            return ((self.time + passed.max(0.0)).min(f64::MAX), point.time);
        }
        let ends = 0.5 * h * (loss + point.loss);
        if self.is_straight {
            return (point.time, self.tau + ends);
        }
        let slopes = h * h / 12.0 * (field.dissipation(point.velocity) - dissipation);
        // F does not rise, so that its integral lies between h times its ends. Where neurons slide the slopes hold pushes that cancel
        // along the flow.
        let (low, high) = (h * loss.min(point.loss), h * loss.max(point.loss));
        (point.time, self.tau + (ends + slopes).max(low).min(high).max(0.0))
    }

    /// Where points come in t: the time, up to that of a point, at which τ is this, if it lies between the last accepted point and
    /// this one; on the cubic through both losses and the rates at which they fall. Where they come in τ, that itself.
    pub(super) fn when_tau<T: Real>(
        &self,
        field: &dyn VectorField<T>,
        point: Point<'_, T>,
        tau: f64,
    ) -> Option<f64> {
        let (time, loss, fall) = self.last?;
        let h = point.time - time;
        let end = self.at(field, point).1;
        if !(self.tau < tau && tau < end && h > 0.0) {
            return None;
        }
        if self.far.is_some() {
            return Some(tau);
        }
        let (slope, end_slope) = (-h * fall, -h * field.dissipation(point.velocity));
        let rise = point.loss - loss;
        let (square, cube) = (
            3.0 * rise - 2.0 * slope - end_slope,
            slope + end_slope - 2.0 * rise,
        );
        let passed = |s: f64| s * (loss + s * (slope / 2.0 + s * (square / 3.0 + s * cube / 4.0)));
        let share = (tau - self.tau) / (end - self.tau);
        let (mut before, mut after) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (before + after);
            if passed(middle) < share * passed(1.0) {
                before = middle;
            } else {
                after = middle;
            }
        }
        Some(time + after * h)
    }

    /// The same for a time t.
    pub(super) fn when_time<T: Real>(
        &self,
        field: &dyn VectorField<T>,
        point: Point<'_, T>,
        time: f64,
    ) -> Option<f64> {
        let Some(far) = self.far else {
            return Some(time).filter(|time| *time < point.time);
        };
        let (tau, loss, _) = self.last?;
        if !(self.time < time && time < self.at(field, point).0) {
            return None;
        }
        let fall = (loss / point.loss).ln() / (point.time - tau);
        let passed = (fall * (time - self.time) * far.log(loss).exp()).ln_1p() / fall;
        Some((tau + passed).clamp(tau, point.time))
    }
}
