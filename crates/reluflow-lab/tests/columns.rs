//! Holds the list of a trial's columns against the tables of run folders.
#![allow(clippy::unwrap_used)] // tests

use std::collections::BTreeSet;
use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::store::rows::to_table;
use reluflow_lab::table;
use reluflow_lab::trial::columns::{Kind, WORDS, columns};
use reluflow_lab::{Experiment, FailedTrial, Run, RunFolder, Trial, trial};

fn read(text: &str) -> Experiment {
    Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap()
}

fn trial_of(experiment: &Experiment) -> Trial {
    trial::run(experiment, 0, 0, &Interrupt::default())
        .unwrap()
        .unwrap()
}

fn names(experiment: &Experiment, trial: Trial) -> Vec<String> {
    table::names(&to_table(experiment, &[trial], &[]))
}

#[test]
fn no_name_is_given_twice() {
    let names: Vec<&str> = columns()
        .iter()
        .flat_map(|column| [Some(column.name), column.formerly])
        .flatten()
        .chain(WORDS.map(|(name, _, _)| name))
        .collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// The columns of a run's folder are the list's, in its order, and stand where readers of earlier versions look for them.
#[test]
fn a_folder_has_the_columns_of_the_list() {
    let sizes = "[sweep]\nd = 4\nn = 3\np = 6\ndraws = 1\n\"init.hidden_scale\" = [0.5]\n[stop]\nsteps = 3\n";
    let recorded = "[record]\nobservables = [\"squared-norm\"]\n";
    let experiment = read(&format!("{sizes}{recorded}"));
    let of = |kinds: &[Kind]| {
        let chosen = columns().iter().filter(|column| kinds.contains(&column.kind));
        chosen.map(|column| column.name).collect::<Vec<_>>()
    };
    let before = [
        "d",
        "n",
        "p",
        "init.hidden_scale",
        "draw",
        "lost",
        "steps",
        "rejected",
        "evaluations",
    ];
    let expected: Vec<&str> = before
        .into_iter()
        .chain(["verdict", "converged", "criterion"])
        .chain(of(&[Kind::Number, Kind::Optional]))
        .chain(["squared_norm", "hidden_norm", "failure"])
        .collect();
    assert_eq!(before[5..], of(&[Kind::Whole]));
    assert_eq!(names(&experiment, trial_of(&experiment)), expected);

    let experiment = read(
        "[sweep]\nd = 3\np = 3\ndraws = 1\n[units]\nscaling = \"unscaled\"\n[stop]\ngradient_norm = 1e-9\nevaluations = 100_000\n\
         [data]\nlaw = \"gaussian-population\"\nteacher = { law = \"orthonormal\", width = 2, output = 1.0 }\n",
    );
    let found = names(&experiment, trial_of(&experiment));
    let last = found.len() - 1;
    assert_eq!(found[last - 5..last], of(&[Kind::Population]));
}

/// Trials of the accuracy `checked` have a word and a number more; they come back from the folder, and tables of other trials have neither.
#[test]
fn checked_trials_say_whose_verdict_it_is() {
    let sizes = "[sweep]\nd = 4\nn = 6\np = 12\ndraws = 6\nseed = 1\n";
    let experiment = read(&format!("{sizes}[flow]\naccuracy = \"checked\"\n"));
    let folder = tempfile::tempdir().unwrap();
    let open = || Run::open(&experiment, RunFolder::check(folder.path(), &experiment).unwrap()).unwrap();
    open().execute(2, &Interrupt::default(), |_| {}).unwrap();
    let trials = open().trials;
    assert_eq!(trials.len(), 6);
    for trial in &trials {
        let again = trial::run(&experiment, trial.cell, trial.draw, &Interrupt::default());
        assert_eq!(*trial, again.unwrap().unwrap());
        assert!(
            ["agreement", "strict-run", "exact-flow"].contains(&trial.decided_by.as_str()),
            "{trial:?}"
        );
        assert_eq!(trial.get("default_time").is_some(), trial.converged, "{trial:?}");
    }
    let table = to_table(&experiment, &trials, &[]);
    let words = table::texts(&table, "decided_by").unwrap();
    assert_eq!(
        words,
        trials
            .iter()
            .map(|trial| trial.decided_by.as_str())
            .collect::<Vec<_>>()
    );
    let plain = read(sizes);
    let found = names(&plain, trial_of(&plain));
    assert!(
        !found
            .iter()
            .any(|name| ["decided_by", "default_time"].contains(&name.as_str()))
    );
}

#[test]
fn a_failed_trial_has_a_row_of_blanks() {
    let experiment = read("[sweep]\nd = 4\nn = 3\np = 6\ndraws = 1\n");
    let failed = FailedTrial {
        cell: 0,
        draw: 0,
        message: "no such neuron".into(),
    };
    let blanks = to_table(&experiment, &[], &[failed]);
    assert_eq!(table::integers(&blanks, "steps").unwrap(), [0]);
    assert_eq!(table::optional_numbers(&blanks, "mu_low").unwrap(), [None]);
    assert_eq!(table::texts(&blanks, "failure").unwrap(), ["no such neuron"]);
    assert!(table::numbers(&blanks, "loss").unwrap()[0].is_nan());
}
