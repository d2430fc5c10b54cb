//! Recorder of a run: which stop has come, what to write down, and how the run ended.

mod close;
mod loss_alone;

use std::collections::VecDeque;

use self::loss_alone::loss_alone;
use super::clock::Clock;
use super::energy_defect::EnergyDefect;
use super::far::Far;
use super::gauges::Gauges;
use super::grid;
use super::interrupt::{Interrupt, Told};
use super::point::Point;
use super::stage::Stage;
use super::{Counts, Limits, Observer, Problem};
use crate::Budget;
use crate::field::{Real, VectorField};
use crate::model::Model;
use crate::observe::{Observable, Record, Row, Snapshot, Timing, Trajectory, When, curvature};
use crate::success::{Target, all_signs_right};

/// Part of the trap below which a loss at rest counts as none.
const NOTHING: f64 = 1e-6;
/// Share of it to which the τ that ends a run is met.
const TAU_ACCURACY: f64 = 1e-6;
/// How many steps the protocol's μ(t_∞) is averaged over.
const TAIL: usize = 100;

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Success,
    Level,
    Rounding,
    Diverged,
    AtRest {
        relative_decrease: f64,
        largest_move: f64,
    },
    Budget(Budget),
    NotFinite,
    Interrupted,
}

/// The book of a run: fed every accepted point by the method, it says when to stop and what came of it.
#[derive(Debug)]
pub struct Journal {
    model: Model,
    limits: Limits,
    record: Record,
    interrupt: Interrupt,
    observer: Observer,
    told: Told,
    /// The method's counters, kept up to date by the method.
    pub counts: Counts,
    trajectory: Trajectory,
    path: Vec<Snapshot>,
    next_mark: usize,
    initial_balances: Vec<f64>,
    /// L(0).
    initial_loss: f64,
    /// F(0): with the penalty of weight decay.
    initial_objective: f64,
    last: (f64, f64),
    clock: Clock,
    tail: VecDeque<(f64, f64)>,
    success_time: Option<f64>,
    energy_defect: EnergyDefect,
    /// Clock and energy defect at the state that the run may go back to.
    kept: (Clock, EnergyDefect),
    /// The same at the last row.
    defect_at_row: EnergyDefect,
    ending: Option<Ending>,
    gauges: Gauges,
}

impl Journal {
    /// An empty book.
    pub fn new(problem: &Problem<'_>) -> Self {
        let (data, neurons) = (problem.dataset, problem.network.neurons());
        let limits = problem
            .stops
            .resolve(data, &problem.model, neurons, problem.method.rounding());
        Self {
            model: problem.model,
            limits,
            record: problem.record.clone(),
            interrupt: problem.interrupt.clone(),
            observer: problem.observer.clone(),
            told: Told::new(problem.interrupt.clone()),
            counts: Counts::default(),
            trajectory: Trajectory::default(),
            path: Vec::new(),
            next_mark: 0,
            initial_balances: Vec::new(),
            initial_loss: f64::NAN,
            initial_objective: f64::NAN,
            last: (0.0, f64::NAN),
            clock: Clock::of(&problem.method),
            tail: VecDeque::with_capacity(TAIL + 2),
            success_time: None,
            energy_defect: EnergyDefect::default(),
            kept: (Clock::of(&problem.method), EnergyDefect::default()),
            defect_at_row: EnergyDefect::default(),
            ending: None,
            gauges: Gauges::new(problem),
        }
    }

