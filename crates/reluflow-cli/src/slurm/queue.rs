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

    /// Which of some jobs are still in the queue. One that squeue does not know has left it.
    pub(super) fn waiting(&self, jobs: &[String]) -> Vec<String> {
        let known = |job: &&String| {
            let output = Command::new("squeue")
                .args(["--noheader", "--jobs", job.as_str()])
                .output();
            output.is_ok_and(|output| output.status.success() && !output.stdout.trim_ascii().is_empty())
        };
        jobs.iter().filter(known).cloned().collect()
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
