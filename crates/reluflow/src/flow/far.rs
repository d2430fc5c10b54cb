//! Goes on in τ = ∫ L dt where the loss of a separated classification leaves the range of doubles.
//!
//! In τ the flow is dθ/dτ = (dθ/dt)/L = −p ∇ log L: the gradient flow of log L, along the same path. Its velocities are of the size of
//! the weights however small L is. L itself is known as 2^(−k) times a number of order 1; with all margins beyond 40
//! both classification losses are e^(−yh) to all digits, and 2^k e^(−yh) is what is evaluated.

use crate::Network;
use crate::field::{Activity, Cover, VectorField};
use crate::model::{Loss, Model};

/// A loss below which a run in τ continues here: every margin is beyond 40.
pub(super) const FAR: f64 = 1e-20;
/// Losses are brought back to order 1 below this.
const SMALL: f64 = 1e-3;
/// log(1/L) at which a run in τ ends: margins are then what they tend to but for log(n) times the inverse.
const MOST: f64 = 1e5;
/// The same where rounding errors of the margins would change forces by more than a thousandth.
const MOST_ROUNDINGS: f64 = 1e-3;
/// Largest change of log L in a step, relative to log L, where `fall` is 1.
const SHARE: f64 = 0.05;
/// Largest change of log L in a step, in double and in single precision: the loss at its end is still a number.
const MOST_FALL: [f64; 2] = [300.0, 50.0];

/// The flow of log L: another field's velocities and forces over its loss.
pub(super) struct LogFlow<'a> {
    inner: &'a mut dyn VectorField<f64>,
    /// The loss of the last evaluation.
    loss: f64,
    /// Forces over it.
    forces: Vec<f64>,
}

impl<'a> LogFlow<'a> {
    /// The flow of log L of a field.
    pub(super) fn new(inner: &'a mut dyn VectorField<f64>) -> Self {
        Self {
            forces: vec![0.0; inner.examples()],
            inner,
            loss: f64::NAN,
        }
    }

    fn divide(&mut self, velocity: &mut [f64], loss: f64) -> f64 {
        self.loss = loss;
        velocity.iter_mut().for_each(|v| *v /= loss);
        for (force, f) in self.forces.iter_mut().zip(self.inner.residuals()) {
            *force = f / loss;
        }
        loss
    }
}

/// How far out a run is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Far {
    /// L = 2^(−k) times what is computed.
    pub(super) exponent: i32,
}

impl Far {
    /// log L of a loss as computed.
    pub(super) fn log(self, loss: f64) -> f64 {
        loss.ln() - f64::from(self.exponent) * std::f64::consts::LN_2
    }

    /// L of a loss as computed; 0 where it is below the range of doubles.
    pub(super) fn loss(self, loss: f64) -> f64 {
        let half = self.exponent / 2;
        loss * 2f64.powi(-half) * 2f64.powi(half - self.exponent)
    }

    /// By which power of two a loss is to be multiplied to be of order 1; none where it is.
    pub(super) fn shift(loss: f64) -> Option<i32> {
        (loss < SMALL).then(|| -loss.log2().floor() as i32)
    }

    /// Whether a run ends at a loss, with evaluations of this rounding unit.
    pub(super) fn ends(self, loss: f64, rounding: f64) -> bool {
        -self.log(loss) > MOST.min(MOST_ROUNDINGS / rounding)
    }

    /// The largest change of log L in a step from a loss, where it is `fall` near the start.
    pub(super) fn fall(self, loss: f64, fall: f64, rounding: f64) -> f64 {
        let most = MOST_FALL[usize::from(rounding > f64::EPSILON)];
        (fall * (-SHARE * self.log(loss)).max(1.0)).min(most)
    }
}

impl VectorField<f64> for LogFlow<'_> {
    fn examples(&self) -> usize {
        self.inner.examples()
    }
    fn neurons(&self) -> usize {
        self.inner.neurons()
    }
    fn hidden_coordinates(&self) -> usize {
        self.inner.hidden_coordinates()
    }
    fn labels(&self) -> &[f64] {
        self.inner.labels()
    }
    fn model(&self) -> &Model {
        self.inner.model()
    }
    fn set_loss(&mut self, loss: Loss) {
        self.inner.set_loss(loss);
    }
    fn write_state(&self, network: &Network, state: &mut [f64]) {
        self.inner.write_state(network, state);
    }
    fn read_network(&self, state: &[f64]) -> Network {
        self.inner.read_network(state)
    }
    fn velocity(&mut self, state: &[f64], velocity: &mut [f64]) -> f64 {
        let loss = self.inner.velocity(state, velocity);
        self.divide(velocity, loss)
    }
    fn velocity_and_cover(&mut self, state: &[f64], velocity: &mut [f64], cover: &mut Cover<f64>) -> f64 {
        let loss = self.inner.velocity_and_cover(state, velocity, cover);
        self.divide(velocity, loss)
    }
    /// −dL/dτ = L (1/p) Σ_j …, where the last evaluation was made.
    fn dissipation(&self, velocity: &[f64]) -> f64 {
        self.loss * self.squared_speed(velocity) / self.neurons() as f64
    }
    fn residuals(&self) -> &[f64] {
        &self.forces
    }
    fn input_product(&self, row: &[f64], example: usize) -> f64 {
        self.inner.input_product(row, example)
    }
    fn cover(&mut self, state: &[f64], cover: &mut Cover<f64>) {
        self.inner.cover(state, cover);
    }
    fn activity(&mut self, state: &[f64], activity: &mut Activity) {
        self.inner.activity(state, activity);
    }
    fn apply_kernel(&mut self, state: &[f64], v: &[f64], out: &mut [f64]) {
        self.inner.apply_kernel(state, v, out);
    }
    fn is_orthogonal(&self) -> bool {
        self.inner.is_orthogonal()
    }
}
