//! `reluflow trajectory`: follows one run over time.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use reluflow::Trajectory;
use reluflow::flow::Interrupt;
use reluflow::observe::{self, Observable};
use reluflow_lab::experiment::{BadInput, Place};
use reluflow_lab::store::table::{Column, write};
use reluflow_lab::{Error, trial};

use crate::args::TrajectoryOptions;
use crate::{Done, Failure, events, networks, one, stationary};

/// Runs the command.
pub(crate) fn run(options: &TrajectoryOptions) -> Result<Done, Failure> {
    let files = [
        ("--out", &options.out),
        ("--events", &options.events),
        ("--networks", &options.networks),
    ];
    for (name, path) in files {
        if let Some(path) = path {
            check_extension(name, path)?;
        }
    }
    let experiment = one::read(&options.one)?;
    let cell = &experiment.cells[0];
    let solution = {
        let keeps_networks = options.networks.is_some() || options.plateaus;
        let also: &[Observable] = if keeps_networks {
            &[Observable::Network]
        } else {
            &[]
        };
        trial::follow(&experiment, cell, options.one.draw, also, &Interrupt::default())?
    };
    match &options.out {
        None => print(&mut io::stdout().lock(), &solution.trajectory, "  ", true)?,
        Some(path) if is_parquet(path) => {
            let columns = solution.trajectory.columns();
            let table = columns.map(|(name, values)| (name.to_owned(), Column::Numbers(values)));
            write(path, &table.collect()).map_err(|source| Error::Parquet {
                path: path.clone(),
                source,
            })?;
        }
        Some(path) => {
            let file = File::create(path).map_err(|error| Error::file("writing", path, error))?;
            let mut out = BufWriter::new(file);
            print(&mut out, &solution.trajectory, ",", false)?;
            out.flush()?;
        }
    }
    if let Some(path) = &options.events {
        events::save(path, &solution.events, is_parquet(path))?;
    }
    if let Some(path) = &options.networks {
        networks::save(path, &solution.path, is_parquet(path))?;
    }
    let mut out = io::stdout().lock();
    if options.plateaus {
        networks::print_plateaus(&mut out, &solution)?;
    }
    writeln!(
        out,
        "{}, draw {}: {}",
        experiment.describe(cell),
        options.one.draw,
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
        let (dataset, _) = trial::draw(&experiment, cell, options.one.draw)?;
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

/// Whether the numbers of a column are whole.
fn is_whole(name: &str) -> bool {
    observe::column(name).is_some_and(observe::Column::is_whole)
}

/// Writes the table line by line, aligned for reading or exact for machines.
fn print(out: &mut impl Write, trajectory: &Trajectory, separator: &str, aligned: bool) -> io::Result<()> {
    let columns: Vec<(&str, Vec<f64>)> = trajectory.columns().collect();
    let names: Vec<String> = columns
        .iter()
        .map(|(name, _)| {
            if aligned {
                format!("{name:>13}")
            } else {
                (*name).to_owned()
            }
        })
        .collect();
    writeln!(out, "{}", names.join(separator))?;
    for row in 0..trajectory.rows().len() {
        let fields: Vec<String> = columns
            .iter()
            .map(|(name, values)| match (aligned, values[row]) {
                (true, value) if value.is_nan() => format!("{:>13}", "–"),
                (true, value) if is_whole(name) => format!("{value:>13.0}"),
                (true, value) => format!("{value:>13.5e}"),
                (false, value) if value.is_nan() => String::new(),
                (false, value) => value.to_string(),
            })
            .collect();
        writeln!(out, "{}", fields.join(separator))?;
    }
    Ok(())
}
