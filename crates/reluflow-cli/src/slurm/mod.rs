//! `reluflow slurm`: writes an array job that runs an experiment's shards and one that reports on it, and submits both.

mod queue;
mod record;
mod scripts;
mod time;

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use reluflow_lab::experiment::{BadInput, Place};
use reluflow_lab::{Error, Experiment, RunFolder, Status, status};

use crate::args::{SlurmOptions, flag};
use crate::live::say;
use crate::program::executable;
use crate::run::quoted;
use crate::{Done, Failure};
use queue::Queue;
pub(crate) use record::{Submission, Waiting, waiting};
use scripts::Scripts;

/// Runs the command; `program` is its name as it was called by.
pub(crate) fn run(options: &SlurmOptions, program: &OsStr) -> Result<Done, Failure> {
    if let Some(limit) = &options.time {
        time::check(limit)?;
    }
    let mut overrides = options.settings.overrides();
    overrides.extend(options.draws.map(|draws| flag("--draws", "sweep.draws", draws)));
    let experiment = Experiment::from_file(&options.file, &overrides)?;
    // Jobs start in a folder of their own choosing.
    let path = std::path::absolute(&options.out)?;
    if path.to_str().is_none_or(|text| text.contains(['\n', '"', '\\'])) {
        let place = Place::Flag(format!("--out {}", path.display()));
        let expected = "a path without line breaks, double quotes and backslashes";
        return Err(bad(
            place,
            "no path for a job's script",
            expected,
            path.display(),
            "choose another --out",
        ));
    }
    let folder = RunFolder::check(&path, &experiment)?;
    let program = executable(program).ok_or_else(|| {
        let place = Place::Flag(program.display().to_string());
        bad(
            place,
            "jobs cannot start it",
            "a program on the PATH",
            "none of this name",
            "call reluflow by its path",
        )
    })?;
    let queue = if options.dry_run {
        None
    } else {
        Some(Queue::find()?)
    };
    folder.prepare(&experiment)?;
    let scripts = Scripts::new(options, &experiment, &path, &program);
    if queue.is_some() {
        let waiting = waiting(&path)?;
        if !waiting.jobs.is_empty() {
            let jobs = waiting.jobs.join(" ");
            say(&format!(
                "nothing was submitted: of earlier submissions, these jobs are still in the queue: {jobs}\n\
                 wait for them, or end them: scancel {jobs}; what they have finished is kept"
            ));
            return Ok(Done::Completely);
        }
    }
    let status = status(&folder, &experiment, Some(options.tasks))?;
    tell(&status, options.tasks, &path);
    let mut out = io::stdout().lock();
    if status.missing_shards.is_empty() {
        writeln!(out, "nothing to submit")?;
        return Ok(Done::Completely);
    }
    let tasks = ranges(&status.missing_shards);
    scripts.write(&tasks)?;
    Submission::new(options, &path).write(&path)?;
    let Some(queue) = queue else {
        writeln!(out, "scripts: {}", quoted(&scripts.folder))?;
        writeln!(out, "to submit them:")?;
        writeln!(
            out,
            "  array=$(sbatch --parsable {})",
            quoted(&scripts.array_path())
        )?;
        writeln!(
            out,
            "  sbatch --dependency=afterany:\"${{array%%;*}}\" {}",
            quoted(&scripts.report_path())
        )?;
        return Ok(Done::Completely);
    };
    let array = queue.submit(&[], &scripts.array_path())?;
    record::log(&path, &array, &format!("tasks {tasks} of {}", options.tasks))?;
    writeln!(out, "array {array}: tasks {tasks} of {}", options.tasks)?;
    out.flush()?;
    let after = format!("--dependency=afterany:{array}");
    let report = queue.submit(&[&after], &scripts.report_path())?;
    record::log(&path, &report, "summary and report")?;
    writeln!(out, "job {report}: summary and report, after the array")?;
    out.flush()?;
    say(&format!(
        "how far they are: reluflow status {0} or squeue -j {array}; should tasks fail, the same command submits what is missing",
        quoted(&path)
    ));
    Ok(Done::Completely)
}

/// Says what of the run is there already, and what is somebody else's.
fn tell(status: &Status, tasks: u32, path: &Path) {
    let whole = &status.whole;
    if whole.done > 0 {
        say(&format!("{} of {} trials are done", whole.done, whole.total()));
    }
    if whole.running + whole.waiting > 0 {
        say(&format!(
            "{} more are those of processes at work in the folder, and are left to them",
            whole.running + whole.waiting
        ));
    }
    if whole.failed > 0 {
        say(&format!(
            "{} trials failed and are not tried again; reluflow status {} says why",
            whole.failed,
            quoted(path)
        ));
    }
    let missing = status.missing_shards.len();
    if missing > 0 && missing < tasks as usize {
        say(&format!("{missing} of {tasks} tasks have something left to do"));
    }
}

/// Increasing numbers as Slurm's array lists take them: `1-3,7`.
fn ranges(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some(last) if last.1 + 1 == *number => last.1 = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let word = |&(first, last): &(u32, u32)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(word).collect::<Vec<_>>().join(",")
}

/// Input that cannot be used.
fn bad(place: Place, problem: &str, expected: &str, found: impl ToString, hint: &str) -> Failure {
    Failure::Lab(Error::from(
        BadInput::new(place, problem, expected, found).hint(hint),
    ))
}

/// A failure to do something with a file.
fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = PathBuf::from(path);
    move |error| Failure::Lab(Error::file(action, path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_written_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3,7,9-10");
        assert_eq!(ranges(&[5]), "5");
    }
}
