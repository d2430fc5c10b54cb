//! What makes two experiments one, and a folder that grows, moves and is read without its data.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::fs;
use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder, summarize};

fn experiment(text: &str) -> Experiment {
    Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs an experiment in a folder, and says how many trials it computed.
fn run(experiment: &Experiment, folder: &Path) -> usize {
    let mut run = Run::open(experiment, RunFolder::check(folder, experiment).unwrap()).unwrap();
    let before = run.remaining();
    run.execute(2, &Interrupt::default(), |_| {}).unwrap();
    before
}

#[test]
fn settings_that_mean_the_same_are_one_experiment() {
    let digest = |text: &str| experiment(text).digest();
    let plain = digest("[sweep]\nd = 4\nn = 6\np = 3\nseed = 1\n[stop]\nsteps = 3\ntrap = true\n");
    for same in [
        "[stop]\ntrap = true\nsteps = 3\n[sweep]\nseed = 1\nd = 4\nn = 6\np = 3\n",
        "[sweep]\nd = 4.0\nn = [6.0]\np = 3\nseed = 1\ndraws = 7\n[stop]\nsteps = 3\ntrap = true\n",
        "[sweep]\nd = 5\nn = [8, 9]\np = 30\nseed = 1\n[stop]\nsteps = 3\ntrap = true\n",
        "[sweep]\nd = 4\nn = 6\np = 3\nseed = 1\n[stop]\nsteps = 3\ntrap = true\n[data]\nlaw = \"isotropic\"\n",
        "[sweep]\nd = 4\nn = 6\np = 3\nseed = 1\n[stop]\nsteps = 3\ntrap = true\n[flow]\nmethod = \"flow\"\nprecision = \"f64\"\n",
    ] {
        assert_eq!(digest(same), plain, "{same}");
    }
    for other in [
        "[sweep]\nd = 4\nn = 6\np = 3\nseed = 2\n[stop]\nsteps = 3\ntrap = true\n",
        "[sweep]\nd = 4\nn = 6\np = 3\nseed = 1\n[stop]\nsteps = 4\ntrap = true\n",
        "[sweep]\nd = 4\nn = 6\np = 3\nseed = 1\n[stop]\nsteps = 3\ntrap = true\n[init]\nlaw = \"balanced\"\n",
        "[sweep]\nd = 4\nn = 6\np = 3\nseed = 1\n\"flow.tolerance\" = [0.1, 0.2]\n[stop]\nsteps = 3\ntrap = true\n",
    ] {
        assert_ne!(digest(other), plain, "{other}");
    }
    // The order of axes and of what is recorded, and a default that an axis leaves alone.
    let axes = |first: &str, second: &str, more: &str| {
        digest(&format!(
            "[sweep]\nd = 4\nn = 6\np = 3\n{first}\n{second}\n[stop]\nsteps = 3\n{more}"
        ))
    };
    let (a, b) = ("\"init.hidden_scale\" = [1, 0.5]", "\"flow.tolerance\" = 0.05");
    assert_eq!(
        axes(a, b, ""),
        axes(
            b,
            "\"init.hidden_scale\" = [0.25]",
            "[init]\nlaw = \"asymmetric\"\n"
        )
    );
    let record = |names: &str| axes(a, b, &format!("[record]\nobservables = [{names}]\n"));
    assert_eq!(record("\"lost\", \"balance\""), record("\"balance\", \"lost\""));
    assert_ne!(record("\"lost\", \"balance\""), record("\"balance\""));
}

#[test]
fn equal_cells_are_computed_once_and_said_once() {
    let text = "[sweep]\nd = 4\nn = [6, 8, 6]\np = 3\n\"init.hidden_scale\" = [1, 1.0, 0.5]\ndraws = 2\n[stop]\nsteps = 2\n";
    let repeated = experiment(text);
    assert_eq!(repeated.cells.len(), 4);
    let notes = repeated.notes();
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].text.starts_with("5 of 9 cells are equal to others"),
        "{}",
        notes[0]
    );
    // 0.6·5 and 0.55·5 both round to 3.
    let rounded = experiment("[sweep]\nd = 5\nn = { per_d = [0.6, 0.55, 1] }\np = 3\n[stop]\nsteps = 2\n");
    assert_eq!(rounded.cells.len(), 2);
    let place = tempfile::tempdir().unwrap();
    assert_eq!(run(&repeated, place.path()), 8);
    let (folder, kept) = RunFolder::open(place.path()).unwrap();
    let status = reluflow_lab::status(&folder, &kept, None).unwrap();
    assert_eq!((status.whole.done, status.whole.missing), (8, 0));
}

