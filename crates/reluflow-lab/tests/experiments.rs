//! Checks the experiment files that come with the project, cell by cell.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::{Path, PathBuf};

use reluflow::Method;
use reluflow::flow::{Flow, GradientDescent, Interrupt, Precision};
use reluflow_lab::{Experiment, Override, RunFolder, Trial, summarize, trial};

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

/// A section that a file leaves out has its default law, and a key set over it is set over that; a file that has the section names its law.
#[test]
fn a_key_is_set_over_the_default_law() {
    let read = |text: &str, key: &str, value: &str| {
        let setting = Override::new(&(key, value));
        Experiment::from_text("test", "test", text, &[setting], Path::new(""))
    };
    let text = "[sweep]\nd = 5\nn = 4\np = 3\n";
    for (key, value, section) in [
        ("data.noise", "0.1", "[data]\nlaw = \"isotropic\"\nnoise = 0.1\n"),
        (
            "init.hidden_scale",
            "0.5",
            "[init]\nlaw = \"asymmetric\"\nhidden_scale = 0.5\n",
        ),
    ] {
        let set = read(text, key, value).unwrap_or_else(|error| panic!("{error}"));
        let written = format!("{text}{section}");
        let whole = Experiment::from_text("test", "test", &written, &[], Path::new("")).unwrap();
        assert_eq!(set.digest(), whole.digest(), "{key}");
    }
    let refused = read(&format!("{text}[data]\nbias = true\n"), "data.noise", "0.1");
    assert!(refused.unwrap_err().to_string().contains("expected: a key `law`"));
}

#[test]
fn a_file_that_names_no_method_runs_the_flow() {
    let read = |more: &str| {
        let text = format!("[sweep]\nd = 5\nn = 8\np = 3\n{more}");
        let read = Experiment::from_text("test", "test", &text, &[], Path::new(""));
        read.map(|experiment| experiment.cells[0].spec.method)
    };
    assert_eq!(read("").unwrap(), Method::default());
    let finer = Flow {
        tolerance: Some(1e-6),
        ..Flow::default()
    };
    assert_eq!(
        read("[flow]\ntolerance = 1e-6\n").unwrap(),
        Method::Flow(finer),
        "keys without a method are the flow's"
    );
    let refused = read("[flow]\nlearning_rate = 0.5\n").unwrap_err().to_string();
    assert!(refused.contains("learning_rate"), "{refused}");
    let on_an_axis = read("\"flow.method\" = [\"exact\", \"flow\"]\n[flow]\n").unwrap();
    assert!(matches!(on_an_axis, Method::Exact(_)), "{on_an_axis:?}");
}

#[test]
fn the_papers_files_name_gradient_descent() {
    for name in ["fig2", "fig2-published", "fig3", "fig4", "fig5"] {
        let experiment = Experiment::from_file(&file(&format!("{name}.toml")), &[]).unwrap();
        let descent = GradientDescent {
            learning_rate: 1.0,
            precision: Precision::F32,
        };
        assert_eq!(
            experiment.cells[0].spec.method,
            Method::GradientDescent(descent),
            "{name}"
        );
    }
}

/// Every recorded column is kept with its last value, written, read back and summed up.
#[test]
fn what_is_recorded_is_kept_by_trials_and_summed_up() {
    let text = "[sweep]\nd = 5\nn = 8\np = 6\ndraws = 3\n[stop]\nsteps = 20\n\
                [record]\nobservables = [\"activity\", \"lost\", \"squared-norm\"]\n";
    let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    let run = |draw| {
        trial::run(&experiment, 0, draw, &Interrupt::default())
            .unwrap()
            .unwrap()
    };
    let trials: Vec<_> = (0..3).map(run).collect();
    let solution = trial::solve(&experiment, &experiment.cells[0], 1, &Interrupt::default()).unwrap();
    let last = *solution
        .trajectory
        .column("squared_norm")
        .unwrap()
        .last()
        .unwrap();
    assert_eq!(trials[1].number("squared_norm"), last);
    assert_eq!(
        trials[1].recorded().count(),
        4,
        "active, correct, squared_norm and hidden_norm"
    );
    let folder = tempfile::tempdir().unwrap();
    let place = RunFolder::check(folder.path(), &experiment).unwrap();
    place.prepare(&experiment).unwrap();
    place.write(&experiment, &trials, &[]).unwrap();
    let mut found = place.read(&experiment).unwrap();
    found.trials.sort_by_key(|trial| trial.draw);
    assert_eq!(found.trials, trials);
    let means = summarize(&experiment, &trials)[0].means.clone();
    let mean = |read: &dyn Fn(&Trial) -> f64| trials.iter().map(read).sum::<f64>() / 3.0;
    let expected = [
        ("active", mean(&|trial| trial.number("active"))),
        ("correct", mean(&|trial| trial.number("correct"))),
        ("lost", mean(&|trial| trial.number("lost"))),
        ("squared_norm", mean(&|trial| trial.number("squared_norm"))),
        ("hidden_norm", mean(&|trial| trial.number("hidden_norm"))),
    ];
    assert_eq!(means, expected);
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
    let jump = refused("method = \"flow\"", "method = \"jump\"");
    assert!(
        jump.contains("the jump process is the limit of ReLU networks"),
        "{jump}"
    );
    let slope = refused("leaky = 0.5", "leaky = 1.5");
    assert!(slope.contains("between -1 and 1"), "{slope}");
    let key = refused("train =", "trained =");
    assert!(key.contains("trained"), "{key}");
}

