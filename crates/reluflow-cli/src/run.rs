//! `reluflow run`: runs an experiment file, or goes on where it stopped.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder, machine_memory, summarize};

use crate::args::{RunOptions, flag};
use crate::live::{Live, say};
use crate::{Done, Failure, table};

/// Runs the command.
pub(crate) fn run(options: &RunOptions) -> Result<Done, Failure> {
    let mut overrides = options.settings.overrides();
    overrides.extend(options.draws.map(|draws| flag("--draws", "sweep.draws", draws)));
    let experiment = Experiment::from_file(&options.file, &overrides)?;
    let threads = options
        .threads
        .map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    experiment.check_memory(threads, machine_memory())?;
    let path = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("runs").join(&experiment.name));
    let folder = RunFolder::check(&path, &experiment)?;

    let interrupt = Interrupt::default();
    listen(&interrupt);
    let mut run = Run::open(&experiment, folder)?;
    run.write_every = Duration::from_secs(options.write_every);
    for damage in &run.damaged {
        say(&format!(
            "warning: {damage}; it was set aside, and its trials are computed again"
        ));
    }
    let mut live = Live::new(&experiment, &run.trials, run.remaining(), options.quiet);
    let result = run.execute(threads, &interrupt, |trial| live.enter(trial));
    live.finish();
    result?;

    let total = experiment.trials() as usize;
    if run.trials.len() < total {
        say(&format!(
            "interrupted: {} of {total} trials are kept in {}; the same command goes on",
            run.trials.len(),
            path.display()
        ));
        return Ok(Done::Interrupted);
    }
    let mut out = io::stdout().lock();
    let summaries = summarize(&experiment, &run.trials);
    if options.json {
        table::print_json(&mut out, &summaries)?;
    } else {
        table::print(&mut out, &summaries)?;
    }
    out.flush()?;
    if !options.quiet {
        say(&format!("{total} trials in {}", path.display()));
    }
    Ok(Done::Completely)
}

/// Ctrl-C (or a termination signal) asks the run to end, a second one ends the process.
pub(crate) fn listen(interrupt: &Interrupt) {
    let interrupt = interrupt.clone();
    let asked = AtomicBool::new(false);
    let handler = move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        interrupt.request();
    };
    if ctrlc::set_handler(handler).is_err() {
        say("warning: Ctrl-C will end the run without writing the last trials");
    }
}
