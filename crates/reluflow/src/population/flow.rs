//! Lets time pass on the population loss: an explicit pair or gradient descent, Newton's method at the end.
//!
//! A step of the flow is accepted when its local error is at most the tolerance times ‖θ‖, and at most a twentieth of its
//! length; the next is 0.9 err^(−q) h. The second bound matters at the end: at the limit of stability a pair hovers about
//! the stationary point at a distance that the tolerance allows, and would not come closer. Rows are shorter steps from the
//! start of the step they lie in, so no record changes a run's path.

mod attend;
mod close;
mod rows;

use super::field::PopulationField;
use super::finish::{Arrival, Spectrum, balances, curvature, newton};
use super::problem::PopulationProblem;
use super::solution::{PopulationRow, PopulationSolution};
use super::span::Coordinates;
use super::verdict::{Curvature, Finish};
use super::zero::Stillness;
use crate::flow::bogacki_shampine::BOGACKI_SHAMPINE;
use crate::flow::explicit_pair::ExplicitPair;
use crate::flow::tsitouras::TSITOURAS;
use crate::flow::{Counts, Flow, GradientDescent, Integrator};
use crate::linear::norm;
use crate::observe::When;
use crate::{Budget, Method, Network};

/// Largest local error of θ in a step, relative to ‖θ‖, unless said.
const TOLERANCE: f64 = 1e-8;
/// Largest local error, as a part of the step's length h ‖dθ/dt‖.
const PART: f64 = 0.05;
const SAFETY: f64 = 0.9;
const MAX_GROWTH: f64 = 5.0;
const MAX_SHRINKING: f64 = 0.2;
/// ‖∇L‖ as a part of that at the start, from which on Newton's method is tried, and by what part it must fall to be tried again.
const TRY_FROM: f64 = 0.1;
const TRY_AGAIN: f64 = 0.3;
/// Length from which on a neuron on its way to 0 is taken as there: this many tolerances, and at most this part of ‖θ‖.
const REACH: f64 = 10.0;
const MOST_REACH: f64 = 1e-5;
/// Length of a neuron that leaves 0, in the same unit.
const DEPARTURE: f64 = 10.0;
/// Shortest step, in units of what can be told from none: shorter ones are not asked for, whatever the error.
const SHORTEST: f64 = 4.0;
/// Growth of the loss at which a descent has diverged.
const DIVERGED: f64 = 1e12;

/// Why a run ended.
enum Ending {
    Level,
    Stationary,
    Budget(Budget),
    Diverged,
    NotFinite,
    Interrupted,
}

