//! Error control: how long a step may be, and when it is accepted.
//!
//! ```text
//! err = max( ‖e‖ / (tolerance ‖θ‖),  (|Δ log L| / fall)^(1/q),  max_i err_i / (margin (1 + t/(10 τ))) )
//! h ≤ first_step · τ + step_growth · t        τ = median_j ‖w_j‖/‖dw_j/dt‖ at time 0
//! ```
//!
//! with e the local error of the step, err_i that of the margins of the examples at risk ([`super::risk`]), and ‖θ‖ the norm of the layers
//! that are trained. Errors are never judged component by component: a neuron at a kink would then set the step of all. The bound that
//! grows with time is there because what a run becomes is decided early, while neurons turn and most kinks are crossed.

use super::frozen_forces::FrozenForces;
use super::stage::Stage;
use crate::linear::squared_norm;
use crate::model::Model;

/// The tolerances and the longest steps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Control {
    /// Largest local error of θ, relative to ‖θ‖.
    pub(super) tolerance: f64,
    /// Whether hidden and output weights are trained.
    pub(super) trained: [bool; 2],
    /// Largest change of log L in a step.
    pub(super) fall: f64,
    /// Largest step.
    pub(super) largest_step: f64,
    /// Largest error of the margin of an example at risk, relative to it; infinite: not looked at.
    pub(super) margin: f64,
    /// Largest step at time 0, in units of τ.
    pub(super) first_step: f64,
    /// By how much the largest step grows, per time.
    pub(super) step_growth: f64,
    /// Largest local error of a neuron, relative to its own norm; infinite: not looked at.
    pub(super) neuron: f64,
    /// How long verdicts are being decided, in units of τ.
    pub(super) early: f64,
    /// The rounding unit of evaluations.
    pub(super) rounding: f64,
}

/// While verdicts are decided, in units of τ: after this time the margin's error may have doubled.
const EARLY: f64 = 10.0;

/// How much longer than the usual ones steps over kinks may be, by the time since the start.
const LONGER_OVER_KINKS: f64 = 8.0;

/// Largest h γ_j of a neuron that grows: in one step by no more than a factor e under a force held fixed.
const MAX_ROTATION: f64 = 1.0;

impl Control {
    /// The error of a step in units of what is allowed.
    pub(super) fn error(
        &self,
        from: &Stage,
        to: &Stage,
        error: &[f64],
        neurons: usize,
        exponent: f64,
    ) -> f64 {
        let change = (to.loss / from.loss).ln();
        let scale = self.tolerance * self.trained_norm(&from.state, neurons);
        let whole = squared_norm(error).sqrt() / scale;
        let err = whole.max((change.abs() / self.fall).powf(1.0 / exponent));
        if err <= 1.0 && self.neuron.is_finite() {
            err.max(largest_of_a_neuron(&to.state, error, neurons) / self.neuron)
        } else {
            err
        }
    }

    /// What a step over kinks may do: its order is that of the fall of log L.
    pub(super) fn over_kinks(self) -> Self {
        Self {
            fall: 2.0 * self.fall,
            ..self
        }
    }

    /// A step that should change log L by a tenth of what it may, and θ by a tenth of its tolerance.
    pub(super) fn first_step(&self, start: &Stage, neurons: usize) -> f64 {
        let by_loss = self.fall * start.loss / start.dissipation;
        let speed = squared_norm(&start.velocity).sqrt();
        let by_state = self.tolerance * self.trained_norm(&start.state, neurons) / speed;
        let step = 0.1 * by_loss.min(by_state.max(f64::MIN_POSITIVE));
        if step.is_finite() { step } else { 1.0 }
    }

    /// The norm of the layers that are trained.
    fn trained_norm(&self, state: &[f64], neurons: usize) -> f64 {
        let [hidden, output] = layers(state, neurons);
        let trained = match self.trained {
            [true, false] => hidden,
            [false, true] => output,
            _ => state,
        };
        squared_norm(trained).sqrt()
    }
}

/// The parts of the hidden and of the output weights in a state or velocity.
fn layers(values: &[f64], neurons: usize) -> [&[f64]; 2] {
    let (hidden, output) = values.split_at(values.len() - neurons);
    [hidden, output]
}

/// Tells when a step is too short to change the weights by more than their rounding.
///
/// Each layer is compared with the largest norm it has had. Layer by layer, because hidden weights may start far below the rounding of
/// output weights of size 1. With its largest norm, because a layer that has shrunk to 0 chatters about 0 at any size.
#[derive(Debug)]
pub(super) struct Roundings {
    /// The largest norms of hidden and output weights seen.
    sizes: [f64; 2],
    unit: f64,
}

