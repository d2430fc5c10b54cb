//! Turns trials into a flat table and back.

use std::collections::HashMap;

use crate::experiment::{AxisValue, Cell, Experiment};
use crate::population;
use crate::table::{
    Columns, RecordBatch, Unfit, booleans, if_there, integers, numbers, optional_numbers, texts,
};
use crate::trial::columns::{Kind, columns, of_kind};
use crate::trial::{FailedTrial, Trial};

/// The verdict of a row that stands for a failed trial.
const FAILED: &str = "failed";
/// The column of what counts as success.
const CRITERION: &str = "criterion";
/// The column of whose verdict it is, where trials were checked.
const DECIDED_BY: &str = "decided_by";
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
        .chain(trial.decided_by.bytes())
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

/// The trials as a table: sizes and axes of the cell, then the trial's numbers; failed ones last, with NaN for numbers
/// and what went wrong in the column `failure`.
pub fn to_table(experiment: &Experiment, trials: &[Trial], failed: &[FailedTrial]) -> RecordBatch {
    let blanks: Vec<Trial> = failed.iter().map(blank).collect();
    let messages = failed.iter().map(|failed| failed.message.as_str());
    let rows: Vec<(&Trial, &str)> = (trials.iter().map(|trial| (trial, "")))
        .chain(blanks.iter().zip(messages))
        .collect();
    let cell = |trial: &Trial| &experiment.cells[trial.cell];
    let mut table = Columns::of(&rows);
    for (name, size) in [
        ("d", (|cell| cell.d) as fn(&Cell) -> u64),
        ("n", |cell| cell.n),
        ("p", |cell| cell.p),
    ] {
        table.integers(name, |(trial, _)| size(cell(trial)) as i64);
    }
    for (k, name) in experiment.axes.iter().enumerate() {
        table.axis(name, |(trial, _)| cell(trial).axes[k].clone());
    }
    table.integers("draw", |(trial, _)| trial.draw as i64);
    put_numbers(&mut table, &rows, Kind::Whole);
    table
        .texts("verdict", |(trial, _)| &trial.verdict)
        .booleans("converged", |(trial, _)| trial.converged)
        .texts(CRITERION, |(trial, _)| &trial.criterion);
    if trials.iter().any(|trial| !trial.decided_by.is_empty()) {
        table.texts(DECIDED_BY, |(trial, _)| &trial.decided_by);
    }
    for kind in [Kind::Number, Kind::Optional, Kind::Recorded, Kind::Population] {
        put_numbers(&mut table, &rows, kind);
    }
    table.texts(FAILURE, |(_, message)| *message).table()
}

/// Adds the columns of one kind.
fn put_numbers<'a>(table: &mut Columns<'a, (&Trial, &str)>, rows: &'a [(&Trial, &str)], kind: Kind) {
    let is_empty = |name: &str| rows.iter().all(|(trial, _)| trial.get(name).is_none());
    // Trials on examples have no columns of populations.
    let all_are_empty = kind == Kind::Population && of_kind(kind).all(|column| is_empty(column.name));
    for column in of_kind(kind) {
        let (name, blank) = (column.name, column.blank());
        let number = |trial: &Trial| trial.get(name).or(blank);
        match kind {
            Kind::Whole => table.integers(name, |(trial, _)| number(trial).unwrap_or_default() as i64),
            Kind::Number => table.numbers(name, |(trial, _)| number(trial).unwrap_or(f64::NAN)),
            Kind::Population if all_are_empty => continue,
            // What was not recorded has no column, as before there were any.
            Kind::Recorded if is_empty(name) => continue,
            Kind::Optional | Kind::Recorded | Kind::Population => {
                table.optional_numbers(name, |(trial, _)| number(trial))
            }
        };
    }
}

/// The index of each cell by its key.
pub(super) fn index(experiment: &Experiment) -> HashMap<String, usize> {
    let cells = experiment.cells.iter().enumerate();
    cells.map(|(index, cell)| (cell.key(), index)).collect()
}

/// Reads what [`to_table`] made; rows of cells that are not in `cells` are only counted.
///
/// # Errors
/// When a column is missing, or of another type, or has gaps.
pub(super) fn from_table(
    experiment: &Experiment,
    cells: &HashMap<String, usize>,
    table: &RecordBatch,
) -> Result<Rows, Unfit> {
    // Folders of earlier versions know neither criteria nor failures; few runs are checked.
    let words = |name: &str| {
        let found = if_there(texts(table, name))?;
        Ok(found.unwrap_or_else(|| vec![""; table.num_rows()]))
    };
    let (d, n, p) = (
        integers(table, "d")?,
        integers(table, "n")?,
        integers(table, "p")?,
    );
    let mut keys: Vec<String> = (d.iter().zip(n).zip(p))
        .map(|((d, n), p)| format!("{d} {n} {p}"))
        .collect();
    for name in &experiment.axes {
        for (key, value) in keys.iter_mut().zip(axis(table, name)?) {
            key.push('\t');
            key.push_str(&value);
        }
    }
    let ends = texts(table, "verdict")?
        .into_iter()
        .zip(booleans(table, "converged")?);
    let mut trials: Vec<Trial> = ends
        .zip(words(CRITERION)?)
        .zip(words(DECIDED_BY)?)
        .zip(integers(table, "draw")?)
        .map(|((((verdict, converged), criterion), decided_by), draw)| Trial {
            verdict: verdict.to_owned(),
            converged,
            criterion: criterion.to_owned(),
            decided_by: decided_by.to_owned(),
            draw: draw as u64,
            ..Trial::default()
        })
        .collect();
    let has_population = experiment.cells.iter().any(population::is_population);
    for entry in columns() {
        let values: Vec<Option<f64>> = match entry.kind {
            Kind::Whole => {
                let values = integers(table, entry.name)?.into_iter();
                values.map(|value| Some(value as u64 as f64)).collect()
            }
            Kind::Number => numbers(table, entry.name)?.into_iter().map(Some).collect(),
            Kind::Population if !has_population => continue,
            // Folders of earlier versions lack some, and have other names for two.
            Kind::Optional | Kind::Recorded | Kind::Population => {
                let found = if_there(optional_numbers(table, entry.name))?;
                match (found, entry.formerly) {
                    (None, Some(name)) => if_there(optional_numbers(table, name))?,
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
    let failures = words(FAILURE)?;
    let mut found = Rows::default();
    for ((trial, key), message) in trials.into_iter().zip(keys).zip(failures) {
        let Some(cell) = cells.get(&key).copied() else {
            found.strangers += 1;
            continue;
        };
        if trial.verdict == FAILED {
            let (draw, message) = (trial.draw, message.to_owned());
            found.failed.push(FailedTrial { cell, draw, message });
        } else {
            found.trials.push(Trial { cell, ..trial });
        }
    }
    Ok(found)
}

/// The values of an axis as a cell's key has them.
pub(crate) fn axis(table: &RecordBatch, name: &str) -> Result<Vec<String>, Unfit> {
    match numbers(table, name) {
        Ok(values) => Ok((values.into_iter())
            .map(|value| AxisValue::Number(value).to_string())
            .collect()),
        Err(Unfit::Kind { .. }) => Ok(texts(table, name)?.into_iter().map(str::to_owned).collect()),
        Err(unfit) => Err(unfit),
    }
}
