//! Chooses the steps: the loop every adaptive method shares.
//!
//! A step of size h from θ is accepted when
//!
//! ```text
//! err = max( ‖local error‖ / (tolerance ‖θ‖), (|Δ log L| / fall)^(1/q) ) ≤ 1      (1/q: the method's exponent)
//! ```
//!
//! and the loss does not grow by more than 2 %. Never component by component: a neuron at a kink would then set
//! the step of all. The next step is 0.8 err^(−q) h, at most 3 h.

use super::balance::Balance;
use super::rest::Rest;
use super::spectral_radius::SpectralRadius;
use super::stage::Stage;
use super::{Journal, Problem, Solution};
use crate::field::VectorField;
use crate::linear::squared_norm;

/// What a method reports of one attempted step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// The local error in the norm of θ.
    pub(super) error: f64,
    /// Evaluations spent.
    pub(super) evaluations: u64,
}

/// A one-step method that ends where its next step begins (first-same-as-last).
pub(super) trait Stepper {
    /// q: the local error behaves like h^(1/q).
    fn error_exponent(&self) -> f64;
    /// The largest stable step at this spectral radius.
    fn largest_step(&self, radius: f64) -> f64;
    /// By how much a spectral radius is to be overestimated, the less the more stability costs.
    fn radius_safety(&self) -> f64 {
        1.2
    }
    /// Steps from `from` by h into `to`, velocity and loss there included.
    fn attempt(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        to: &mut Stage,
        h: f64,
        radius: f64,
    ) -> Attempt;
    /// The dense output inside the step last attempted; cubic Hermite unless the method knows better.
    fn interpolate(&self, from: &Stage, to: &Stage, time: f64, out: &mut Stage) {
        out.interpolate(from, to, time);
    }
}

/// The two tolerances, and the largest step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Control {
    /// Largest local error of θ, relative to ‖θ‖.
    pub(super) tolerance: f64,
    /// Largest change of log L in a step.
    pub(super) fall: f64,
    /// Largest step.
    pub(super) largest_step: f64,
}

const SAFETY: f64 = 0.8;
const MOST_GROWTH: f64 = 3.0;
const MOST_SHRINKING: f64 = 0.2;
/// Relative growth of the loss that a step may have: kinks make the loss of a good step tremble.
const LOSS_GROWTH: f64 = 0.02;
/// A step shorter than this part of the elapsed time cannot be told from none.
const SHORTEST: f64 = 1e-14;
/// Accuracy, in log L, to which a level of the loss is located inside a step.
const LEVEL_ACCURACY: f64 = 1e-3;
/// Most evaluations spent on locating a level.
const MOST_BISECTIONS: usize = 6;

/// Runs a method until a stop comes.
pub(super) fn solve(
    problem: &Problem<'_>,
    field: &mut dyn VectorField<f64>,
    stepper: &mut dyn Stepper,
    control: &Control,
) -> Solution {
    let length = field.state_length();
    let (mut here, mut next, mut between) = (Stage::new(length), Stage::new(length), Stage::new(length));
    let mut radius = SpectralRadius::new(problem.dataset);
    let mut journal = Journal::new(problem);
    field.write_state(problem.network, &mut here.state);
    here.evaluate(field);
    journal.counts.evaluations += 1;
    let mut rest = Rest::new(field.examples(), field.neurons());
    let balance = Balance::new(field.model(), &here.state, field.neurons());
    let mut step = first_step(&here, field.neurons(), control);
    let mut afresh = false;
    let mut going_on = journal.enter(field, here.point());
    while going_on {
        let lambda = radius.at(
            field,
            &here.state,
            stepper.radius_safety(),
            afresh,
            &mut journal.counts,
        );
        afresh = false;
        let left = journal.limits().time - here.time;
        let h = step
            .min(control.largest_step)
            .min(stepper.largest_step(lambda))
            .min(left);
        let attempt = stepper.attempt(field, &here, &mut next, h, lambda);
        journal.counts.evaluations += attempt.evaluations;
        let change = (next.loss / here.loss).ln();
        let scale = control.tolerance * squared_norm(&here.state).sqrt();
        let exponent = stepper.error_exponent();
        let err = (attempt.error / scale).max((change.abs() / control.fall).powf(1.0 / exponent));
        let grown = next.loss > (1.0 + LOSS_GROWTH) * here.loss;
        // A NaN compares false with everything: it must fall on the side of rejection.
        let accepted = err <= 1.0 && !grown;
        let factor = (SAFETY * err.powf(-exponent)).clamp(MOST_SHRINKING, MOST_GROWTH);
        let factor = if factor.is_nan() { MOST_SHRINKING } else { factor };
        if !accepted && h > SHORTEST * here.time {
            journal.counts.rejected += 1;
            afresh = grown || err.is_nan();
            step = h * factor.min(SAFETY);
            if journal.out_of_evaluations() {
                going_on = journal.enter(field, here.point());
            }
            continue;
        }
        journal.counts.steps += 1;
        balance.restore(&mut next);
        step = if h < step && h >= left { step } else { h * factor };
        if h >= left {
            next.time = journal.limits().time; // not a rounding beside it
        }
        if next.loss < journal.limits().loss {
            locate_level(field, stepper, &mut journal, &here, &mut next, &mut between);
            balance.restore(&mut next); // an interpolated state has lost it
        }
        journal.note_step(&here, &next, field.neurons());
        while let Some(mark) = journal.mark_before(next.time) {
            stepper.interpolate(&here, &next, mark, &mut between);
            balance.restore(&mut between);
            between.evaluate(field);
            journal.counts.evaluations += 1;
            journal.counts.observations += 1;
            journal.write(field, between.point());
        }
        std::mem::swap(&mut here, &mut next);
        if let Some(evidence) = rest.look(&here, field.neurons())
            && here.time + Rest::confirmation_time(lambda) < journal.limits().time
        {
            let confirmed = Rest::confirm(field, &mut here, lambda, &mut journal.counts);
            balance.restore(&mut here);
            if confirmed {
                journal.rest(evidence);
            } else {
                step = first_step(&here, field.neurons(), control);
            }
        }
        going_on = journal.enter(field, here.point());
    }
    journal.close(field, here.point(), false)
}

