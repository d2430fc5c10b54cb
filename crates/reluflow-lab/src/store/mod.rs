//! Keeps a run in a folder: the resolved experiment, a manifest, and part files of trials.
//!
//! ```text
//! runs/NAME/experiment.toml      the file with overrides and defaults filled in
//! runs/NAME/manifest.json        format, version, seed, everything that decides a trial's bits and its digest
//! runs/NAME/inputs.json          of array files their sizes and digests: the folder is read without them
//! runs/NAME/parts/….parquet      trials, one row each, written whole and renamed
//! runs/NAME/workers/….json       what each process last said of itself
//! ```
//!
//! Trials are kept in parts that are never changed, only merged; what is done and what is missing is read off
//! them and written nowhere. So any number of processes may share a folder without locks.

pub(crate) mod files;
pub mod parts;
pub mod rows;
pub mod workers;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::experiment::{BadInput, Difference, Experiment, INPUTS, Place, remembered_in};
use crate::trial::{FailedTrial, Trial};
pub use parts::{Damage, Found};
pub use workers::{Process, Worker};

/// The layout of a folder that this version writes.
const FORMAT: u32 = 2;
/// The first layout, whose manifests hold no settings.
const WITHOUT_SETTINGS: u32 = 1;

/// What a folder says about its run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    version: String,
    seed: u64,
    digest: String,
    /// [`Experiment::settings`]; the first format has none.
    #[serde(default)]
    settings: BTreeMap<String, String>,
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
        // Between its making and its manifest a folder has none: another process is there now, or was killed.
        let unfinished = !folder.manifest_path().exists()
            && listing
                .flatten()
                .all(|entry| ours(&entry.file_name().to_string_lossy()));
        if unfinished {
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
        if let Some(bad) = folder.another(experiment, &manifest) {
            return Err(bad.into());
        }
        Ok(folder)
    }

    /// The folder of a finished or broken-off run, with its experiment.
    ///
    /// # Errors
    /// [`Error::BadInput`] when it is not a run's folder, or its experiment was changed.
    pub fn open(path: &Path) -> Result<(Self, Experiment)> {
        let folder = Self {
            path: path.to_owned(),
        };
        let manifest = folder.manifest()?;
        let mut experiment = Experiment::from_file(&folder.experiment_path(), &[])?;
        // Another version may count other settings.
        if manifest.version == version()
            && manifest.format == FORMAT
            && let differences = experiment.differences(&manifest.settings)
            && !differences.is_empty()
        {
            let bad = folder.bad(
                "experiment.toml, or an array file that it names, is not what the trials were computed with",
                shown(&differences, |difference| &difference.theirs),
                shown(&differences, |difference| &difference.ours),
            );
            return Err(bad
                .hint("put it back; `reluflow run` with the first file, into this folder, writes experiment.toml again")
                .into());
        }
        if let Some(name) = path.file_name() {
            experiment.name = name.to_string_lossy().into_owned();
        }
        Ok((folder, experiment))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder and writes experiment and manifest; more draws than before extend the run. Writes
    /// nothing that is there already.
    ///
    /// # Errors
    /// When something cannot be written, or another experiment took the folder meanwhile.
    pub fn prepare(&self, experiment: &Experiment) -> Result<()> {
        let parts = self.parts();
        std::fs::create_dir_all(&parts).map_err(|error| Error::file("making", &parts, error))?;
        let manifest = Manifest {
            format: FORMAT,
            version: version().to_owned(),
            seed: experiment.seed,
            digest: experiment.digest(),
            settings: experiment.settings(),
        };
        let text = serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n";
        if !self.manifest_path().exists() {
            files::write_new(&self.manifest_path(), text.as_bytes())?;
        }
        if let Some(bad) = self.another(experiment, &self.manifest()?) {
            return Err(bad.into());
        }
        // Before the experiment that needs it.
        self.remember(experiment)?;
        let before = std::fs::read_to_string(self.experiment_path()).unwrap_or_default();
        let draws = experiment.draws.max(planned_draws(&before));
        let text = match self.experiment_before(&before) {
            Some(earlier) if earlier.differences(&experiment.settings()).is_empty() => {
                experiment.grown(&earlier, draws)
            }
            _ => experiment.to_toml(draws),
        };
        if text != before {
            files::write_whole(&self.experiment_path(), text.as_bytes())?;
        }
        files::sweep(&parts);
        Ok(())
    }

    /// Reads the trials kept so far, of the draws that the experiment plans. There may be more: searches for
    /// thresholds draw as often as it takes, and where it depends on the results how often, they are not for summaries.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn read(&self, experiment: &Experiment) -> Result<Found> {
        let mut found = parts::read(&self.parts(), experiment)?;
        found.trials.retain(|trial| trial.draw < experiment.draws);
        found.failed.retain(|failed| failed.draw < experiment.draws);
        Ok(found)
    }

    /// Adds a part, and says where.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(
        &self,
        experiment: &Experiment,
        trials: &[Trial],
        failed: &[FailedTrial],
    ) -> Result<PathBuf> {
        parts::write(&self.parts(), experiment, trials, failed)
    }

    /// Merges parts into one, as [`parts::merge`].
    ///
    /// # Errors
    /// When the new part cannot be written.
    pub fn merge(&self, experiment: &Experiment, paths: &[PathBuf]) -> Result<Option<PathBuf>> {
        parts::merge(&self.parts(), experiment, paths)
    }

    /// What the processes that work or worked here last said, live ones first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn workers(&self) -> Result<Vec<Worker>> {
        workers::read(&self.workers_path())
    }

    /// The folder of parts.
    pub fn parts(&self) -> PathBuf {
        self.path.join("parts")
    }

    /// The folder of what processes say of themselves.
    pub(crate) fn workers_path(&self) -> PathBuf {
        self.path.join("workers")
    }

    /// The experiment file, with defaults and overrides filled in.
    pub(crate) fn experiment_path(&self) -> PathBuf {
        self.path.join("experiment.toml")
    }

    fn manifest_path(&self) -> PathBuf {
        self.path.join("manifest.json")
    }

    fn bad(&self, problem: &str, expected: impl ToString, found: impl ToString) -> BadInput {
        BadInput::new(Place::Path(self.path.clone()), problem, expected, found)
    }

    fn manifest(&self) -> Result<Manifest> {
        let read = std::fs::read_to_string(self.manifest_path()).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "none".to_owned(),
            std::io::ErrorKind::NotADirectory => "a file".to_owned(),
            _ => error.to_string(),
        });
        let manifest: Result<Manifest, String> =
            read.and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
        match manifest {
            Ok(manifest) if [WITHOUT_SETTINGS, FORMAT].contains(&manifest.format) => Ok(manifest),
            Ok(manifest) => Err(self
                .bad("the folder has another format", FORMAT, manifest.format)
                .into()),
            Err(error) if self.manifest_path().exists() => Err(self
                .bad("the manifest cannot be read", "what `reluflow run` wrote", error)
                .hint("remove manifest.json; `reluflow run` with the same experiment writes it again")
                .into()),
            Err(error) => Err(self
                .bad("not a run's folder", "a folder with a manifest.json", error)
                .into()),
        }
    }

    /// The experiment that a folder's file holds, if it can be read.
    fn experiment_before(&self, text: &str) -> Option<Experiment> {
        Experiment::from_text("experiment.toml", "experiment", text, &[], &self.path).ok()
    }

    /// Writes what is known of the experiment's array files, beside what was known.
    fn remember(&self, experiment: &Experiment) -> Result<()> {
        let added = experiment.to_remember()?;
        if added.is_empty() {
            return Ok(());
        }
        let before = remembered_in(&self.path);
        let mut memory = before.clone();
        memory.extend(added);
        if memory == before {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&memory).unwrap_or_default() + "\n";
        files::write_whole(&self.path.join(INPUTS), text.as_bytes())
    }

    /// The keys by which the data are read otherwise than in the folder's experiment; none where the file's numbers have changed.
    fn read_otherwise(&self, experiment: &Experiment) -> Vec<Difference> {
        let theirs = std::fs::read_to_string(self.experiment_path()).unwrap_or_default();
        data_keys(&experiment.to_toml(1), &theirs)
    }

    /// The refusal of a folder that belongs to another experiment, naming the settings that differ.
    fn another(&self, experiment: &Experiment, manifest: &Manifest) -> Option<BadInput> {
        let theirs = match manifest.format {
            WITHOUT_SETTINGS => Experiment::from_file(&self.experiment_path(), &[])
                .ok()?
                .settings(),
            _ => manifest.settings.clone(),
        };
        let mut differences = experiment.differences(&theirs);
        if differences.is_empty() {
            return None;
        }
        if differences
            .iter()
            .any(|difference| difference.key == "data.numbers")
        {
            let read = self.read_otherwise(experiment);
            if !read.is_empty() {
                differences.retain(|difference| difference.key != "data.numbers");
                differences.splice(0..0, read);
            }
        }
        let changed = |difference: &Difference| difference.key == "data.numbers";
        if differences.iter().all(changed) {
            let bad = self.bad(
                "the folder's run read other numbers from the data file: the file has changed since",
                "the numbers of that run",
                shown(&differences, |difference| &difference.ours),
            );
            return Some(bad.hint("name another folder with --out, or put the file back as it was"));
        }
        let bad = self.bad(
            "the folder belongs to another experiment",
            shown(&differences, |difference| &difference.ours),
            shown(&differences, |difference| &difference.theirs),
        );
        Some(bad.hint("name another folder with --out, or ask for what this one was run with; cells and draws can be added"))
    }
}

