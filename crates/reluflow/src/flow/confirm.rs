//! Confirms a rest by short steps.
//!
//! Long steps can rest where the flow does not: the stages of a step may chatter about a kink so that they cancel. So where a run seems to
//! rest explicit Euler steps of a fifth of the inverse spectral radius are tried. If the loss stays the run ends where they began. If it falls
//! they are taken again, as steps of the run: rows, levels of the loss, stops and the balance are looked at after every one of them, and a
//! step whose loss rises as no step's may is taken shorter. Only the grid does not end them: amid chatter there may be no state at its times that is
//! calm enough, and rows there find their own way ([`Run::step_inside`]).

use super::control::Limiter;
use super::run::{MAX_CHATTER, MAX_RISE, Run};

/// How many short steps of full length confirm a rest, and their length in units of the inverse spectral radius.
const STEPS: usize = 200;
const LENGTH: f64 = 0.2;
/// The same where a margin vanishes, also in units of the longest step: the loss of a neuron that chatters about its kink scatters by as
/// much less.
const SHORT_LENGTH: f64 = 0.02;
const SHORT: f64 = 0.1;
/// Most steps, shorter and refused ones included.
const MOST: usize = 300;
/// Largest relative fall of the loss from the third quarter of the time to the last, for a rest to be confirmed.
const LEAST_FALL: f64 = 1e-4;
/// Largest relative fall of the loss from where the run is to the last quarter: else it rests there, not here.
const FALL_AT_ALL: f64 = 2e-3;

/// What short steps found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The loss stays where it is.
    Rest,
    /// It falls, or too little time could be gone through.
    Motion,
    /// A stop came.
    Stop,
}

/// Mean losses over the third and the last quarter of a time.
#[derive(Debug, Default)]
struct Quarters {
    sums: [f64; 2],
    counts: [u32; 2],
}

impl Quarters {
    /// Takes in a loss at a part of the time, in [0, 1].
    fn add(&mut self, part: f64, loss: f64) {
        if part > 0.5 {
            let last = usize::from(part > 0.75);
            self.sums[last] += loss;
            self.counts[last] += 1;
        }
    }

    /// Whether the loss hardly fell from the one to the other, nor from `first`.
    fn stays(&self, first: f64) -> bool {
        let [third, last] = [0, 1].map(|k| self.sums[k] / f64::from(self.counts[k]));
        third - last < LEAST_FALL * third && first - last < FALL_AT_ALL * first
    }
}

impl Run<'_> {
    /// How long a confirmation takes, in the flow's time.
    pub(super) fn confirmation_time(&self) -> f64 {
        STEPS as f64 * LENGTH / self.radius
    }

    /// Looks by short steps whether the flow rests here. If it does the run stays where it is; if not it goes through these steps.
    pub(super) fn confirm_rest(&mut self, limiter: &Limiter, neurons: usize) -> Found {
        self.confirm(limiter, neurons, LENGTH / self.radius)
    }

    /// The same by shorter steps, where a margin vanishes and with it the length of usual steps.
    pub(super) fn confirm_hold(&mut self, limiter: &Limiter, neurons: usize) -> Found {
        let length = SHORT * limiter.longest(&self.here, neurons, self.radius);
        self.confirm(limiter, neurons, length.min(SHORT_LENGTH / self.radius))
    }

    fn confirm(&mut self, limiter: &Limiter, neurons: usize, length: f64) -> Found {
        let start = self.here.clone();
        let found = self.short_steps(limiter, neurons, length, false);
        self.here.copy_from(&start);
        match found {
            Found::Motion => self.short_steps(limiter, neurons, length, true),
            found => found,
        }
    }

    /// Takes short steps until the time of 200 of this length is over, and says whether the loss stayed. Without
    /// `are_of_the_run` nothing is written or noted.
    fn short_steps(&mut self, limiter: &Limiter, neurons: usize, length: f64, are_of_the_run: bool) -> Found {
        let time = STEPS as f64 * length;
        let (start, first) = (self.here.time, self.here.loss);
        let last = if are_of_the_run {
            self.journal.last_point()
        } else {
            f64::INFINITY
        };
        let mut quarters = Quarters::default();
        let mut longest = length;
        for _ in 0..MOST {
            let wanted = longest.min(limiter.longest(&self.here, neurons, self.radius));
            let end = (self.here.time + wanted).min(last);
            let h = end - self.here.time;
            if !(h > 0.0 && h.is_finite()) {
                return Found::Motion;
            }
            self.next.copy_from(&self.here);
            for (value, v) in self.next.state.iter_mut().zip(&self.here.velocity) {
                *value += h * v;
            }
            self.next.time = end;
            self.next.evaluate(self.field);
            self.journal.counts.evaluations += 1;
            let loss = self.next.loss;
            let risen = |part: f64, lowest: f64| loss.is_nan() || loss > (1.0 + part) * lowest;
            if end == last && risen(MAX_RISE, self.lowest_shown) {
                return Found::Motion; // comes in by usual steps, from before the chatter
            }
            if risen(MAX_CHATTER, self.lowest) {
                self.journal.counts.rejected += 1;
                if self.journal.out_of_evaluations() {
                    return if are_of_the_run && !self.enter() {
                        Found::Stop
                    } else {
                        Found::Motion
                    };
                }
                longest = 0.5 * h;
                continue;
            }
            self.journal.counts.steps += 1;
            if are_of_the_run {
                self.accept();
                self.note_lowest(end == last);
                if !self.enter() {
                    return Found::Stop;
                }
            } else {
                self.balance.restore(&mut self.next);
                std::mem::swap(&mut self.here, &mut self.next);
            }
            let part = (self.here.time - start) / time;
            quarters.add(part, self.here.loss);
            if part >= 1.0 - 1e-9 {
                return if quarters.stays(first) {
                    Found::Rest
                } else {
                    Found::Motion
                };
            }
        }
        Found::Motion
    }
}