    /// The stops in absolute terms.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Enters an accepted point (the start included); returns whether to go on.
    pub fn enter<T: Real>(&mut self, field: &mut dyn VectorField<T>, point: Point<'_, T>) -> bool {
        if self.initial_balances.is_empty() {
            self.initial_balances = self.model.balances(point.state, field.neurons());
            self.initial_loss = loss_alone(field, point);
            self.initial_objective = point.loss;
            self.limits.begin(self.initial_loss, self.initial_objective);
            self.gauges.start(field, point.state, &mut self.counts);
        }
        let now @ (time, _) = self.clock.at(field, point);
        let loss = self.clock.loss(point.loss);
        let right = point.right;
        let right = || right.unwrap_or_else(|| all_signs_right(field));
        self.note_success_at(time, loss, right);
        self.clock.advance(field, point, now);
        self.last = (time, loss);
        self.tail.push_back(self.last);
        if self.tail.len() > TAIL + 1 {
            self.tail.pop_front();
        }
        if self.is_marked(time) {
            self.write(field, point);
        }
        self.told.tell(self.counts.evaluations);
        self.ending = self.find_ending(time, loss).or(self.ending);
        let level = self.limits.gradient_norm;
        if self.ending.is_none()
            && level > 0.0
            && self.model.gradient_norm(point.velocity, field.neurons()) < level
        {
            self.ending = Some(Ending::Budget(Budget::GradientNorm));
        }
        self.ending.is_none()
    }

    /// Whether the run is to go on in τ where L is hardly a number: a classification loss without decay, and a stop or rows by τ.
    pub(super) fn goes_far(&self) -> bool {
        let asked = self.limits.tau.is_finite() || self.record.clock == Timing::Tau;
        asked
            && self.clock.far.is_none()
            && self.model.loss.is_classification()
            && self.model.decay().is_none()
    }

    /// From now on points come in τ; returns τ.
    pub(super) fn go_far(&mut self) -> f64 {
        self.clock.go_far();
        self.clock.tau
    }

    /// How far out the run is, where points come in τ.
    pub(super) fn far(&self) -> Option<Far> {
        self.clock.far
    }

    /// Losses are entered 2^k times as large as until now; returns the whole exponent.
    pub(super) fn shift(&mut self, k: i32) -> i32 {
        self.clock.shift(k);
        self.clock.far.unwrap_or_default().exponent
    }

    /// Ends the run at the smallest loss that means something.
    pub(super) fn end_far(&mut self) {
        self.ending = Some(Ending::Rounding);
    }

    /// Where points end at the latest, in time, or in τ where they come in that.
    pub(super) fn last_point(&self) -> f64 {
        if self.clock.far.is_some() {
            self.limits.tau
        } else {
            self.limits.time
        }
    }

    /// The time inside a step from the last point entered to `next` at which it reaches the τ that ends the run, if it does.
    pub(super) fn end_of_tau<T: Real>(&self, field: &dyn VectorField<T>, next: Point<'_, T>) -> Option<f64> {
        let end = self.limits.tau;
        end.is_finite()
            .then(|| self.clock.when_tau(field, next, end))
            .flatten()
    }

    /// Notes an accepted step of an adaptive method, before its end is entered.
    pub(super) fn note_step(&mut self, from: &Stage, to: &Stage) {
        self.energy_defect.add(from, to);
    }

    /// Keeps what [`Journal::go_back`] returns to: the run may go back to the state last entered.
    pub(super) fn keep(&mut self) {
        self.kept = (self.clock, self.energy_defect);
    }

    /// Takes back what was summed over steps since [`Journal::keep`]: the run goes back there, and goes this way again.
    pub(super) fn go_back(&mut self) {
        (self.clock, self.energy_defect) = self.kept;
        self.defect_at_row = self.defect_at_row.earlier(self.energy_defect);
    }

    /// The level of success, if it is crossed between two losses and was not noted yet.
    pub(super) fn level_to_note(&self, from: f64, to: f64) -> Option<f64> {
        let level = self.limits.success.level;
        (self.success_time.is_none() && to < level && from > level).then_some(level)
    }

    /// Notes when the criterion of success was met.
    pub(super) fn note_success(&mut self, time: f64) {
        self.success_time.get_or_insert(time);
    }

    /// Ends the run at rest, with the relative decrease of the loss and the largest movement of a neuron.
    pub(super) fn rest(&mut self, (relative_decrease, largest_move): (f64, f64)) {
        self.ending = Some(Ending::AtRest {
            relative_decrease,
            largest_move,
        });
    }

