//! Runs the neighbouring papers' examples as they are written, and finds what their files say to expect.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::{Path, PathBuf};

use reluflow::flow::{EventKind, Interrupt};
use reluflow::{LossScaling, Scaling};
use reluflow_lab::{Experiment, Override, trial};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../experiments/field")
        .join(name)
}

fn set(key: &str, value: &str) -> Override {
    Override {
        flag: format!("--set {key}={value}"),
        key: key.into(),
        value: value.into(),
    }
}

#[test]
fn five_points_end_in_the_spurious_minimum() {
    let experiment = Experiment::from_file(&file("five-points.toml"), &[]).unwrap();
    let cell = &experiment.cells[0];
    assert_eq!((cell.n, cell.d, cell.p), (5, 2, 50));
    for draw in 0..3 {
        let solution = trial::solve(&experiment, cell, draw, &Interrupt::default()).unwrap();
        // The file's numbers, to the digits it gives; the end to ten, from a program that shares no code with this one.
        let loss = solution.trajectory.column("loss").unwrap();
        assert!((loss[0] - 0.0381).abs() < 5e-5, "{loss:?}");
        assert!((loss[1] - 0.0302).abs() < 5e-5, "{loss:?}");
        assert!(
            (solution.end.loss - 0.0278859611).abs() < 1e-9,
            "{}",
            solution.end.loss
        );
        let times = solution.trajectory.column("time").unwrap();
        assert_eq!(&times[..3], [30.0, 100.0, 200.0]);
        assert_eq!(solution.verdict.kind(), "stationary");
        // Unscaled weights: Σ a σ(⟨w, x⟩) gives the same loss.
        let (inputs, labels) = ([-1.0, -0.6, -0.1, 0.3, 0.7], [0.28, -0.1, 0.03, 0.23, -0.22]);
        let (w, a) = (
            solution.network.hidden_weights(),
            solution.network.output_weights(),
        );
        let output = |s: f64| -> f64 {
            let terms = w.rows().into_iter().zip(a);
            terms.map(|(w, a)| a * (w[0] * s + w[1]).max(0.0)).sum()
        };
        let mean = inputs
            .iter()
            .zip(labels)
            .map(|(s, y)| (y - output(*s)).powi(2))
            .sum::<f64>()
            / 5.0;
        assert!((mean / solution.end.loss - 1.0).abs() < 1e-12, "{mean}");
        // The last slides are on the fifth point, in the file's time.
        let late = solution.events.rows().iter().filter(|event| event.time > 90.0);
        assert!(
            late.filter(|event| event.kind == EventKind::BeganToSlide)
                .all(|event| event.example == 4)
        );
        assert!(solution.events.rows().iter().all(|event| event.time <= 600.0));
    }
}

#[test]
fn two_points_are_fitted_one_after_the_other() {
    let time = |level: &str, cell: usize| {
        let experiment = Experiment::from_file(&file("two-points.toml"), &[set("stop.loss", level)]).unwrap();
        let trial = trial::run(&experiment, cell, 0, &Interrupt::default())
            .unwrap()
            .unwrap();
        assert!(
            (trial.number("loss") / level.parse::<f64>().unwrap() - 1.0).abs() < 1e-9,
            "{trial:?}"
        );
        trial.number("time")
    };
    // From λ = 1e-8 to 1e-30, and from 1e-2 on, where the first time is short by a term of order λ^(2 − 2 √1.25/√5) = λ: by then
    // the other point's neurons have grown that much.
    let slope = |level, from: usize, decades: f64| {
        (time(level, 2) - time(level, from)) / (decades * std::f64::consts::LN_10)
    };
    for (level, rate) in [("0.75", 1.0 / 5f64.sqrt()), ("0.25", 1.0 / 1.25f64.sqrt())] {
        let (late, all) = (slope(level, 1, 22.0), slope(level, 0, 28.0));
        assert!((late - rate).abs() < 1e-8, "{level}: {late} {rate}");
        assert!((all - rate).abs() < 1e-4, "{level}: {all} {rate}");
    }
    let experiment = Experiment::from_file(&file("two-points.toml"), &[]).unwrap();
    let cell = &experiment.cells[2];
    let end = trial::solve(&experiment, cell, 0, &Interrupt::default()).unwrap();
    assert!(end.end.loss < 1e-28, "{}", end.end.loss);
    let squares = |values: &mut dyn Iterator<Item = &f64>| values.map(|v| v * v).sum::<f64>();
    let size =
        squares(&mut end.network.hidden_weights().iter()) + squares(&mut end.network.output_weights().iter());
    assert!(
        (size - 2.0 * (1.0 / 1.25f64.sqrt() + 1.0 / 5f64.sqrt())).abs() < 1e-8,
        "{size}"
    );
    // The plateau: half way between the two descents the loss is 1/2.
    let middle = format!("{{ times = [{}] }}", 0.5 * (time("0.75", 2) + time("0.25", 2)));
    let experiment = Experiment::from_file(&file("two-points.toml"), &[set("record.when", &middle)]).unwrap();
    let solution = trial::solve(&experiment, &experiment.cells[2], 0, &Interrupt::default()).unwrap();
    let loss = solution.trajectory.column("loss").unwrap()[0];
    assert!((loss - 0.5).abs() < 1e-6, "{loss}");
}

#[test]
fn units_and_points_are_read_from_the_file() {
    let experiment = Experiment::from_file(&file("five-points.toml"), &[]).unwrap();
    let units = experiment.cells[0].spec.units;
    assert_eq!(
        (units.scaling, units.loss),
        (Scaling::Unscaled, LossScaling::Mean)
    );
    let refusal = |sections: &str| {
        let text = format!("[sweep]\np = 3\n{sections}");
        let read = Experiment::from_text("test", "test", &text, &[], Path::new(""));
        read.unwrap_err().to_string()
    };
    let message = refusal("[data]\nlaw = \"points\"\nx = [1, 2]\ny = [1]\n");
    assert!(message.contains("as many inputs as labels"), "{message}");
    let message = refusal("[data]\nlaw = \"points\"\nx = [[1, 2], [1]]\ny = [1, 2]\n");
    assert!(message.contains("inputs of 2 numbers"), "{message}");
    let message = refusal("d = 2\nn = 2\n[units]\nloss = \"mean-square\"\n");
    assert!(
        message.contains("half-mean") && message.contains("units"),
        "{message}"
    );
    // Without [units] an experiment is what it was: the same digest as before the section existed, none in its settings.
    let plain = Experiment::from_text(
        "test",
        "test",
        "[sweep]\np = 3\nd = 2\nn = 2\n",
        &[],
        Path::new(""),
    )
    .unwrap();
    assert!(plain.settings().keys().all(|key| !key.starts_with("units")));
}
