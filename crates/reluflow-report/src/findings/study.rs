//! Runs one study of a finding, draw by draw or as a search for thresholds, and reads what it gave.

use std::path::Path;

use reluflow::Method;
use reluflow::flow::Interrupt;
use reluflow_lab::Result;
use reluflow_lab::experiment::{AxisValue, Experiment};
use reluflow_lab::store::RunFolder;
use reluflow_lab::threshold::{self, Column, Question};
use reluflow_lab::trial::Trial;
use reluflow_statistics::sequential::{Answer, End};

use super::place;
use crate::sweep::{Filled, filled};

/// Most draws that the search for one threshold may use.
const MOST_DRAWS: u64 = 2000;

/// One experiment of a finding, checked.
#[derive(Debug, Clone)]
pub struct Study {
    /// The name of its folder.
    pub name: String,
    /// What it runs.
    pub experiment: Experiment,
    /// The half-width of the intervals of thresholds along n, where these are sought.
    pub precision: Option<f64>,
}

/// A threshold that a search found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The column's d.
    pub d: u64,
    /// The column's p.
    pub p: u64,
    /// The time given, in transition times; NaN when that was not what bounded the run.
    pub transitions: f64,
    /// The learning rate of gradient descent.
    pub step: Option<f64>,
    /// Its values on the other axes of the experiment, in their order.
    pub axes: Vec<AxisValue>,
    /// The threshold with its interval.
    pub answer: Answer,
    /// Where the fitted probability is 3/4 and 1/4; none for a step.
    pub quartiles: Option<(f64, f64)>,
}

#[cfg(test)]
impl Found {
    /// A threshold at `value` within a tenth, as a search finds it, for the tests of findings.
    pub(super) fn made_up(cell: &reluflow_lab::experiment::Cell, transitions: f64, value: f64) -> Self {
        use reluflow_statistics::Estimate;
        Self {
            d: cell.d,
            p: cell.p,
            transitions,
            step: None,
            axes: cell.axes.clone(),
            answer: Answer {
                estimate: Estimate {
                    value,
                    low: 0.9 * value,
                    high: 1.1 * value,
                },
                slope: 10.0,
                trials: 50,
                end: End::Reached,
            },
            quartiles: None,
        }
    }
}

/// What a study gave.
#[derive(Debug, Clone)]
pub struct Results {
    /// The study. Of a search, its experiment has the cells that the search came to.
    pub study: Study,
    /// All its trials.
    pub trials: Vec<Trial>,
    /// Its thresholds, if these were sought and all were found.
    pub thresholds: Vec<Found>,
}

impl Study {
    /// What a search for its thresholds asks; none when every draw is run.
    pub fn question(&self) -> Option<Question> {
        self.precision.map(|precision| Question {
            axis: "n".to_owned(),
            target: 0.5,
            precision,
            most_trials: MOST_DRAWS,
            batch: 8,
            within: None,
            rises: None,
        })
    }

    /// Reads what its folder holds.
    ///
    /// # Errors
    /// When the folder belongs to another experiment, or cannot be read.
    pub fn read(&self, folder: &Path) -> Result<Results> {
        let path = place(folder, self);
        let Some(question) = self.question() else {
            let trials = RunFolder::check(&path, &self.experiment)?
                .read(&self.experiment)?
                .trials;
            return Ok(Results {
                study: self.clone(),
                trials,
                thresholds: Vec::new(),
            });
        };
        let run = RunFolder::check(&path, &self.experiment)?;
        // A search goes through the places that it came to; what is missing is not computed here.
        let nothing_new = Interrupt::default();
        nothing_new.request();
        let mut search = threshold::Study::open(&self.experiment, run.clone(), question, f64::INFINITY)?;
        let complete = search.execute(1, &nothing_new, |_| ())?;
        let mut cells = Vec::new();
        for column in &search.columns {
            for drawn in &column.drawn {
                cells.push(self.experiment.moved(&column.cell, search.axis, drawn.at)?);
            }
        }
        let found = |column: &Column| Found {
            answer: bounded(column),
            d: column.cell.d,
            p: column.cell.p,
            transitions: column.cell.spec.stops.transitions.unwrap_or(f64::NAN),
            step: match column.cell.spec.method {
                Method::GradientDescent(method) => Some(method.learning_rate),
                _ => None,
            },
            axes: column.cell.axes.clone(),
            quartiles: search.quartiles(column),
        };
        let thresholds = match complete {
            true => search.columns.iter().map(found).collect(),
            false => Vec::new(),
        };
        let experiment = self.experiment.with_cells(cells);
        Ok(Results {
            trials: run.read(&experiment)?.trials,
            study: Self {
                experiment,
                ..self.clone()
            },
            thresholds,
        })
    }
}

/// What a column's search found; a threshold beyond the end of the range has that end as a bound.
fn bounded(column: &Column) -> Answer {
    let mut answer = column.found();
    match answer.end {
        End::Above => answer.estimate.low = column.plan.limits.1,
        End::Below => answer.estimate.high = column.plan.limits.0,
        _ => {}
    }
    answer
}

impl Results {
    /// The cells that have draws.
    pub(super) fn cells(&self) -> Vec<Filled<'_>> {
        filled(&self.study.experiment, &self.trials)
    }

    /// The index of an axis by its key, such as `data.width`.
    pub(super) fn axis(&self, key: &str) -> Option<usize> {
        self.study.experiment.axes.iter().position(|axis| axis == key)
    }
}

impl Found {
    /// Its value on an axis; NaN where there is none.
    pub(super) fn number(&self, axis: Option<usize>) -> f64 {
        match axis.and_then(|axis| self.axes.get(axis)) {
            Some(AxisValue::Number(value)) => *value,
            _ => f64::NAN,
        }
    }
}
