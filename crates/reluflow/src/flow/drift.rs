//! Corrects steps for the error they make along the path.
//!
//! A step of order 1 over h ends where the flow is at another time: too far along the path where the flow slows down, not far
//! enough where it speeds up. Along the path the speed is v = √(−p dL/dt), and a step with the leading error (κ h)² w,
//! κ = −d log v/dt, must be taken over
//!
//! ```text
//! h̃ = h (1 − w κ h)        κ = −½ d log(−dL/dt)/dt
//! ```
//!
//! to end where the flow is after h; w = ½ − c for a method whose stability polynomial is 1 + z + c z² + …. κ is read off
//! the losses of three states, so that it costs nothing. It is not read off velocities: next to a kink these contain pushes
//! that cancel along the flow, which losses do not. A step with frozen forces knows how the velocity grows under them; for it κ is
//! what is left.

use super::stage::Stage;

/// Largest part of a step that the correction takes off.
const MAX_CORRECTION: f64 = 0.2;

/// What a method says of the leading error of its last step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leading {
    /// w; 0 for methods of higher order.
    pub(super) weight: f64,
    /// d log v/dt that the step accounts for.
    pub(super) known: f64,
}

/// κ of the last steps, and the last step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drift {
    /// κt, which changes less than κ while many rates take turns.
    kappa_time: f64,
    weight: f64,
    /// −ΔL/Δt of the last step, and its length.
    last: Option<(f64, f64)>,
}

impl Drift {
    /// The length h̃ of a step from `time` that ends where the flow is after h.
    pub(super) fn shortened(&self, time: f64, h: f64) -> f64 {
        let kappa = self.kappa_time / (time + 0.5 * h);
        let part = (self.weight * kappa * h).clamp(-MAX_CORRECTION, MAX_CORRECTION);
        h * (1.0 - part)
    }

    /// Learns from an accepted step.
    pub(super) fn learn(&mut self, from: &Stage, to: &Stage, leading: Leading) {
        let h = to.time - from.time;
        let rate = (from.loss - to.loss) / h;
        if let Some((before, length)) = self.last {
            let growth = (rate / before).ln() / (h + length); // ½ log over ½ (h + h')
            let kappa = leading.known - growth;
            if kappa.is_finite() {
                // κ is that between the middles of the two steps.
                let time = from.time + 0.25 * (h - length);
                self.kappa_time = 0.5 * (self.kappa_time + kappa * time);
            }
        }
        self.weight = leading.weight;
        self.last = (rate > 0.0).then_some((rate, h));
    }
}
