//! Tests experiments on Gaussian populations, from the file to the summary.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder, population, summarize};

const TEXT: &str = r#"
[sweep]
d = [6, 3]
p = [6, 3]
"data.teacher.width" = [6, 2]
zip = ["d", "p", "data.teacher.width"]
"model.train" = ["hidden", "both"]
draws = 12
seed = 5
[data]
law = "gaussian-population"
teacher = { law = "orthonormal", output = 1.0 }
[stop]
gradient_norm = 1e-9
evaluations = 100_000
[units]
scaling = "unscaled"
"#;

fn read(text: &str) -> Result<Experiment, String> {
    Experiment::from_text("test.toml", "test", text, &[], Path::new("")).map_err(|error| error.to_string())
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("reluflow-population-{name}-{}", std::process::id()));
        std::fs::remove_dir_all(&path).ok();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn a_run_keeps_its_columns_and_sums_up_shares() {
    let experiment = read(TEXT).unwrap();
    assert_eq!((experiment.cells.len(), experiment.cells[0].n), (4, 0));
    let folder = Folder::new("run");
    let open = || Run::open(&experiment, RunFolder::check(&folder.0, &experiment).unwrap()).unwrap();
    let mut run = open();
    run.execute(2, &Interrupt::default(), |_| {}).unwrap();
    assert!(run.failed.is_empty(), "{:?}", run.failed);
    let mut trials = run.trials.clone();
    trials.sort_by_key(|trial| (trial.cell, trial.draw));
    // What was written is what was computed.
    let kept = open();
    assert_eq!((kept.remaining(), &kept.trials), (0, &trials));
    for trial in &trials {
        let alone = population::solve(
            &experiment,
            &experiment.cells[trial.cell],
            trial.draw,
            &Interrupt::default(),
        )
        .unwrap();
        assert_eq!(alone.end.loss, trial.number("loss"));
        assert_eq!(alone.verdict.kind(), trial.verdict);
        assert_eq!(alone.end.found as f64, trial.number("found"));
        if trial.verdict == "global" && trial.number("newton_steps") > 0.0 {
            // No loss, so every neuron of the teacher is one of the student's.
            let width = if experiment.cells[trial.cell].p == 6 {
                6.0
            } else {
                2.0
            };
            assert_eq!(trial.number("found"), width);
        }
    }
    for summary in summarize(&experiment, &trials) {
        let found = summary.population.clone().unwrap();
        let counts: u64 = found.shares.iter().map(|(_, share)| share.count).sum();
        assert_eq!(counts, 12);
        let spurious = found
            .shares
            .iter()
            .find(|(kind, _)| kind == "spurious")
            .unwrap()
            .1;
        let minima: u64 = found.minima.iter().map(|minimum| minimum.share.count).sum();
        assert_eq!(minima, spurious.count);
        let share = spurious.count as f64 / 12.0;
        assert!(spurious.interval.0 <= share && share <= spurious.interval.1);
        let json = summary.to_json();
        assert_eq!(json["shares"]["global"]["count"], summary.converged);
    }
}

#[test]
fn a_followed_trial_has_overlaps_as_columns() {
    let experiment = read(TEXT).unwrap();
    let solution = population::follow(&experiment, &experiment.cells[2], 0, &Interrupt::default()).unwrap();
    let columns = population::columns(&solution);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["time", "gradient_norm", "a_3", "q_1_3", "q_3_3", "m_3_2"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(columns[0].1.len() > 5);
}

#[test]
fn bad_input_is_named() {
    let expect = |change: (&str, &str), part: &str| {
        let error = read(&TEXT.replace(change.0, change.1)).unwrap_err();
        assert!(error.contains(part), "{error}");
    };
    expect(("draws = 12", "draws = 12\nn = 10"), "no n");
    expect(("[6, 2]", "[6, 4]"), "at most d = 3");
    expect(("gradient_norm = 1e-9", "trap = true"), "trap");
    expect(("[units]", "[flow]\nmethod = \"exact\"\n[units]"), "no kinks");
    expect(("scaling = \"unscaled\"", "loss = \"sum\""), "half-mean");
    expect(
        ("scaling = \"unscaled\"", "loss = \"half-sum\""),
        "found: half-sum",
    );
    expect(("law = \"orthonormal\"", "law = \"orthogonal\""), "orthonormal");
    expect(
        (
            "\"model.train\" = [\"hidden\", \"both\"]",
            "\"model.loss\" = [\"square\", \"logistic\"]",
        ),
        "square",
    );
    expect(
        ("[stop]", "[record]\nobservables = [\"curvature\"]\n[stop]"),
        "gradient norm and overlaps",
    );
    let asks = "[record]\nobservables = [\"squared-norm\"]\n[stop]";
    expect(("[stop]", asks), "found: squared-norm");
}
