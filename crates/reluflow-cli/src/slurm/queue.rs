//! Talks to Slurm: sbatch to submit, squeue to ask.

use std::io;
use std::path::Path;
use std::process::{Command, Output};

use reluflow_lab::experiment::Place;

use super::bad;
use crate::Failure;

/// A Slurm that answers.
pub(super) struct Queue(());

impl Queue {
    /// The machine's Slurm.
    ///
    /// # Errors
    /// When there is no sbatch.
    pub(super) fn find() -> Result<Self, Failure> {
        let hint = "go to a machine from which jobs are submitted, or let --dry-run write the scripts only";
        match Command::new("sbatch").arg("--version").output() {
            Ok(output) if output.status.success() => Ok(Self(())),
            Ok(output) => Err(bad(
                Place::Flag("sbatch --version".into()),
                "Slurm does not work here",
                "its version",
                said(&output),
                hint,
            )),
            Err(error) => {
                let found = match error.kind() {
                    io::ErrorKind::NotFound => "none".to_owned(),
                    _ => error.to_string(),
                };
                let hint =
                    "go to a machine from which jobs are submitted, or let --dry-run write the scripts only";
                Err(bad(
                    Place::Flag("sbatch".into()),
                    "Slurm is not here",
                    "a command sbatch on the PATH",
                    found,
                    hint,
                ))
            }
        }
    }

    /// Submits a script, and returns the job's number.
    ///
    /// # Errors
    /// With sbatch's own words when it refuses.
    pub(super) fn submit(&self, options: &[&str], script: &Path) -> Result<String, Failure> {
        let output = Command::new("sbatch")
            .arg("--parsable")
            .args(options)
            .arg(script)
            .output()?;
        // With several clusters: `JOB;CLUSTER`.
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let job = text.trim().split(';').next().unwrap_or_default();
        match output.status.success() && !job.is_empty() {
            true => Ok(job.to_owned()),
            false => Err(refused(&format!("sbatch {}", script.display()), &output)),
        }
    }

    /// The numbers of a job's tasks that run or have yet to, none of a job that is no array; nothing when the job has
    /// left the queue, which is what squeue means by not knowing it, or where there is no squeue.
    pub(super) fn waiting(job: &str) -> Option<Vec<u32>> {
        let output = Command::new("squeue")
            .args(["--noheader", "--array", "--format=%K", "--jobs", job])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let there = output.status.success() && !text.trim().is_empty();
        there.then(|| text.lines().filter_map(|line| line.trim().parse().ok()).collect())
    }
}

/// What a command that failed said, on one line.
fn said(output: &Output) -> String {
    match String::from_utf8_lossy(&output.stderr).trim() {
        "" => output.status.to_string(),
        words => words.replace('\n', "; "),
    }
}

fn refused(command: &str, output: &Output) -> Failure {
    bad(
        Place::Flag(command.to_owned()),
        "Slurm refuses",
        "a job's number",
        said(output),
        "mend the options with --time, --partition or --sbatch-arg; the scripts are in the run's folder, under slurm",
    )
}
