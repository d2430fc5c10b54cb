//! Runs and sums up the trials of Gaussian populations: no data are drawn but a teacher, and an end is a stationary point.

use reluflow::flow::Interrupt;
use reluflow::observe::When;
use reluflow::population::{
    PopulationEnd, PopulationProblem, PopulationSolution, PopulationVerdict, Teacher,
};
use reluflow::random::Purpose;
use reluflow::{Criterion, Network};
use reluflow_statistics::wilson;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::experiment::{Cell, DataSource, Experiment, NetworkSource};
use crate::summary::LEVEL;
use crate::trial::{Trial, drawn_in, seed};

/// Rows a decade of time when a followed trial's experiment asks for the end only.
const ROWS: u32 = 8;
/// Losses and least eigenvalues of one minimum differ by at most this, in units of 1 and of their own size.
const SAME: f64 = 1e-7;

/// What a trial on a population keeps besides the columns of all trials.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PopulationNumbers {
    /// ‖∇L‖ at the end.
    pub gradient_norm: f64,
    /// The Hessian's least eigenvalue, where the end is stationary.
    pub least_eigenvalue: Option<f64>,
    /// What it may be off by.
    pub eigenvalue_error: Option<f64>,
    /// How many of the teacher's neurons were found.
    pub found: f64,
    /// Steps of Newton's method at the end; 0 where it was not used.
    pub newton_steps: f64,
}

/// Name, reader and writer of a column.
type NumberColumn = (
    &'static str,
    fn(&PopulationNumbers) -> Option<f64>,
    fn(&mut PopulationNumbers, f64),
);

/// The columns of [`PopulationNumbers`].
pub(crate) const COLUMNS: [NumberColumn; 5] = [
    (
        "gradient_norm",
        |n| Some(n.gradient_norm),
        |n, v| n.gradient_norm = v,
    ),
    (
        "least_eigenvalue",
        |n| n.least_eigenvalue,
        |n, v| n.least_eigenvalue = Some(v),
    ),
    (
        "eigenvalue_error",
        |n| n.eigenvalue_error,
        |n, v| n.eigenvalue_error = Some(v),
    ),
    ("found", |n| Some(n.found), |n, v| n.found = v),
    (
        "newton_steps",
        |n| Some(n.newton_steps),
        |n, v| n.newton_steps = v,
    ),
];

impl PopulationNumbers {
    fn new(end: &PopulationEnd) -> Self {
        Self {
            gradient_norm: end.gradient_norm,
            least_eigenvalue: end.curvature.map(|curvature| curvature.least),
            eigenvalue_error: end.curvature.map(|curvature| curvature.error),
            found: end.found as f64,
            newton_steps: end.finish.map_or(0.0, |finish| f64::from(finish.steps)),
        }
    }
}

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
    let (end, counts) = (&solution.end, solution.counts);
    let is_global = solution.verdict.is_global();
    Ok(Some(Trial {
        cell,
        draw,
        verdict: solution.verdict.kind().to_owned(),
        converged: is_global,
        criterion: Criterion::Loss.name().to_owned(),
        time: end.time,
        trap_time: is_global.then_some(end.time),
        initial_loss: end.initial_loss,
        loss: end.loss,
        mu_end: end.mu,
        mu_avg: (end.initial_loss / end.loss).ln() / end.time,
        population: Some(PopulationNumbers::new(end)),
        steps: counts.steps,
        rejected: counts.rejected,
        evaluations: counts.evaluations,
        ..Trial::default()
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
        if !trials.iter().any(|trial| trial.population.is_some()) {
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
            let least = trial.population.and_then(|numbers| numbers.least_eigenvalue);
            let least = least.unwrap_or(f64::NAN);
            let close = |a: f64, b: f64| (a - b).abs() <= SAME * (1.0 + a.abs());
            match minima.iter_mut().find(|(loss, _, _)| close(*loss, trial.loss)) {
                Some((_, other, count)) => {
                    *other = other.min(least);
                    *count += 1;
                }
                None => minima.push((trial.loss, least, 1)),
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
        Trial {
            loss,
            verdict: "spurious".to_owned(),
            population: Some(PopulationNumbers {
                least_eigenvalue: Some(least),
                ..PopulationNumbers::default()
            }),
            ..Trial::default()
        }
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
