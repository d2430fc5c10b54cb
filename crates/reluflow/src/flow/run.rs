//! A run of an adaptive method: where it is, and the way to a time inside its current step.

use super::Journal;
use super::balance::Balance;
use super::drift::Drift;
use super::stage::Stage;
use super::stepper::Stepper;
use crate::field::VectorField;

/// Largest rise of the loss from one time of the grid to a later one.
pub(super) const MAX_RISE: f64 = 1e-3;
/// Largest rise of the loss above its smallest value so far, between times of the grid.
pub(super) const MAX_CHATTER: f64 = 2e-2;

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
    /// Where the loss there lies above that of an earlier row, or below both ends of the step, the way is gone in more and shorter steps, in the end
    /// from the last state before chatter; of all ways the one counts whose loss misses these bounds by least.
    pub(super) fn step_inside(&mut self, time: f64) {
        self.step_inside_below(time, self.lowest_row, usize::MAX);
    }

    /// The same by the first `ways` only, where the loss may not lie above `highest`; whether it keeps to the bounds.
    pub(super) fn step_inside_below(&mut self, time: f64, highest: f64, ways: usize) -> bool {
        /// Most parts of the last try, each a fifth of the inverse spectral radius long or shorter.
        const MOST: f64 = 1024.0;
        let whole = (5.0 * (time - self.calm.time) * self.radius).ceil();
        let parts: [(u32, bool); 7] = [
            (1, false),
            (2, false),
            (4, false),
            (8, true),
            (32, true),
            (128, true),
            (whole.clamp(256.0, MOST) as u32, true),
        ];
        let floor = (1.0 - MAX_CHATTER) * self.here.loss.min(self.next.loss);
        let miss = |loss: f64, part: f64| {
            if loss.is_nan() {
                return f64::INFINITY;
            }
            let most = (1.0 + part) * highest;
            (loss / most).ln().max((floor / loss).ln()).max(0.0)
        };
        let mut best: Option<(f64, Stage)> = None;
        for (k, (parts, from_calm)) in parts.into_iter().enumerate().take(ways) {
            let is_low = |best: &(f64, Stage)| miss(best.1.loss, MAX_CHATTER) == 0.0;
            if k == 6 && best.as_ref().is_some_and(is_low) {
                break; // as low as chatter lets a row be
            }
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
            // A shorter step than one that was accepted is believed unless the loss rises.
            let missed = match k {
                0 if self.between.loss <= (1.0 + MAX_RISE) * highest => 0.0,
                _ => miss(self.between.loss, MAX_RISE),
            };
            if missed == 0.0 {
                best = None;
                break;
            }
            if !best.as_ref().is_some_and(|(least, _)| *least <= missed) {
                best = Some((missed, self.between.clone()));
            }
        }
        let keeps_to_bounds = best.is_none();
        if let Some((_, best)) = best {
            self.between = best;
        }
        self.balance.restore(&mut self.between);
        keeps_to_bounds
    }
}
