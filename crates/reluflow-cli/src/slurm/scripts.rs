//! Writes the two scripts of a run.

use std::fs;
use std::path::{Path, PathBuf};

use reluflow_lab::Experiment;

use super::file;
use crate::Failure;
use crate::args::SlurmOptions;
use crate::run::quoted;

/// What Slurm does to a task that has a minute left: TERM to the script, which is reluflow itself by then. It
/// writes what is finished and ends.
const LAST_MINUTE: &str = "--signal=B:TERM@60";

/// The scripts of a run.
pub(super) struct Scripts {
    /// Where they are: `slurm` of the run's folder.
    pub(super) folder: PathBuf,
    run: PathBuf,
    program: PathBuf,
    name: String,
    tasks: u32,
    cpus: u16,
    options: Vec<String>,
}

impl Scripts {
    pub(super) fn new(options: &SlurmOptions, experiment: &Experiment, run: &Path, program: &Path) -> Self {
        let mut given = Vec::new();
        given.extend(options.partition.iter().map(|name| format!("--partition={name}")));
        given.extend(options.sbatch_arg.iter().cloned());
        if let Some(time) = &options.time {
            given.push(format!("--time={time}"));
        }
        Self {
            folder: run.join("slurm"),
            run: run.to_owned(),
            program: program.to_owned(),
            name: experiment
                .name
                .replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"),
            tasks: options.tasks,
            cpus: options.cpus_per_task,
            options: given,
        }
    }

    pub(super) fn array_path(&self) -> PathBuf {
        self.folder.join("array.sh")
    }

    pub(super) fn report_path(&self) -> PathBuf {
        self.folder.join("report.sh")
    }

    /// Writes both scripts, for some of the tasks.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn write(&self, tasks: &str) -> Result<(), Failure> {
        fs::create_dir_all(&self.folder).map_err(file("making", &self.folder))?;
        for (path, text) in [
            (self.array_path(), self.array(tasks)),
            (self.report_path(), self.report()),
        ] {
            fs::write(&path, text).map_err(file("writing", &path))?;
        }
        Ok(())
    }

    /// The script of an array's tasks: each is one shard.
    fn array(&self, tasks: &str) -> String {
        let own = [
            format!("--job-name=reluflow-{}", self.name),
            format!("--array={tasks}"),
            format!("--output=\"{}\"", self.log_path("task-%a.log")),
            "--open-mode=append".to_owned(),
            "--nodes=1".to_owned(),
            "--ntasks=1".to_owned(),
            format!("--cpus-per-task={}", self.cpus),
            "--requeue".to_owned(),
            LAST_MINUTE.to_owned(),
        ];
        let header = header(own.iter().chain(&self.options));
        format!(
            "{header}\n\
             # One shard of the run. A task that is killed and started again continues from what it wrote.\n\
             echo \"job $SLURM_JOB_ID, task $SLURM_ARRAY_TASK_ID, start ${{SLURM_RESTART_COUNT:-0}} on $(uname -n)\"\n\
             # The script becomes reluflow, so that signals reach it.\n\
             exec {} run {} --out {} \\\n    --shard \"$SLURM_ARRAY_TASK_ID/{}\" --threads \"$SLURM_CPUS_PER_TASK\" --quiet\n",
            quoted(&self.program),
            quoted(&self.run.join("experiment.toml")),
            quoted(&self.run),
            self.tasks,
        )
    }

    /// The script of the job that comes after the array.
    fn report(&self) -> String {
        let own = [
            format!("--job-name=reluflow-{}-report", self.name),
            format!("--output=\"{}\"", self.log_path("report.log")),
            "--open-mode=append".to_owned(),
            "--nodes=1".to_owned(),
            "--ntasks=1".to_owned(),
            "--cpus-per-task=1".to_owned(),
            "--requeue".to_owned(),
        ];
        let header = header(own.iter().chain(&self.options));
        let (program, run) = (quoted(&self.program), quoted(&self.run));
        let (csv, new) = (self.run.join("summary.csv"), self.run.join("summary.csv.new"));
        format!(
            "{header}\n\
             # What the tasks of the array left, whether all of them ended well or not.\n\
             echo \"job $SLURM_JOB_ID\"\n\
             {program} status {run} --shards {}\n\
             {program} summarize {run} --csv > {new} && mv {new} {}\n\
             {program} report {run}\n",
            self.tasks,
            quoted(&csv),
            new = quoted(&new),
        )
    }

    /// A log's path, in which Slurm replaces %-signs: those of the folder's name are doubled.
    fn log_path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.display().to_string().replace('%', "%%"))
    }
}

/// The lines that sbatch reads.
fn header<'a>(options: impl Iterator<Item = &'a String>) -> String {
    let lines: String = options.map(|option| format!("#SBATCH {option}\n")).collect();
    format!("#!/bin/sh\n{lines}")
}
