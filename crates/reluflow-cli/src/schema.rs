//! `reluflow schema`: prints the JSON Schema of experiment files.

use std::io::{self, Write};

use reluflow_lab::schema::schema;

use crate::{Done, Failure};

/// Runs the command.
pub(crate) fn run() -> Result<Done, Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:#}", schema())?;
    Ok(Done::Completely)
}