/// A step that should change log L by a tenth of what it may, and θ by a tenth of its tolerance.
fn first_step(start: &Stage, neurons: usize, control: &Control) -> f64 {
    let speed = squared_norm(&start.velocity).sqrt();
    let curvature = speed * speed / (neurons as f64 * start.loss);
    let by_loss = control.fall / curvature;
    let by_state = control.tolerance * squared_norm(&start.state).sqrt() / speed;
    let step = 0.1 * by_loss.min(by_state.max(f64::MIN_POSITIVE));
    if step.is_finite() { step } else { 1.0 }
}

/// Moves `next` back to where the loss crosses the level at which the run ends.
///
/// The first guess interpolates log L by the cubic through both ends with their slopes −μ; then bisection on
/// the interpolated state, until log L lies within 10⁻³ below the level.
fn locate_level(
    field: &mut dyn VectorField<f64>,
    stepper: &dyn Stepper,
    journal: &mut Journal,
    from: &Stage,
    next: &mut Stage,
    between: &mut Stage,
) {
    let level = journal.limits().loss;
    let p = field.neurons() as f64;
    let (mut low, mut high) = (from.time, next.time);
    // A little beyond the crossing, so that the first try lies below the level more often than not.
    let beyond = 0.5 * LEVEL_ACCURACY * (next.time - from.time) / (from.loss / next.loss).ln();
    let mut guess = (crossing(from, next, field.neurons(), level) + beyond).min(next.time);
    let mut best: Option<f64> = None;
    for _ in 0..MOST_BISECTIONS {
        stepper.interpolate(from, next, guess, between);
        between.evaluate(field);
        journal.counts.evaluations += 1;
        if between.loss < level {
            high = guess;
            best = Some(guess);
            if between.loss > level * (1.0 - LEVEL_ACCURACY) {
                break;
            }
        } else {
            low = guess;
        }
        // One secant in log L, kept off the ends; the slope at the guess is −μ.
        let mu = squared_norm(&between.velocity) / (p * between.loss);
        let secant = guess + ((between.loss / level).ln() + 0.5 * LEVEL_ACCURACY) / mu;
        guess = if secant > low && secant < high {
            secant
        } else {
            0.5 * (low + high)
        };
    }
    if let Some(time) = best {
        if between.time != time {
            stepper.interpolate(from, next, time, between);
            between.evaluate(field);
            journal.counts.evaluations += 1;
        }
        std::mem::swap(between, next);
    }
}

/// Where the cubic through (log L, −μ) at both ends crosses log level.
pub(super) fn crossing(from: &Stage, to: &Stage, neurons: usize, level: f64) -> f64 {
    let h = to.time - from.time;
    let p = neurons as f64;
    let (y0, y1) = (from.loss.ln(), to.loss.ln());
    let slope = |stage: &Stage| -h * squared_norm(&stage.velocity) / (p * stage.loss);
    let (m0, m1) = (slope(from), slope(to));
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let x: f64 = 0.5 * (low + high);
        let value = (1.0 + 2.0 * x) * (1.0 - x).powi(2) * y0
            + x * (1.0 - x).powi(2) * m0
            + x * x * (3.0 - 2.0 * x) * y1
            + x * x * (x - 1.0) * m1;
        if value > level.ln() {
            low = x;
        } else {
            high = x;
        }
    }
    from.time + h * high
}
