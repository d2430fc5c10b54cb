//! Checks that cells between those of a file are the ones that a file would name, and that searches take them apart.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::threshold::{Question, Study};
use reluflow_lab::{Experiment, RunFolder, trial};

fn experiment(sweep: &str) -> Experiment {
    let text = format!(
        "[sweep]\n{sweep}\ndraws = 2\nseed = 5\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 30\ntrap = true\n"
    );
    Experiment::from_text("test", "test", &text, &[], Path::new("")).unwrap()
}

/// The cell of `from` moved to a place has the trials of the only cell of `to`.
fn check(from: &str, axis: &str, place: f64, to: &str) {
    let (from, to) = (experiment(from), experiment(to));
    let axis = from.axis(axis).unwrap();
    let mut moved = from.clone();
    moved.cells = vec![from.moved(&from.cells[0], axis, place).unwrap()];
    for draw in 0..2 {
        let run = |experiment: &Experiment| {
            let trial = trial::run(experiment, 0, draw, &Interrupt::default()).unwrap();
            // Debug prints the shortest text that reads back as the same bits.
            format!("{:?}", trial.unwrap())
        };
        assert_eq!(run(&moved), run(&to));
    }
    assert_eq!(moved.cells[0].key(), to.cells[0].key());
}

#[test]
fn a_moved_cell_is_the_one_a_file_would_name() {
    check("d = 10\nn = [20, 40]\np = 8", "n", 23.0, "d = 10\nn = 23\np = 8");
    check(
        "d = 10\nn = [20, 40]\np = { lemma5 = 0.05 }",
        "n",
        31.0,
        "d = 10\nn = 31\np = { lemma5 = 0.05 }",
    );
    check(
        "d = 10\nn = { per_d = [2, 3] }\np = 8",
        "n",
        23.0,
        "d = 10\nn = 23\np = 8",
    );
    check("d = 10\nn = 20\np = [8, 16]", "p", 11.0, "d = 10\nn = 20\np = 11");
    check("d = [10, 20]\nn = 20\np = 8", "d", 14.0, "d = 14\nn = 20\np = 8");
    let scales = |scales: &str| format!("d = 10\nn = 20\np = 8\n\"init.hidden_scale\" = {scales}");
    check(&scales("[1.0, 0.1]"), "init.hidden_scale", 0.25, &scales("0.25"));
    let two = |rates: &str| format!("{}\n\"flow.learning_rate\" = {rates}", scales("0.5"));
    check(&two("[1.0, 0.5]"), "flow.learning_rate", 0.75, &two("0.75"));
}

fn question(axis: &str) -> Question {
    Question {
        axis: axis.to_owned(),
        target: 0.5,
        precision: 0.2,
        most_trials: 60,
        batch: 8,
        within: None,
        rises: Some(false),
    }
}

#[test]
fn columns_are_the_choices_of_everything_but_the_axis() {
    let columns = |sweep: &str, axis: &str| {
        let experiment = experiment(sweep);
        let folder = tempfile::tempdir().unwrap();
        let folder = RunFolder::check(folder.path(), &experiment).unwrap();
        let study = Study::open(&experiment, folder, question(axis), f64::INFINITY).unwrap();
        let words = |column| study.describe(column);
        study.columns.iter().map(words).collect::<Vec<_>>()
    };
    assert_eq!(
        columns("d = [10, 20]\nn = { per_d = [2, 3] }\np = 8", "n"),
        ["d = 10, p = 8", "d = 20, p = 8"]
    );
    // By Lemma 5 p follows n: it is no column.
    assert_eq!(
        columns("d = 10\nn = [20, 400]\np = { lemma5 = 0.05 }", "n"),
        ["d = 10"]
    );
    assert_eq!(
        columns(
            "d = 10\nn = [20, 40]\np = 8\n\"init.hidden_scale\" = [1.0, 0.1]",
            "init.hidden_scale"
        ),
        ["d = 10, n = 20, p = 8", "d = 10, n = 40, p = 8"]
    );
}

/// Two columns whose dimension and width advance together are told apart by both.
#[test]
fn columns_are_named_by_all_that_differs() {
    let experiment = experiment("zip = [\"d\", \"p\"]\nd = [10, 10]\np = [8, 12]\nn = [20, 40]");
    let place = tempfile::tempdir().unwrap();
    let folder = RunFolder::check(place.path(), &experiment).unwrap();
    let study = Study::open(&experiment, folder, question("n"), f64::INFINITY).unwrap();
    let named: Vec<String> = study
        .columns
        .iter()
        .map(|column| study.describe(column))
        .collect();
    assert_eq!(named, ["d = 10, p = 8", "d = 10, p = 12"]);
    assert_eq!(study.to_json(&study.columns[1])["p"], 12);
}

#[test]
fn a_search_looks_beyond_the_file_only_as_far_as_data_can_be_drawn() {
    let orthogonal = "d = 12\nn = [4, 8]\np = 8\n[data]\nlaw = \"orthogonal\"\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 30";
    let text = format!("[sweep]\ndraws = 2\n{orthogonal}\n");
    let experiment = Experiment::from_text("test", "test", &text, &[], Path::new("")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let open = |memory: f64, question: Question| {
        let folder = RunFolder::check(folder.path(), &experiment).unwrap();
        Study::open(&experiment, folder, question, memory).map(|study| study.columns[0].plan.limits)
    };
    // Four times 8 and twice 8 are more orthogonal inputs than the dimension allows.
    assert_eq!(open(f64::INFINITY, question("n")).unwrap(), (1.0, 8.0));
    let within = Question {
        within: Some((2.0, 12.0)),
        ..question("n")
    };
    assert_eq!(open(f64::INFINITY, within.clone()).unwrap(), (2.0, 12.0));
    let refused = open(1e3, within).unwrap_err();
    assert!(
        refused.is_bad_input() && refused.to_string().contains("not enough memory"),
        "{refused}"
    );
}
