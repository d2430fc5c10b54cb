//! Checks that `threshold` gives one answer however it is run, keeps its trials, and says when there is none.

use crate::common::Place;
use reluflow_lab::RunFolder;
use serde_json::Value;

const TEN: [&str; 2] = ["--precision", "10%"];

/// Trials of about a millisecond; N(8, 10) lies near 24.
const EXPERIMENT: &str = "\
[sweep]
d = 8
n = { from = 8, to = 64, step = 8 }
p = 10
draws = 5
seed = 3

[flow]
method = \"gradient-descent\"
precision = \"f32\"
";

fn threshold(place: &Place, out: &str, more: &[&str]) -> (String, u64) {
    let arguments = ["threshold", "fig.toml", "--json", "--out", out];
    let output = place.run(&[&arguments, more].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let computed = said.lines().find(|line| line.contains("computed now")).unwrap();
    let computed = computed.split(' ').next().unwrap().parse().unwrap();
    (String::from_utf8(output.stdout).unwrap(), computed)
}

fn number(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap()
}

#[test]
fn one_answer_for_any_threads_folder_and_history() {
    let place = Place::with(EXPERIMENT);
    let (fresh, computed) = threshold(&place, "one", &["--precision", "10%", "--threads", "1"]);
    let answer: Value = serde_json::from_str(&fresh).unwrap();
    assert_eq!(answer["end"], "reached");
    assert!(number(&answer, "precision") <= 0.1);
    assert!(number(&answer, "ci_low") < number(&answer, "threshold"));
    assert_eq!(computed, answer["trials"].as_u64().unwrap());
    assert_eq!(
        threshold(&place, "two", &["--precision", "10%", "--threads", "2"]),
        (fresh.clone(), computed)
    );
    // Everything is in the folder.
    assert_eq!(threshold(&place, "one", &TEN), (fresh.clone(), 0));
    // A search that had to stop early is gone on with.
    let (few, _) = threshold(&place, "early", &["--precision", "10%", "--max-trials", "40"]);
    let few: Value = serde_json::from_str(&few).unwrap();
    assert_eq!(
        (&few["end"], &few["trials"]),
        (&Value::from("out-of-trials"), &Value::from(40))
    );
    let (resumed, again) = threshold(&place, "early", &TEN);
    assert_eq!(resumed, fresh);
    assert!(
        again < computed,
        "{again} of {computed} trials were computed again"
    );
    // Draws of a run on the grid are used, and change nothing.
    place.stdout(&["run", "fig.toml", "--out", "grid", "--quiet"]);
    let (shared, computed) = threshold(&place, "grid", &TEN);
    assert_eq!(shared, fresh);
    let (folder, experiment) = RunFolder::open(&place.path("one")).unwrap();
    let on_grid = folder.read(&experiment).unwrap().trials;
    let before = on_grid.iter().filter(|trial| trial.draw < 5).count() as u64;
    assert_eq!(computed, answer["trials"].as_u64().unwrap() - before);
    assert!(
        before > 0,
        "no draw of the search is on the grid: the test shows nothing"
    );
    // And a run finds the search's.
    let whole = place.stdout(&["summarize", "grid", "--json"]);
    assert_eq!(
        place.stdout(&["run", "fig.toml", "--out", "one", "--json", "--quiet"]),
        whole
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_search_goes_on() {
    let place = Place::with(EXPERIMENT);
    let (fresh, _) = threshold(&place, "whole", &TEN);
    // A tenth of a per cent takes a quarter of a million draws: it cannot end before it is interrupted.
    let fine = [
        "threshold",
        "fig.toml",
        "--precision",
        "0.1%",
        "--max-trials",
        "1000000",
        "--out",
        "run",
        "--quiet",
    ];
    let mut child = place.start(&fine);
    while !place.path("run/manifest.json").exists() {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(threshold(&place, "run", &TEN).0, fresh);
}

#[test]
fn every_choice_of_the_other_axes_has_its_threshold_and_tables_and_picture_are_written() {
    let place = Place::with(&EXPERIMENT.replace("p = 10", "p = [10, 20]"));
    let text = place.stdout(&["threshold", "fig.toml", "--precision", "20%", "--quiet"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0]
            .trim_start()
            .starts_with("d   p  threshold  95 % interval"),
        "{text}"
    );
    assert!(lines[1..].iter().all(|line| line.ends_with("reached")), "{text}");
    let table = reluflow_lab::table::read(&place.path("runs/fig/threshold/n-0.5.parquet")).unwrap();
    let names = reluflow_lab::table::names(&table);
    assert_eq!(names[..5], ["d", "p", "threshold", "ci_low", "ci_high"]);
    for file in ["n-0.5-draws.parquet", "n-0.5.svg", "n-0.5.png", "n-0.5.pdf"] {
        assert!(place.path("runs/fig/threshold").join(file).exists(), "{file}");
    }
}

#[test]
fn the_width_at_which_a_problem_is_learnt_rises_instead() {
    // p falls from above: at n = 24 half of the draws are learnt near p = 10, where N(8, p) is 24.
    let place = Place::with(
        &EXPERIMENT
            .replace("{ from = 8, to = 64, step = 8 }", "24")
            .replace("p = 10", "p = [4, 40]"),
    );
    let (text, _) = threshold(&place, "run", &["--axis", "p", "--precision", "30%"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["end"], "reached");
    let (three, one) = (number(&answer, "three_quarters"), number(&answer, "one_quarter"));
    assert!(three > one, "it does not rise: {text}");
}

#[test]
fn a_threshold_out_of_range_is_said_to_be() {
    let place = Place::with(EXPERIMENT);
    let output = place.run(&["threshold", "fig.toml", "--within", "2..6", "--quiet"]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(
            "the threshold lies above n = 6, the end of the range; --within LOW..HIGH looks further"
        ),
        "{said}"
    );
    assert!(String::from_utf8(output.stdout).unwrap().contains("> 6"));
    // Where none was found there is no width: half of an interval over ∞ is no precision of 0.
    let below = ["threshold", "fig.toml", "--within", "200..400", "--quiet"];
    let table = String::from_utf8(place.run(&below).stdout).unwrap();
    assert!(table.contains("< 200") && !table.contains("0.0 %"), "{table}");
    let line = String::from_utf8(place.run(&[&below[..], &["--json"]].concat()).stdout).unwrap();
    let answer: Value = serde_json::from_str(&line).unwrap();
    assert!(
        answer["threshold"].is_null() && answer["precision"].is_null(),
        "{answer}"
    );
}

/// Of two inputs in the plane a teacher with one neuron gives none a label in some draws: they are left out and counted, as in a run.
const TEACHER: &str = "\
[sweep]
d = 2
n = [2, 12]
p = 6
draws = 30
seed = 3

[data]
law = \"teacher\"
width = 1

[flow]
method = \"gradient-descent\"
precision = \"f32\"

[stop]
trap = true
steps = 400
";

#[test]
fn draws_that_cannot_be_drawn_are_left_out_and_counted() {
    let place = Place::with(TEACHER);
    let search = |out: &str| {
        let arguments = [
            "threshold",
            "fig.toml",
            "--json",
            "--out",
            out,
            "--precision",
            "20%",
            "--max-trials",
            "60",
        ];
        let output = place.run(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        (String::from_utf8(output.stdout).unwrap(), said)
    };
    let (fresh, said) = search("out");
    let note = said.lines().find(|line| line.starts_with("note: ")).expect(&said);
    assert!(
        note.contains("draws cannot be drawn: labels of the teacher")
            && note.contains("left out, as in a run"),
        "{note}"
    );
    let answer: Value = serde_json::from_str(&fresh).unwrap();
    assert!(answer["trials"].as_u64().unwrap() >= 24, "{answer}");
    // What is in the folder now changes nothing.
    let (again, said) = search("out");
    assert_eq!(again, fresh);
    assert!(said.contains("0 of these"), "{said}");
    // A run leaves the same draws out, and does not advise to try them again.
    let output = place.run(&["run", "fig.toml", "--out", "run", "--quiet"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("the first with: cannot be drawn: labels of the teacher"),
        "{said}"
    );
    assert!(!said.contains("--retry-failed"), "{said}");
}

#[test]
fn a_place_where_nothing_can_be_drawn_is_refused() {
    // One neuron cannot be correctly active on examples with labels of both signs.
    let place = Place::with(
        "[sweep]\nd = 3\nn = 20\np = [1, 2]\ndraws = 2\n[init]\nlaw = \"asymmetric\"\ncovered = true\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 5\n",
    );
    let output = place.run(&["threshold", "fig.toml", "--axis", "p", "--within", "1..2"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        said.contains("cannot be drawn") && said.contains("--within LOW..HIGH"),
        "{said}"
    );
}

/// A run's draws say thresholds along any axis; nothing is drawn, and data that are gone are not missed.
#[test]
fn a_folder_says_its_thresholds_along_any_axis() {
    let rows: String = (0..12)
        .map(|k| format!("{},{},{}\n", k * k % 7, k * 5 % 11, 1 + k % 2))
        .collect();
    let text = "[sweep]\nn = [3, 6, 9, 12]\np = [1, 2, 4, 8]\ndraws = 8\nseed = 2\n[data]\nlaw = \"file\"\npath = \"d.csv\"\n\
                [flow]\nmethod = \"flow\"\n[stop]\nsteps = 40\n";
    let place = Place::with(text);
    std::fs::write(place.path("d.csv"), format!("a,b,y\n{rows}")).unwrap();
    place.stdout(&["run", "fig.toml", "--out", "run", "--quiet"]);
    std::fs::rename(place.path("run"), place.path("moved run")).unwrap();
    std::fs::remove_file(place.path("d.csv")).unwrap();
    let before = place.files();
    let found = |axis: &str, other: &str| {
        let text = place.stdout(&["threshold", "moved run", "--axis", axis, "--json", "--quiet"]);
        let answers: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(answers.len(), 4, "{text}");
        for answer in &answers {
            assert_eq!(
                (&answer["axis"], answer["draws"].as_u64()),
                (&Value::from(axis), Some(32))
            );
            assert!(answer[other].is_u64(), "{text}");
        }
        answers
    };
    // More examples are harder, more neurons easier: an end that is known says so.
    assert!(
        found("n", "p")
            .iter()
            .any(|answer| answer["ci_low"].is_f64() || answer["ci_high"].is_f64())
    );
    assert!(
        found("p", "n")
            .iter()
            .any(|answer| answer["ci_low"].is_f64() || answer["ci_high"].is_f64())
    );
    let said = place.run(&["threshold", "moved run", "--axis", "q"]);
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("expected: one of n, d, p"), "{said}");
    assert_eq!(place.files(), before, "something was written");
}

/// Shares may be written in per cent or as numbers.
#[test]
fn a_target_may_be_in_per_cent() {
    let place = Place::with(EXPERIMENT);
    let of = |target: &str| {
        let arguments = [
            "threshold",
            "fig.toml",
            "--json",
            "--quiet",
            "--precision",
            "20%",
            "--target",
            target,
        ];
        place.stdout(&arguments)
    };
    assert_eq!(of("75%"), of("0.75"));
    for bad in ["100%", "0%", "95 percent", "%", "-5%"] {
        let output = place.run(&["threshold", "fig.toml", &format!("--target={bad}")]);
        assert_eq!(output.status.code(), Some(2), "{bad}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("0.95 or 95%"), "{bad}: {said}");
    }
}

/// What is printed counts the draws of one search; the note and `status` count those of other searches and of the grid separately.
#[test]
fn several_searches_in_one_folder_are_counted_apart() {
    let place = Place::with(EXPERIMENT);
    place.stdout(&["run", "fig.toml", "--out", "run", "--quiet"]);
    let status = || -> Value { serde_json::from_str(&place.stdout(&["status", "run", "--json"])).unwrap() };
    let none = serde_json::json!({ "draws": 0, "places": 0, "studies": [] });
    assert_eq!(status()["searched"], none);
    assert!(!place.stdout(&["status", "run"]).contains("searches"));
    let search = |target: &str| {
        let arguments = [
            "threshold",
            "fig.toml",
            "--json",
            "--out",
            "run",
            "--precision",
            "20%",
        ];
        let output = place.run(&[&arguments[..], &["--target", target]].concat());
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let note = said.lines().find(|line| line.contains("computed now")).unwrap();
        let counts = |word: &str| word.trim_end_matches(';').parse::<u64>().ok();
        let counts: Vec<u64> = note.split(' ').filter_map(counts).collect();
        let [computed, used, total] = counts[..] else {
            panic!("{note}");
        };
        assert_eq!(Some(used), answer["trials"].as_u64());
        (computed, total)
    };
    let mut before = 40;
    for target in ["0.5", "0.8"] {
        let (computed, total) = search(target);
        assert_eq!(total, before + computed);
        before = total;
    }
    let rows = std::fs::read_dir(place.path("run/parts")).unwrap().map(|part| {
        let table = reluflow_lab::table::read(&part.unwrap().path()).unwrap();
        table.num_rows() as u64
    });
    assert_eq!(rows.sum::<u64>(), before);
    let found = status();
    assert_eq!(found["trials"]["done"], 40);
    assert_eq!(found["searched"]["draws"].as_u64(), Some(before - 40));
    assert_eq!(
        found["searched"]["studies"],
        serde_json::json!(["n-0.5", "n-0.8"])
    );
    let line = format!("{} more draws, at ", before - 40);
    let text = place.stdout(&["status", "run"]);
    assert!(text.contains(&line) && text.contains("threshold/n-0.8"), "{text}");
    // The thresholds of a folder are those of its grid.
    let output = place.run(&["threshold", "run", "--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["draws"], 40);
    let said = String::from_utf8(output.stderr).unwrap();
    let left_out = format!("{} draws from threshold searches are left out", before - 40);
    assert!(said.contains(&left_out), "{said}");
}
