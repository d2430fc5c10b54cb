//! Keeps trials in part files, each written whole under a temporary name and then renamed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::table::{self, Column, Columns};
use crate::error::{Error, Result};
use crate::experiment::{AxisValue, Experiment};
use crate::trial::Trial;

/// A part file that could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Damage {
    /// Which file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cannot be read ({})", self.path.display(), self.reason)
    }
}

/// Trials found in a folder, sorted by cell and draw, each once; and the parts that could not be read.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The trials.
    pub trials: Vec<Trial>,
    /// The damaged parts.
    pub damaged: Vec<Damage>,
}

/// Writes trials as one more part of a folder.
///
/// # Errors
/// When the file cannot be written.
pub fn write(folder: &Path, experiment: &Experiment, trials: &[Trial]) -> Result<()> {
    // Processes on one or several machines may share a folder: the name must be nobody else's.
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_nanos());
    let name = format!(
        "part-{now:032x}-{}-{}",
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    );
    let temporary = folder.join(format!(".{name}.tmp"));
    let path = folder.join(format!("{name}.parquet"));
    table::write(&temporary, &to_columns(experiment, trials)).map_err(|source| Error::Parquet {
        path: temporary.clone(),
        source,
    })?;
    std::fs::rename(&temporary, &path).map_err(|source| Error::file("renaming to", path, source))
}

/// Reads every part of a folder; one that cannot be read is reported and left out.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn read(folder: &Path, experiment: &Experiment) -> Result<Found> {
    let cells: HashMap<String, usize> = experiment
        .cells
        .iter()
        .enumerate()
        .map(|(index, cell)| (cell.key(), index))
        .collect();
    let listing = std::fs::read_dir(folder).map_err(|error| Error::file("reading", folder, error))?;
    let mut paths = Vec::new();
    for entry in listing {
        let path = entry
            .map_err(|error| Error::file("reading", folder, error))?
            .path();
        if path.extension().is_some_and(|extension| extension == "parquet") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut found = Found::default();
    for path in paths {
        let read = table::read(&path).map_err(|error| error.to_string());
        match read.and_then(|columns| from_columns(experiment, &cells, &columns)) {
            Ok(trials) => found.trials.extend(trials),
            Err(reason) => found.damaged.push(Damage { path, reason }),
        }
    }
    // Two processes may both have run a trial: its bits are the same, one is kept.
    found.trials.sort_by_key(|trial| (trial.cell, trial.draw));
    found.trials.dedup_by_key(|trial| (trial.cell, trial.draw));
    Ok(found)
}

/// Moves a damaged part out of the way, so that it is reported once.
///
/// # Errors
/// When it cannot be renamed.
pub fn set_aside(damage: &Damage) -> Result<PathBuf> {
    let aside = damage.path.with_extension("parquet.damaged");
    std::fs::rename(&damage.path, &aside).map_err(|source| Error::file("renaming", &damage.path, source))?;
    Ok(aside)
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
const OPTIONALS: [OptionalColumn; 3] = [
    ("trap_time", |t| t.trap_time, |t, v| t.trap_time = v),
    ("mu_low", |t| t.mu_low, |t, v| t.mu_low = v),
    ("mu_upp", |t| t.mu_upp, |t, v| t.mu_upp = v),
];

/// The trials as a flat table: sizes and axes of the cell, then the trial's numbers.
pub fn to_columns(experiment: &Experiment, trials: &[Trial]) -> Columns {
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
    for (name, get, _) in NUMBERS {
        columns.push((name.into(), Column::Numbers(trials.iter().map(get).collect())));
    }
    for (name, get, _) in OPTIONALS {
        columns.push((name.into(), Column::Optional(trials.iter().map(get).collect())));
    }
    columns
}

/// Reads what [`to_columns`] made; rows of cells the experiment does not have are left out.
fn from_columns(
    experiment: &Experiment,
    cells: &HashMap<String, usize>,
    columns: &Columns,
) -> Result<Vec<Trial>, String> {
    let column = |name: &str| {
        let found = columns.iter().find(|(column, _)| column == name);
        found.map(|(_, column)| column).ok_or(format!("no column {name}"))
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
                Column::Numbers(values) => values[row].to_string(),
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
    let mut trials: Vec<Trial> = verdicts
        .iter()
        .zip(converged)
        .map(|(verdict, converged)| Trial {
            verdict: verdict.clone(),
            converged: *converged,
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
    for (name, _, set) in OPTIONALS {
        let values: Vec<Option<f64>> = match column(name)? {
            Column::Optional(values) => values.clone(),
            Column::Numbers(values) => values.iter().copied().map(Some).collect(),
            _ => return Err(format!("column {name} holds no numbers")),
        };
        for (trial, value) in trials.iter_mut().zip(values) {
            set(trial, value);
        }
    }
    Ok(trials
        .into_iter()
        .zip(keys)
        .filter_map(|(trial, key)| cells.get(&key).map(|cell| Trial { cell: *cell, ..trial }))
        .collect())
}
