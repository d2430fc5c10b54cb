//! Turns trials into a flat table and back.

use std::collections::HashMap;

use super::table::{Column, Columns};
use crate::experiment::{AxisValue, Experiment};
use crate::population;
use crate::trial::{FailedTrial, Trial, kept};

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
    let numbers = NUMBERS.iter().map(|(_, get, _)| get(trial).to_bits());
    // A number that is missing has the bits of none that is computed.
    let optionals = OPTIONALS
        .iter()
        .map(|(_, get, _)| get(trial).map_or(u64::MAX, f64::to_bits));
    let integers = INTEGERS.iter().map(|(_, get, _)| get(trial));
    let of_population = population::COLUMNS.iter().map(|(_, get, _)| {
        let number = trial.population.as_ref().and_then(get);
        number.map_or(u64::MAX, f64::to_bits)
    });
    let words = trial
        .verdict
        .bytes()
        .chain(trial.criterion.bytes())
        .map(u64::from)
        .chain([u64::from(trial.converged)]);
    let recorded = kept().map(|column| {
        trial
            .recorded
            .get(column.name)
            .map_or(u64::MAX, |value| value.to_bits())
    });
    numbers
        .chain(optionals)
        .chain(recorded)
        .chain(of_population)
        .chain(integers)
        .chain(words)
        .collect()
}

/// The number of a trial in a column of populations.
fn of_population(trial: &Trial, name: &str) -> Option<f64> {
    let (_, get, _) = population::COLUMNS
        .iter()
        .find(|(column, _, _)| *column == name)?;
    trial.population.as_ref().and_then(get)
}

/// The number of a trial in a column of [`to_columns`]; NaN where it has none.
pub fn value(trial: &Trial, name: &str) -> f64 {
    let number = NUMBERS.iter().find(|(column, _, _)| *column == name);
    let whole = || INTEGERS.iter().find(|(column, _, _)| *column == name);
    let optional = || OPTIONALS.iter().find(|(column, _, _)| *column == name);
    if let Some((_, get, _)) = number {
        get(trial)
    } else if let Some((_, get, _)) = whole() {
        get(trial) as f64
    } else {
        let found = optional().and_then(|(_, get, _)| get(trial));
        found
            .or_else(|| trial.recorded.get(name).copied())
            .or_else(|| of_population(trial, name))
            .unwrap_or(f64::NAN)
    }
}

/// A row that says no more than that a trial failed.
fn blank(failed: &FailedTrial) -> Trial {
    let mut trial = Trial {
        cell: failed.cell,
        draw: failed.draw,
        verdict: FAILED.into(),
        ..Trial::default()
    };
    for (_, _, set) in NUMBERS {
        set(&mut trial, f64::NAN);
    }
    trial
}

