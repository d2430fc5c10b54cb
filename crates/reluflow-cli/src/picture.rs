//! `reluflow picture`: draws one picture that is asked for by name.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use reluflow_lab::experiment::{BadInput, Cell, Place};
use reluflow_lab::{Error, Experiment, RunFolder};
use reluflow_report::path::follow;
use reluflow_report::pictures::{self, Kind, Wish, curves, losses, table_picture};
use reluflow_report::{Chart, save_as};

use crate::args::PictureOptions;
use crate::live::say;
use crate::watched::Watched;
use crate::{Done, Failure, one};

/// Most cells whose losses are drawn.
const MOST_CELLS: usize = 6;

/// Runs the command.
pub(crate) fn run(options: &PictureOptions) -> Result<Done, Failure> {
    check(options)?;
    let (name, chart, done) = match options.kind.as_str() {
        "losses" => many_losses(options)?,
        "column" | "map" | "histogram" => of_trials(options)?,
        kind => of_path(options, kind)?,
    };
    let file = match &options.out {
        Some(file) => file.clone(),
        // What follows a dot in the experiment's name is no kind of file.
        None => PathBuf::from(format!("{}-{}", name.replace('.', "-"), options.kind)),
    };
    let written = save_as(&file, &chart)?;
    if matches!(done, Done::Interrupted) {
        say("interrupted: the picture shows what was run so far");
    }
    let mut out = io::stdout().lock();
    for file in written {
        writeln!(out, "{}", file.display())?;
    }
    Ok(done)
}

/// Refuses flags that the kind does not read.
fn check(options: &PictureOptions) -> Result<(), Error> {
    let kind = options.kind.as_str();
    let given = [
        ("--of", options.of.is_some(), &["column", "map", "histogram"][..]),
        ("--x", options.x.is_some(), &["column", "map"]),
        ("--y", options.y.is_some(), &["map"]),
        ("--by", options.by.is_some(), &["column", "histogram"]),
        ("--draws", options.draws.is_some(), &["losses"]),
        ("--along", options.path.along.is_some(), &["neurons"]),
    ];
    for (flag, is_given, kinds) in given {
        if is_given && !kinds.contains(&kind) {
            let place = Place::Flag(flag.to_owned());
            let expected = format!("this flag with {}", kinds.join(", "));
            return Err(BadInput::new(place, "a flag that the picture does not read", expected, kind).into());
        }
    }
    Ok(())
}

/// A picture of one run.
fn of_path(options: &PictureOptions, kind: &str) -> Result<(String, Chart, Done), Failure> {
    let kind = Kind::from_name(kind).ok_or_else(|| io::Error::other("a kind without a picture"))?;
    let experiment = one::read(&options.one)?;
    let (cell, draw) = (&experiment.cells[0], options.one.draw);
    let watched = Watched::new();
    let (path, _) = follow(&experiment, cell, draw, options.path.rows, watched.interrupt())?;
    let along = options.path.along.clone().unwrap_or_default();
    let chart = pictures::picture(kind, &path, &along)?;
    Ok((experiment.name.clone(), chart, watched.done()))
}

/// The losses of all draws.
fn many_losses(options: &PictureOptions) -> Result<(String, Chart, Done), Failure> {
    let experiment = one::read_all(&options.one)?;
    let cells: Vec<&Cell> = experiment.cells.iter().collect();
    if cells.len() > MOST_CELLS {
        let place = Place::Flag("picture losses".into());
        let expected = format!("at most {MOST_CELLS} cells; choose some with --set");
        return Err(Error::from(BadInput::new(
            place,
            "too many cells for one picture",
            expected,
            cells.len(),
        ))
        .into());
    }
    let draws = options.draws.unwrap_or(experiment.draws);
    let watched = Watched::new();
    let found = curves(&experiment, &cells, draws, options.path.rows, watched.interrupt())?;
    let names: Vec<String> = match cells.as_slice() {
        [_] => vec![String::new()],
        _ => cells
            .iter()
            .map(|cell| pictures::plain_markup(&experiment.describe(cell)))
            .collect(),
    };
    Ok((experiment.name.clone(), losses(&found, &names), watched.done()))
}

/// A picture of the trials in a folder.
fn of_trials(options: &PictureOptions) -> Result<(String, Chart, Done), Failure> {
    let refused = |flag: &str, problem: &str, expected: &str, found: &str| {
        let place = Place::Flag(flag.to_owned());
        Error::from(BadInput::new(place, problem, expected, found))
    };
    let folder = options.one.file.as_deref().filter(|path| path.is_dir());
    let Some(folder) = folder else {
        let found = options
            .one
            .file
            .as_deref()
            .map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        let kind = format!("picture {}", options.kind);
        return Err(refused(
            &kind,
            "no trials to draw",
            "a run's folder, as `reluflow run` makes it",
            &found,
        )
        .into());
    };
    let (experiment, trials) = read(folder)?;
    let Some(column) = &options.of else {
        let known: Vec<String> = pictures::columns(&experiment, &trials)
            .into_iter()
            .filter(|(_, values)| values.iter().any(|value| !value.is_nan()))
            .map(|(name, _)| name)
            .collect();
        let expected = format!("one of {}", known.join(", "));
        return Err(refused("--of", "which column to draw", &expected, "none").into());
    };
    let (x, y, by) = (options.x.clone(), options.y.clone(), options.by.clone());
    let wish = match options.kind.as_str() {
        "column" => Wish::Column { x, by },
        "map" => Wish::Map { x, y },
        _ => Wish::Histogram { by },
    };
    let chart = table_picture(&experiment, &trials, column, &wish)?;
    Ok((format!("{}-{column}", experiment.name), chart, Done::Completely))
}

fn read(folder: &Path) -> Result<(Experiment, Vec<reluflow_lab::Trial>), Error> {
    let (folder, experiment) = RunFolder::open(folder)?;
    let found = folder.read(&experiment)?;
    Ok((experiment, found.trials))
}
