//! Turns trials into a flat table and back.

use std::collections::HashMap;

use super::table::{Column, Columns};
use crate::experiment::{AxisValue, Experiment};
use crate::population;
use crate::trial::columns::{Kind, TrialColumn, columns, of_kind};
use crate::trial::{self, FailedTrial, Trial};

/// The verdict of a row that stands for a failed trial.
const FAILED: &str = "failed";
/// The column of what counts as success.
const CRITERION: &str = "criterion";
/// The column of what went wrong, empty for a trial that ended.
const FAILURE: &str = "failure";

/// The trials of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Those that ended.
    pub trials: Vec<Trial>,
    /// Those that failed.
    pub failed: Vec<FailedTrial>,
    /// Rows of cells that the experiment does not have.
    pub strangers: usize,
}

impl Rows {
    /// How many rows the table has.
    pub fn len(&self) -> usize {
        self.trials.len() + self.failed.len() + self.strangers
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in the rows of another table.
    pub fn extend(&mut self, other: Self) {
        self.trials.extend(other.trials);
        self.failed.extend(other.failed);
        self.strangers += other.strangers;
    }

    /// Sorts by cell and draw and keeps each trial once; one that ended outweighs its failures. Says how many
    /// copies there were beside, and how many of them had other bits.
    ///
    /// Two processes may both have run a trial: its bits are the same on machines of one kind, and else the copy
    /// whose numbers come first is kept, in whatever order they were read.
    pub fn settle(&mut self) -> (usize, usize) {
        let key = |trial: &Trial| (trial.cell, trial.draw);
        self.trials
            .sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| bits(a).cmp(&bits(b))));
        let (mut copies, mut differing) = (0, 0);
        self.trials.dedup_by(|copy, kept| {
            let same = key(copy) == key(kept);
            copies += usize::from(same);
            differing += usize::from(same && bits(copy) != bits(kept));
            same
        });
        let ended = |failed: &FailedTrial| {
            self.trials
                .binary_search_by_key(&(failed.cell, failed.draw), |trial| (trial.cell, trial.draw))
                .is_ok()
        };
        self.failed.retain(|failed| !ended(failed));
        self.failed.sort();
        self.failed.dedup_by_key(|failed| (failed.cell, failed.draw));
        (copies, differing)
    }
}

/// Everything that a trial found, in bits.
fn bits(trial: &Trial) -> Vec<u64> {
    // A number that is missing has the bits of none that is computed.
    let numbers = columns()
        .iter()
        .map(|column| trial.get(column.name).map_or(u64::MAX, f64::to_bits));
    let words = trial
        .verdict
        .bytes()
        .chain(trial.criterion.bytes())
        .map(u64::from)
        .chain([u64::from(trial.converged)]);
    numbers.chain(words).collect()
}

/// A row that says no more than that a trial failed.
fn blank(failed: &FailedTrial) -> Trial {
    Trial {
        cell: failed.cell,
        draw: failed.draw,
        verdict: FAILED.into(),
        ..Trial::default()
    }
}

/// The trials as a flat table: sizes and axes of the cell, then the trial's numbers; failed ones last, with NaN
/// for numbers and what went wrong in the column `failure`.
pub fn to_columns(experiment: &Experiment, trials: &[Trial], failed: &[FailedTrial]) -> Columns {
    let blanks: Vec<Trial> = failed.iter().map(blank).collect();
    let whole = trials.iter().map(|_| String::new());
    let failures = whole
        .chain(failed.iter().map(|failed| failed.message.clone()))
        .collect();
    let trials: Vec<&Trial> = trials.iter().chain(&blanks).collect();
    let cell = |trial: &Trial| &experiment.cells[trial.cell];
    let mut columns: Columns = Vec::new();
    for (name, size) in [
        ("d", (|c| c.d) as fn(&crate::experiment::Cell) -> u64),
        ("n", |c| c.n),
        ("p", |c| c.p),
    ] {
        let values = trials.iter().map(|trial| size(cell(trial)) as i64).collect();
        columns.push((name.into(), Column::Integers(values)));
    }
    for (k, name) in experiment.axes.iter().enumerate() {
        let numbers: Option<Vec<f64>> = trials
            .iter()
            .map(|trial| match &cell(trial).axes[k] {
                AxisValue::Number(value) => Some(*value),
                AxisValue::Text(_) => None,
            })
            .collect();
        let texts = || {
            trials
                .iter()
                .map(|trial| cell(trial).axes[k].to_string())
                .collect()
        };
        let column = numbers.map_or_else(|| Column::Texts(texts()), Column::Numbers);
        columns.push((name.clone(), column));
    }
    let draws = trials.iter().map(|trial| trial.draw as i64).collect();
    columns.push(("draw".into(), Column::Integers(draws)));
    columns.extend(numbers(&trials, Kind::Whole));
    let verdicts = trials.iter().map(|trial| trial.verdict.clone()).collect();
    columns.push(("verdict".into(), Column::Texts(verdicts)));
    let converged = trials.iter().map(|trial| trial.converged).collect();
    columns.push(("converged".into(), Column::Booleans(converged)));
    let criteria = trials.iter().map(|trial| trial.criterion.clone()).collect();
    columns.push((CRITERION.into(), Column::Texts(criteria)));
    for kind in [Kind::Number, Kind::Optional, Kind::Recorded, Kind::Population] {
        columns.extend(numbers(&trials, kind));
    }
    columns.push((FAILURE.into(), Column::Texts(failures)));
    columns
}