/// Name, reader and writer of the columns that hold one number each of a trial.
type NumberColumn = (&'static str, fn(&Trial) -> f64, fn(&mut Trial, f64));
type OptionalColumn = (
    &'static str,
    fn(&Trial) -> Option<f64>,
    fn(&mut Trial, Option<f64>),
);
type IntegerColumn = (&'static str, fn(&Trial) -> u64, fn(&mut Trial, u64));

const INTEGERS: [IntegerColumn; 5] = [
    ("draw", |t| t.draw, |t, v| t.draw = v),
    ("lost", |t| t.lost, |t, v| t.lost = v),
    ("steps", |t| t.steps, |t, v| t.steps = v),
    ("rejected", |t| t.rejected, |t, v| t.rejected = v),
    ("evaluations", |t| t.evaluations, |t, v| t.evaluations = v),
];
const NUMBERS: [NumberColumn; 6] = [
    ("time", |t| t.time, |t, v| t.time = v),
    ("initial_loss", |t| t.initial_loss, |t, v| t.initial_loss = v),
    ("loss", |t| t.loss, |t, v| t.loss = v),
    ("mu_end", |t| t.mu_end, |t, v| t.mu_end = v),
    ("mu_avg", |t| t.mu_avg, |t, v| t.mu_avg = v),
    ("balance_drift", |t| t.balance_drift, |t, v| t.balance_drift = v),
];
const OPTIONALS: [OptionalColumn; 11] = [
    ("trap_time", |t| t.trap_time, |t, v| t.trap_time = v),
    ("mu_low", |t| t.mu_low, |t, v| t.mu_low = v),
    ("mu_upp", |t| t.mu_upp, |t, v| t.mu_upp = v),
    ("lambda_min", |t| t.lambda_min, |t, v| t.lambda_min = v),
    ("lambda_max", |t| t.lambda_max, |t, v| t.lambda_max = v),
    ("diagonal_min", |t| t.diagonal_min, |t, v| t.diagonal_min = v),
    ("slowest", |t| t.slowest, |t, v| t.slowest = v),
    ("predicted_min", |t| t.predicted_min, |t, v| t.predicted_min = v),
    (
        "predicted_slowest",
        |t| t.predicted_slowest,
        |t, v| t.predicted_slowest = v,
    ),
    ("uncovered", |t| t.uncovered, |t, v| t.uncovered = v),
    ("newly_lost", |t| t.newly_lost, |t, v| t.newly_lost = v),
];

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
    for (name, get, _) in INTEGERS {
        let values = trials.iter().map(|trial| get(trial) as i64).collect();
        columns.push((name.into(), Column::Integers(values)));
    }
    let verdicts = trials.iter().map(|trial| trial.verdict.clone()).collect();
    columns.push(("verdict".into(), Column::Texts(verdicts)));
    let converged = trials.iter().map(|trial| trial.converged).collect();
    columns.push(("converged".into(), Column::Booleans(converged)));
    let criteria = trials.iter().map(|trial| trial.criterion.clone()).collect();
    columns.push((CRITERION.into(), Column::Texts(criteria)));
    for (name, get, _) in NUMBERS {
        columns.push((
            name.into(),
            Column::Numbers(trials.iter().map(|trial| get(trial)).collect()),
        ));
    }
    for (name, get, _) in OPTIONALS {
        columns.push((
            name.into(),
            Column::Optional(trials.iter().map(|trial| get(trial)).collect()),
        ));
    }
    // What was not recorded has no column, as before there were any.
    for column in kept() {
        let values: Vec<Option<f64>> = trials
            .iter()
            .map(|trial| trial.recorded.get(column.name).copied())
            .collect();
        if values.iter().any(Option::is_some) {
            columns.push((column.name.into(), Column::Optional(values)));
        }
    }
    // Trials on examples have no such columns.
    if trials.iter().any(|trial| trial.population.is_some()) {
        for (name, get, _) in population::COLUMNS {
            let value = |trial: &&Trial| trial.population.as_ref().and_then(get);
            columns.push((name.into(), Column::Optional(trials.iter().map(value).collect())));
        }
    }
    columns.push((FAILURE.into(), Column::Texts(failures)));
    columns
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
    for (name, _, set) in INTEGERS {
        for (trial, value) in trials.iter_mut().zip(integers(name)?) {
            set(trial, *value as u64);
        }
    }
    for (name, _, set) in NUMBERS {
        let Column::Numbers(values) = column(name)? else {
            return Err(format!("column {name} holds no numbers"));
        };
        for (trial, value) in trials.iter_mut().zip(values) {
            set(trial, *value);
        }
    }
    let optionals_if_any = |name: &str| match column(name) {
        Ok(Column::Optional(values)) => Ok(Some(values.clone())),
        Ok(Column::Numbers(values)) => Ok(Some(values.iter().copied().map(Some).collect())),
        Ok(_) => Err(format!("column {name} holds no numbers")),
        Err(_) => Ok(None),
    };
    for (name, _, set) in OPTIONALS {
        // Folders of earlier versions lack some, and have other names for two.
        let values = match optionals_if_any(name)? {
            None => optionals_if_any(&name.replace("predicted", "foretold"))?,
            found => found,
        }
        .unwrap_or_else(|| vec![None; rows]);
        for (trial, value) in trials.iter_mut().zip(values) {
            set(trial, value);
        }
    }
    for recorded in kept() {
        let Some(values) = optionals_if_any(recorded.name)? else {
            continue;
        };
        for (trial, value) in trials.iter_mut().zip(values) {
            trial.recorded.extend(value.map(|value| (recorded.name, value)));
        }
    }
    if experiment.cells.iter().any(population::is_population) {
        for (name, _, set) in population::COLUMNS {
            let values = optionals_if_any(name)?.unwrap_or_default();
            for (trial, value) in trials.iter_mut().zip(values) {
                if let Some(value) = value {
                    set(trial.population.get_or_insert_default(), value);
                }
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
