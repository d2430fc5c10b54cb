//! `reluflow trajectory`: follows one run over time.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow::observe::Row;
use reluflow_lab::experiment::{BadInput, Place, spec::DEFAULTS};
use reluflow_lab::store::table::{Column, write};
use reluflow_lab::{Error, Experiment, Override, population, trial};

use crate::args::{TrajectoryOptions, flag};
use crate::live::say;
use crate::{Done, Failure, events, stationary};

/// Runs the command.
pub(crate) fn run(options: &TrajectoryOptions) -> Result<Done, Failure> {
    for (name, path) in [("--out", &options.out), ("--events", &options.events)] {
        if let Some(path) = path {
            check_extension(name, path)?;
        }
    }
    let experiment = read(options)?;
    let cell = &experiment.cells[0];
    if population::is_population(cell) {
        let solution = population::follow(&experiment, cell, options.draw, &Interrupt::default())?;
        save(options, population::columns(&solution))?;
        let (described, draw) = (experiment.describe(cell), options.draw);
        writeln!(
            io::stdout().lock(),
            "{described}, draw {draw}: {}",
            solution.sentence()
        )?;
        return Ok(Done::Completely);
    }
    let solution = trial::follow(&experiment, cell, options.draw, &Interrupt::default())?;
    let columns = solution.trajectory.columns();
    save(
        options,
        columns.map(|(name, values)| (name.to_owned(), values)).collect(),
    )?;
    if let Some(path) = &options.events {
        events::save(path, &solution.events, is_parquet(path))?;
    }
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}, draw {}: {}",
        experiment.describe(cell),
        options.draw,
        solution.verdict
    )?;
    if !solution.events.rows().is_empty() {
        let (events, branches) = (solution.counts.events, solution.counts.branches);
        let spent = if solution.events.exhausted().is_some() {
            "; a bound on events ended the run early"
        } else {
            ""
        };
        let evaluations = solution.counts.evaluations;
        writeln!(
            out,
            "{evaluations} evaluations; {events} events, {branches} of them branch points{spent}"
        )?;
    }
    if let Some(defect) = solution.end.energy_defect {
        let (evaluations, drift) = (solution.counts.evaluations, solution.end.balance_drift);
        writeln!(
            out,
            "{evaluations} evaluations; energy defect {defect:.2e}; balance kept to {drift:.1e}"
        )?;
    }
    if options.stationary {
        let (dataset, _) = trial::draw(&experiment, cell, options.draw)?;
        stationary::report(
            &mut out,
            &dataset,
            &solution.network,
            cell.spec.units,
            options.negligible,
        )?;
    }
    Ok(Done::Completely)
}

/// Prints or writes a table, as the options say.
fn save(options: &TrajectoryOptions, columns: Vec<(String, Vec<f64>)>) -> Result<(), Failure> {
    match &options.out {
        None => print(&mut io::stdout().lock(), &columns, "  ", true)?,
        Some(path) if is_parquet(path) => {
            let table = columns
                .into_iter()
                .map(|(name, values)| (name, Column::Numbers(values)));
            write(path, &table.collect()).map_err(|source| Error::Parquet {
                path: path.clone(),
                source,
            })?;
        }
        Some(path) => {
            let file = File::create(path).map_err(|error| Error::file("writing", path, error))?;
            let mut out = BufWriter::new(file);
            print(&mut out, &columns, ",", false)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// The experiment of the file or of the flags, with one cell to follow.
fn read(options: &TrajectoryOptions) -> Result<Experiment, Failure> {
    let sizes = [("n", options.n), ("d", options.d), ("p", options.p)];
    let mut overrides: Vec<Override> = sizes
        .into_iter()
        .filter_map(|(name, value)| {
            value.map(|value| flag(&format!("--{name}"), &format!("sweep.{name}"), value))
        })
        .collect();
    overrides.extend(options.settings.overrides());
    let Some(path) = &options.file else {
        let text = format!("[sweep]\np = {{ lemma5 = 0.05 }}\n\n{DEFAULTS}");
        return Ok(Experiment::from_text(
            "the paper's protocol",
            "trajectory",
            &text,
            &overrides,
            Path::new(""),
        )?);
    };
    let experiment = Experiment::from_file(path, &overrides)?;
    if experiment.cells.len() > 1 {
        say(&format!(
            "the first of {} cells: {}; choose another with --n, --d, --p or --set",
            experiment.cells.len(),
            experiment.describe(&experiment.cells[0])
        ));
    }
    Ok(experiment)
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "parquet")
}

fn check_extension(name: &str, path: &Path) -> Result<(), Error> {
    if is_parquet(path) || path.extension().is_some_and(|extension| extension == "csv") {
        return Ok(());
    }
    let flag = Place::Flag(format!("{name} {}", path.display()));
    Err(BadInput::new(
        flag,
        "unknown kind of file",
        "a name that ends in .csv or .parquet",
        path.display(),
    )
    .into())
}

/// Writes the table line by line, aligned for reading or exact for machines.
fn print(
    out: &mut impl Write,
    columns: &[(String, Vec<f64>)],
    separator: &str,
    aligned: bool,
) -> io::Result<()> {
    let names: Vec<String> = columns
        .iter()
        .map(|(name, _)| {
            if aligned {
                format!("{name:>13}")
            } else {
                name.clone()
            }
        })
        .collect();
    writeln!(out, "{}", names.join(separator))?;
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    for row in 0..rows {
        let fields: Vec<String> = columns
            .iter()
            .map(|(name, values)| match (aligned, values[row]) {
                (true, value) if value.is_nan() => format!("{:>13}", "–"),
                (true, value) if Row::WHOLE.contains(&name.as_str()) => format!("{value:>13.0}"),
                (true, value) => format!("{value:>13.5e}"),
                (false, value) if value.is_nan() => String::new(),
                (false, value) => value.to_string(),
            })
            .collect();
        writeln!(out, "{}", fields.join(separator))?;
    }
    Ok(())
}
