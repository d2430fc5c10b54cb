//! Runs and sums up the trials of Gaussian populations: no data are drawn but a teacher, and an end is a stationary point.

use reluflow::flow::Interrupt;
use reluflow::observe::When;
use reluflow::population::{PopulationProblem, PopulationSolution, PopulationVerdict, Teacher};
use reluflow::random::Purpose;
use reluflow::{Criterion, Network};
use reluflow_statistics::wilson;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::experiment::{Cell, DataSource, Experiment, NetworkSource};
use crate::summary::LEVEL;
use crate::trial::columns::{Kind, TrialColumn, of_kind};
use crate::trial::{self, Trial, drawn_in, seed};

/// Rows a decade of time when a followed trial's experiment asks for the end only.
const ROWS: u32 = 8;
/// Losses and least eigenvalues of one minimum differ by at most this, in units of 1 and of their own size.
const SAME: f64 = 1e-7;

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
        numbers: trial::columns::columns().iter().filter_map(number).collect(),
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

/// How many of some trials, with the Wilson interval of their share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub trials: u64,
    /// The interval of the share.
    pub interval: (f64, f64),
}

/// A minimum that trials of a cell ended in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum {
    /// Its loss.
    pub loss: f64,
    /// The Hessian's least eigenvalue there, the smallest of these trials.
    pub least_eigenvalue: f64,
    /// How many trials ended in it.
    pub share: Share,
}

/// How the trials of a cell on a population ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PopulationSummary {
    /// By verdict.
    pub shares: Vec<(String, Share)>,
    /// Spurious minima by loss: ends count as one minimum when their losses agree to 10⁻⁷. (Where both layers move, rescaling
    /// w_j → c w_j, a_j → a_j/c changes the eigenvalues of a minimum and not its loss.)
    pub minima: Vec<Minimum>,
}

impl Share {
    fn new(count: u64, trials: u64) -> Self {
        Self {
            count,
            trials,
            interval: wilson(count, trials, LEVEL),
        }
    }

    fn to_json(self) -> Value {
        json!({
            "count": self.count,
            "share": self.count as f64 / self.trials as f64,
            "ci_low": self.interval.0,
            "ci_high": self.interval.1,
        })
    }
}

impl PopulationSummary {
    /// Sums up the trials of one cell; none where they are of another kind.
    pub fn new(trials: &[&Trial]) -> Option<Self> {
        let is_of_population =
            |trial: &&Trial| of_kind(Kind::Population).any(|column| trial.get(column.name).is_some());
        if !trials.iter().any(is_of_population) {
            return None;
        }
        let total = trials.len() as u64;
        let mut shares: Vec<(String, u64)> = ["global", "spurious"].map(|kind| (kind.to_owned(), 0)).into();
        for trial in trials {
            match shares.iter_mut().find(|(kind, _)| *kind == trial.verdict) {
                Some((_, count)) => *count += 1,
                None => shares.push((trial.verdict.clone(), 1)),
            }
        }
        let mut minima: Vec<(f64, f64, u64)> = Vec::new();
        for trial in trials.iter().filter(|trial| trial.verdict == "spurious") {
            let (end, least) = (trial.number("loss"), trial.number("least_eigenvalue"));
            let close = |a: f64, b: f64| (a - b).abs() <= SAME * (1.0 + a.abs());
            match minima.iter_mut().find(|(loss, _, _)| close(*loss, end)) {
                Some((_, other, count)) => {
                    *other = other.min(least);
                    *count += 1;
                }
                None => minima.push((end, least, 1)),
            }
        }
        minima.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(Self {
            shares: (shares.into_iter())
                .map(|(kind, count)| (kind, Share::new(count, total)))
                .collect(),
            minima: (minima.into_iter())
                .map(|(loss, least_eigenvalue, count)| Minimum {
                    loss,
                    least_eigenvalue,
                    share: Share::new(count, total),
                })
                .collect(),
        })
    }

    /// The shares by verdict, and the minima, for a cell's object.
    pub(crate) fn to_json(&self) -> [(&'static str, Value); 2] {
        let shares = self
            .shares
            .iter()
            .map(|(kind, share)| (kind.clone(), share.to_json()));
        let minima = self.minima.iter().map(|minimum| {
            let mut object = minimum.share.to_json();
            object["loss"] = json!(minimum.loss);
            object["least_eigenvalue"] = json!(minimum.least_eigenvalue);
            object
        });
        [
            ("shares", Value::Object(shares.collect())),
            ("minima", Value::Array(minima.collect())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(loss: f64, least: f64) -> Trial {
        let verdict = "spurious".to_owned();
        Trial {
            verdict,
            ..Trial::default()
        }
        .with("loss", loss)
        .with("least_eigenvalue", least)
    }

    #[test]
    fn a_minimum_is_one_whatever_the_scale_of_its_layers() {
        let trials = [ended(0.02, 0.3), ended(0.02 + 1e-12, 0.1), ended(0.021, 0.3)];
        let summary = PopulationSummary::new(&trials.iter().collect::<Vec<_>>()).unwrap();
        let counts: Vec<(u64, f64)> = summary
            .minima
            .iter()
            .map(|minimum| (minimum.share.count, minimum.least_eigenvalue))
            .collect();
        assert_eq!(counts, [(2, 0.1), (1, 0.3)]);
    }
}
