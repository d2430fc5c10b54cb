//! Holds what is kept of a trial: its verdict and numbers, or what went wrong.

use reluflow::flow::End;

use super::columns::{self, Kind};
use super::numbers::Numbers;
use crate::experiment::Spec;

/// The verdict of a draw on which two accuracies disagree.
pub(crate) const UNDECIDED: &str = "undecided";

/// What is kept of a trial. No clock is in it: the same trial gives the same bits on every run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trial {
    /// Index of its cell in the experiment.
    pub cell: usize,
    /// Which draw of the cell, from 0.
    pub draw: u64,
    /// How it ended, as one word.
    pub verdict: String,
    /// Whether it met its criterion of success.
    pub converged: bool,
    /// What counts as success of this trial, as one word; empty in folders of earlier versions.
    pub criterion: String,
    /// With the accuracy `checked`, whose verdict it is, as one word; empty otherwise.
    pub decided_by: String,
    /// Its numbers, by [`columns`].
    pub numbers: Numbers,
}

impl Trial {
    /// The number in a column, if there is one.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.numbers.get(name)
    }

    /// The number in a column; NaN where there is none.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).unwrap_or(f64::NAN)
    }

    /// The same trial with a number in a column.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        self.numbers.set(name, value);
        self
    }

    /// The last values of what was recorded besides the columns of every trial.
    pub fn recorded(&self) -> impl Iterator<Item = (&'static str, f64)> {
        columns::of_kind(Kind::Recorded).filter_map(|column| Some((column.name, self.get(column.name)?)))
    }

    /// Whether neurons slid along kinks for most of the way, so that its verdict may be wrong and shorter steps agree with it: an energy defect of the
    /// whole run above [`End::MAX_DEFECT`]. Runs by the accuracy `checked` have been asked about it already.
    pub fn slid(&self, spec: &Spec) -> bool {
        !spec.is_checked()
            && self
                .get("total_defect")
                .is_some_and(|defect| defect > End::MAX_DEFECT)
    }
}

/// A trial that gave no results.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailedTrial {
    /// Index of its cell in the experiment.
    pub cell: usize,
    /// Which draw of the cell, from 0.
    pub draw: u64,
    /// What went wrong.
    pub message: String,
}

impl FailedTrial {
    /// How the message of a trial begins whose data or network cannot be drawn.
    pub(crate) const VOID: &str = "cannot be drawn: ";

    /// Whether its data or network cannot be drawn: the same seed fails the same way whenever it is tried.
    pub fn is_void(&self) -> bool {
        self.message.starts_with(Self::VOID)
    }
}

/// Whether it helps to try failed trials again, in words; `retry` is how that is asked for.
pub fn trying_again(failed: &[FailedTrial], retry: &str) -> String {
    match failed.iter().filter(|failed| failed.is_void()).count() {
        0 => format!("{retry} tries them again"),
        void if void == failed.len() => {
            "the same seed fails again: another law or another sweep.seed draws others".to_owned()
        }
        void => format!("{retry} tries them again, but {void} of them cannot be drawn by any attempt"),
    }
}

/// How a trial was left.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It ended, in a verdict.
    Ended(Box<Trial>),
    /// It gave no results.
    Failed(FailedTrial),
    /// It was interrupted before its end.
    Interrupted,
}
