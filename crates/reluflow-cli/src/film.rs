//! `reluflow film`: makes a film of one run.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use reluflow_lab::Error;
use reluflow_lab::experiment::{BadInput, Place};
use reluflow_report::film::{self, film};
use reluflow_report::path::follow;

use crate::args::FilmOptions;
use crate::watched::Watched;
use crate::{Done, Failure, one};

/// Runs the command.
pub(crate) fn run(options: &FilmOptions) -> Result<Done, Failure> {
    if let Some(file) = &options.out {
        check_ending(file)?;
    }
    let experiment = one::read(&options.one)?;
    let cell = &experiment.cells[0];
    let (rows, draw) = (options.path.rows, options.one.draw);
    let watched = Watched::new();
    let (path, solution) = follow(&experiment, cell, draw, rows, watched.interrupt())?;
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
    Ok(watched.done())
}

/// A film is a page: refuses the ending of another kind of file.
fn check_ending(file: &Path) -> Result<(), Error> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    if matches!(ending, None | Some("html" | "htm")) {
        return Ok(());
    }
    let place = Place::Flag(format!("--out {}", file.display()));
    let bad = BadInput::new(
        place,
        "unknown kind of file",
        "a name that ends in .html",
        file.display(),
    );
    Err(bad.hint("a video: docs/watch-the-neurons.md").into())
}
