//! Runs one trial of an experiment and keeps its networks.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use reluflow::flow::{Interrupt, Observer};
use reluflow::observe::When;
use reluflow::{Network, Problem, Record, Scaling, Solution};
use reluflow_lab::experiment::Cell;
use reluflow_lab::{Error, Experiment, Result, trial};

use super::{Path, Snapshot};

/// When to keep the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// At this many times a decade, from time 10⁻² on.
    PerDecade(u32),
    /// When the experiment records.
    AsRecorded,
}

/// Runs a draw of a cell and keeps its networks, each O(pd) numbers.
///
/// # Errors
/// When the draw cannot be run, or leaves fewer than two networks.
pub fn follow(
    experiment: &Experiment,
    cell: &Cell,
    draw: u64,
    rows: Rows,
    interrupt: &Interrupt,
) -> Result<(Path, Solution)> {
    let (dataset, network) = trial::draw(experiment, cell, draw)?;
    let (spec, n) = (&cell.spec, dataset.examples());
    let when = match rows {
        Rows::PerDecade(rows) => When::PerDecade(rows),
        Rows::AsRecorded => spec.record.when.clone(),
    };
    let record = Record {
        when,
        ..spec.record.clone()
    };
    let kept = Arc::new(Mutex::new(Vec::new()));
    let units = spec.units;
    let problem = Problem {
        model: units.model(&spec.model, n),
        stops: units.stops(&spec.stops, n),
        record: units.record(&record, n),
        interrupt: interrupt.clone(),
        observer: keeper(&kept),
        ..Problem::new(&dataset, &network, units.method(&spec.method, n))
    };
    let solution = problem.solve().map_err(|source| Error::Trial {
        cell: experiment.describe(cell),
        draw,
        source,
    })?;
    drop(problem);
    let factor = units.loss.factor(n);
    let snapshots = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    let convert = |one: Snapshot| Snapshot {
        time: one.time / factor,
        loss: one.loss * factor,
        network: units.scaling.from_mean_field(&one.network),
    };
    let solution = units.solution(solution, n);
    let path = Path {
        name: format!("{}, draw {draw}", experiment.describe(cell)),
        verdict: solution.verdict.to_string(),
        activation: spec.model.activation,
        output_factor: match units.scaling {
            Scaling::MeanField => 1.0 / network.neurons() as f64,
            Scaling::Unscaled => 1.0,
        },
        dataset,
        snapshots: snapshots.into_iter().map(convert).collect(),
        events: solution.events.rows().to_vec(),
    };
    path.check()?;
    Ok((path, solution))
}

/// An observer that keeps every network. A method that runs twice, to check itself, begins anew.
fn keeper(kept: &Arc<Mutex<Vec<Snapshot>>>) -> Observer {
    let kept = Arc::clone(kept);
    Observer::new(move |row, network: &Network| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.last().is_some_and(|last: &Snapshot| row.time < last.time) {
            kept.clear();
        }
        // The end may be a time of the record already.
        if kept.last().is_none_or(|last| row.time > last.time) {
            kept.push(Snapshot {
                time: row.time,
                loss: row.loss,
                network: network.clone(),
            });
        }
        ControlFlow::Continue(())
    })
}
