//! Checks reports without a browser: structure of the page, figures for any axes, missing cells, bad folders.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::collections::HashSet;
use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder, trial};
use reluflow_report::paper::{PaperFigure, Preset, plan, write_up};
use reluflow_report::write_run_report;

/// A sweep over axes of the user's own; ten steps a trial.
const OWN: &str = "\
[sweep]
d = 5
n = [6, 12, 24]
p = 8
\"init.hidden_scale\" = [1.0, 0.1, 0.01]
draws = 2

[stop]
steps = 10
trap = true
";

fn experiment(text: &str) -> Experiment {
    Experiment::from_text("test", "own", text, &[], Path::new("")).unwrap()
}

fn run(folder: &Path, experiment: &Experiment) {
    let mut run = Run::open(experiment, RunFolder::check(folder, experiment).unwrap()).unwrap();
    run.execute(2, &Interrupt::default(), |_| {}).unwrap();
}

/// The page of a folder after a run of an experiment.
fn report(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &experiment(text));
    let page = write_run_report(folder.path()).unwrap();
    let html = std::fs::read_to_string(page).unwrap();
    check(&html);
    (folder, html)
}

/// Holds for every page: self-contained, figures inline with captions, identifiers unique, references met.
fn check(html: &str) {
    for remote in [
        "http:",
        "https:",
        "src=",
        "@import",
        "url(",
        "<script",
        "<link rel=\"stylesheet\"",
    ] {
        assert!(!html.contains(remote), "{remote}");
    }
    let values = |key: &str| -> Vec<String> {
        html.split(key)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let ids = values(" id=\"");
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
    for target in values("href=\"#") {
        assert!(ids.contains(&target), "{target}");
    }
    let count = |pattern: &str| html.matches(pattern).count();
    assert!(count("<figure") > 0);
    for tag in [
        "figure",
        "svg",
        "figcaption",
        "table",
        "pre",
        "details",
        "ul",
        "p",
    ] {
        let opened = count(&format!("<{tag}>")) + count(&format!("<{tag} "));
        assert_eq!(opened, count(&format!("</{tag}>")), "{tag}");
    }
    assert_eq!(count("<svg"), count("</figcaption>") + count("class=\"stack\""));
    assert_eq!(
        count("<text"),
        0,
        "text is outlines: no font of the machine matters"
    );
    assert!(html.contains("width=device-width") && html.contains("prefers-color-scheme: dark"));
    assert!(html.contains("@media print"));
    assert!(
        !html.contains("NaN"),
        "numbers that do not exist are shown as a dash"
    );
}

#[test]
fn axes_of_the_users_own_give_curves_thresholds_and_a_map() {
    let (folder, html) = report(OWN);
    assert_eq!(
        html.matches("</figcaption>").count(),
        3,
        "curves, thresholds, map"
    );
    for name in ["probability", "thresholds", "map"] {
        let path = |extension: &str| folder.path().join("figures").join(format!("{name}.{extension}"));
        assert!(std::fs::read(path("png")).unwrap().starts_with(b"\x89PNG"));
        assert!(std::fs::read(path("pdf")).unwrap().starts_with(b"%PDF-"));
        assert!(
            std::fs::read_to_string(path("svg"))
                .unwrap()
                .starts_with("<svg xmlns=")
        );
    }
    assert!(html.contains("18 trials of 18 planned"));
}

#[test]
fn every_shape_of_sweep_gives_a_figure() {
    let sweep = |axes: &str| {
        OWN.replace(
            "n = [6, 12, 24]\np = 8\n\"init.hidden_scale\" = [1.0, 0.1, 0.01]\n",
            axes,
        )
    };
    for axes in [
        "n = 6\np = 8\n",
        "n = [6, 12]\np = 8\n",
        "n = 6\np = [2, 8, 30]\n",
        "n = 6\np = [2, 8]\n\"init.hidden_scale\" = [1.0, 0.1]\n",
        "n = [6, 12]\np = 8\n\"flow.precision\" = [\"f32\", \"f64\"]\n",
        "n = 6\np = 8\n\"init.hidden\" = [\"uniform\", \"gaussian\"]\n",
        "n = [6, 12]\np = [4, 8]\n\"init.hidden_scale\" = [1.0, 0.1]\n",
        "n = { per_d = [1, 2] }\np = 8\n",
    ] {
        println!("{axes}");
        report(&sweep(axes));
    }
}

#[test]
fn recorded_curvatures_are_drawn_against_n() {
    let text = OWN.replace("\"init.hidden_scale\" = [1.0, 0.1, 0.01]\n", "")
        + "\n[data]\nlaw = \"orthogonal\"\n\n[record]\nobservables = [\"curvature\", \"curvature-bounds\"]\n";
    let (folder, html) = report(&text.replace("d = 5", "d = 30"));
    assert!(folder.path().join("figures/curvatures.svg").exists());
    assert_eq!(html.matches("</figcaption>").count(), 2);
}

#[test]
fn missing_cells_are_named_and_the_rest_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(OWN);
    let run = RunFolder::check(folder.path(), &experiment).unwrap();
    run.prepare(&experiment).unwrap();
    let some = [0, 1, 4].map(|cell| {
        trial::run(&experiment, cell, 0, &Interrupt::default())
            .unwrap()
            .unwrap()
    });
    run.write(&experiment, &some, &[]).unwrap();
    let page = write_run_report(folder.path()).unwrap();
    let html = std::fs::read_to_string(page).unwrap();
    check(&html);
    assert!(html.contains("Missing: 6 of 9 cells have no draw yet"));
    assert!(html.contains("Incomplete: 3 cells have fewer than the 2 draws planned"));
    assert!(html.contains("3 trials of 18 planned"));
}

#[test]
fn a_folder_without_trials_or_without_a_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        write_run_report(folder.path()).unwrap_err().is_bad_input(),
        "not a run"
    );
    let experiment = experiment(OWN);
    RunFolder::check(folder.path(), &experiment)
        .unwrap()
        .prepare(&experiment)
        .unwrap();
    let error = write_run_report(folder.path()).unwrap_err();
    assert!(
        error.is_bad_input() && error.to_string().contains("nothing to report"),
        "{error}"
    );
    assert!(!folder.path().join("report.html").exists());
}

#[test]
fn the_paper_is_written_up_from_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let figures = [PaperFigure::Fig1, PaperFigure::Fig3];
    let mut studies = plan(&figures, Preset::Quick).unwrap();
    // Descent at d = 10 alone, two draws; nothing of the flow.
    studies[0].experiment.cells.retain(|cell| cell.d == 10);
    studies[0].experiment.draws = 2;
    run(&folder.path().join(&studies[0].name), &studies[0].experiment);
    let outcome = write_up(folder.path(), &figures, Preset::Quick, &studies).unwrap();
    let html = std::fs::read_to_string(&outcome.report).unwrap();
    check(&html);
    assert!(html.contains("Missing: the run fig3-flow has no trial yet"));
    assert_eq!(
        html.matches("</figcaption>").count(),
        3,
        "transitions, trajectory, thresholds"
    );
    assert_eq!(outcome.headlines[0].figure, PaperFigure::Fig1);
    // Relative widths by Theorem 2: C_ε/log n with C_0.1 = 7.41 as n → ∞; 7.41/log 10^18 = 0.179.
    assert!(
        outcome.headlines[0]
            .text
            .contains("17 % of its transition time at n = 1e18"),
        "{outcome:?}"
    );
}
