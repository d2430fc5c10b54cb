//! Runs of twenty small trials, and what is kept of them.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reluflow::flow::Interrupt;
use reluflow_lab::trial::Numbers;
use reluflow_lab::trial::columns::{Kind, TrialColumn, columns};
use reluflow_lab::{Experiment, Run, RunFolder, Trial};

pub(crate) const TRIALS: usize = 20;

pub(crate) type Trials = BTreeMap<(usize, u64), String>;

/// Twenty trials of about a millisecond.
pub(crate) fn experiment() -> Experiment {
    let text = "[sweep]\nd = 10\nn = [20, 40]\np = 8\ndraws = 10\nseed = 3\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 60\n";
    Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap()
}

pub(crate) fn open<'a>(experiment: &'a Experiment, folder: &Path) -> Run<'a> {
    let mut run = Run::open(experiment, RunFolder::check(folder, experiment).unwrap()).unwrap();
    run.write_every = Duration::ZERO;
    run
}

pub(crate) fn in_full(trials: &[Trial]) -> Trials {
    let text = |trial: &Trial| ((trial.cell, trial.draw), format!("{trial:?}"));
    trials.iter().map(text).collect()
}

/// The numbers that every trial has, 0 but for the loss at the end.
pub(crate) fn at_its_end(loss: f64) -> Numbers {
    let needed = |column: &&TrialColumn| [Kind::Whole, Kind::Number].contains(&column.kind);
    let value = |column: &TrialColumn| (column.name, if column.name == "loss" { loss } else { 0.0 });
    columns().iter().filter(needed).map(value).collect()
}

pub(crate) fn kept(experiment: &Experiment, folder: &Path) -> Trials {
    let found = RunFolder::check(folder, experiment)
        .unwrap()
        .read(experiment)
        .unwrap();
    assert!(found.damaged.is_empty(), "{:?}", found.damaged);
    in_full(&found.trials)
}

/// What an undisturbed run computes.
pub(crate) fn undisturbed(experiment: &Experiment) -> Trials {
    let place = tempfile::tempdir().unwrap();
    let mut run = open(experiment, place.path());
    run.execute(1, &Interrupt::default(), |_| {}).unwrap();
    in_full(&run.trials)
}
