//! Keeps trials in part files, each written once and named after what is in it.
//!
//! A part's name ends in a digest of its bytes, so that a flipped bit shows. Parts are never changed: when there
//! are many, [`merge`] writes their trials into one more and only then removes them, so that whoever reads or
//! merges the folder meanwhile finds every trial at least once. That needs no locks; its argument is in
//! `docs/decisions/store.md#0060`.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::files;
use super::rows::{self, Rows};
use crate::error::{Error, Result};
use crate::experiment::{Experiment, fnv};
use crate::table;
use crate::trial::{FailedTrial, Trial};

/// Times that a folder is listed anew because it changed while it was read. Each needs somebody to have merged
/// parts since the last, which happens seconds apart.
const LISTINGS: usize = 100;

/// A part file that could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Damage {
    /// Which file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
    /// Whether its bytes are wrong, and not only out of reach for now.
    pub lasting: bool,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cannot be read ({})", self.path.display(), self.reason)
    }
}

/// What a folder holds: trials sorted by cell and draw, each once; and the parts that could not be read.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The trials that ended.
    pub trials: Vec<Trial>,
    /// The trials that failed.
    pub failed: Vec<FailedTrial>,
    /// The damaged parts.
    pub damaged: Vec<Damage>,
    /// The parts that were read, with their numbers of rows.
    pub parts: Vec<(PathBuf, usize)>,
    /// Copies of trials: two runs computed them, or one was killed between merging parts and removing them.
    pub repeated: usize,
    /// Copies with other bits than the trial that counts: machines of different kinds computed them.
    pub differing: usize,
}

/// Writes trials as one more part of a folder, and says under which name.
///
/// # Errors
/// When the file cannot be written.
pub fn write(
    folder: &Path,
    experiment: &Experiment,
    trials: &[Trial],
    failed: &[FailedTrial],
) -> Result<PathBuf> {
    // The time only lets parts be listed in about the order of writing.
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_nanos());
    let stem = format!("part-{now:032x}-{}", files::unique());
    write_as(&stem, folder, experiment, trials, failed)
}

fn write_as(
    stem: &str,
    folder: &Path,
    experiment: &Experiment,
    trials: &[Trial],
    failed: &[FailedTrial],
) -> Result<PathBuf> {
    let table = rows::to_table(experiment, trials, failed);
    let bytes = table::encode(&table).map_err(|source| Error::Parquet {
        path: folder.join(stem),
        source,
    })?;
    let path = folder.join(format!("{stem}-{:016x}.parquet", fnv(&bytes)));
    files::write_whole(&path, &bytes)?;
    Ok(path)
}

/// The digest that a part's name promises; none in names that this version does not give.
fn promised(path: &Path) -> Option<u64> {
    let stem = path.file_stem()?.to_str()?;
    let fields: Vec<&str> = stem.split('-').collect();
    match fields[..] {
        ["part", _, _, _, digest] | ["merged", digest] if digest.len() == 16 => {
            u64::from_str_radix(digest, 16).ok()
        }
        _ => None,
    }
}

/// Why a part gave no trials.
enum Unread {
    /// It was merged into another since the folder was listed.
    Gone,
    Damaged(Damage),
}

fn read_part(path: &Path, experiment: &Experiment, cells: &HashMap<String, usize>) -> Result<Rows, Unread> {
    let damaged = |reason: String, lasting| {
        Unread::Damaged(Damage {
            path: path.to_owned(),
            reason,
            lasting,
        })
    };
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unread::Gone,
        _ => damaged(error.to_string(), false),
    })?;
    if promised(path).is_some_and(|digest| digest != fnv(&bytes)) {
        return Err(damaged(
            "its bytes have changed since it was written".into(),
            true,
        ));
    }
    table::decode(bytes)
        .map_err(|error| error.to_string())
        .and_then(|table| rows::from_table(experiment, cells, &table).map_err(|unfit| unfit.to_string()))
        .map_err(|reason| damaged(reason, true))
}

/// Reads every part of a folder; one that cannot be read is reported and left out.
///
/// Others may write and merge parts meanwhile: what was there when this began is found.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn read(folder: &Path, experiment: &Experiment) -> Result<Found> {
    // Of a million cells the index takes a second, which a new run need not wait for.
    let mut index = None;
    let mut seen = HashSet::new();
    let mut found = Found::default();
    let mut whole = Rows::default();
    for _ in 0..LISTINGS {
        let mut paths = files::list(folder, "parquet")?;
        paths.retain(|path| !seen.contains(path));
        if paths.is_empty() {
            break;
        }
        let cells = index.get_or_insert_with(|| rows::index(experiment));
        for path in paths {
            match read_part(&path, experiment, cells) {
                Ok(rows) => {
                    found.parts.push((path.clone(), rows.len()));
                    whole.extend(rows);
                }
                Err(Unread::Damaged(damage)) => found.damaged.push(damage),
                // A listing after this one shows the part that its trials are in; it may be of this name again.
                Err(Unread::Gone) => continue,
            }
            seen.insert(path);
        }
    }
    (found.repeated, found.differing) = whole.settle();
    (found.trials, found.failed) = (whole.trials, whole.failed);
    Ok(found)
}

/// Merges parts into one and removes them; says which, or none when there was nothing to merge.
///
/// Parts that cannot be read, or hold rows of unknown cells, stay as they are.
///
/// # Errors
/// When the new part cannot be written; the old ones stay.
pub fn merge(folder: &Path, experiment: &Experiment, paths: &[PathBuf]) -> Result<Option<PathBuf>> {
    let cells = rows::index(experiment);
    let mut whole = Rows::default();
    let mut merged = Vec::new();
    for path in paths {
        if let Ok(rows) = read_part(path, experiment, &cells)
            && rows.strangers == 0
        {
            whole.extend(rows);
            merged.push(path);
        }
    }
    if merged.len() < 2 {
        return Ok(None);
    }
    whole.settle();
    // Named by content alone: two processes that merge the same parts write the same file.
    let path = write_as("merged", folder, experiment, &whole.trials, &whole.failed)?;
    for old in merged {
        if *old != path {
            // Another process may have been faster; one that stays is only a copy.
            std::fs::remove_file(old).ok();
        }
    }
    Ok(Some(path))
}

/// Moves a damaged part out of the way, so that it is reported once.
///
/// # Errors
/// When it cannot be renamed.
pub(crate) fn set_aside(damage: &Damage) -> Result<PathBuf> {
    let aside = damage.path.with_extension("parquet.damaged");
    match std::fs::rename(&damage.path, &aside) {
        // Another process has done it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(aside),
        renamed => renamed
            .map(|()| aside)
            .map_err(|source| Error::file("renaming", &damage.path, source)),
    }
}
