//! Locates the time at which the loss crosses a level inside a step, by shorter steps from its start.
//!
//! What is located does not depend on the rows, or a record would change the path.

use super::run::Run;

/// Accuracy, in log L, to which a level of the loss is located.
const LEVEL_ACCURACY: f64 = 1e-3;
/// Most shorter steps spent on locating a level.
const MAX_TRIES: usize = 6;
/// In how many ways each is tried: amid chatter the later ones take a thousand evaluations, and the end of the step is as good.
const WAYS: usize = 4;

/// Notes where the current step crosses the level of success, and ends it where it crosses the level that ends the run.
pub(super) fn levels(run: &mut Run<'_>) {
    let limits = *run.journal.limits();
    if let Some(level) = run.journal.level_to_note(run.here.loss, run.next.loss)
        && level > limits.loss
        && run.next.right
    {
        let time = level_inside(run, level).map_or(run.next.time, |_| run.between.time);
        run.journal.note_success(time);
    }
    if run.next.loss < limits.loss && run.here.loss > limits.loss && level_inside(run, limits.loss).is_some()
    {
        std::mem::swap(&mut run.between, &mut run.next);
    }
}

/// Ends the current step where it reaches the τ that ends the run.
pub(super) fn end_of_tau(run: &mut Run<'_>) {
    if let Some(time) = run.journal.end_of_tau(run.field, run.next.point()) {
        run.step_inside_below(time, run.lowest_shown, usize::MAX);
        std::mem::swap(&mut run.between, &mut run.next);
    }
}

/// Leaves in `between` the state of a shorter step whose loss lies within 10⁻³ below the level, or the nearest below that was
/// found; `None` if the step's own end is.
fn level_inside(run: &mut Run<'_>, level: f64) -> Option<()> {
    let (mut low, mut high) = (run.here.time, run.next.time);
    let (above, below) = ((run.here.loss / level).ln(), (run.next.loss / level).ln());
    if !(above > 0.0 && below < -LEVEL_ACCURACY) {
        return None;
    }
    // Log L falls at a rate that hardly changes over a step; a little beyond, so that the first try lies below.
    let mut guess = low + (high - low) * ((above + 0.5 * LEVEL_ACCURACY) / (above - below)).min(1.0);
    let mut best = None;
    for _ in 0..MAX_TRIES {
        if !run.step_inside_below(guess, run.lowest_shown, WAYS) {
            break;
        }
        let gap = (run.between.loss / level).ln();
        if gap < 0.0 {
            high = guess;
            best = Some(guess);
            if gap > -LEVEL_ACCURACY {
                break;
            }
        } else {
            low = guess;
        }
        // One Newton step in log L, whose slope is −μ; kept off the ends.
        let newton = guess + (gap + 0.5 * LEVEL_ACCURACY) * run.between.loss / run.between.dissipation;
        guess = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
    }
    let time = best?;
    if run.between.time != time {
        run.step_inside_below(time, run.lowest_shown, WAYS);
    }
    Some(())
}
