//! Sums up the trials of each cell: probability with its interval, losses, times, curvatures.

mod population;

use std::collections::BTreeMap;

use reluflow::flow::End;
use reluflow::observe::{Kind, Observable};
use reluflow_statistics::clopper_pearson;
use serde_json::{Map, Value, json};

use crate::experiment::{AxisValue, Cell, Experiment};
use crate::trial::kept::{Trial, UNDECIDED};
pub use population::{Minimum, PopulationSummary, Share};

/// Confidence of the intervals.
pub const LEVEL: f64 = 0.95;

/// The summary of one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSummary {
    /// Dimension.
    pub d: u64,
    /// Number of examples.
    pub n: u64,
    /// Number of neurons.
    pub p: u64,
    /// Name and value on the other axes.
    pub axes: Vec<(String, AxisValue)>,
    /// Draws done.
    pub draws: u64,
    /// Draws that met their criterion of success.
    pub converged: u64,
    /// Draws on which two accuracies disagree and nothing better was affordable.
    pub undecided: u64,
    /// Draws in which neurons slid along kinks for most of the way, so that verdicts may be wrong and shorter steps agree with them; see [`Trial::slid`].
    pub slid: u64,
    /// Clopper–Pearson interval of the probability: from the lower end with undecided draws counted as failures to the upper
    /// end with them counted as successes.
    pub interval: (f64, f64),
    /// Mean over draws of L_end/L(0), as measured; NaN without draws.
    pub remaining_loss: f64,
    /// The same with 0 for draws that succeeded, as the paper's Figure 2 shows it.
    pub failed_loss: f64,
    /// Median time to success; none when more than half never reach it.
    pub median_time: Option<f64>,
    /// Median number of evaluations of the field.
    pub median_evaluations: Option<f64>,
    /// Counts of verdicts by kind.
    pub verdicts: BTreeMap<String, u64>,
    /// Natural logarithms of means over draws, by name, for curvatures that were recorded.
    pub log_means: Vec<(&'static str, f64)>,
    /// Shares of verdicts and minima, on a Gaussian population.
    pub population: Option<PopulationSummary>,
    /// Means over draws of the last values of what else was recorded, by column.
    pub means: Vec<(&'static str, f64)>,
}

impl CellSummary {
    /// converged/draws; NaN without draws.
    pub fn probability(&self) -> f64 {
        self.converged as f64 / self.draws as f64
    }

    /// Sums up the trials of one cell.
    pub fn new(experiment: &Experiment, cell: &Cell, trials: &[&Trial]) -> Self {
        let draws = trials.len() as u64;
        let converged = trials.iter().filter(|trial| trial.converged).count() as u64;
        let undecided = trials.iter().filter(|trial| trial.verdict == UNDECIDED).count() as u64;
        let remaining = |trial: &&Trial| trial.number("loss") / trial.number("initial_loss");
        let failed = |trial: &&Trial| if trial.converged { 0.0 } else { remaining(trial) };
        let low = clopper_pearson(converged, draws, LEVEL).0;
        let high = clopper_pearson(converged + undecided, draws, LEVEL).1;
        let times = trials
            .iter()
            .map(|trial| trial.get("trap_time").unwrap_or(f64::INFINITY));
        let mut verdicts = BTreeMap::new();
        for trial in trials {
            *verdicts.entry(trial.verdict.clone()).or_insert(0) += 1;
        }
        let log_mean = |read: &dyn Fn(&Trial) -> f64| mean(trials.iter().map(|trial| read(trial))).ln();
        let mut log_means = Vec::new();
        if cell.spec.record.wants(Observable::Curvature) {
            log_means.push(("log_mean_mu_end", log_mean(&|trial| trial.number("mu_end"))));
            log_means.push(("log_mean_mu_avg", log_mean(&|trial| trial.number("mu_avg"))));
        }
        if cell.spec.record.wants(Observable::CurvatureBounds) {
            log_means.push(("log_mean_mu_low", log_mean(&|trial| trial.number("mu_low"))));
            log_means.push(("log_mean_mu_upp", log_mean(&|trial| trial.number("mu_upp"))));
        }
        let observables = Observable::ALL.iter().filter(|one| {
            let has_logarithms = [
                Observable::Loss,
                Observable::Curvature,
                Observable::CurvatureBounds,
            ]
            .contains(one);
            !has_logarithms && cell.spec.record.wants(**one)
        });
        let means = observables
            .flat_map(|observable| observable.columns())
            // The mean of the numbers of examples says nothing.
            .filter(|column| column.kind != Kind::Index)
            .map(|column| {
                (
                    column.name,
                    mean(trials.iter().map(|trial| trial.number(column.name))),
                )
            })
            .collect();
        Self {
            d: cell.d,
            n: cell.n,
            p: cell.p,
            axes: experiment.axes.iter().cloned().zip(cell.axes.clone()).collect(),
            draws,
            converged,
            undecided,
            slid: trials.iter().filter(|trial| trial.slid(&cell.spec)).count() as u64,
            interval: (low, high),
            remaining_loss: mean(trials.iter().map(remaining)),
            failed_loss: mean(trials.iter().map(failed)),
            median_time: median(times.collect()),
            median_evaluations: median(trials.iter().map(|trial| trial.number("evaluations")).collect()),
            verdicts,
            log_means,
            population: PopulationSummary::new(trials, LEVEL),
            means,
        }
    }

    /// One JSON object; a number that does not exist is null.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("d", json!(self.d));
        put("n", json!(self.n));
        put("p", json!(self.p));
        put("draws", json!(self.draws));
        put("converged", json!(self.converged));
        put("probability", json!(self.probability()));
        put("ci_low", json!(self.interval.0));
        put("ci_high", json!(self.interval.1));
        put("undecided", json!(self.undecided));
        put("slid", json!(self.slid));
        put("remaining_loss", json!(self.remaining_loss));
        put("failed_loss", json!(self.failed_loss));
        put("median_time", json!(self.median_time));
        put("median_evaluations", json!(self.median_evaluations));
        put("verdicts", json!(self.verdicts));
        for (name, value) in &self.log_means {
            put(name, json!(*value));
        }
        for (name, value) in self.population.iter().flat_map(PopulationSummary::to_json) {
            put(name, value);
        }
        for (name, value) in &self.means {
            put(&format!("mean_{name}"), json!(*value));
        }
        for (name, value) in &self.axes {
            let value = match value {
                AxisValue::Number(value) => number(*value),
                AxisValue::Text(text) => json!(text),
            };
            put(name, value);
        }
        Value::Object(object)
    }
}

