//! Drives the exact flow: expand, find the earliest event, go there, act, and enter points in the journal.

use pulp::Arch;

use super::Exact;
use super::field::PatternField;
use super::found::Found;
use super::kinks::{Kinks, Multiple};
use super::pace::Ends;
use super::pattern::Pattern;
use super::record::Events;
use super::scale::Scale;
use super::series::{Acting, Series, State};
use crate::Budget;
use crate::error::{Error, Result};
use crate::flow::{Journal, Problem, Solution};
use crate::model::Loss;

/// A pair that had an event at the present instant, with what vanishes there by construction.
///
/// The instant is known to the tolerance only, so what defines it is put to 0, not read off the next series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handled {
    pub(super) neuron: usize,
    pub(super) kink: usize,
    /// Leading coefficients of u that vanish: 1 where a kink was reached, 2 where it was left from sliding.
    pub(super) preactivation: usize,
    /// Leading coefficients of the multiplier's way to its bounds that were found not to matter.
    pub(super) multiplier: usize,
}

/// An exact flow on its way.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    pub(super) kinks: Kinks,
    pub(super) neurons: usize,
    pub(super) examples: usize,
    pub(super) state: State,
    pub(super) pattern: Pattern,
    pub(super) series: Series,
    pub(super) events: Events,
    /// Neurons whose death is on record.
    pub(super) dead: Vec<bool>,
    /// Pairs that had an event at the present instant.
    pub(super) handled: Vec<Handled>,
    pub(super) parameters: Exact,
    pub(super) label_scale: f64,
    /// The units in which this computes.
    pub(super) scale: Scale,
    pub(super) ends: Ends,
    pub(super) problem: &'a Problem<'a>,
    /// The trap, in the problem's units.
    pub(super) trap: f64,
    /// A series of order 1, for velocities between steps.
    pub(super) probe: Series,
    pub(super) arch: Arch,
    /// How far the kinks are, p × count: what the next event is estimated from.
    pub(super) ways: Vec<f64>,
    /// The τ at which the last coefficients of the series would be as large as the weights.
    pub(super) natural_time: f64,
    /// Whether the present step was taken short because an event is expected within it, which has not come yet.
    pub(super) expects: bool,
    /// L at the last point entered.
    pub(super) last_loss: f64,
}

impl<'a> Flow<'a> {
    /// The flow at time 0.
    ///
    /// # Errors
    /// When inputs, labels or weights are out of the range of double precision.
    pub(super) fn new(problem: &'a Problem<'a>, parameters: Exact) -> Result<Self> {
        let scale = Scale::new(problem)?;
        let dataset = scale.dataset(problem.dataset)?;
        let kinks = Kinks::new(&dataset, &problem.model);
        let neurons = problem.network.neurons();
        let state = scale.state(problem.network);
        let label_scale = dataset.label_bounds().1;
        let mut flow = Self {
            series: Series::new(&kinks, neurons, parameters.order),
            probe: Series::new(&kinks, neurons, 1),
            examples: problem.dataset.examples(),
            neurons,
            pattern: Pattern::new(neurons, &kinks),
            state,
            events: Events::default(),
            dead: vec![false; neurons],
            handled: Vec::new(),
            parameters,
            label_scale: if label_scale > 0.0 { label_scale } else { 1.0 },
            scale,
            ends: Ends::default(),
            problem,
            trap: problem.model.loss.sign_level(problem.dataset),
            ways: vec![0.0; neurons * kinks.count()],
            natural_time: f64::INFINITY,
            expects: false,
            kinks,
            arch: Arch::new(),
            last_loss: f64::INFINITY,
        };
        flow.take_sides();
        // Pairs at u = 0 add nothing to h: the residuals are known before ties are settled.
        flow.series.start(&flow.state);
        flow.series.extend(&flow.kinks, &flow.pattern, flow.pace());
        if flow.kinks.rates.hidden > 0.0 {
            flow.settle_ties();
        }
        flow.series.start(&flow.state);
        flow.series.extend(&flow.kinks, &flow.pattern, flow.pace());
        flow.check_start()?;
        Ok(flow)
    }

    /// Refuses a start whose loss or speed is out of range.
    fn check_start(&self) -> Result<()> {
        let loss = self.scale.loss(self.loss(0.0));
        let velocity = self.scale.velocity(&self.velocity());
        let speed: f64 = velocity.iter().map(|v| v * v).sum();
        if loss.is_finite() && speed.is_finite() {
            return Ok(());
        }
        Err(Error::out_of_range(
            "scales of data and weights of an exact flow",
            "a start at which L and ‖dθ/dt‖² are finite numbers",
            format!("L = {loss:e}, ‖dθ/dt‖² = {speed:e}"),
        ))
    }

    /// The flow is dθ/dt = this times n·(the field).
    pub(super) fn pace(&self) -> f64 {
        self.scale.rate / self.examples as f64
    }

