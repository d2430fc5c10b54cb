//! A run of an adaptive method: where it is, and the way to a time inside its current step.

use super::Journal;
use super::balance::Balance;
use super::drift::Drift;
use super::stage::Stage;
use super::stepper::Stepper;
use crate::field::VectorField;

/// Largest rise of the loss from one time of the grid to a later one.
pub(super) const MAX_RISE: f64 = 1e-3;

/// A run of an adaptive method, with room for its stages.
pub(super) struct Run<'a> {
    pub(super) field: &'a mut dyn VectorField<f64>,
    pub(super) stepper: &'a mut dyn Stepper,
    pub(super) journal: Journal,
    pub(super) balance: Balance,
    /// Where the current step starts.
    pub(super) here: Stage,
    /// Where it ends.
    pub(super) next: Stage,
    /// A state inside it.
    pub(super) between: Stage,
    /// The last state whose loss a later row may have: where a run ends that is stopped amid chatter.
    pub(super) calm: Stage,
    /// The spectral radius that the step was taken with.
    pub(super) radius: f64,
    /// The smallest loss of an accepted state so far.
    pub(super) lowest: f64,
    /// The smallest loss at a time of the grid so far.
    pub(super) lowest_shown: f64,
    /// The smallest loss of a row so far; no step depends on it.
    pub(super) lowest_row: f64,
    /// The correction of step lengths.
    pub(super) drift: Drift,
}

impl Run<'_> {
    /// Steps from the start of the current step to a `time` inside it, into [`Run::between`].
    ///
    /// Where the loss there lies above that of an earlier row, the way is gone in more and shorter steps, in the end from the
    /// last state before chatter.
    pub(super) fn step_inside(&mut self, time: f64) {
        const PARTS: [(u32, bool); 6] = [
            (1, false),
            (2, false),
            (4, false),
            (8, true),
            (32, true),
            (128, true),
        ];
        for (parts, from_calm) in PARTS {
            let start = if from_calm { &self.calm } else { &self.here };
            let h = (time - start.time) / f64::from(parts);
            let mut moving = None;
            for part in 1..=parts {
                let from = moving.as_ref().unwrap_or(start);
                let lengths = [h, self.drift.shortened(from.time, h)];
                let advance = self
                    .stepper
                    .advance(self.field, from, &mut self.between, lengths, self.radius);
                self.journal.counts.evaluations += advance.evaluations + 1;
                match advance.known {
                    Some(loss) => self.between.evaluate_there(self.field, loss),
                    None => self.between.evaluate(self.field),
                }
                if part < parts {
                    moving = Some(self.between.clone());
                }
            }
            self.between.time = time;
            if self.between.loss <= (1.0 + MAX_RISE) * self.lowest_row {
                break;
            }
        }
        self.balance.restore(&mut self.between);
    }
}