/// The columns of one kind.
fn numbers(trials: &[&Trial], kind: Kind) -> Columns {
    let number = |trial: &Trial, column: &TrialColumn| trial.get(column.name).or(column.blank());
    let values = |column: &TrialColumn| trials.iter().map(|trial| number(trial, column)).collect();
    let of_kind: Vec<(&str, Vec<Option<f64>>)> = of_kind(kind)
        .map(|column| (column.name, values(column)))
        .collect();
    let is_empty = |values: &[Option<f64>]| values.iter().all(Option::is_none);
    // Trials on examples have no columns of populations.
    let all_are_empty = of_kind.iter().all(|(_, values)| is_empty(values));
    (of_kind.into_iter())
        .filter(|(_, values)| match kind {
            Kind::Population => !all_are_empty,
            // What was not recorded has no column, as before there were any.
            Kind::Recorded => !is_empty(values),
            Kind::Whole | Kind::Number | Kind::Optional => true,
        })
        .map(|(name, values)| {
            let column = match kind {
                Kind::Whole => Column::Integers(values.into_iter().flatten().map(|v| v as i64).collect()),
                Kind::Number => Column::Numbers(values.into_iter().flatten().collect()),
                Kind::Optional | Kind::Recorded | Kind::Population => Column::Optional(values),
            };
            (name.to_owned(), column)
        })
        .collect()
}

/// The index of each cell by its key.
pub(super) fn index(experiment: &Experiment) -> HashMap<String, usize> {
    let cells = experiment.cells.iter().enumerate();
    cells.map(|(index, cell)| (cell.key(), index)).collect()
}

/// Reads what [`to_columns`] made; rows of cells that are not in `cells` are only counted.
///
/// # Errors
/// When a column is missing, of another type, or shorter than the others.
pub(super) fn from_columns(
    experiment: &Experiment,
    cells: &HashMap<String, usize>,
    columns: &Columns,
) -> Result<Rows, String> {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    if let Some((name, column)) = columns.iter().find(|(_, column)| column.len() != rows) {
        return Err(format!("{} rows of {rows} in column {name}", column.len()));
    }
    let column = |name: &str| {
        let found = columns.iter().find(|(column, _)| column == name);
        found.map(|(_, column)| column).ok_or(format!("no column {name}"))
    };
    // Folders of earlier versions know neither criteria nor failures.
    let texts = |name: &str| match column(name) {
        Ok(Column::Texts(values)) => Ok(values.clone()),
        Ok(_) => Err(format!("column {name} holds no words")),
        Err(_) => Ok(vec![String::new(); rows]),
    };
    let integers = |name: &str| match column(name)? {
        Column::Integers(values) => Ok(values),
        _ => Err(format!("column {name} holds no whole numbers")),
    };
    let mut keys: Vec<String> = Vec::new();
    let (d, n, p) = (integers("d")?, integers("n")?, integers("p")?);
    for ((d, n), p) in d.iter().zip(n).zip(p) {
        keys.push(format!("{d} {n} {p}"));
    }
    for name in &experiment.axes {
        for (row, key) in keys.iter_mut().enumerate() {
            let value = match column(name)? {
                Column::Numbers(values) => AxisValue::Number(values[row]).to_string(),
                Column::Texts(values) => values[row].clone(),
                _ => return Err(format!("column {name} holds no axis")),
            };
            key.push('\t');
            key.push_str(&value);
        }
    }
    let (Column::Texts(verdicts), Column::Booleans(converged)) = (column("verdict")?, column("converged")?)
    else {
        return Err("column verdict or converged is of another type".into());
    };
    let criteria = texts(CRITERION)?;
    let mut trials: Vec<Trial> = verdicts
        .iter()
        .zip(converged)
        .zip(criteria)
        .map(|((verdict, converged), criterion)| Trial {
            verdict: verdict.clone(),
            converged: *converged,
            criterion,
            ..Trial::default()
        })
        .collect();
    for (trial, draw) in trials.iter_mut().zip(integers("draw")?) {
        trial.draw = *draw as u64;
    }
    let optionals_if_any = |name: &str| match column(name) {
        Ok(Column::Optional(values)) => Ok(Some(values.clone())),
        Ok(Column::Numbers(values)) => Ok(Some(values.iter().copied().map(Some).collect())),
        Ok(_) => Err(format!("column {name} holds no numbers")),
        Err(_) => Ok(None),
    };
    let has_population = experiment.cells.iter().any(population::is_population);
    for entry in trial::columns::columns() {
        let values: Vec<Option<f64>> = match entry.kind {
            Kind::Whole => {
                let values = integers(entry.name)?.iter();
                values.map(|value| Some(*value as u64 as f64)).collect()
            }
            Kind::Number => match column(entry.name)? {
                Column::Numbers(values) => values.iter().copied().map(Some).collect(),
                _ => return Err(format!("column {} holds no numbers", entry.name)),
            },
            Kind::Population if !has_population => continue,
            // Folders of earlier versions lack some, and have other names for two.
            Kind::Optional | Kind::Recorded | Kind::Population => {
                let found = optionals_if_any(entry.name)?;
                match (found, entry.formerly) {
                    (None, Some(name)) => optionals_if_any(name)?,
                    (found, _) => found,
                }
                .unwrap_or_default()
            }
        };
        for (trial, value) in trials.iter_mut().zip(values) {
            if let Some(value) = value {
                trial.numbers.set(entry.name, value);
            }
        }
    }
    let failures = texts(FAILURE)?;
    let mut found = Rows::default();
    for ((trial, key), message) in trials.into_iter().zip(keys).zip(failures) {
        let Some(cell) = cells.get(&key).copied() else {
            found.strangers += 1;
            continue;
        };
        if trial.verdict == FAILED {
            let draw = trial.draw;
            found.failed.push(FailedTrial { cell, draw, message });
        } else {
            found.trials.push(Trial { cell, ..trial });
        }
    }
    Ok(found)
}
