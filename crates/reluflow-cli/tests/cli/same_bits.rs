//! Checks that a trial's bits depend on nothing but its experiment: not on threads, restarts or order.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::common::{Place, descents};
use reluflow_lab::RunFolder;

/// Thirty trials of a few hundredths of a second each.
fn experiment() -> String {
    descents([120, 80, 100], 10, 3000)
}
const TRIALS: usize = 30;
/// Draws of a run that is broken off: enough that it cannot end while nobody looks.
const MANY: &str = "24";
const MANY_TRIALS: usize = 72;

/// Every trial of a run in full, by size and draw.
fn trials(place: &Place, run: &str) -> BTreeMap<(u64, u64), String> {
    let (folder, experiment) = RunFolder::open(&place.path(run)).unwrap();
    let found = folder.read(&experiment).unwrap();
    assert!(found.damaged.is_empty(), "{:?}", found.damaged);
    found
        .trials
        .into_iter()
        .map(|trial| {
            let key = (experiment.cells[trial.cell].n, trial.draw);
            // Debug prints the shortest text that reads back as the same bits, and every NaN alike.
            let text = format!("{:?}", reluflow_lab::Trial { cell: 0, ..trial });
            (key, text)
        })
        .collect()
}

/// Starts a run, waits until it has written some more parts, and ends it with a signal.
fn break_off(place: &Place, run: &str, signal: &str) -> Option<i32> {
    let before = place.parts(run).len();
    let mut child = place.start(&[
        "run",
        "fig.toml",
        "--out",
        run,
        "--draws",
        MANY,
        "--threads",
        "2",
        "--write-every",
        "0",
        "--quiet",
    ]);
    while place.parts(run).len() < before + 3 {
        assert!(
            child.try_wait().unwrap().is_none(),
            "the run ended before it could be broken off"
        );
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
    child.wait().unwrap().code()
}

#[test]
fn threads_do_not_matter() {
    let place = Place::with(&experiment());
    let one = place.stdout(&[
        "run",
        "fig.toml",
        "--out",
        "one",
        "--threads",
        "1",
        "--json",
        "--quiet",
    ]);
    let two = place.stdout(&[
        "run",
        "fig.toml",
        "--out",
        "two",
        "--threads",
        "2",
        "--json",
        "--quiet",
    ]);
    assert_eq!(one, two);
    assert_eq!(trials(&place, "one").len(), TRIALS);
    assert_eq!(trials(&place, "one"), trials(&place, "two"));
    assert_eq!(place.stdout(&["summarize", "one", "--json"]), one);
}

#[test]
fn a_run_killed_three_times_and_resumed_is_the_run() {
    let place = Place::with(&experiment());
    let whole = place.stdout(&[
        "run", "fig.toml", "--out", "whole", "--json", "--quiet", "--draws", MANY,
    ]);
    for _ in 0..3 {
        assert_eq!(break_off(&place, "killed", "-KILL"), None);
    }
    let kept = trials(&place, "killed").len();
    assert!(kept < MANY_TRIALS, "nothing was left to resume");
    let resumed = place.stdout(&[
        "run", "fig.toml", "--out", "killed", "--json", "--quiet", "--draws", MANY,
    ]);
    assert_eq!(whole, resumed);
    assert_eq!(trials(&place, "whole"), trials(&place, "killed"));
}

#[test]
fn an_interrupt_keeps_everything_finished() {
    let place = Place::with(&experiment());
    assert_eq!(break_off(&place, "run", "-INT"), Some(130));
    let kept = trials(&place, "run");
    assert!(kept.len() >= 3 && kept.len() < MANY_TRIALS);
    assert_eq!(break_off(&place, "run", "-TERM"), Some(130));
    place.stdout(&["run", "fig.toml", "--out", "run", "--quiet", "--draws", MANY]);
    let whole = trials(&place, "run");
    assert_eq!(whole.len(), MANY_TRIALS);
    assert!(kept.iter().all(|(key, trial)| whole[key] == *trial));
}

#[test]
fn order_of_cells_and_number_of_draws_do_not_matter() {
    let place = Place::with(&experiment());
    place.stdout(&["run", "fig.toml", "--out", "run", "--draws", "2", "--quiet"]);
    let order = ["--set", "sweep.n=[100, 120]"];
    let run = ["run", "fig.toml", "--out", "other", "--draws", "4", "--quiet"];
    place.stdout(&[&run[..], &order].concat());
    let (some, other) = (trials(&place, "run"), trials(&place, "other"));
    let shared: Vec<_> = some.keys().filter(|key| other.contains_key(key)).collect();
    assert_eq!(shared.len(), 4);
    assert!(shared.iter().all(|key| some[key] == other[key]));
    // More draws extend a run; what was there stays.
    place.stdout(&["run", "fig.toml", "--out", "run", "--draws", "3", "--quiet"]);
    let more = trials(&place, "run");
    assert_eq!(more.len(), 9);
    assert!(some.iter().all(|(key, trial)| more[key] == *trial));
}

#[test]
fn a_truncated_part_is_reported_and_computed_again() {
    let place = Place::with(&experiment());
    let run = [
        "run",
        "fig.toml",
        "--out",
        "run",
        "--draws",
        "2",
        "--write-every",
        "0",
        "--quiet",
        "--json",
    ];
    let whole = place.stdout(&run);
    let before = trials(&place, "run");
    let parts = place.parts("run");
    let bytes = fs::read(&parts[0]).unwrap();
    fs::write(&parts[0], &bytes[..bytes.len() / 2]).unwrap();
    // A temporary file that a killed run left is nobody's business.
    fs::write(place.path("run/parts/.part-1-2-3.tmp"), "half").unwrap();

    let summary = place.run(&["summarize", "run", "--json"]);
    let warning = String::from_utf8(summary.stderr).unwrap();
    let name = parts[0].file_name().unwrap().to_str().unwrap();
    assert!(
        warning.starts_with(&format!("warning: run/parts/{name} cannot be read (")),
        "{warning}"
    );
    assert!(warning.ends_with("; its trials are left out\n"), "{warning}");
    assert!(summary.status.success());

    let again = place.run(&run);
    let warning = String::from_utf8(again.stderr).unwrap();
    assert!(warning.contains(name), "{warning}");
    assert!(
        warning.ends_with("; it was set aside, and its trials are computed again\n"),
        "{warning}"
    );
    assert_eq!(String::from_utf8(again.stdout).unwrap(), whole);
    assert_eq!(trials(&place, "run"), before);
}
