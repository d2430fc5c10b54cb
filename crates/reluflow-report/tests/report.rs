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

[flow]
method = \"gradient-descent\"

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

/// A page answers first, says what its words mean, and repeats itself in any shell.
#[test]
fn a_page_says_what_it_means() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("it's a \"run\" for $5");
    let text = OWN.replace("\"init.hidden_scale\" = [1.0, 0.1, 0.01]\n", "")
        + "success = { loss = 0.25 }\n[units]\nloss = \"sum\"\nscaling = \"unscaled\"\n";
    run(&folder, &experiment(&text));
    let html = std::fs::read_to_string(write_run_report(&folder).unwrap()).unwrap();
    check(&html);
    let body = html.split("<main>").nth(1).unwrap();
    let first = body.split("<p>").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(first.contains(" of 6 draws succeeded"), "{first}");
    for said in [
        "A draw succeeds, or interpolates, once the loss is below 0.25.",
        "L = Σ_i (h(x_i) − y_i)²; times are those of dθ/dt = −∇L; a step of gradient descent takes its learning rate in time.",
        "Settings have the SHA-256 ",
        "median time to success: over all draws",
        "written on 20",
    ] {
        assert!(html.contains(said), "{said}");
    }
    // A shell reads the folder as one word.
    let command = html
        .split("<pre>")
        .nth(1)
        .unwrap()
        .split("</pre>")
        .next()
        .unwrap();
    let plain = command
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let report = plain
        .lines()
        .find(|line| line.starts_with("reluflow report"))
        .unwrap();
    let script = report.replacen("reluflow report", "printf %s", 1);
    let echoed = std::process::Command::new("sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(echoed.stdout).unwrap(),
        folder.display().to_string()
    );
}

/// Data from a file are known by their digest, and the criterion is what their labels make it.
#[test]
fn a_page_names_its_data() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("d.csv"), "a,b,y\n1,2,0\n2,-1,1\n-1,1,1\n").unwrap();
    let text = "[sweep]\nn = [2, 3]\np = 3\ndraws = 2\n[data]\nlaw = \"file\"\npath = \"d.csv\"\n[stop]\nsteps = 3\n";
    let experiment = Experiment::from_text("test", "own", text, &[], place.path()).unwrap();
    let folder = place.path().join("run");
    run(&folder, &experiment);
    let html = std::fs::read_to_string(write_run_report(&folder).unwrap()).unwrap();
    let digest = |html: &str| {
        let rest = html
            .split("SHA-256 of the numbers is <code>")
            .nth(1)
            .unwrap()
            .to_owned();
        rest.split("</code>").next().unwrap().to_owned()
    };
    assert_eq!(digest(&html).len(), 64);
    assert!(html.contains("data: 3 rows, inputs a, b, label y, no gaps"));
    assert!(html.contains("where a label is 0, once the loss is below a millionth of L(0)"));
    // Other programs write the same numbers, other numbers have another digest.
    let again = |csv: &str, name: &str| {
        std::fs::write(place.path().join("d.csv"), csv).unwrap();
        let experiment = Experiment::from_text("test", "own", text, &[], place.path()).unwrap();
        let folder = place.path().join(name);
        run(&folder, &experiment);
        digest(&std::fs::read_to_string(write_run_report(&folder).unwrap()).unwrap())
    };
    assert_eq!(
        again("a;b;y\r\n1.0;2;0e0\r\n2;-1;1\r\n-1;1;1.0\r\n", "same"),
        digest(&html)
    );
    assert_ne!(again("a,b,y\n1,2,0\n2,-1,1\n-1,1.5,1\n", "other"), digest(&html));
}

/// A population has no examples: neither the trap nor a mean over n is spoken of.
#[test]
fn a_page_on_a_population_speaks_of_its_loss() {
    let text = "[sweep]\nd = 3\np = [2, 3]\ndraws = 2\n[data]\nlaw = \"gaussian-population\"\n\
                teacher = { law = \"orthonormal\", width = 2 }\n[stop]\nevaluations = 200\n";
    let folder = tempfile::tempdir().unwrap();
    let experiment = experiment(text);
    let mut run = Run::open(&experiment, RunFolder::check(folder.path(), &experiment).unwrap()).unwrap();
    run.execute(2, &Interrupt::default(), |_| {}).unwrap();
    let html = std::fs::read_to_string(write_run_report(folder.path()).unwrap()).unwrap();
    check(&html);
    let body = html.split("<main>").nth(1).unwrap();
    assert!(!body.contains("trap,") && !body.contains("Σ_i"), "{body}");
    for said in [
        "A draw succeeds once the loss is below 1e-10, a global minimum.",
        "L = ½ E (h(x) − h*(x))² over x ~ N(0, I), h* the teacher",
    ] {
        assert!(body.contains(said), "{said}");
    }
}

/// A threshold that one column alone bounds is no range.
#[test]
fn one_bounded_column_is_spoken_of_in_the_singular() {
    let text = "[sweep]\nd = 4\nn = [2, 4, 6, 8, 12, 16]\np = [2, 20]\ndraws = 12\n\
                [stop]\ntrap = true\ntime = 200.0\nevaluations = 3000\n";
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &experiment(text));
    let html = std::fs::read_to_string(write_run_report(folder.path()).unwrap()).unwrap();
    let said = "at d = 4, p = 2, with its 95 % interval; 1 of 2 curves bounds the threshold on both sides.";
    assert!(html.contains(said) && !html.contains("succeed between"));
}