#[test]
fn a_folder_grows_by_cells_and_draws_to_the_same_bits() {
    let with = |n: &str, draws: u64| {
        experiment(&format!(
            "[sweep]\nd = 4\nn = {n}\np = 3\ndraws = {draws}\nseed = 5\n[stop]\nsteps = 4\n"
        ))
    };
    let (grown, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(run(&with("[6, 8]", 3), grown.path()), 6);
    assert_eq!(run(&with("[8, 10.0]", 3), grown.path()), 3);
    assert_eq!(run(&with("[8, 10]", 3), grown.path()), 0);
    let (folder, union) = RunFolder::open(grown.path()).unwrap();
    assert_eq!(
        union.cells.iter().map(|cell| cell.n).collect::<Vec<_>>(),
        [6, 8, 10]
    );
    assert_eq!(folder.read(&union).unwrap().trials.len(), 9);
    // The folder's own file continues with all of them, and more draws are added to all.
    let path = grown.path().join("experiment.toml");
    let own = Experiment::from_file(&path, &[]).unwrap();
    assert_eq!(run(&own, grown.path()), 0);
    assert_eq!(run(&with("[12, 10, 8, 6]", 5), grown.path()), 4 * 5 - 9);
    run(&with("[6, 8, 10, 12]", 5), whole.path());
    let bits = |path: &Path| {
        let (folder, experiment) = RunFolder::open(path).unwrap();
        let mut cells = summarize(&experiment, &folder.read(&experiment).unwrap().trials);
        cells.sort_by_key(|cell| cell.n);
        cells
            .iter()
            .map(|cell| cell.to_json().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(bits(grown.path()), bits(whole.path()));
    // What really differs is shown key by key, and nobody is told to remove results.
    let other = experiment("[sweep]\nd = 4\nn = 6\np = 3\nseed = 6\n[stop]\nsteps = 5\n");
    let message = RunFolder::check(grown.path(), &other).unwrap_err().to_string();
    assert!(
        message.contains("expected: stop.steps = 5, sweep.seed = 6"),
        "{message}"
    );
    assert!(
        message.contains("found: stop.steps = 4, sweep.seed = 5"),
        "{message}"
    );
    assert!(!message.contains("remove"), "{message}");
}

#[test]
fn further_sweeps_have_the_axes_of_the_first() {
    let also = |more: &str| {
        let text = format!("[sweep]\nd = 4\nn = 6\np = 3\n\"init.hidden_scale\" = 1\n[[sweep.also]]\n{more}");
        Experiment::from_text("test", "test", &text, &[], Path::new(""))
    };
    let two = also("d = 4\nn = [6, 8]\np = 3\n\"init.hidden_scale\" = 1.0\n").unwrap();
    assert_eq!(two.cells.len(), 2);
    let error = also("d = 4\nn = 6\np = 3\n").unwrap_err().to_string();
    assert!(
        error.contains("has other axes") && error.contains("init.hidden_scale"),
        "{error}"
    );
    let error = also("d = 4\nn = 6\np = 3\ndraws = 3\n").unwrap_err().to_string();
    assert!(error.contains("`draws` in [[sweep.also]]"), "{error}");
}

#[test]
fn a_folder_moves_and_is_read_without_its_data() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let rows: String = (1..=9)
        .map(|k| {
            format!(
                "{},{},{}\n",
                k,
                0.5 * f64::from(k * k),
                if k % 2 == 0 { 1.5 } else { -1.5 }
            )
        })
        .collect();
    let csv = format!("a,b,y\n{rows}");
    fs::write(at("d.csv"), &csv).unwrap();
    let text = |p: &str, draws: u64, path: &str| {
        format!(
            "[sweep]\nn = 6\np = {p}\ndraws = {draws}\n[data]\nlaw = \"file\"\npath = \"{path}\"\n[stop]\nsteps = 3\n"
        )
    };
    let read = |text: &str| Experiment::from_text("test", "test", text, &[], place.path()).unwrap();
    run(&read(&text("[3, 4]", 2, "d.csv")), &at("first"));
    // The folder and the data go elsewhere; the data are written by another program, the numbers are the same.
    fs::rename(at("first"), at("moved")).unwrap();
    fs::remove_file(at("d.csv")).unwrap();
    let (folder, kept) = RunFolder::open(&at("moved")).unwrap();
    assert_eq!(folder.read(&kept).unwrap().trials.len(), 4);
    let notes: Vec<String> = kept.notes().iter().map(ToString::to_string).collect();
    assert!(
        notes[0].starts_with("data: 9 rows, inputs a, b, label y, no gaps"),
        "{notes:?}"
    );
    // Its own file computes nothing without them, and says so before it begins.
    let own = Experiment::from_file(&at("moved/experiment.toml"), &[]).unwrap();
    let error = Run::open(&own, folder).unwrap_err();
    assert!(
        error.is_bad_input() && error.to_string().contains("No such file"),
        "{error}"
    );
    fs::create_dir(at("data")).unwrap();
    fs::write(at("data/e.csv"), csv.replace(',', ";").replace('\n', "\r\n")).unwrap();
    let grown = read(&text("[3, 4, 5, 6]", 4, "data/e.csv"));
    assert_eq!(run(&grown, &at("moved")), 12);
    run(&grown, &at("whole"));
    fs::remove_dir_all(at("data")).unwrap();
    let bits = |name: &str| {
        let (folder, experiment) = RunFolder::open(&at(name)).unwrap();
        format!("{:?}", folder.read(&experiment).unwrap().trials)
    };
    assert_eq!(bits("moved"), bits("whole"));
    // Other numbers are another experiment.
    fs::write(at("d.csv"), csv.replace("1.5\n", "1.25\n")).unwrap();
    let error = RunFolder::check(&at("moved"), &read(&text("3", 2, "d.csv")))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("data.numbers = ") && error.contains("the file has changed since"),
        "{error}"
    );
    // The same numbers read otherwise are known by the keys that read them.
    fs::write(at("d.csv"), csv).unwrap();
    let otherwise = text("3", 2, "d.csv").replace("[data]", "[data]\nstandardize = true");
    let error = RunFolder::check(&at("moved"), &read(&otherwise))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("data.standardize = true") && error.contains("no data.standardize"),
        "{error}"
    );
    assert!(!error.contains("data.numbers"), "{error}");
}