/// Training examples and networks do not depend on whether there is a test, and its examples are of the training teacher without noise.
#[test]
fn a_test_set_changes_no_training_draw() {
    let text = "[sweep]\nd = 4\nn = 12\np = 6\ndraws = 3\nseed = 5\n[data]\nlaw = \"gaussian\"\ntarget = { linear = { norm = 2 } }\nnoise = 0.5\n\
                [stop]\nsteps = 40\n[record]\nobservables = [\"balance\"]\n";
    let plain = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    let tested = format!("{text}[test]\nexamples = 500\n");
    let tested = Experiment::from_text("test", "test", &tested, &[], Path::new("")).unwrap();
    for draw in 0..3 {
        let (data, network) = reluflow_lab::trial::draw(&plain, &plain.cells[0], draw).unwrap();
        let drawn = reluflow_lab::trial::draw_all(&tested, &tested.cells[0], draw).unwrap();
        assert_eq!((&data, &network), (&drawn.dataset, &drawn.network));
        let test = drawn.test.unwrap();
        assert_eq!((test.examples(), test.dimension()), (500, 4));
        // The least-squares fit of clean labels is exact: y = X beta for one beta, which the training labels follow to their noise.
        let mut beta = [0.0; 4];
        for _ in 0..60 {
            // Gauss and Seidel on the normal equations of well-conditioned Gaussian inputs.
            for k in 0..4 {
                let column = test.inputs().column(k).to_owned();
                let left: f64 = test
                    .inputs()
                    .rows()
                    .into_iter()
                    .zip(test.labels())
                    .map(|(x, y)| {
                        let others: f64 = (0..4).filter(|l| *l != k).map(|l| x[l] * beta[l]).sum();
                        x[k] * (y - others)
                    })
                    .sum();
                beta[k] = left / column.dot(&column);
            }
        }
        let predict = |x: ndarray::ArrayView1<'_, f64>| (0..4).map(|k| x[k] * beta[k]).sum::<f64>();
        for (x, y) in test.inputs().rows().into_iter().zip(test.labels()) {
            assert!((predict(x) - y).abs() < 1e-9);
        }
        let noise: Vec<f64> = data
            .inputs()
            .rows()
            .into_iter()
            .zip(data.labels())
            .map(|(x, y)| y - predict(x))
            .collect();
        let size = (noise.iter().map(|e| e * e).sum::<f64>() / 12.0).sqrt();
        assert!((0.2..1.0).contains(&size), "{size}");
        // The bits of the run are the same, and its end has a test loss.
        let run = |experiment: &Experiment| {
            reluflow_lab::trial::run(experiment, 0, draw, &Interrupt::default())
                .unwrap()
                .unwrap()
        };
        let (without, with) = (run(&plain), run(&tested));
        assert_eq!(without.number("loss").to_bits(), with.number("loss").to_bits());
        let found = with.number("test_loss");
        assert!(found > 0.0 && with.number("test_error") <= 1.0, "{found}");
    }
    // What cannot be is said.
    for (more, word) in [
        ("[record]\nobservables = [\"test\"]\n", "[test]"),
        ("[test]\nexamples = 0\n", "at least 1"),
        ("[test]\nexample = 5\n", "examples"),
    ] {
        let text = format!("[sweep]\nd = 4\nn = 12\np = 6\n[stop]\nsteps = 4\n{more}");
        let error = Experiment::from_text("test", "test", &text, &[], Path::new(""))
            .unwrap_err()
            .to_string();
        assert!(error.contains(word), "{error}");
    }
}
