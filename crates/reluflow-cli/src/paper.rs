//! `reluflow paper`: runs what the paper's figures need, and writes them up.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder, Shard, machine_memory};
use reluflow_report::paper::{PaperFigure, Preset, plan, write_up};

use crate::args::PaperOptions;
use crate::live::{Live, say};
use crate::run::{notify, say_failed, warn_before};
use crate::signals::listen;
use crate::{Done, Failure};

/// Runs the command.
pub(crate) fn run(options: &PaperOptions) -> Result<Done, Failure> {
    let (preset, default) = match options.full {
        true => (Preset::Full, "runs/paper-full"),
        false => (Preset::Quick, "runs/paper"),
    };
    let mut figures: Vec<PaperFigure> = options
        .figures
        .iter()
        .filter_map(|name| PaperFigure::from_name(name))
        .collect();
    if figures.is_empty() {
        figures.extend(PaperFigure::ALL);
    }
    figures.sort();
    figures.dedup();
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from(default));
    let studies = plan(&figures, preset)?;
    // A folder of other runs is refused before the first trial.
    for study in &studies {
        RunFolder::check(&folder.join(&study.name), &study.experiment)?;
    }
    let threads = options
        .threads
        .map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    let interrupt = Interrupt::default();
    listen(&interrupt, None);
    for study in &studies {
        if !complete(&study.experiment, &folder, threads, options.quiet, &interrupt)? {
            say(&format!(
                "interrupted: what is done is kept in {}; the same command resumes",
                folder.display()
            ));
            return Ok(Done::Interrupted);
        }
    }
    let outcome = write_up(&folder, &figures, preset, &studies)?;
    let mut out = io::stdout().lock();
    for headline in &outcome.headlines {
        writeln!(out, "{}: {}", headline.figure.name(), headline.text)?;
    }
    writeln!(out, "report: {}", outcome.report.display())?;
    Ok(Done::Completely)
}

/// Runs what an experiment lacks in the folder of its name within `folder`; whether it is complete.
pub(crate) fn complete(
    experiment: &Experiment,
    folder: &Path,
    threads: usize,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<bool, Failure> {
    experiment.check_memory(threads, machine_memory())?;
    let path = folder.join(&experiment.name);
    let mut run = Run::open(experiment, RunFolder::check(&path, experiment)?)?;
    warn_before(&run, Shard::WHOLE);
    run.notify = Box::new(notify());
    if !quiet {
        say(&format!(
            "{}: {} of {} trials to run",
            experiment.name,
            run.remaining(),
            experiment.trials()
        ));
    }
    let mut live = Live::new(experiment, &run.trials, run.remaining(), quiet, interrupt);
    let result = run.execute(threads, interrupt, |trial| live.enter(trial));
    live.finish();
    result?;
    say_failed(&run, &path);
    Ok(!interrupt.requested())
}
