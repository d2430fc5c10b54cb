//! Keeps the book of a run: which stop has come, what to write down, how it ended.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::clock::Clock;
use super::gauges::Gauges;
use super::stage::Stage;
use super::{Counts, End, Limits, Observer, Problem, Solution};
use crate::field::{Real, VectorField};
use crate::model::Model;
use crate::observe::{Observable, Record, Row, Trajectory, When, curvature};
use crate::{Budget, Verdict};

/// Asks a run on another thread to stop; it then returns what it has.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks every run that holds this handle to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many steps the protocol's μ(t_∞) is averaged over.
const TAIL: usize = 100;
/// Time of the first row of a record "per decade".
const FIRST_MARK: f64 = 1e-2;

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Level,
    AtRest {
        relative_decrease: f64,
        largest_move: f64,
    },
    Budget(Budget),
    NotFinite,
    Interrupted,
}

/// An accepted point of a flow, with everything its evaluation brought.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a, T> {
    /// The time.
    pub time: f64,
    /// θ.
    pub state: &'a [T],
    /// dθ/dt.
    pub velocity: &'a [T],
    /// L(θ).
    pub loss: f64,
}

/// The book of a run: fed every accepted point by the method, it says when to stop and what came of it.
#[derive(Debug)]
pub struct Journal {
    model: Model,
    limits: Limits,
    record: Record,
    interrupt: Interrupt,
    observer: Observer,
    /// The method's counters, kept up to date by the method.
    pub counts: Counts,
    trajectory: Trajectory,
    next_mark: usize,
    initial_balances: Vec<f64>,
    initial_loss: f64,
    last: (f64, f64),
    clock: Clock,
    tail: VecDeque<(f64, f64)>,
    trap_time: Option<f64>,
    energy_defect: EnergyDefect,
    ending: Option<Ending>,
    gauges: Gauges,
}

impl Journal {
    /// An empty book.
    pub fn new(problem: &Problem<'_>) -> Self {
        Self {
            model: problem.model,
            limits: problem
                .stops
                .resolve(&problem.model, problem.dataset, problem.network.neurons()),
            record: problem.record.clone(),
            interrupt: problem.interrupt.clone(),
            observer: problem.observer.clone(),
            counts: Counts::default(),
            trajectory: Trajectory::default(),
            next_mark: 0,
            initial_balances: Vec::new(),
            initial_loss: f64::NAN,
            last: (0.0, f64::NAN),
            clock: Clock::default(),
            tail: VecDeque::with_capacity(TAIL + 2),
            trap_time: None,
            energy_defect: EnergyDefect::default(),
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
            self.initial_loss = point.loss;
            self.gauges.start(field, point.state, &mut self.counts);
        }
        self.note_trap(point.time, point.loss);
        self.clock.advance(field, point);
        self.last = (point.time, point.loss);
        self.tail.push_back(self.last);
        if self.tail.len() > TAIL + 1 {
            self.tail.pop_front();
        }
        if self.is_marked(point.time) {
            self.write(field, point);
        }
        self.ending = self.find_ending(point.time, point.loss).or(self.ending);
        self.ending.is_none()
    }

    /// Notes an accepted step of an adaptive method, before its end is entered: the energy defect, and where
    /// inside it the trap was crossed.
    pub(super) fn note_step(&mut self, from: &Stage, to: &Stage) {
        self.energy_defect.add(from, to);
        if self.trap_time.is_none() && to.loss < self.limits.trap && from.loss > self.limits.trap {
            self.trap_time = Some(super::adaptive::crossing(from, to, self.limits.trap));
        }
    }

    /// Ends the run at rest, with the relative decrease of the loss and the largest movement of a neuron.
    pub(super) fn rest(&mut self, (relative_decrease, largest_move): (f64, f64)) {
        self.ending = Some(Ending::AtRest {
            relative_decrease,
            largest_move,
        });
    }

    /// Whether the evaluations have run out.
    pub(super) fn out_of_evaluations(&self) -> bool {
        self.counts.evaluations >= self.limits.evaluations
    }

    /// The next time at which a row is due, if it lies before `time`; each is returned once.
    pub(super) fn mark_before(&mut self, time: f64) -> Option<f64> {
        let mark = self.next_mark().filter(|mark| *mark < time)?;
        self.next_mark += 1;
        Some(mark)
    }

    /// Notes that the events the exact flow may have are spent.
    pub(super) fn exhaust(&mut self, budget: Budget) {
        self.ending = Some(Ending::Budget(budget));
    }

