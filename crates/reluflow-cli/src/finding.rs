//! `reluflow finding`: runs the experiments behind a question beyond the paper, and writes down what they say.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use reluflow::flow::Interrupt;
use reluflow_lab::{RunFolder, machine_memory, threshold};
use reluflow_report::findings::Study;

use crate::args::FindingOptions;
use crate::live::say;
use crate::paper::complete;
use crate::signals::listen;
use crate::threshold::progress;
use crate::{Done, Failure};

/// Runs the command.
pub(crate) fn run(options: &FindingOptions) -> Result<Done, Failure> {
    let finding = options.name;
    let default = match options.quick {
        true => format!("{}-quick", finding.name()),
        false => finding.name().to_owned(),
    };
    let folder = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("runs/findings").join(default));
    let studies = finding.plan(options.quick, &options.settings.overrides())?;
    // A folder of other runs is refused before the first trial.
    for study in &studies {
        RunFolder::check(&folder.join(&study.name), &study.experiment)?;
    }
    let interrupt = Interrupt::default();
    listen(&interrupt, None);
    for study in &studies {
        if !finish(study, &folder, options, &interrupt)? {
            say(&format!(
                "interrupted: what is done is kept in {}; the same command resumes",
                folder.display()
            ));
            return Ok(Done::Interrupted);
        }
    }
    let written = finding.write_up(&folder, &studies)?;
    let mut out = io::stdout().lock();
    for sentence in &written.sentences {
        writeln!(out, "{sentence}")?;
    }
    for table in &written.tables {
        writeln!(
            out,
            "table: {}",
            folder.join(format!("{}.csv", table.name)).display()
        )?;
    }
    for named in &written.figures {
        writeln!(
            out,
            "figure: {}",
            folder.join(format!("{}.svg", named.name)).display()
        )?;
    }
    Ok(Done::Completely)
}

/// Runs what a study lacks; whether it is complete.
fn finish(
    study: &Study,
    folder: &Path,
    options: &FindingOptions,
    interrupt: &Interrupt,
) -> Result<bool, Failure> {
    let threads = options
        .threads
        .map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    let experiment = &study.experiment;
    let Some(question) = study.question() else {
        return complete(experiment, folder, threads, options.quiet, interrupt);
    };
    let run = RunFolder::check(&folder.join(&study.name), experiment)?;
    let memory = machine_memory() / threads as f64;
    let mut search = threshold::Study::open(experiment, run, question, memory)?;
    if !options.quiet {
        say(&format!("{}: {} thresholds", study.name, search.columns.len()));
    }
    let columns = search.columns.len();
    Ok(search.execute(threads, interrupt, progress(columns, options.quiet))?)
}
