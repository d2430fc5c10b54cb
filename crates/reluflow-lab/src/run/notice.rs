//! Says what people should know about a run while it continues.

use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::experiment::Experiment;
use crate::trial::FailedTrial;

/// Something people should know.
#[derive(Debug)]
pub enum Notice<'a> {
    /// The folder cannot be written; the run waits.
    CannotWrite {
        /// Why.
        error: &'a Error,
        /// Finished trials that wait in memory.
        trials: usize,
        /// How long the run will wait.
        patience: Duration,
    },
    /// The folder can be written again; the run continues.
    WrittenAgain {
        /// Trials that had waited.
        trials: usize,
    },
    /// Finished trials are on disk.
    Written {
        /// How many, those of this call of `execute` together.
        trials: usize,
    },
    /// What was finished is on disk, or could not be put there, and trials under way are not waited for: the process is
    /// to end now.
    EndedNow {
        /// Trials of this call of `execute`.
        trials: usize,
        /// Why some are not on disk.
        error: Option<&'a Error>,
    },
    /// A trial failed; the others go on.
    Failed {
        /// The experiment it belongs to.
        experiment: &'a Experiment,
        /// Which one, and why.
        trial: &'a FailedTrial,
    },
}

impl fmt::Display for Notice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotWrite {
                error,
                trials,
                patience,
            } => write!(
                f,
                "{error}\n  = {trials} finished trials wait in memory, and no trial is begun for up to {} s\n  = help: {}; the run then continues by itself",
                patience.as_secs(),
                error.advice()
            ),
            Self::WrittenAgain { trials } => {
                write!(
                    f,
                    "the folder can be written again: {trials} trials kept, the run continues"
                )
            }
            Self::Written { trials } => write!(f, "{trials} trials kept"),
            Self::EndedNow { trials, error: None } => write!(
                f,
                "ended at once: the {trials} trials finished now are kept, those under way are given up; the same command resumes"
            ),
            Self::EndedNow {
                trials,
                error: Some(error),
            } => write!(
                f,
                "ended at once: of the {trials} trials finished now the last are not kept: {error}"
            ),
            Self::Failed { experiment, trial } => match experiment.cells.get(trial.cell) {
                Some(cell) => write!(
                    f,
                    "{}, draw {}: {}",
                    experiment.describe(cell),
                    trial.draw,
                    trial.message
                ),
                None => write!(f, "draw {}: {}", trial.draw, trial.message),
            },
        }
    }
}