    /// The levels of the loss that are still to be crossed: the trap and the stop.
    pub(super) fn pending_levels(&self) -> Vec<f64> {
        let trap = self.trap_time.is_none().then_some(self.limits.trap);
        trap.into_iter()
            .chain([self.limits.loss])
            .filter(|level| *level > 0.0)
            .collect()
    }

    /// The next time at which a row is due.
    pub(super) fn next_mark(&self) -> Option<f64> {
        match &self.record.when {
            When::End | When::Every(_) => None,
            When::PerDecade(_) if self.next_mark == 0 => Some(0.0),
            // There are finitely many, though time may be infinite where everything rests.
            When::PerDecade(rows) => {
                Some(FIRST_MARK * 10f64.powf((self.next_mark - 1) as f64 / f64::from(*rows)))
                    .filter(|mark| mark.is_finite())
            }
            When::Times(times) => times.get(self.next_mark).copied(),
        }
    }

    /// Whether [`Journal::enter`] will write a row at `time`.
    pub(super) fn is_due(&self, time: f64) -> bool {
        let counted = match self.record.when {
            When::Every(steps) => self.counts.steps.is_multiple_of(steps),
            _ => false,
        };
        counted || self.next_mark().is_some_and(|mark| mark <= time)
    }

    fn note_trap(&mut self, time: f64, loss: f64) {
        if self.trap_time.is_none() && loss < self.limits.trap {
            let (before, loss_before) = self.last;
            let crossed = if loss_before > self.limits.trap && loss > 0.0 {
                before + (time - before) * (loss_before / self.limits.trap).ln() / (loss_before / loss).ln()
            } else {
                time
            };
            self.trap_time = Some(crossed);
        }
    }

