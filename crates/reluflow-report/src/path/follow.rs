//! Runs one trial of an experiment and keeps its networks.

use reluflow::flow::{Event, Interrupt};
use reluflow::observe::{Observable, When};
use reluflow::{Scaling, Solution};
use reluflow_lab::experiment::Cell;
use reluflow_lab::{Experiment, Result, trial};

use super::{Happening, Path};

/// Runs a draw of a cell and keeps its networks at so many times a decade, each O(pd) numbers.
///
/// # Errors
/// When the draw cannot be run, or leaves fewer than two networks.
pub fn follow(
    experiment: &Experiment,
    cell: &Cell,
    draw: u64,
    rows: u32,
    interrupt: &Interrupt,
) -> Result<(Path, Solution)> {
    let (dataset, _) = trial::draw(experiment, cell, draw)?;
    let mut spec = (*cell.spec).clone();
    spec.record.observables.push(Observable::Network);
    spec.record.when = When::PerDecade(rows);
    let (activation, scaling) = (spec.model.activation, spec.units.scaling);
    let mut kept = cell.clone();
    kept.spec = spec.into();
    let mut solution = trial::solve(experiment, &kept, draw, interrupt)?;
    let path = Path {
        name: format!("{}, draw {draw}", experiment.describe(cell)),
        verdict: solution.verdict.to_string(),
        activation,
        output_factor: match scaling {
            Scaling::MeanField => 1.0 / solution.network.neurons() as f64,
            Scaling::Unscaled => 1.0,
        },
        dataset,
        snapshots: std::mem::take(&mut solution.path),
        events: solution.events.rows().iter().map(happening).collect(),
    };
    path.check()?;
    Ok((path, solution))
}

fn happening(event: &Event) -> Happening {
    Happening {
        time: event.time,
        neuron: event.neuron,
        example: event.example,
        kind: event.kind.name().to_owned(),
    }
}
