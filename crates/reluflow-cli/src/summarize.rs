//! `reluflow summarize`: sums up the cells of a run's folder.

use std::io::{self, Write};

use reluflow_lab::summary::sliding_in;
use reluflow_lab::{RunFolder, summarize};

use crate::args::SummarizeOptions;
use crate::live::say;
use crate::run::quoted;
use crate::{Done, Failure, table};

/// Runs the command.
pub(crate) fn run(options: &SummarizeOptions) -> Result<Done, Failure> {
    let (folder, experiment) = RunFolder::open(&options.folder)?;
    let found = folder.read(&experiment)?;
    for damage in &found.damaged {
        say(&format!("warning: {damage}; its trials are left out"));
    }
    if !found.failed.is_empty() {
        say(&format!(
            "warning: {} trials failed and are left out; `reluflow status {}` lists them",
            found.failed.len(),
            quoted(&options.folder)
        ));
    }
    let summaries = summarize(&experiment, &found.trials);
    let mut out = io::stdout().lock();
    if options.json {
        table::print_json(&mut out, &summaries)?;
    } else if options.csv {
        table::print_csv(&mut out, &summaries)?;
    } else {
        table::print(&mut out, &summaries)?;
    }
    out.flush()?;
    if let Some(note) = sliding_in(&summaries) {
        say(&note);
    }
    Ok(Done::Completely)
}
