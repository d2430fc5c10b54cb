//! `reluflow run`: runs an experiment file, or resumes where it stopped.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Duration;

use reluflow::flow::Interrupt;
use reluflow_lab::summary::sliding_in;
use reluflow_lab::trial::trying_again;
use reluflow_lab::{Experiment, Notice, Run, RunFolder, Shard, machine_memory, summarize};

use crate::args::{RunOptions, flag};
pub(crate) use reluflow_report::quoted;

use crate::live::{Live, say};
use crate::signals::listen;
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
    let shard = options.shard.unwrap_or(Shard::WHOLE);
    let mut run = Run::open_shard(&experiment, folder, shard)?;
    run.write_every = Duration::from_secs(options.write_every);
    run.patience = Duration::from_secs(options.patience);
    if options.retry_failed {
        run.retry_failed();
    }
    warn_before(&run, shard);
    run.notify = Box::new(notify());
    listen(&interrupt, Some(&run.end_now));
    for note in experiment.notes() {
        if note.warning || !options.quiet {
            say(&note.to_string());
        }
    }
    let mut live = Live::new(
        &experiment,
        &run.trials,
        run.remaining(),
        options.quiet,
        &interrupt,
    );
    let result = run.execute(threads, &interrupt, |trial| live.enter(trial));
    live.finish();
    result?;

    let total = experiment.trials() as usize;
    if run.remaining() > 0 {
        say(&format!(
            "interrupted: {} of {total} trials are kept in {}; the same command resumes",
            run.trials.len(),
            path.display()
        ));
        return Ok(Done::Interrupted);
    }
    let failed = say_failed(&run, &path);
    if options.shard.is_some() {
        if !options.quiet {
            let folder = quoted(&path);
            say(&format!(
                "shard {shard} is done; what the others have done: reluflow status {folder}, reluflow summarize {folder}"
            ));
        }
        return Ok(failed);
    }
    let mut out = io::stdout().lock();
    let summaries = summarize(&experiment, &run.trials);
    if options.json {
        table::print_json(&mut out, &summaries)?;
    } else {
        table::print(&mut out, &summaries)?;
    }
    out.flush()?;
    if let Some(note) = sliding_in(&summaries).filter(|_| !options.quiet) {
        say(&note);
    }
    if !options.quiet {
        say(&format!(
            "the {} trials asked for are in {}",
            run.trials.len(),
            path.display()
        ));
    }
    Ok(failed)
}

/// Says what earlier runs left in bad order, and who else is at work on the same trials.
pub(crate) fn warn_before(run: &Run<'_>, shard: Shard) {
    for damage in &run.damaged {
        let what = match damage.lasting {
            true => "it was set aside, and its trials are computed again",
            false => "its trials are computed again",
        };
        say(&format!("warning: {damage}; {what}"));
    }
    for other in &run.others {
        if other.report.shard.overlaps(shard) {
            say(&format!(
                "warning: {} is at work on the same trials; nothing is lost, but trials are computed twice: end one of the two, or give each a --shard of its own",
                other.report.process
            ));
        }
    }
}

/// Says what goes wrong while a run continues; of failed trials, the first few.
pub(crate) fn notify() -> impl FnMut(&Notice<'_>) {
    const SHOWN: usize = 3;
    let mut failed = 0;
    move |notice| match notice {
        Notice::Written { .. } => {}
        Notice::Failed { .. } => {
            failed += 1;
            if failed <= SHOWN {
                say(&format!("warning: a trial failed: {notice}"));
            }
        }
        Notice::WrittenAgain { .. } => say(&notice.to_string()),
        // Threads are at trials that nobody waits for any more: only the end of the process ends them.
        Notice::EndedNow { .. } => {
            say(&notice.to_string());
            std::process::exit(130);
        }
        _ => say(&format!("warning: {notice}")),
    }
}

/// Says how many trials failed, if any.
pub(crate) fn say_failed(run: &Run<'_>, path: &Path) -> Done {
    let Some(first) = run.failed.first() else {
        return Done::Completely;
    };
    let folder = quoted(path);
    let again = trying_again(&run.failed, "--retry-failed");
    say(&format!(
        "{} trials failed, the first with: {}\n  = they are kept as failed and left out of the summary\n  = help: `reluflow status {folder}` lists them; {again}",
        run.failed.len(),
        first.message
    ));
    Done::WithFailures
}