/// What the text of one experiment file says in `[data]` and another does not, but for where the file lies.
fn data_keys(ours: &str, theirs: &str) -> Vec<Difference> {
    let data = |text: &str| {
        let table: toml::Table = text.parse().unwrap_or_default();
        let data = table.get("data").and_then(toml::Value::as_table);
        data.cloned().unwrap_or_default()
    };
    let (ours, theirs) = (data(ours), data(theirs));
    let mut keys: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .filter(|key| *key != "path" && ours.get(*key) != theirs.get(*key))
        .map(|key| Difference {
            key: format!("data.{key}"),
            ours: ours.get(key).map(ToString::to_string),
            theirs: theirs.get(key).map(ToString::to_string),
        })
        .collect()
}

/// One side of the settings that differ.
fn shown(differences: &[Difference], side: impl Fn(&Difference) -> &Option<String>) -> String {
    const SHOWN: usize = 6;
    let one = |difference: &Difference| match side(difference) {
        Some(value) => format!("{} = {value}", difference.key),
        None => format!("no {}", difference.key),
    };
    let mut parts: Vec<String> = differences.iter().take(SHOWN).map(one).collect();
    if differences.len() > SHOWN {
        parts.push(format!("and {} more", differences.len() - SHOWN));
    }
    parts.join(", ")
}

/// The version that trials are computed with.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Whether a run's folder may hold a file of this name before it has a manifest.
fn ours(name: &str) -> bool {
    let known = ["parts", "workers", "experiment.toml", "slurm", INPUTS];
    known.contains(&name) || (name.starts_with('.') && name.ends_with(".tmp"))
}

/// The draws that an experiment file written by [`Experiment::to_toml`] asks for; 0 when it cannot be read.
fn planned_draws(text: &str) -> u64 {
    let table: toml::Table = text.parse().unwrap_or_default();
    let draws = table.get("sweep").and_then(|sweep| sweep.get("draws"));
    draws
        .and_then(toml::Value::as_integer)
        .map_or(0, |draws| draws.max(0) as u64)
}