impl Roundings {
    /// For a run from `start`; `unit` is the rounding unit of its evaluations.
    pub(super) fn new(start: &Stage, neurons: usize, unit: f64) -> Self {
        let sizes = layers(&start.state, neurons).map(|layer| squared_norm(layer).sqrt());
        Self { sizes, unit }
    }

    /// Whether a step of h moves neither layer by more than its rounding, or is lost in the time.
    pub(super) fn lose(&mut self, here: &Stage, h: f64, neurons: usize) -> bool {
        let (states, speeds) = (layers(&here.state, neurons), layers(&here.velocity, neurons));
        let mut lost = true;
        for (size, (state, speed)) in self.sizes.iter_mut().zip(states.iter().zip(speeds)) {
            *size = size.max(squared_norm(state).sqrt());
            let moved = h * squared_norm(speed).sqrt();
            lost &= moved == 0.0 || moved < self.unit * *size;
        }
        // Of less than four roundings of the time, its end does not get nearer when the step is shortened.
        lost || h < 4.0 * f64::EPSILON * here.time || h < f64::MIN_POSITIVE
    }
}

/// max_j ‖e_j‖/‖θ_j‖.
fn largest_of_a_neuron(state: &[f64], error: &[f64], neurons: usize) -> f64 {
    let m = state.len() / neurons - 1;
    let size = |values: &[f64], j: usize| {
        squared_norm(&values[j * m..(j + 1) * m]) + values[neurons * m + j] * values[neurons * m + j]
    };
    (0..neurons)
        .map(|j| (size(error, j), size(state, j)))
        .filter(|(error, _)| *error > 0.0)
        .map(|(error, size)| (error / size).sqrt())
        .fold(0.0, f64::max)
}

/// Bounds the length of a step by the time since the start and by the fastest neuron.
#[derive(Debug)]
pub(super) struct Limiter {
    frozen: FrozenForces,
    /// τ of the start.
    scale: f64,
    margin: f64,
    early: f64,
    first: f64,
    growth: f64,
    largest: f64,
}

impl Limiter {
    /// The bounds for a run from `start`.
    pub(super) fn new(model: &Model, start: &Stage, neurons: usize, control: &Control) -> Self {
        let scale = time_scale(start, neurons);
        Self {
            frozen: FrozenForces::of(model),
            scale,
            margin: control.margin,
            early: control.early * scale,
            first: control.first_step * scale,
            growth: control.step_growth,
            largest: control.largest_step,
        }
    }

    /// Whether the verdict may still be decided at `here`.
    pub(super) fn is_early(&self, here: &Stage) -> bool {
        here.at_risk && here.time < self.early
    }

    /// Whether a small neuron grows.
    pub(super) fn grows(&self, here: &Stage, neurons: usize) -> bool {
        self.frozen.largest_rates(here, neurons).1 > 0.0
    }

    /// The largest relative error of the margin of an example at risk in a step from `time`: it grows with the time since the
    /// start, as steps do.
    pub(super) fn margin(&self, time: f64) -> f64 {
        self.margin * (1.0 + time / (EARLY * self.scale))
    }

    /// The longest step from `here`, where the spectral radius is `radius`.
    pub(super) fn longest(&self, here: &Stage, neurons: usize, radius: f64) -> f64 {
        self.longest_of_both_kinds(here, neurons, radius)[0]
    }

    /// The longest step from `here` of the usual kind, and the longest over kinks.
    pub(super) fn longest_of_both_kinds(&self, here: &Stage, neurons: usize, radius: f64) -> [f64; 2] {
        let (all, small) = self.frozen.largest_rates(here, neurons);
        let by_rotation = MAX_ROTATION / if all > radius { all } else { small };
        let by_time = self.first + self.growth * here.time;
        [by_time, LONGER_OVER_KINKS * by_time].map(|time| time.min(by_rotation).min(self.largest))
    }
}

/// τ = median_j ‖w_j‖ / max(‖dw_j/dt‖, |da_j/dt|) over the neurons that move; infinite where none does.
fn time_scale(start: &Stage, neurons: usize) -> f64 {
    let m = start.state.len() / neurons - 1;
    let row = |values: &[f64], j: usize| squared_norm(&values[j * m..(j + 1) * m]).sqrt();
    let mut times: Vec<f64> = (0..neurons)
        .map(|j| {
            let speed = row(&start.velocity, j).max(start.velocity[neurons * m + j].abs());
            row(&start.state, j) / speed
        })
        .filter(|time| *time > 0.0 && time.is_finite())
        .collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::INFINITY)
}
