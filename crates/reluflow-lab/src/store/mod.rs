//! Keeps a run in a folder: the resolved experiment, a manifest, and part files of trials.
//!
//! ```text
//! runs/NAME/experiment.toml      the file with overrides and defaults filled in
//! runs/NAME/manifest.json        format, version, seed, digest of everything that decides a trial's bits
//! runs/NAME/parts/part-….parquet trials, one row each, written whole and renamed
//! ```
//!
//! Nothing is ever rewritten but the number of draws, so several processes may share a folder without locks.

pub mod parts;
pub mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::experiment::{BadInput, Experiment, Place};
use crate::trial::Trial;
pub use parts::{Damage, Found};

/// The layout of a folder that this version writes.
const FORMAT: u32 = 1;

/// What a folder says about its run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    version: String,
    seed: u64,
    digest: String,
}

/// The folder of a run.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The folder an experiment would run in: checked to be new, empty, or this experiment's. Writes nothing.
    ///
    /// # Errors
    /// [`Error::BadInput`] when it belongs to another experiment or is not a run's folder.
    pub fn check(path: &Path, experiment: &Experiment) -> Result<Self> {
        let folder = Self {
            path: path.to_owned(),
        };
        if !path.exists() {
            return Ok(folder);
        }
        let listing = std::fs::read_dir(path)
            .map_err(|error| folder.bad("cannot be used as a run's folder", "a folder", error))?;
        if listing.count() == 0 {
            return Ok(folder);
        }
        let manifest = folder.manifest()?;
        if manifest.version != version() {
            let bad = folder.bad(
                "the folder was written by another version, whose trials may differ",
                version(),
                manifest.version,
            );
            return Err(bad.hint("choose another --out").into());
        }
        if manifest.digest != experiment.digest() {
            return Err(folder.another(experiment).into());
        }
        Ok(folder)
    }

    /// The folder of a finished or broken-off run, with its experiment.
    ///
    /// # Errors
    /// [`Error::BadInput`] when it is not a run's folder.
    pub fn open(path: &Path) -> Result<(Self, Experiment)> {
        let folder = Self {
            path: path.to_owned(),
        };
        folder.manifest()?;
        let mut experiment = Experiment::from_file(&folder.experiment_path(), &[])?;
        if let Some(name) = path.file_name() {
            experiment.name = name.to_string_lossy().into_owned();
        }
        Ok((folder, experiment))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder and writes experiment and manifest; more draws than before extend the run.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn prepare(&self, experiment: &Experiment) -> Result<()> {
        let parts = self.parts();
        std::fs::create_dir_all(&parts).map_err(|error| Error::file("making", &parts, error))?;
        let before = Experiment::from_file(&self.experiment_path(), &[]).map_or(0, |before| before.draws);
        let draws = experiment.draws.max(before);
        write_whole(&self.experiment_path(), &experiment.to_toml(draws))?;
        let manifest = Manifest {
            format: FORMAT,
            version: version().to_owned(),
            seed: experiment.seed,
            digest: experiment.digest(),
        };
        let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
        write_whole(&self.path.join("manifest.json"), &(text + "\n"))
    }

    /// Reads the trials kept so far.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn read(&self, experiment: &Experiment) -> Result<Found> {
        if self.parts().exists() {
            parts::read(&self.parts(), experiment)
        } else {
            Ok(Found::default())
        }
    }

    /// Adds a part.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, experiment: &Experiment, trials: &[Trial]) -> Result<()> {
        parts::write(&self.parts(), experiment, trials)
    }

    fn parts(&self) -> PathBuf {
        self.path.join("parts")
    }

    fn experiment_path(&self) -> PathBuf {
        self.path.join("experiment.toml")
    }

    fn bad(&self, problem: &str, expected: impl ToString, found: impl ToString) -> BadInput {
        BadInput::new(Place::Path(self.path.clone()), problem, expected, found)
    }

    fn manifest(&self) -> Result<Manifest> {
        let path = self.path.join("manifest.json");
        let read = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "none".to_owned(),
            std::io::ErrorKind::NotADirectory => "a file".to_owned(),
            _ => error.to_string(),
        });
        let manifest: Result<Manifest, String> =
            read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        match manifest {
            Ok(manifest) if manifest.format == FORMAT => Ok(manifest),
            Ok(manifest) => Err(self
                .bad("the folder has another format", FORMAT, manifest.format)
                .into()),
            Err(error) => Err(self
                .bad("not a run's folder", "a folder with a manifest.json", error)
                .into()),
        }
    }

    /// The refusal of a folder that belongs to another experiment, naming the first setting that differs.
    fn another(&self, experiment: &Experiment) -> BadInput {
        let ours = experiment.settings();
        let theirs = Experiment::from_file(&self.experiment_path(), &[])
            .map_or_else(|_| BTreeMap::new(), |theirs| theirs.settings());
        let differs = ours
            .keys()
            .chain(theirs.keys())
            .find(|key| ours.get(*key) != theirs.get(*key));
        let show = |settings: &BTreeMap<String, String>| match differs {
            Some(key) => match settings.get(key) {
                Some(value) => format!("{key} = {value}"),
                None => format!("no {key}"),
            },
            None => "other settings".to_owned(),
        };
        self.bad(
            "the folder belongs to another experiment",
            show(&ours),
            show(&theirs),
        )
        .hint("choose another --out, or remove the folder")
    }
}

/// The version that trials are computed with.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Writes a file under a temporary name and renames it.
fn write_whole(path: &Path, text: &str) -> Result<()> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&temporary, text).map_err(|error| Error::file("writing", &temporary, error))?;
    std::fs::rename(&temporary, path).map_err(|error| Error::file("renaming to", path, error))
}
