//! Checks the experiment files that come with the project, cell by cell.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::{Path, PathBuf};

use reluflow_lab::{Experiment, Override};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../experiments")
        .join(name)
}

fn read(name: &str) -> Experiment {
    Experiment::from_file(&file(name), &[]).unwrap()
}

/// Sizes (d, n, p) of a cell.
fn sizes(experiment: &Experiment, cell: usize) -> (u64, u64, u64) {
    let cell = &experiment.cells[cell];
    (cell.d, cell.n, cell.p)
}

#[test]
fn every_file_is_read() {
    let folder = file("");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            Experiment::from_file(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
            count += 1;
        }
    }
    assert!(count >= 5);
}

#[test]
fn figure_2_has_the_widths_of_the_paper() {
    let published = read("fig2-published.toml");
    assert_eq!((published.cells.len(), published.draws), (17, 80));
    assert_eq!(sizes(&published, 0), (100, 1300, 36));
    assert_eq!(sizes(&published, 16), (100, 2100, 38));
    // The text: p = 4⌊log(n/ε)/log(4/3)⌋ + 1, 149 to 153.
    let text = read("fig2.toml");
    assert_eq!((text.cells.len(), text.draws), (21, 25));
    assert_eq!(sizes(&text, 0), (100, 2500, 149));
    assert_eq!(sizes(&text, 20), (100, 3500, 153));
}

#[test]
fn figure_3_stops_at_its_bound() {
    // n = d, 2d, … while n ≤ 30d − 200: for d = 10, 100/10 = 10 cells; for d = 30, ⌊700/30⌋ = 23; for d = 100, 28.
    let experiment = read("fig3.toml");
    let cells = |d| experiment.cells.iter().filter(|cell| cell.d == d).count();
    assert_eq!((cells(10), cells(30), cells(100)), (10, 23, 28));
    assert!(experiment.cells.iter().all(|cell| cell.n % cell.d == 0));
}

#[test]
fn relative_sizes_and_zip() {
    let read = |sweep: &str| {
        let text = format!("[sweep]\n{sweep}");
        let experiment = Experiment::from_text("test", "test", &text, &[], Path::new(""));
        experiment.unwrap_or_else(|error| panic!("{error}"))
    };
    // n = round(0.5 · p · d) with p = 3, d = 5 is round(7.5) = 8.
    let experiment = read("d = 5\np = 3\nn = { per_pd = [0.5, 1] }");
    assert_eq!(sizes(&experiment, 0), (5, 8, 3));
    assert_eq!(sizes(&experiment, 1), (5, 15, 3));
    let experiment = read("d = [5, 7]\np = [3, 4]\nn = [10, 20]\nzip = [\"n\", \"p\"]");
    let all: Vec<_> = (0..experiment.cells.len())
        .map(|k| sizes(&experiment, k))
        .collect();
    assert_eq!(all, [(5, 10, 3), (5, 20, 4), (7, 10, 3), (7, 20, 4)]);
    // A range includes its end in spite of rounding: 0.1 + 2 · 0.1 > 0.3.
    let experiment =
        read("d = 5\np = 3\nn = 4\n\"init.hidden_scale\" = { from = 0.1, to = 0.3, step = 0.1 }");
    assert_eq!(experiment.cells.len(), 3);
}

#[test]
fn more_draws_are_the_same_experiment_and_another_seed_is_not() {
    let with = |key: &str, value: &str| {
        let setting = Override {
            flag: format!("--set {key}={value}"),
            key: key.into(),
            value: value.into(),
        };
        Experiment::from_file(&file("fig5.toml"), &[setting]).unwrap()
    };
    let digest = read("fig5.toml").digest();
    assert_eq!(digest, with("sweep.draws", "3").digest());
    assert_ne!(digest, with("sweep.seed", "3").digest());
    // What a folder keeps reads back as the same experiment.
    let kept = read("fig5.toml").to_toml(20);
    let again = Experiment::from_text("kept", "kept", &kept, &[], Path::new("")).unwrap();
    assert_eq!(digest, again.digest());
}

const MODELS: &str = r#"
[sweep]
d = 6
n = 5
p = 30
"model.loss" = ["square", "logistic"]
"model.activation" = ["relu", { leaky = 0.5 }]
draws = 1
[data]
law = "isotropic"
labels = { sizes = { constant = 1.0 } }
[model]
train = "hidden"
[flow]
method = "flow"
[stop]
trap = true
time = 1e4
"#;

fn models(text: &str) -> reluflow_lab::Result<Experiment> {
    Experiment::from_text("models", "models", text, &[], Path::new("."))
}

/// Every key of `[model]` may be an axis, the others are kept, and trials are runs of that model.
#[test]
fn the_keys_of_a_model_may_be_axes() {
    let experiment = models(MODELS).unwrap();
    assert_eq!(experiment.cells.len(), 4);
    for cell in &experiment.cells {
        let model = &cell.spec.model;
        assert_eq!(model.rates().output, 0.0);
        let interrupt = reluflow::flow::Interrupt::default();
        let solution = reluflow_lab::trial::solve(&experiment, cell, 0, &interrupt).unwrap();
        let (_, start) = reluflow_lab::trial::draw(&experiment, cell, 0).unwrap();
        assert_eq!(
            solution.network.output_weights(),
            start.output_weights(),
            "frozen"
        );
        let word = if model.loss.is_classification() {
            "separating"
        } else {
            "interpolating"
        };
        assert_eq!(solution.verdict.kind(), word, "{model}");
    }
    let losses: Vec<_> = experiment
        .cells
        .iter()
        .map(|cell| cell.spec.model.loss.to_string())
        .collect();
    assert!(losses.contains(&"square".to_owned()) && losses.contains(&"logistic".to_owned()));
}

/// A file without `[model]` runs the paper's model, and its settings do not mention one: its trials are those of before.
#[test]
fn without_a_model_it_is_the_papers() {
    let experiment = read("fig4.toml");
    assert!(experiment.cells[0].spec.model.is_the_papers());
    assert!(experiment.settings().keys().all(|key| !key.starts_with("model")));
}

#[test]
fn a_model_that_cannot_be_is_refused_with_its_line() {
    let refused = |from: &str, to: &str| models(&MODELS.replace(from, to)).unwrap_err().to_string();
    let word = refused("\"hidden\"", "\"middle\"");
    assert!(word.contains("train") && word.contains("both"), "{word}");
    let exact = refused("method = \"flow\"", "method = \"exact\"");
    assert!(
        exact.contains("the exact method follows ReLU networks"),
        "{exact}"
    );
    let slope = refused("leaky = 0.5", "leaky = 1.5");
    assert!(slope.contains("between -1 and 1"), "{slope}");
    let key = refused("train =", "trained =");
    assert!(key.contains("trained"), "{key}");
}