/// A run under way.
pub(super) struct Run<'a> {
    problem: &'a PopulationProblem<'a>,
    coordinates: Coordinates,
    field: PopulationField,
    time: f64,
    state: Vec<f64>,
    velocity: Vec<f64>,
    loss: f64,
    initial_loss: f64,
    gradient_norm: f64,
    /// ‖∇L‖ below which Newton's method is tried next.
    try_below: f64,
    finish: Option<(Finish, Spectrum)>,
    /// ‖∇L‖ at or below which the run is asked whether it is at rest.
    rest_below: f64,
    /// The curvature at the end, where it is stationary.
    curvature: Option<Curvature>,
    stillness: Stillness,
    /// What the flow conserves of every neuron where both layers move.
    balances: Vec<f64>,
    counts: Counts,
    /// Rows written that were due at times.
    marks: usize,
    rows: Vec<PopulationRow>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        problem: &'a PopulationProblem<'a>,
        coordinates: Coordinates,
        mut field: PopulationField,
        state: Vec<f64>,
    ) -> Self {
        let mut velocity = vec![0.0; state.len()];
        let loss = field.velocity(&state, &mut velocity);
        let gradient_norm = field.gradient_norm(&velocity);
        let is_flow = matches!(problem.method, Method::Flow(_));
        let tries = problem.stops.newton.unwrap_or(is_flow);
        Self {
            balances: balances(&field, &state),
            problem,
            coordinates,
            field,
            time: 0.0,
            state,
            velocity,
            loss,
            initial_loss: loss,
            gradient_norm,
            try_below: if tries { TRY_FROM * gradient_norm } else { 0.0 },
            finish: None,
            rest_below: problem.stops.gradient_norm,
            curvature: None,
            stillness: Stillness::default(),
            counts: Counts {
                evaluations: 1,
                ..Counts::default()
            },
            marks: 0,
            rows: Vec::new(),
        }
    }

    pub(super) fn solve(mut self) -> PopulationSolution {
        let ending = match self.problem.method {
            Method::GradientDescent(method) => self.descend(&method),
            Method::Flow(method) => self.flow(&method),
            Method::Exact(_) | Method::Jump(_) => self.flow(&Flow::default()), // refused before
        };
        self.close(&ending)
    }

    /// Integrates until a stop comes.
    fn flow(&mut self, method: &Flow) -> Ending {
        let tolerance = method.tolerance.unwrap_or(TOLERANCE);
        let longest = method.largest_step.unwrap_or(f64::INFINITY);
        let tableau = match method.integrator {
            Integrator::BogackiShampine => &BOGACKI_SHAMPINE,
            _ => &TSITOURAS,
        };
        let length = self.state.len();
        let mut pair = ExplicitPair::new(tableau, length);
        let (mut next, mut next_velocity) = (vec![0.0; length], vec![0.0; length]);
        let mut error = vec![0.0; length];
        let last = self.problem.stops.time.unwrap_or(f64::INFINITY);
        if self.due_at_start() {
            self.write_here();
        }
        let reach = (REACH * tolerance).min(MOST_REACH);
        let depart = |size: f64, _growth: f64| DEPARTURE * reach * size;
        self.attend(reach, depart, false);
        // A step that moves θ by a hundredth of itself: the controller finds its own from there.
        let mut step = 0.01 * norm(&self.state) / norm(&self.velocity);
        loop {
            if let Some(ending) = self.ending(&mut |run| run.attend(reach, depart, true)) {
                return ending;
            }
            let shortest = SHORTEST * f64::EPSILON * self.time;
            let h = step.max(shortest).min(longest).min(last - self.time);
            if !h.is_finite() {
                return Ending::NotFinite;
            }
            let field = &mut self.field;
            let velocity = |state: &[f64], slope: &mut [f64]| {
                field.velocity(state, slope);
            };
            self.counts.evaluations += 1 + pair.step(velocity, (&self.state, &self.velocity), h, &mut next);
            let next_loss = self.field.velocity(&next, &mut next_velocity);
            pair.error(&self.velocity, &next_velocity, &mut error);
            let scale = (tolerance * norm(&self.state)).min(PART * h * norm(&self.velocity));
            let err = norm(&error) / scale;
            let factor = (SAFETY * err.powf(-pair.exponent())).clamp(MAX_SHRINKING, MAX_GROWTH);
            let factor = if factor.is_nan() { MAX_SHRINKING } else { factor };
            // A NaN falls on the side of rejection.
            let accepted = err <= 1.0 || (h <= shortest && err.is_finite());
            step = h * factor;
            if !accepted {
                self.counts.rejected += 1;
                continue;
            }
            self.rows_inside(&mut pair, h);
            self.counts.steps += 1;
            self.time = if h == last - self.time {
                last
            } else {
                self.time + h
            };
            std::mem::swap(&mut self.state, &mut next);
            std::mem::swap(&mut self.velocity, &mut next_velocity);
            self.loss = next_loss;
            self.gradient_norm = self.field.gradient_norm(&self.velocity);
            if let When::Every(steps) = self.problem.record.when
                && self.counts.steps.is_multiple_of(steps)
            {
                self.write_here();
            }
            self.attend(reach, depart, false);
        }
    }

    /// Descends until a stop comes: θ ← θ − η p ∇L(θ).
    fn descend(&mut self, method: &GradientDescent) -> Ending {
        let rate = method.learning_rate;
        if self.due_at_start() {
            self.write_here();
        }
        // From 0 a step along the steepest direction; elsewhere steps are what they are.
        let speed = rate * self.field.rates().hidden;
        let depart = |_size: f64, growth: f64| speed * growth;
        self.attend(0.0, depart, false);
        loop {
            if let Some(ending) = self.ending(&mut |run| run.attend(0.0, depart, true)) {
                return ending;
            }
            for (value, slope) in self.state.iter_mut().zip(&self.velocity) {
                *value += rate * slope;
            }
            self.loss = self.field.velocity(&self.state, &mut self.velocity);
            self.gradient_norm = self.field.gradient_norm(&self.velocity);
            self.counts.evaluations += 1;
            self.counts.steps += 1;
            self.time = self.counts.steps as f64 * rate;
            self.attend(0.0, depart, false);
            let due = match &self.problem.record.when {
                When::Every(steps) => self.counts.steps.is_multiple_of(*steps),
                _ => self.mark().is_some_and(|mark| mark <= self.time),
            };
            if due {
                while self.mark().is_some_and(|mark| mark <= self.time) {
                    self.marks += 1;
                }
                self.write_here();
            }
        }
    }

    /// Why to end here, if so; Newton's method is tried on the way.
    ///
    /// `leave` lets neurons leave 0 that can, and says whether one did.
    fn ending(&mut self, leave: &mut dyn FnMut(&mut Self) -> bool) -> Option<Ending> {
        let problem = self.problem;
        let stops = &problem.stops;
        if !(self.loss.is_finite() && self.gradient_norm.is_finite()) {
            return Some(Ending::NotFinite);
        }
        if self.loss > DIVERGED * self.initial_loss.max(f64::MIN_POSITIVE) {
            return Some(Ending::Diverged);
        }
        if self.gradient_norm <= self.rest_below && !leave(self) {
            if self.loss < stops.loss || self.knows_curvature() {
                return Some(Ending::Stationary);
            }
            self.rest_below = TRY_AGAIN * self.gradient_norm;
        }
        if self.loss < stops.loss {
            return Some(Ending::Level);
        }
        if self.gradient_norm < self.try_below {
            self.try_below = TRY_AGAIN * self.gradient_norm;
            if self.end_by_newton() {
                return Some(Ending::Stationary);
            }
        }
        let counts = &self.counts;
        let spent = [
            (Budget::Time, stops.time.is_some_and(|time| self.time >= time)),
            (
                Budget::Steps,
                stops.steps.is_some_and(|steps| counts.steps >= steps),
            ),
            (
                Budget::Evaluations,
                stops.evaluations.is_some_and(|most| counts.evaluations >= most),
            ),
        ];
        if let Some((budget, _)) = spent.into_iter().find(|(_, spent)| *spent) {
            return Some(Ending::Budget(budget));
        }
        self.problem.interrupt.requested().then_some(Ending::Interrupted)
    }

    fn end_by_newton(&mut self) -> bool {
        if (0..self.field.neurons()).any(|j| self.field.is_led(j)) {
            return false;
        }
        let from = (self.time, &self.state[..], self.loss);
        let spent = &mut self.counts.evaluations;
        let arrival = newton(&mut self.field, from, &self.velocity, &self.balances, spent);
        let Some(Arrival {
            state,
            loss,
            velocity,
            finish,
            spectrum,
        }) = arrival
        else {
            return false;
        };
        let gradient_norm = self.field.gradient_norm(&velocity);
        if gradient_norm > self.problem.stops.gradient_norm || self.would_leave(&state) {
            return false;
        }
        let curvature = curvature(&self.field, &state, gradient_norm, spectrum);
        if !spectrum.is_known(&curvature) {
            return false;
        }
        self.curvature = Some(curvature);
        (self.state, self.velocity, self.loss) = (state, velocity, loss);
        self.gradient_norm = gradient_norm;
        self.finish = Some((finish, spectrum));
        true
    }

    /// Finds the Hessian's least eigenvalue at a point of rest; false where nothing is known of it.
    fn knows_curvature(&mut self) -> bool {
        let spectrum = Spectrum::at(&self.field, &self.state);
        let curvature = curvature(&self.field, &self.state, self.gradient_norm, spectrum);
        let is_known = spectrum.is_known(&curvature);
        self.curvature = is_known.then_some(curvature);
        is_known
    }

    /// The network of a state; a layer that is frozen is the start's, to the bit.
    fn network(&self, state: &[f64]) -> Network {
        let (hidden, output) = state.split_at(state.len() - self.field.neurons());
        let hidden = if self.field.rates().hidden == 0.0 {
            self.problem.network.hidden_weights().to_owned()
        } else {
            self.coordinates.rows(hidden)
        };
        Network::trusted(hidden, output.iter().copied().collect())
    }
}
