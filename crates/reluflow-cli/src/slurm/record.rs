//! Keeps in a run's folder what was submitted for it, and asks Slurm how much of that waits.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use reluflow_lab::Shard;
use serde_json::{Value, json};

use super::file;
use super::queue::Queue;
use crate::Failure;
use crate::args::SlurmOptions;
use crate::run::quoted;

/// How a run was last submitted, or its scripts written.
#[derive(Debug)]
pub(crate) struct Submission {
    /// The command, which submits what is missing.
    pub(crate) command: String,
    /// In how many tasks.
    pub(crate) tasks: u32,
}

/// What of earlier submissions is in the queue.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// The jobs.
    pub(crate) jobs: Vec<String>,
    /// The shards that they are or will be at.
    pub(crate) shards: Vec<Shard>,
}

impl Submission {
    pub(super) fn new(options: &SlurmOptions, run: &Path) -> Self {
        let experiment = quoted(&run.join("experiment.toml"));
        let mut words = vec![format!(
            "reluflow slurm {experiment} --out {} --tasks {}",
            quoted(run),
            options.tasks
        )];
        if options.cpus_per_task > 1 {
            words.push(format!("--cpus-per-task {}", options.cpus_per_task));
        }
        let word = |text: &str| quoted(Path::new(text));
        words.extend(options.time.iter().map(|time| format!("--time {}", word(time))));
        words.extend(
            options
                .partition
                .iter()
                .map(|name| format!("--partition {}", word(name))),
        );
        words.extend(
            options
                .sbatch_arg
                .iter()
                .map(|option| format!("--sbatch-arg={}", word(option))),
        );
        words.extend(options.dry_run.then(|| "--dry-run".to_owned()));
        Self {
            command: words.join(" "),
            tasks: options.tasks,
        }
    }

    /// Of a run's folder; none when nothing was submitted from it, or the record cannot be read.
    pub(crate) fn read(run: &Path) -> Option<Self> {
        let text = fs::read_to_string(record(run)).ok()?;
        let record: Value = serde_json::from_str(&text).ok()?;
        Some(Self {
            command: record["command"].as_str()?.to_owned(),
            tasks: record["tasks"].as_u64()?.try_into().ok()?,
        })
    }

    /// Keeps it in the run's folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, run: &Path) -> Result<(), Failure> {
        let path = record(run);
        let record = json!({ "command": self.command, "tasks": self.tasks });
        fs::write(&path, format!("{record:#}\n")).map_err(file("writing", &path))
    }
}

fn record(run: &Path) -> PathBuf {
    run.join("slurm/submission.json")
}

fn list(run: &Path) -> PathBuf {
    run.join("slurm/jobs.txt")
}

/// Adds a job to the list of those that were submitted for a run: `101 tasks 1-3 of 3`.
///
/// # Errors
/// When it cannot be written.
pub(super) fn log(run: &Path, job: &str, what: &str) -> Result<(), Failure> {
    let path = list(run);
    let open = OpenOptions::new().create(true).append(true).open(&path);
    open.and_then(|mut list| writeln!(list, "{job} {what}"))
        .map_err(file("writing", &path))
}

/// What of the jobs that were submitted for a run waits or runs; nothing where there is no Slurm.
///
/// # Errors
/// When the list of jobs cannot be read.
pub(crate) fn waiting(run: &Path) -> Result<Waiting, Failure> {
    let path = list(run);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Waiting::default()),
        text => text.map_err(file("reading", &path))?,
    };
    let mut waiting = Waiting::default();
    for line in text.lines() {
        let job = line.split_whitespace().next().unwrap_or_default();
        let Some(tasks) = Queue::waiting(job) else {
            continue;
        };
        waiting.jobs.push(job.to_owned());
        let count = line.rsplit_once(" of ").and_then(|(_, count)| count.parse().ok());
        let shards = tasks.into_iter().map(|task| Shard::new(task, count?));
        waiting.shards.extend(shards.flatten());
    }
    Ok(waiting)
}
