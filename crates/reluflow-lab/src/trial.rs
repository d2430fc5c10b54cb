//! Runs one trial: draw data and network, let time pass, keep the numbers.

pub mod columns;
pub(crate) mod draw;
pub(crate) mod kept;
mod numbers;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use reluflow::field::IdleThreads;
use reluflow::flow::{DecidedBy, Interrupt};
use reluflow::observe::curvature::Bounds;
use reluflow::observe::{Observable, When};
use reluflow::{Problem, Solution, Verdict};

use crate::error::{Error, Result};
use crate::experiment::{Cell, Experiment, Spec};
use crate::population;
pub use draw::{Drawn, draw, draw_all, seed};
pub use kept::{FailedTrial, Outcome, Trial, trying_again};
pub use numbers::Numbers;

/// Rows a decade of time when a followed trial's experiment asks for the end only.
const ROWS: u32 = 8;

/// Draws and solves a trial; the solution is in the experiment's units.
///
/// # Errors
/// As [`draw()`].
pub fn solve(experiment: &Experiment, cell: &Cell, k: u64, interrupt: &Interrupt) -> Result<Solution> {
    solve_sharing(experiment, cell, k, interrupt, &IdleThreads::default())
}

/// As [`solve`], with threads that large evaluations may share while they stand idle; no bit depends on them.
///
/// # Errors
/// As [`draw()`].
pub(crate) fn solve_sharing(
    experiment: &Experiment,
    cell: &Cell,
    k: u64,
    interrupt: &Interrupt,
    idle_threads: &IdleThreads,
) -> Result<Solution> {
    let Drawn {
        dataset,
        network,
        test,
        teacher,
    } = draw_all(experiment, cell, k)?;
    let spec = &cell.spec;
    let (units, n) = (spec.units, dataset.examples());
    let problem = Problem {
        model: units.model(&spec.model, n),
        stops: units.stops(&spec.stops, n, network.neurons()),
        record: units.record(&spec.record, n),
        test: test.as_ref(),
        teacher: teacher.as_ref(),
        interrupt: interrupt.clone(),
        idle_threads: idle_threads.clone(),
        ..Problem::new(&dataset, &network, units.method(&spec.method, n))
    };
    let solution = problem.solve().map_err(|source| Error::Trial {
        cell: experiment.describe(cell),
        draw: k,
        source,
    })?;
    Ok(units.solution(solution, n))
}

/// As [`solve`], with rows over time also where the experiment records nothing, or the end only, and what `also` asks for.
///
/// # Errors
/// As [`draw()`].
pub fn follow(
    experiment: &Experiment,
    cell: &Cell,
    k: u64,
    also: &[Observable],
    interrupt: &Interrupt,
) -> Result<Solution> {
    let mut spec = Spec::clone(&cell.spec);
    if spec.record.observables.is_empty() {
        spec.record.observables = vec![Observable::Curvature, Observable::Balance, Observable::Lost];
        if Bounds::exist(&spec.model) {
            spec.record.observables.insert(1, Observable::CurvatureBounds);
        }
    }
    spec.record.observables.extend(also);
    if spec.record.when == When::End {
        spec.record.when = When::PerDecade(ROWS);
    }
    let mut cell = cell.clone();
    cell.spec = spec.into();
    solve(experiment, &cell, k, interrupt)
}

/// Runs a trial; `None` when it was interrupted before its end.
///
/// # Errors
/// As [`draw()`].
pub fn run(experiment: &Experiment, cell: usize, draw: u64, interrupt: &Interrupt) -> Result<Option<Trial>> {
    run_sharing(experiment, cell, draw, interrupt, &IdleThreads::default())
}

/// As [`run`], with threads that large evaluations may share while they stand idle; no bit depends on them.
///
/// # Errors
/// As [`draw()`].
pub(crate) fn run_sharing(
    experiment: &Experiment,
    cell: usize,
    draw: u64,
    interrupt: &Interrupt,
    idle_threads: &IdleThreads,
) -> Result<Option<Trial>> {
    if population::is_population(&experiment.cells[cell]) {
        return population::run(experiment, cell, draw, interrupt);
    }
    let solution = solve_sharing(experiment, &experiment.cells[cell], draw, interrupt, idle_threads)?;
    // A run that had passed the trap keeps its verdict when interrupted, but ends early: it must be run again.
    if interrupt.requested() || matches!(solution.verdict, Verdict::Interrupted { .. }) {
        return Ok(None);
    }
    let number = |column: &columns::TrialColumn| Some((column.name, column.read(&solution)?));
    Ok(Some(Trial {
        cell,
        draw,
        verdict: solution.verdict.kind().to_owned(),
        converged: solution.verdict.converged(),
        criterion: solution.end.criterion.name().to_owned(),
        decided_by: solution.end.decided_by.map_or("", DecidedBy::name).to_owned(),
        numbers: columns::columns().iter().filter_map(number).collect(),
    }))
}

/// Runs a trial and lets nothing out: an error, a panic, and numbers that are none although the verdict does
/// not say so, are failures of this one trial.
///
/// A loss that leaves the numbers is no failure but the verdict `not-finite`.
pub fn attempt(cell: usize, draw: u64, trial: impl FnOnce() -> Result<Option<Trial>>) -> Outcome {
    let failed = |message: String| Outcome::Failed(FailedTrial { cell, draw, message });
    // What the trial was working on is dropped with it: nothing half-changed is seen again.
    match catch_unwind(AssertUnwindSafe(trial)) {
        Ok(Ok(Some(trial))) => match broken(&trial) {
            Some((name, value)) => failed(format!("{name} is {value} with the verdict {}", trial.verdict)),
            None => Outcome::Ended(trial.into()),
        },
        Ok(Ok(None)) => Outcome::Interrupted,
        Ok(Err(Error::Undrawable { source, .. })) => failed(format!("{}{source}", FailedTrial::VOID)),
        Ok(Err(Error::Trial { source, .. })) => failed(source.to_string()),
        Ok(Err(error)) => failed(error.to_string()),
        Err(panic) => failed(format!("panicked: {}", words(panic.as_ref()))),
    }
}

/// The first number of a trial that should be finite and is not.
fn broken(trial: &Trial) -> Option<(&'static str, f64)> {
    let mut numbers = vec![("the time", trial.number("time"))];
    if trial.verdict != (Verdict::NotFinite { time: 0.0 }).kind() {
        numbers.extend([
            ("L(0)", trial.number("initial_loss")),
            ("L at the end", trial.number("loss")),
        ]);
    }
    numbers.into_iter().find(|(_, value)| !value.is_finite())
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a word")
}
