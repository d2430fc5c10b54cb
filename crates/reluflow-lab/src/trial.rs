//! Runs one trial: draw data and network, let time pass, keep the numbers.

pub mod columns;
mod numbers;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use reluflow::field::IdleThreads;
use reluflow::flow::{End, Interrupt};
use reluflow::observe::{Observable, When};
use reluflow::random::Purpose;
use reluflow::{Dataset, Network, Problem, Solution, TrialSeed, Units, Verdict};

use crate::error::{Error, Result};
use crate::experiment::{Cell, Experiment, NetworkSource, Provenance, Spec};
use crate::population;
use columns::Kind;
pub use numbers::Numbers;

/// Rows a decade of time when a followed trial's experiment asks for the end only.
const ROWS: u32 = 8;

/// The verdict of a draw on which two accuracies disagree.
pub(crate) const UNDECIDED: &str = "undecided";

/// What is kept of a trial. No clock is in it: the same trial gives the same bits on every run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trial {
    /// Index of its cell in the experiment.
    pub cell: usize,
    /// Which draw of the cell, from 0.
    pub draw: u64,
    /// How it ended, as one word.
    pub verdict: String,
    /// Whether it met its criterion of success.
    pub converged: bool,
    /// What counts as success of this trial, as one word; empty in folders of earlier versions.
    pub criterion: String,
    /// Its numbers, by [`columns`].
    pub numbers: Numbers,
}

impl Trial {
    /// The number in a column, if there is one.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.numbers.get(name)
    }

    /// The number in a column; NaN where there is none.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).unwrap_or(f64::NAN)
    }

    /// The same trial with a number in a column.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        self.numbers.set(name, value);
        self
    }

    /// The last values of what was recorded besides the columns of every trial.
    pub fn recorded(&self) -> impl Iterator<Item = (&'static str, f64)> {
        columns::of_kind(Kind::Recorded).filter_map(|column| Some((column.name, self.get(column.name)?)))
    }

    /// Whether neurons slid along kinks for most of the way, so that both accuracies may agree and be wrong: an energy defect of the
    /// whole run above [`End::MAX_DEFECT`]. Runs by the accuracy `checked` have been asked about it already.
    pub fn slid(&self, spec: &Spec) -> bool {
        !spec.is_checked()
            && self
                .get("total_defect")
                .is_some_and(|defect| defect > End::MAX_DEFECT)
    }
}

/// A trial that gave no numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailedTrial {
    /// Index of its cell in the experiment.
    pub cell: usize,
    /// Which draw of the cell, from 0.
    pub draw: u64,
    /// What went wrong.
    pub message: String,
}

/// How a trial was left.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It ended, in a verdict.
    Ended(Box<Trial>),
    /// It gave no numbers.
    Failed(FailedTrial),
    /// It was interrupted before its end.
    Interrupted,
}

/// The coordinates of a trial's random numbers.
pub fn seed(experiment: &Experiment, cell: &Cell, draw: u64) -> TrialSeed {
    TrialSeed {
        root: experiment.seed,
        n: cell.n,
        d: cell.d,
        p: cell.p,
        draw,
    }
}

/// What a trial is drawn from its seed, in the core's units.
#[derive(Debug)]
pub struct Drawn {
    /// The training examples.
    pub dataset: Dataset,
    /// The network at time 0.
    pub network: Network,
    /// Examples that are not trained on, if the experiment has a test.
    pub test: Option<Dataset>,
    /// The network that labelled the examples, if one did.
    pub teacher: Option<Network>,
}

/// Draws the data and the network of a trial, in the core's units.
///
/// # Errors
/// When a law cannot be drawn, such as `covered` with far too few neurons.
pub fn draw(experiment: &Experiment, cell: &Cell, draw: u64) -> Result<(Dataset, Network)> {
    let drawn = draw_all(experiment, cell, draw)?;
    Ok((drawn.dataset, drawn.network))
}

/// As [`draw`], with the test examples and the teacher. They have random numbers of their own: neither data nor network depends on whether there is a
/// test.
///
/// # Errors
/// As [`draw`], and when the test examples cannot be drawn.
pub fn draw_all(experiment: &Experiment, cell: &Cell, draw: u64) -> Result<Drawn> {
    let seed = seed(experiment, cell, draw);
    let failed = |source| Error::Trial {
        cell: experiment.describe(cell),
        draw,
        source,
    };
    let (n, d, p) = (cell.n as usize, cell.d as usize, cell.p as usize);
    let spec = &cell.spec;
    let (dataset, origin) = spec
        .data
        .realise(n, d, &mut seed.generator(Purpose::Data))
        .map_err(failed)?;
    let network = spec
        .initialisation
        .sample(p, &dataset, &mut seed.generator(Purpose::Initialisation))
        .map_err(failed)?;
    let test = spec
        .test
        .as_ref()
        .map(|test| test.sample(&origin, d, &mut seed.generator(Purpose::Test)))
        .transpose()
        .map_err(failed)?;
    let teacher = match &origin {
        Provenance::Law(realised) if spec.record.wants(Observable::Teacher) => realised.teacher(),
        _ => None,
    };
    Ok(Drawn {
        network: drawn_in(cell).network(&network),
        dataset,
        test,
        teacher,
    })
}

/// The units in which a cell's networks are drawn: PyTorch's default is written in ours.
pub(crate) fn drawn_in(cell: &Cell) -> Units {
    match &cell.spec.initialisation {
        NetworkSource::Law(law) if law.is_in_our_scaling() => Units::default(),
        _ => cell.spec.units,
    }
}

/// Draws and solves a trial; the solution is in the experiment's units.
///
/// # Errors
/// As [`draw`].
pub fn solve(experiment: &Experiment, cell: &Cell, k: u64, interrupt: &Interrupt) -> Result<Solution> {
    solve_sharing(experiment, cell, k, interrupt, &IdleThreads::default())
}

/// As [`solve`], with threads that large evaluations may share while they stand idle; no bit depends on them.
///
/// # Errors
/// As [`draw`].
pub fn solve_sharing(
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
/// As [`draw`].
pub fn follow(
    experiment: &Experiment,
    cell: &Cell,
    k: u64,
    also: &[Observable],
    interrupt: &Interrupt,
) -> Result<Solution> {
    let mut spec = Spec::clone(&cell.spec);
    if spec.record.observables.is_empty() {
        spec.record.observables = vec![
            Observable::Curvature,
            Observable::CurvatureBounds,
            Observable::Balance,
            Observable::Lost,
        ];
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
/// As [`draw`].
pub fn run(experiment: &Experiment, cell: usize, draw: u64, interrupt: &Interrupt) -> Result<Option<Trial>> {
    run_sharing(experiment, cell, draw, interrupt, &IdleThreads::default())
}

/// As [`run`], with threads that large evaluations may share while they stand idle; no bit depends on them.
///
/// # Errors
/// As [`draw`].
pub fn run_sharing(
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