/// A whole number as such, any other finite one as a float, the rest as null.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9e15;
    if value.fract() == 0.0 && value.abs() < EXACT {
        json!(value as i64)
    } else {
        json!(value)
    }
}

/// What to say of a run in which neurons slid for most of the way; how to compare is the caller's to add.
pub const SLIDES: &str =
    "neurons slide along kinks for most of the way, and steps average over that: the end may be the method's";

/// What to say where neurons slid in so many of some draws; nothing where in none.
pub fn sliding(slid: u64, draws: u64) -> Option<String> {
    (slid > 0).then(|| {
        format!(
            "note: in {slid} of {draws} draws neurons slid along kinks for most of the way (energy defect above {}). Such verdicts may be wrong, \
             even where accuracy = \"careful\" agrees; accuracy = \"checked\" in [flow] settles most of them (docs/choosing-a-method.md)",
            End::MAX_DEFECT
        )
    })
}

/// As [`sliding`], of all cells.
pub fn sliding_in(summaries: &[CellSummary]) -> Option<String> {
    let total = |read: fn(&CellSummary) -> u64| summaries.iter().map(read).sum();
    sliding(total(|cell| cell.slid), total(|cell| cell.draws))
}

/// The summary of every cell, in the experiment's order.
pub fn summarize(experiment: &Experiment, trials: &[Trial]) -> Vec<CellSummary> {
    let mut by_cell: Vec<Vec<&Trial>> = vec![Vec::new(); experiment.cells.len()];
    for trial in trials {
        by_cell[trial.cell].push(trial);
    }
    for trials in &mut by_cell {
        // Means are sums: their last bits must not depend on the order in which threads finished.
        trials.sort_by_key(|trial| trial.draw);
    }
    experiment
        .cells
        .iter()
        .zip(by_cell)
        .map(|(cell, trials)| CellSummary::new(experiment, cell, &trials))
        .collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// The median, the mean of the middle two for an even number; the lower one when the upper is infinite; none
/// when it is infinite or there are no values.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let low = *values.get(values.len().checked_sub(1)? / 2)?;
    let high = values[values.len() / 2];
    let middle = if high.is_finite() { (low + high) / 2.0 } else { low };
    middle.is_finite().then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_counts_those_that_never_arrive() {
        let never = f64::INFINITY;
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![1.0, 2.0]), Some(1.5));
        assert_eq!(median(vec![never, 1.0]), Some(1.0), "half of them arrive");
        assert_eq!(
            median(vec![never, 1.0, never]),
            None,
            "more than half never arrive"
        );
    }
}
