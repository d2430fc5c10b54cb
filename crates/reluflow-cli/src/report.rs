//! `reluflow report`: draws the figures of a run's folder and writes its page.

use std::io::{self, Write};

use reluflow_report::write_run_report;

use crate::args::ReportOptions;
use crate::{Done, Failure};

/// Runs the command.
pub(crate) fn run(options: &ReportOptions) -> Result<Done, Failure> {
    let page = write_run_report(&options.folder)?;
    writeln!(io::stdout().lock(), "{}", page.display())?;
    Ok(Done::Completely)
}
