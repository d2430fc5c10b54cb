//! `reluflow trajectory`: follows one run over time.

use std::io::{self, Write};
use std::path::Path;

use reluflow::Method;
use reluflow::flow::DecidedBy;
use reluflow::observe::{self, Observable};
use reluflow_lab::experiment::{BadInput, Place};
use reluflow_lab::summary::SLIDES;
use reluflow_lab::table::Columns;
use reluflow_lab::{Error, Experiment, population, trial};

use crate::args::TrajectoryOptions;
use crate::file::{self, is_parquet};
use crate::watched::Watched;
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
    if population::is_population(cell) {
        return follow_population(options, &experiment);
    }
    let watched = Watched::new();
    let solution = {
        let keeps_networks = options.networks.is_some() || options.plateaus;
        let also: &[Observable] = if keeps_networks {
            &[Observable::Network]
        } else {
            &[]
        };
        trial::follow(&experiment, cell, options.one.draw, also, watched.interrupt())?
    };
    let columns = solution.trajectory.columns();
    save(
        options,
        columns.map(|(name, values)| (name.to_owned(), values)).collect(),
    )?;
    if let Some(path) = &options.events {
        if matches!(cell.spec.method, Method::Jump(_)) {
            let (dataset, network) = trial::draw(&experiment, cell, options.one.draw)?;
            events::save_jumps(path, &dataset, &network)?;
        } else {
            events::save(path, &solution.events)?;
        }
    }
    if let Some(path) = &options.networks {
        networks::save(path, &solution.path)?;
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
        if solution.end.slides() && !cell.spec.is_checked() {
            writeln!(
                out,
                "warning: {SLIDES}; compare with --set 'flow={{method=\"exact\"}}'"
            )?;
        }
    }
    if let Some(by) = solution.end.decided_by {
        writeln!(out, "{}", whose_verdict(by, solution.end.success_times))?;
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
    Ok(watched.done())
}

/// Whose verdict it is with the accuracy `checked`, and the times of success of the default and the careful run.
fn whose_verdict(by: DecidedBy, times: Option<(f64, f64)>) -> String {
    let said = match by {
        DecidedBy::Agreement => "the default and the careful run agree",
        DecidedBy::StrictRun => "a strict run confirms the careful one",
        _ => "the exact flow decided",
    };
    match times {
        Some((default, careful)) => {
            format!("checked: {said}; success at t = {default:.4} by default, {careful:.4} by careful steps")
        }
        None => format!("checked: {said}"),
    }
}

/// Follows a trial on a Gaussian population.
fn follow_population(options: &TrajectoryOptions, experiment: &Experiment) -> Result<Done, Failure> {
    let of_examples = [
        ("--events", options.events.is_some()),
        ("--networks", options.networks.is_some()),
        ("--plateaus", options.plateaus),
        ("--stationary", options.stationary),
    ];
    if let Some((name, _)) = of_examples.into_iter().find(|(_, is_asked)| *is_asked) {
        return Err(Error::from(BadInput::new(
            Place::Flag(name.to_owned()),
            "not on a population",
            "only --out where data.law = \"gaussian-population\"",
            name,
        ))
        .into());
    }
    let (cell, draw) = (&experiment.cells[0], options.one.draw);
    let watched = Watched::new();
    let solution = population::follow(experiment, cell, draw, watched.interrupt())?;
    save(options, population::columns(&solution))?;
    let described = experiment.describe(cell);
    writeln!(
        io::stdout().lock(),
        "{described}, draw {draw}: {}",
        solution.sentence()
    )?;
    Ok(watched.done())
}

/// Prints or writes a table, as the options say.
fn save(options: &TrajectoryOptions, columns: Vec<(String, Vec<f64>)>) -> Result<(), Failure> {
    match &options.out {
        None => print(&mut io::stdout().lock(), &columns)?,
        Some(path) => {
            let rows: Vec<usize> = (0..columns.first().map_or(0, |(_, values)| values.len())).collect();
            let mut table = Columns::of(&rows);
            for (name, values) in columns {
                table.numbers(name, |row| values[*row]);
            }
            file::save(path, &table.table())?;
        }
    }
    Ok(())
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

/// Prints the table, aligned for reading.
fn print(out: &mut impl Write, columns: &[(String, Vec<f64>)]) -> io::Result<()> {
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("{name:>13}")).collect();
    writeln!(out, "{}", names.join("  "))?;
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    for row in 0..rows {
        let fields: Vec<String> = columns
            .iter()
            .map(|(name, values)| match values[row] {
                value if value.is_nan() => format!("{:>13}", "–"),
                // −0 + 0 is 0.
                value if is_whole(name) => format!("{:>13.0}", value + 0.0),
                value => format!("{:>13.5e}", value + 0.0),
            })
            .collect();
        writeln!(out, "{}", fields.join("  "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::print;

    /// A product of 0 with a negative number is −0, which is 0.
    #[test]
    fn nothing_is_printed_as_minus_0() {
        let columns = [("step", -0.0), ("mu_low", -0.0)].map(|(name, value)| (name.to_owned(), vec![value]));
        let mut out = Vec::new();
        print(&mut out, &columns).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap().lines().nth(1).unwrap(),
            format!("{:>13}  {:>13}", "0", "0.00000e0")
        );
    }
}
