//! `reluflow film`: makes a film of one run.

use std::io::{self, Write};
use std::path::PathBuf;

use reluflow::flow::Interrupt;
use reluflow_lab::Error;
use reluflow_report::film::{self, film};
use reluflow_report::path::follow;

use crate::args::FilmOptions;
use crate::{Done, Failure, one};

/// Runs the command.
pub(crate) fn run(options: &FilmOptions) -> Result<Done, Failure> {
    let experiment = one::read(&options.one)?;
    let cell = &experiment.cells[0];
    let (rows, draw) = (options.path.rows, options.one.draw);
    let (path, solution) = follow(&experiment, cell, draw, rows, &Interrupt::default())?;
    let made = film::Options {
        frames: options.frames as usize,
        along: options.path.along.clone().unwrap_or_default(),
    };
    let page = film(&path, &made)?;
    let file = match &options.out {
        Some(file) => file.clone(),
        None => PathBuf::from(format!("{}.html", experiment.name)),
    };
    std::fs::write(&file, page).map_err(|error| Error::file("writing", &file, error))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}: {}", path.name, solution.verdict)?;
    writeln!(out, "{}", file.display())?;
    Ok(Done::Completely)
}
