//! Counts the draws in a folder that threshold searches made outside the grid.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::experiment::{Cell, Experiment};
use crate::store::{Found, RunFolder, files, rows};
use crate::table::{self, RecordBatch, Unfit, integers, texts};

/// The verdict of a row that stands for a failed trial.
const FAILED: &str = "failed";
/// How the names of the tables of a study's draws end.
pub(super) const DRAWS: &str = "-draws";

/// What threshold searches left in a folder, apart from the draws of its grid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    /// Draws that the grid does not plan: at other places, or later ones of its cells.
    pub draws: u64,
    /// The places of these draws.
    pub places: u64,
    /// The studies that ended, named after axis and target: `n-0.5`.
    pub studies: Vec<String>,
}

impl Searched {
    /// Counts them in a folder; `found` is what it holds of the experiment.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn count(folder: &RunFolder, experiment: &Experiment, found: &Found) -> Result<Self> {
        let studies = studies(folder.path())?;
        let rows: usize = found.parts.iter().map(|(_, rows)| rows).sum();
        // Most folders have no more than their grid: they need not be read again.
        if rows == found.trials.len() + found.failed.len() + found.repeated {
            return Ok(Self {
                studies,
                ..Self::default()
            });
        }
        let grid: HashSet<String> = experiment.cells.iter().map(Cell::key).collect();
        let mut draws: HashSet<(String, i64)> = HashSet::new();
        for (path, _) in &found.parts {
            // Another process may have merged the part since; its draws are counted the next time.
            let Ok(table) = table::read(path) else { continue };
            let planned =
                |(key, draw): &(String, i64)| grid.contains(key) && (*draw as u64) < experiment.draws;
            let keys = keys(experiment, &table).unwrap_or_default();
            draws.extend(keys.into_iter().filter(|key| !planned(key)));
        }
        let places: HashSet<&String> = draws.iter().map(|(key, _)| key).collect();
        Ok(Self {
            draws: draws.len() as u64,
            places: places.len() as u64,
            studies,
        })
    }
}

/// The studies with tables in a run's folder, by name.
fn studies(folder: &Path) -> Result<Vec<String>> {
    let stem = |path: PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    let names: BTreeSet<String> = files::list(&folder.join("threshold"), "parquet")?
        .into_iter()
        .filter_map(stem)
        .collect();
    Ok(names.into_iter().filter(|name| !name.ends_with(DRAWS)).collect())
}

/// The cell and the draw of every row that ended, the cell as [`Cell::key`] has it.
fn keys(experiment: &Experiment, table: &RecordBatch) -> Result<Vec<(String, i64)>, Unfit> {
    let sizes = [
        integers(table, "d")?,
        integers(table, "n")?,
        integers(table, "p")?,
    ];
    let axes: Vec<Vec<String>> = (experiment.axes.iter())
        .map(|name| rows::axis(table, name))
        .collect::<Result<_, _>>()?;
    let draws = integers(table, "draw")?;
    let verdicts = texts(table, "verdict")?;
    let ended = (0..verdicts.len()).filter(|row| verdicts[*row] != FAILED);
    let key = |row: usize| {
        let sizes = sizes.each_ref().map(|size| size[row].to_string()).join(" ");
        let values = axes.iter().map(|values| values[row].clone());
        let key: Vec<String> = std::iter::once(sizes).chain(values).collect();
        (key.join("\t"), draws[row])
    };
    Ok(ended.map(key).collect())
}
