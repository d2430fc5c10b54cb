//! Keeps the levels of the loss that an exact flow located, and the pace of its steps.

/// Whether the loss still falls is judged over this many steps ...
const STALL_STEPS: u32 = 100;
/// ... by this share of L or max |y| √(2L), whichever is larger.
const STALL: f64 = 1e-14;
/// The pace is judged over this many steps without an event ...
const PACE_STEPS: u32 = 1000;
/// ... and the run given up if at that pace this many more are to come until the end of time ...
const MOST_STEPS: f64 = 1e7;
/// ... and, at the pace at which ln L falls, this many until the next level of the loss.
const MOST_STEPS_TO_LEVEL: f64 = 1e5;

/// Levels of the loss that were located, and the pace of steps.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends {
    /// Levels that were located: L does not increase, so none is crossed twice.
    pub(super) passed: Vec<f64>,
    /// The level the state was put on, until the next step.
    pub(super) on: Option<f64>,
    /// Steps without an event since `paced`, the time at the first of them.
    steps: u32,
    paced: f64,
    /// L at the first of them.
    paced_loss: f64,
    /// Points since L was last compared, and L then.
    points: u32,
    loss: f64,
}

impl Ends {
    /// Notes a step to a time, from a loss: whether an event ended it, or the level the state was put on.
    pub(super) fn step(&mut self, event: bool, level: Option<f64>, time: f64, loss: f64) {
        self.passed.extend(level);
        self.on = level;
        self.steps += 1;
        if event {
            (self.steps, self.paced, self.paced_loss) = (0, time, loss);
        }
    }

    /// Whether L has fallen by no more than rounding over the last hundred points. Looks once in a hundred.
    pub(super) fn stalls(&mut self, loss: f64, natural: f64) -> bool {
        self.points += 1;
        if self.points < STALL_STEPS {
            return false;
        }
        let stalls = loss > self.loss - STALL * natural;
        (self.points, self.loss) = (0, loss);
        stalls
    }

    /// Whether the steps are so short that both the end of time and the next level of the loss are out of reach. Looks once in a
    /// thousand steps without an event.
    pub(super) fn crawls(&mut self, (time, loss): (f64, f64), end_of_time: f64, level: f64) -> bool {
        if self.steps < PACE_STEPS {
            return false;
        }
        let pace = (time - self.paced) / f64::from(self.steps);
        let fall = (self.paced_loss / loss).ln() / f64::from(self.steps);
        let is_first = self.paced_loss == 0.0; // L at its first step is not known
        (self.steps, self.paced, self.paced_loss) = (0, time, loss);
        if is_first {
            return false;
        }
        let end_is_far = end_of_time.is_finite() && end_of_time - time > MOST_STEPS * pace;
        let level_is_near = fall > 0.0 && (loss / level).ln() < MOST_STEPS_TO_LEVEL * fall;
        end_is_far && !level_is_near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of 10⁻¹² before an end at 10³: given up where the loss rests, not where it falls towards its level.
    #[test]
    fn a_level_in_reach_is_waited_for() {
        let mut ends = Ends::default();
        let mut window = |time: f64, loss: f64| {
            (0..PACE_STEPS).for_each(|_| ends.step(false, None, time, loss));
            ends.crawls((time, loss), 1e3, 1.0)
        };
        assert!(!window(1e-9, 100.0), "the first window tells no pace");
        assert!(!window(2e-9, 90.0), "the level is 43 windows away, and in reach");
        assert!(window(3e-9, 90.0), "nothing falls");
    }
}