    /// Lets time pass until a stop comes.
    pub(super) fn run(mut self) -> Solution {
        let mut journal = Journal::new(self.problem);
        let mut field = PatternField::new(self.problem);
        let end_of_time = journal.limits().time / self.scale.time;
        let mut at_once = 0;
        self.count(&mut journal);
        loop {
            let radius = self.expand(&mut journal);
            if self.leaves_range(radius) {
                journal.rest((0.0, 0.0)); // separating where that was seen
                self.enter(&mut journal, &mut field);
                return self.close(journal, &mut field);
            }
            let length = radius.min(end_of_time - self.state.time);
            let found = self.earliest(length);
            let tau = found.map_or(length, |(tau, _)| tau);
            self.expects &= found.is_none();
            if found.is_none() || self.state.time + tau > self.state.time {
                at_once = 0;
                if !self.enter(&mut journal, &mut field) || self.rests(end_of_time, &mut journal) {
                    return self.close(journal, &mut field);
                }
                if self.at_the_floor() {
                    return self.close_at_the_floor(journal, &mut field, end_of_time);
                }
                self.step(&mut journal, &mut field, found, length, end_of_time);
                if self.crawls(&journal, end_of_time) {
                    journal.exhaust(Budget::Pace);
                    self.expand(&mut journal);
                    self.enter(&mut journal, &mut field);
                    return self.close(journal, &mut field);
                }
            } else if let Some((tau, found)) = found {
                at_once += 1;
                self.advance(tau);
                self.act(found, tau);
            }
            self.count(&mut journal);
            if at_once > 0 && (journal.out_of_evaluations() || self.problem.interrupt.requested()) {
                self.expand(&mut journal);
                self.enter(&mut journal, &mut field);
                return self.close(journal, &mut field);
            }
            let too_many_at_once = at_once > self.parameters.events_at_once;
            if too_many_at_once || journal.counts.events >= self.parameters.events {
                let budget = if too_many_at_once {
                    Budget::EventsAtOnce
                } else {
                    Budget::Events
                };
                self.events.exhaust(budget);
                journal.exhaust(budget);
                self.expand(&mut journal);
                self.enter(&mut journal, &mut field);
                return self.close(journal, &mut field);
            }
        }
    }

    /// Whether steps of a separated classification have become so long that their powers up to the order leave the range of doubles.
    fn leaves_range(&self, radius: f64) -> bool {
        /// Powers beyond this are too near the largest double.
        const LARGEST: f64 = 1e290;
        let classifies = self.problem.model.loss.is_classification();
        classifies && radius.is_finite() && radius.powi(self.parameters.order as i32) > LARGEST
    }

    /// Lets time pass to its end at the floor of rounding, where nothing moves any more that could be told from noise.
    fn close_at_the_floor(
        mut self,
        mut journal: Journal,
        field: &mut PatternField,
        end_of_time: f64,
    ) -> Solution {
        if end_of_time.is_finite() {
            self.state.time = end_of_time;
            self.enter(&mut journal, field);
        } else {
            journal.rest((0.0, 0.0));
        }
        self.close(journal, field)
    }

    /// Whether steps have become so short that neither the end of time nor a level of the loss is in reach.
    fn crawls(&mut self, journal: &Journal, end_of_time: f64) -> bool {
        let pending = journal.pending_levels();
        let level = pending
            .iter()
            .map(|level| self.scale.level(*level))
            .fold(0.0, f64::max);
        let now = (self.state.time, self.last_loss);
        self.ends.crawls(now, end_of_time, level)
    }

    /// Tells the journal how many events there were.
    pub(super) fn count(&self, journal: &mut Journal) {
        journal.counts.events = self.events.rows().len() as u64;
        journal.counts.branches = self.events.branch_points() as u64;
    }

    /// Goes on to the event found, to a level of the loss, or to the end of the step, whichever comes first.
    fn step(
        &mut self,
        journal: &mut Journal,
        field: &mut PatternField,
        found: Option<(f64, Found)>,
        length: f64,
        end_of_time: f64,
    ) {
        self.handled.clear();
        self.events.settle_instant();
        let tau = found.map_or(length, |(tau, _)| tau);
        let crossing = self.level_crossing(&journal.pending_levels(), tau);
        let reached = crossing.map_or(tau, |(reached, _)| reached);
        self.enter_marks(journal, field, reached);
        self.advance(reached);
        journal.counts.steps += 1;
        let level = crossing.map(|(_, level)| level);
        let event = level.is_none() && found.is_some();
        let loss = self.last_loss;
        self.ends.step(event, level, self.state.time, loss);
        match (crossing, found) {
            (None, Some((tau, found))) => {
                self.act(found, tau);
            }
            (None, None) => {
                if length >= end_of_time - self.state.time + reached {
                    self.state.time = end_of_time;
                }
            }
            (Some(_), _) => {}
        }
    }

    /// Moves the state to τ of the series, sliding neurons exactly on their kinks.
    fn advance(&mut self, tau: f64) {
        let d = self.kinks.dimension;
        self.series
            .at(tau, &mut self.state.hidden, &mut self.state.output);
        self.state.time += tau;
        for (sliding, w) in self
            .pattern
            .sliding
            .iter()
            .zip(self.state.hidden.chunks_exact_mut(d))
        {
            if !sliding.kinks.is_empty() {
                sliding.project(w);
            }
        }
    }

    /// dθ/dt at the start of the series.
    pub(super) fn velocity(&self) -> Vec<f64> {
        [&self.series.hidden[1][..], &self.series.output[1][..]].concat()
    }

    /// L at τ of the series.
    pub(super) fn loss(&self, tau: f64) -> f64 {
        self.loss_of(&self.series.acting(&self.kinks, tau))
    }

    pub(super) fn loss_of(&self, acting: &Acting) -> f64 {
        if self.kinks.loss != Loss::Square {
            let loss = |example: &Multiple| {
                let h = example.multiple * acting.outputs[example.side()][example.kink];
                self.kinks.loss.value(h, example.label)
            };
            let sum: f64 = self.kinks.multiples.iter().map(loss).sum();
            return (self.kinks.irreducible + sum) / self.examples as f64;
        }
        let side = |rho: &[f64], sums: &[super::kinks::Sums]| -> f64 {
            rho.iter().zip(sums).map(|(rho, sums)| sums.square(*rho)).sum()
        };
        let sum = side(&acting.plus, &self.kinks.plus) + side(&acting.minus, &self.kinks.minus);
        (self.kinks.irreducible + sum) / (2.0 * self.examples as f64)
    }
}