    /// Ends the run where its numbers leave the range of doubles.
    pub(super) fn overflow(&mut self) {
        self.ending = Some(Ending::NotFinite);
    }

    /// Whether the evaluations have run out.
    pub(super) fn out_of_evaluations(&self) -> bool {
        self.counts.evaluations >= self.limits.evaluations
    }

    /// Where inside a step from the last point entered to `next` a row is due; each is returned once.
    pub(super) fn mark_before<T: Real>(
        &mut self,
        field: &dyn VectorField<T>,
        next: Point<'_, T>,
    ) -> Option<f64> {
        let mark = self.mark()?;
        let place = match self.record.clock {
            Timing::Time => self.clock.when_time(field, next, mark),
            Timing::Tau => self.clock.when_tau(field, next, mark),
        }?;
        self.next_mark += 1;
        Some(place)
    }

    /// Notes that the events the exact flow may have are spent.
    pub(super) fn exhaust(&mut self, budget: Budget) {
        self.ending = Some(Ending::Budget(budget));
    }

    /// The levels of the loss that are still to be crossed: that of success and the stop.
    pub(super) fn pending_levels(&self) -> Vec<f64> {
        let success = self.success_time.is_none().then_some(self.limits.success.level);
        success
            .into_iter()
            .chain([self.limits.loss])
            .filter(|level| *level > 0.0 && level.is_finite())
            .collect()
    }

    /// The next time at which a row is due; none where rows are due by τ.
    pub(super) fn next_mark(&self) -> Option<f64> {
        self.mark().filter(|_| self.record.clock == Timing::Time)
    }

    /// The next time or τ at which a row is due.
    fn mark(&self) -> Option<f64> {
        match &self.record.when {
            When::End | When::Every(_) => None,
            When::PerDecade(_) if self.next_mark == 0 => Some(0.0),
            // There are finitely many, though time may be infinite where everything rests.
            When::PerDecade(rows) => {
                Some(grid::mark(self.next_mark as i32 - 1, *rows)).filter(|mark| mark.is_finite())
            }
            When::Times(times) => times.get(self.next_mark).copied(),
        }
    }

    /// Whether [`Journal::enter`] will write a row at `time`, or at the last point's τ where rows are due by that.
    pub(super) fn is_due(&self, time: f64) -> bool {
        let counted = match self.record.when {
            When::Every(steps) => self.counts.steps.is_multiple_of(steps),
            _ => false,
        };
        counted || self.mark().is_some_and(|mark| mark <= self.shown(time))
    }

    fn note_success_at(&mut self, time: f64, loss: f64, right: impl FnOnce() -> bool) {
        let Target { criterion, level } = self.limits.success;
        let below = loss < level;
        if self.success_time.is_some() || !below || criterion.needs_signs() && !right() {
            return;
        }
        let (before, loss_before) = self.last;
        let crossed = if level.is_finite() && loss_before > level && loss > 0.0 {
            before + (time - before) * (loss_before / level).ln() / (loss_before / loss).ln()
        } else {
            time
        };
        self.success_time = Some(crossed);
    }

    fn find_ending(&self, time: f64, loss: f64) -> Option<Ending> {
        if !loss.is_finite() {
            Some(Ending::NotFinite)
        } else if loss > self.limits.diverged {
            Some(Ending::Diverged)
        } else if self.limits.stop_at_success && self.success_time.is_some() {
            Some(Ending::Success)
        } else if loss < self.limits.loss {
            Some(Ending::Level)
        } else if loss <= self.limits.rounding && self.clock.far.is_none() {
            Some(Ending::Rounding)
        } else if time >= self.limits.time {
            Some(Ending::Budget(Budget::Time))
        } else if self.clock.tau >= self.limits.tau * (1.0 - TAU_ACCURACY) {
            Some(Ending::Budget(Budget::Tau))
        } else if self.counts.steps >= self.limits.steps {
            Some(Ending::Budget(Budget::Steps))
        } else if self.counts.evaluations >= self.limits.evaluations {
            Some(Ending::Budget(Budget::Evaluations))
        } else if self.interrupt.requested() {
            Some(Ending::Interrupted)
        } else {
            None
        }
    }