#[test]
fn what_costs_a_day_is_said_before() {
    let warnings = |points: &str, more: &str| -> Vec<String> {
        let sizes = if points.contains("isotropic") {
            "n = 4\nd = 3\n"
        } else {
            ""
        };
        let text = format!("[sweep]\np = 8\n{sizes}[data]\n{points}\n{more}");
        let notes = experiment(&text).notes();
        notes
            .into_iter()
            .filter(|note| note.warning)
            .map(|note| note.text)
            .collect()
    };
    let one = |points: &str, more: &str, expected: &str| {
        let found = warnings(points, more);
        assert!(
            found.iter().any(|text| text.contains(expected)),
            "{expected}: {found:?}"
        );
    };
    let points = |x: &str, y: &str| format!("law = \"points\"\nx = {x}\ny = {y}");
    let none: [String; 0] = [];
    assert_eq!(warnings(&points("[[1, 0], [0, 1]]", "[-1, 1]"), ""), none);
    one(&points("[[1, 0], [0, 1]]", "[0, 1]"), "", "labels are 0 and 1");
    one(
        &points("[[1, 0], [0, 1]]", "[0, -2]"),
        "",
        "1 labels are 0, so the level of the trap",
    );
    one(
        &points("[[1, 0], [0, 1]]", "[0.001, -2]"),
        "",
        "the smallest label is 1.0e-3 in size",
    );
    // Without the trap its level is nobody's business.
    assert_eq!(
        warnings(
            &points("[[1, 0], [0, 1]]", "[0, -2]"),
            "[stop]\nloss = 0.01\nsteps = 5\n"
        ),
        none
    );
    one(
        &points("[1, 1]", "[1, 1.1]"),
        "",
        "examples 0 and 1 are positive multiples",
    );
    assert_eq!(warnings(&points("[1, 2, -1]", "[1, 2, 7]"), ""), none);
    one(&points("[1, 0]", "[1, 1]"), "", "the input of example 1 is 0");
    assert_eq!(
        warnings(&(points("[1, 2]", "[1, -1.1]") + "\nbias = true"), ""),
        none
    );
    one(
        &points("[[100, 0], [0, 300]]", "[-1, 1]"),
        "",
        "standardize = true",
    );
    one(
        "law = \"isotropic\"\nlabels = { sizes = { half-normal = 2 } }\n",
        "",
        "the labels come near 0",
    );
    let many: Vec<String> = (0..40)
        .map(|k| format!("[{}, {}]", (f64::from(k)).cos(), (f64::from(k)).sin()))
        .collect();
    let labels: Vec<&str> = (0..40).map(|k| if k % 3 == 0 { "1" } else { "-1" }).collect();
    one(
        &points(
            &format!("[{}]", many.join(", ")),
            &format!("[{}]", labels.join(", ")),
        ),
        "",
        "n is more than 2 p d",
    );
}
