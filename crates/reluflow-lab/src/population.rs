//! Draws and runs the trials of Gaussian populations: no data are drawn but a teacher, and an end is a stationary point.

use reluflow::flow::Interrupt;
use reluflow::observe::When;
use reluflow::population::{PopulationProblem, PopulationSolution, PopulationVerdict, Teacher};
use reluflow::random::Purpose;
use reluflow::{Criterion, Network};

use crate::error::{Error, Result};
use crate::experiment::{Cell, DataSource, Experiment, NetworkSource};
use crate::trial::columns::{self, TrialColumn};
use crate::trial::draw::{drawn_in, seed};
use crate::trial::kept::Trial;

/// Rows a decade of time when a followed trial's experiment asks for the end only.
const ROWS: u32 = 8;

/// Whether a cell's trials are on a population.
pub fn is_population(cell: &Cell) -> bool {
    matches!(cell.spec.data, DataSource::Population(_))
}

/// Draws the teacher and the network of a trial, the network in the core's units.
///
/// # Errors
/// When the cell's data are examples, or a law cannot be drawn.
pub fn draw(experiment: &Experiment, cell: &Cell, k: u64) -> Result<(Teacher, Network)> {
    let failed = |source| failure(experiment, cell, k, source);
    let DataSource::Population(law) = &cell.spec.data else {
        let expected = "gaussian-population";
        return Err(failed(reluflow::Error::out_of_range(
            "data.law",
            expected,
            "a law of examples",
        )));
    };
    let seed = seed(experiment, cell, k);
    let (d, p) = (cell.d as usize, cell.p as usize);
    let teacher = law
        .sample(d, &mut seed.generator(Purpose::Data))
        .map_err(failed)?;
    let mut random = seed.generator(Purpose::Initialisation);
    let network = match &cell.spec.initialisation {
        NetworkSource::Law(law) => law.sample_in(p, d, &mut random),
        NetworkSource::File(network) => network.numbers().cloned(),
    };
    Ok((teacher, drawn_in(cell).network(&network.map_err(failed)?)))
}

/// Draws and solves a trial; the solution is in the experiment's units.
///
/// # Errors
/// As [`draw`].
pub fn solve(
    experiment: &Experiment,
    cell: &Cell,
    k: u64,
    interrupt: &Interrupt,
) -> Result<PopulationSolution> {
    let (teacher, network) = draw(experiment, cell, k)?;
    let spec = &cell.spec;
    let units = spec.units;
    let problem = PopulationProblem {
        model: units.model(&spec.model, 1),
        method: units.method(&spec.method, 1),
        stops: units.population_stops(&spec.population_stops, network.neurons()),
        record: units.record(&spec.record, 1),
        interrupt: interrupt.clone(),
        ..PopulationProblem::new(&teacher, &network)
    };
    let solution = problem
        .solve()
        .map_err(|source| failure(experiment, cell, k, source))?;
    Ok(units.population_solution(solution))
}

/// As [`solve`], with rows over time also where the experiment asks for the end only.
///
/// # Errors
/// As [`draw`].
pub fn follow(
    experiment: &Experiment,
    cell: &Cell,
    k: u64,
    interrupt: &Interrupt,
) -> Result<PopulationSolution> {
    let mut cell = cell.clone();
    if cell.spec.record.when == When::End {
        let mut spec = (*cell.spec).clone();
        spec.record.when = When::PerDecade(ROWS);
        cell.spec = spec.into();
    }
    solve(experiment, &cell, k, interrupt)
}

/// Runs a trial; `None` when it was interrupted before its end.
pub(crate) fn run(
    experiment: &Experiment,
    cell: usize,
    draw: u64,
    interrupt: &Interrupt,
) -> Result<Option<Trial>> {
    let solution = solve(experiment, &experiment.cells[cell], draw, interrupt)?;
    if interrupt.requested() || matches!(solution.verdict, PopulationVerdict::Interrupted { .. }) {
        return Ok(None);
    }
    let number = |column: &TrialColumn| Some((column.name, column.read_population(&solution)?));
    Ok(Some(Trial {
        cell,
        draw,
        verdict: solution.verdict.kind().to_owned(),
        converged: solution.verdict.is_global(),
        criterion: Criterion::Loss.name().to_owned(),
        decided_by: String::new(),
        numbers: columns::columns().iter().filter_map(number).collect(),
    }))
}

fn failure(experiment: &Experiment, cell: &Cell, draw: u64, source: reluflow::Error) -> Error {
    Error::Trial {
        cell: experiment.describe(cell),
        draw,
        source,
    }
}

/// The rows of a solution as columns: time, step, evaluations, loss, gradient_norm, then a_1 …, q_1_1 …, m_1_1 …, counted from 1.
pub fn columns(solution: &PopulationSolution) -> Vec<(String, Vec<f64>)> {
    let rows = &solution.rows;
    let column =
        |name: String, read: &dyn Fn(usize) -> f64| (name, (0..rows.len()).map(read).collect::<Vec<_>>());
    let mut columns = vec![
        column("time".into(), &|row| rows[row].time),
        column("step".into(), &|row| rows[row].step as f64),
        column("evaluations".into(), &|row| rows[row].evaluations as f64),
        column("loss".into(), &|row| rows[row].loss),
        column("gradient_norm".into(), &|row| rows[row].gradient_norm),
    ];
    let Some(first) = rows.first() else { return columns };
    for j in 0..first.output_weights.len() {
        columns.push(column(format!("a_{}", j + 1), &|row| rows[row].output_weights[j]));
    }
    for (at, _) in first
        .overlaps
        .students
        .indexed_iter()
        .filter(|((j, l), _)| j <= l)
    {
        let name = format!("q_{}_{}", at.0 + 1, at.1 + 1);
        columns.push(column(name, &|row| rows[row].overlaps.students[at]));
    }
    for (at, _) in first.overlaps.teachers.indexed_iter() {
        let name = format!("m_{}_{}", at.0 + 1, at.1 + 1);
        columns.push(column(name, &|row| rows[row].overlaps.teachers[at]));
    }
    columns
}