    /// What rows are written by: the time, or τ at the last point.
    fn shown(&self, time: f64) -> f64 {
        match self.record.clock {
            Timing::Time => time,
            Timing::Tau => self.clock.tau,
        }
    }

    /// Whether a row at a time and τ follows the last one.
    fn is_forward(&self, time: f64, tau: f64) -> bool {
        let last = self.trajectory.rows().last();
        last.is_none_or(|row| match self.record.clock {
            Timing::Time => row.time < time,
            Timing::Tau => row.tau < tau,
        })
    }

    /// Whether the schedule asks for a row at an accepted point; passes the marks up to it.
    fn is_marked(&mut self, time: f64) -> bool {
        // A method may go back a little and come again: rows go forward.
        let due = self.is_forward(time, self.clock.tau) && self.is_due(time);
        let shown = self.shown(time);
        while self.mark().is_some_and(|mark| mark <= shown) {
            self.next_mark += 1;
        }
        due
    }

    /// Writes a row.
    pub(super) fn write<T: Real>(&mut self, field: &mut dyn VectorField<T>, point: Point<'_, T>) {
        let wants = |observable| self.record.wants(observable);
        let unless = |wanted: bool, value: f64| if wanted { value } else { f64::NAN };
        let p = field.neurons();
        let (time, tau) = self.clock.at(field, point);
        let mut row = Row {
            time,
            step: self.counts.steps,
            evaluations: self.counts.evaluations,
            loss: self.clock.loss(loss_alone(field, point)),
            mu: unless(
                wants(Observable::Curvature),
                self.curvature_now(field.squared_speed(point.velocity), p, point.loss),
            ),
            mu_avg: unless(
                wants(Observable::Curvature),
                self.average_curvature(time, point.loss),
            ),
            balance_drift: unless(wants(Observable::Balance), self.balance_drift(time, point.state)),
            objective: unless(wants(Observable::Objective), self.clock.loss(point.loss)),
            energy_defect: unless(
                wants(Observable::Energy),
                self.energy_defect.since(&self.defect_at_row),
            ),
            tau: unless(wants(Observable::Tau), tau),
            ..Row::default()
        };
        let here = (point.state, point.velocity);
        self.gauges.read(field, here, &mut row, &mut self.counts);
        if self.observer.breaks(&row, || field.read_network(point.state)) {
            self.ending = Some(Ending::Budget(Budget::Observer));
        }
        if self.record.wants(Observable::Network) {
            self.path.push(Snapshot {
                time: row.time,
                loss: row.loss,
                network: field.read_network(point.state),
            });
        }
        self.defect_at_row = self.energy_defect;
        self.trajectory.push(row);
    }

    /// μ = −d log L/dt from a velocity in t, or in τ where points come in that.
    fn curvature_now(&self, speed: f64, neurons: usize, loss: f64) -> f64 {
        match self.clock.far {
            Some(far) => speed / neurons as f64 * far.loss(loss),
            None => curvature::local(speed, neurons, loss),
        }
    }

    /// ⟨μ⟩ = log(F(0)/F)/t, with F = L but for a penalty of weight decay.
    fn average_curvature(&self, time: f64, loss: f64) -> f64 {
        match self.clock.far {
            Some(far) => (self.initial_objective.ln() - far.log(loss)) / time,
            None => curvature::average(self.initial_objective, loss, time),
        }
    }

    /// How far balances are from their law; NaN where they have none.
    fn balance_drift<T: Real>(&self, time: f64, state: &[T]) -> f64 {
        let Some(left) = self.model.balance_left(time) else {
            return f64::NAN;
        };
        let now = self.model.balances(state, self.initial_balances.len());
        now.iter()
            .zip(&self.initial_balances)
            .map(|(now, start)| (now - left * start).abs())
            .fold(0.0, f64::max)
    }
}