    fn find_ending(&self, time: f64, loss: f64) -> Option<Ending> {
        if !loss.is_finite() {
            Some(Ending::NotFinite)
        } else if loss < self.limits.loss || loss == 0.0 {
            Some(Ending::Level)
        } else if time >= self.limits.time || self.clock.tau >= self.limits.tau {
            Some(Ending::Budget(Budget::Time))
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

    /// Whether the schedule asks for a row at an accepted point; passes the marks up to it.
    fn is_marked(&mut self, time: f64) -> bool {
        let due = self.is_due(time);
        while self.next_mark().is_some_and(|mark| mark <= time) {
            self.next_mark += 1;
        }
        due
    }

    /// Writes a row.
    pub(super) fn write<T: Real>(&mut self, field: &mut dyn VectorField<T>, point: Point<'_, T>) {
        let wants = |observable| self.record.wants(observable);
        let unless = |wanted: bool, value: f64| if wanted { value } else { f64::NAN };
        let p = field.neurons();
        let mut row = Row {
            time: point.time,
            step: self.counts.steps,
            evaluations: self.counts.evaluations,
            loss: point.loss - field.penalty(point.state),
            mu: unless(
                wants(Observable::Curvature),
                curvature::local(field.squared_speed(point.velocity), p, point.loss),
            ),
            mu_avg: unless(
                wants(Observable::Curvature),
                curvature::average(self.initial_loss, point.loss, point.time),
            ),
            balance_drift: unless(
                wants(Observable::Balance),
                self.balance_drift(point.time, point.state),
            ),
            objective: unless(wants(Observable::Objective), point.loss),
            tau: unless(wants(Observable::Tau), self.clock.at(field, point)),
            ..Row::default()
        };
        let here = (point.state, point.velocity);
        self.gauges.read(field, here, &mut row, &mut self.counts);
        if self.observer.breaks(&row, || field.read_network(point.state)) {
            self.ending = Some(Ending::Budget(Budget::Observer));
        }
        self.trajectory.push(row);
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

    /// Closes the book at the last point entered. `mean_tail`: take μ(t_∞) as the mean over the last steps.
    pub fn close<T: Real>(
        mut self,
        field: &mut dyn VectorField<T>,
        point: Point<'_, T>,
        mean_tail: bool,
    ) -> Solution {
        if self
            .trajectory
            .rows()
            .last()
            .is_none_or(|row| row.time < point.time)
        {
            self.write(field, point);
        }
        let lost = self.gauges.lost(field, point.state);
        let bounds = self.gauges.bounds();
        let coverage = self.gauges.coverage(&lost);
        let last = self.trajectory.rows().last().copied().unwrap_or_default();
        let given = |value: f64| (!value.is_nan()).then_some(value);
        let which = |example: f64| given(example).map(|example| example as usize);
        let speed = field.squared_speed(point.velocity);
        let end = End {
            time: point.time,
            initial_loss: self.initial_loss,
            loss: point.loss - field.penalty(point.state),
            trap_time: self.trap_time,
            mu_end: if mean_tail && self.tail.len() > 1 {
                self.tail_curvature()
            } else {
                curvature::local(speed, field.neurons(), point.loss)
            },
            mu_avg: curvature::average(self.initial_loss, point.loss, point.time),
            mu_low: bounds.map(|bounds| bounds.0),
            mu_upp: bounds.map(|bounds| bounds.1),
            balance_drift: self.balance_drift(point.time, point.state),
            lost: lost.len(),
            uncovered: coverage.map(|counts| counts.0),
            newly_lost: coverage.map(|counts| counts.1),
            lambda_min: given(last.lambda_min),
            lambda_max: given(last.lambda_max),
            diagonal_min: given(last.diagonal_min),
            slowest: which(last.slowest),
            foretold_min: given(last.foretold_min),
            foretold_slowest: which(last.foretold_slowest),
            energy_defect: (!mean_tail).then(|| self.energy_defect.relative()),
        };
        let gradient_norm = self.model.gradient_norm(point.velocity, field.neurons());
        let verdict = self.verdict(field, lost, gradient_norm, &end);
        Solution {
            verdict,
            end,
            counts: self.counts,
            trajectory: self.trajectory,
            network: field.read_network(point.state),
            events: super::Events::default(),
        }
    }

    fn verdict<T: Real>(
        &self,
        field: &dyn VectorField<T>,
        mut lost: Vec<usize>,
        gradient_norm: f64,
        end: &End,
    ) -> Verdict {
        let End { time, loss, .. } = *end;
        let ending = self.ending.unwrap_or(Ending::Interrupted);
        match (ending, self.trap_time) {
            (Ending::NotFinite, _) => Verdict::NotFinite { time },
            (_, Some(time)) if self.model.loss.is_classification() => Verdict::Separating { time, loss },
            (_, Some(trap_time)) => Verdict::Interpolating { trap_time, loss },
            (Ending::Interrupted, None) => Verdict::Interrupted { time, loss },
            (Ending::Level, None) => Verdict::OutOfBudget {
                budget: Budget::Loss,
                loss,
            },
            (
                Ending::AtRest {
                    relative_decrease,
                    largest_move,
                },
                None,
            ) => {
                // Lost: no correct neuron is active, and what is left pulls the wrong way or not at all.
                let (residuals, labels) = (field.residuals(), field.labels());
                let wrong = |i: &usize| {
                    let loss = self.model.loss;
                    loss.is_wrong(residuals[*i].to_f64(), labels[*i].to_f64())
                };
                lost.retain(wrong);
                if lost.is_empty() {
                    Verdict::Stationary {
                        loss,
                        gradient_norm,
                        relative_decrease,
                        largest_move,
                    }
                } else {
                    Verdict::LostExamples { examples: lost, loss }
                }
            }
            // Orthogonal inputs: what no correct neuron is active on, none will ever be active on.
            (Ending::Budget(_), None) if field.is_orthogonal() && !lost.is_empty() => {
                Verdict::LostExamples { examples: lost, loss }
            }
            (Ending::Budget(budget), None) => Verdict::OutOfBudget { budget, loss },
        }
    }

    /// The mean of 2(L_k − L_{k+1})/((L_k + L_{k+1}) Δt) over the last steps.
    fn tail_curvature(&self) -> f64 {
        let pairs = self.tail.iter().zip(self.tail.iter().skip(1));
        let sum: f64 = pairs
            .map(|(a, b)| 2.0 * (a.1 - b.1) / ((a.1 + b.1) * (b.0 - a.0)))
            .sum();
        sum / (self.tail.len() - 1) as f64
    }
}

/// How well the fall of the objective is explained by dissipation.
#[derive(Debug, Clone, Copy, Default)]
struct EnergyDefect {
    unexplained: f64,
    fallen: f64,
}

impl EnergyDefect {
    fn add(&mut self, from: &Stage, to: &Stage) {
        let power = from.dissipation + to.dissipation;
        let dissipated = 0.5 * (to.time - from.time) * power;
        self.unexplained += (to.loss - from.loss + dissipated).abs() / from.loss;
        self.fallen += (to.loss / from.loss).ln().abs();
    }

    /// Σ |ΔF + ∫ dissipation| / F over Σ |Δ log F|, both over the steps.
    fn relative(&self) -> f64 {
        if self.fallen > 0.0 {
            self.unexplained / self.fallen
        } else {
            0.0
        }
    }
}
