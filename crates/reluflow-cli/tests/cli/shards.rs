//! Checks that processes which share a folder make one run, and that `status` says what is left of it.

use crate::common::{Place, descents};
use serde_json::Value;

/// Sixty trials of a few hundredths of a second, in cells of unequal length.
fn experiment() -> String {
    descents([20, 80, 100], 20, 1500)
}

fn status(place: &Place, arguments: &[&str]) -> Value {
    let text = place.stdout(&[&["status", "run", "--json"], arguments].concat());
    serde_json::from_str(&text).unwrap()
}

fn counts(status: &Value) -> [u64; 5] {
    ["done", "running", "waiting", "missing", "failed"].map(|name| status["trials"][name].as_u64().unwrap())
}

#[test]
fn shards_at_once_in_one_folder_make_the_run() {
    let place = Place::with(&experiment());
    let whole = place.stdout(&["run", "fig.toml", "--out", "whole", "--json", "--quiet"]);
    let start = |shard: &str| {
        let flags = [
            "--shard",
            shard,
            "--threads",
            "1",
            "--write-every",
            "0",
            "--quiet",
        ];
        place.start(&[&["run", "fig.toml", "--out", "run"], &flags[..]].concat())
    };
    let children = ["1/3", "2/3", "3/3"].map(start);
    // The union can be read at any time, also while it is being made and its parts are merged.
    place.wait("the folder", || place.path("run/experiment.toml").exists());
    let mut seen = 0;
    let mut children = Vec::from(children);
    while !children.is_empty() {
        let done = place.trials("run").len();
        assert!(done >= seen, "{seen} trials were there, now {done}");
        seen = done;
        children.retain_mut(|child| match child.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success());
                false
            }
            None => true,
        });
    }
    assert_eq!(place.trials("run"), place.trials("whole"));
    assert_eq!(place.stdout(&["summarize", "run", "--json"]), whole);
    let status = status(&place, &[]);
    assert_eq!(counts(&status), [60, 0, 0, 0, 0]);
    assert_eq!(status["repeated"], 0, "shards share no trial");
    assert_eq!(status["commands"], Value::Array(vec![]));
    assert_eq!(place.parts("run").len(), 3, "each shard leaves one part");
}

#[test]
fn status_names_what_a_killed_shard_left_and_its_command_computes_it() {
    let place = Place::with(&experiment());
    place.stdout(&["run", "fig.toml", "--out", "run", "--shard", "1/3", "--quiet"]);
    let mut child = place.start(&[
        "run",
        "fig.toml",
        "--out",
        "run",
        "--shard",
        "2/3",
        "--threads",
        "1",
        "--write-every",
        "0",
        "--quiet",
    ]);
    place.wait("a part of shard 2", || place.parts("run").len() > 1);
    place.signal(&child, "-STOP");
    let at_work = status(&place, &[]);
    child.kill().unwrap();
    child.wait().unwrap();

    // While it was at work, only the third shard was nobody's.
    assert_eq!(at_work["shards"], 3);
    assert_eq!(at_work["processes"][0]["alive"], true);
    assert_eq!(at_work["missing_shards"], serde_json::json!([3]));
    let [done, running, waiting, missing, _] = counts(&at_work);
    assert_eq!(done + running + waiting + missing, 60);
    assert!(running <= 1, "one thread");
    let left = status(&place, &[]);
    assert_eq!(left["missing_shards"], serde_json::json!([2, 3]));
    let [done, running, waiting, missing, _] = counts(&left);
    assert_eq!((running, waiting, done + missing), (0, 0, 60));
    assert!(
        place
            .stdout(&["status", "run"])
            .contains("shard 2/3: gone without a word")
    );
    assert_eq!(
        status(&place, &["--shards", "1"])["missing_shards"],
        serde_json::json!([1])
    );

    for command in left["commands"].as_array().unwrap() {
        let words: Vec<&str> = command.as_str().unwrap().split(' ').skip(1).collect();
        place.stdout(&words);
    }
    place.stdout(&["run", "fig.toml", "--out", "whole", "--quiet"]);
    assert_eq!(place.trials("run"), place.trials("whole"));
    assert_eq!(counts(&status(&place, &[])), [60, 0, 0, 0, 0]);
}

#[test]
fn two_runs_started_by_mistake_are_told_and_make_the_run() {
    let place = Place::with(&experiment());
    let run = [
        "run",
        "fig.toml",
        "--out",
        "run",
        "--threads",
        "1",
        "--write-every",
        "0",
    ];
    let mut first = place.start(&run);
    place.wait("a part", || !place.parts("run").is_empty());
    // Held still, so that it is sure to have trials left that the other computes too.
    place.signal(&first, "-STOP");
    let second = place.run(&run);
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(second.status.success(), "{told}");
    assert!(
        told.contains(&format!("warning: process {} on ", first.id()))
            && told.contains("is at work on the same trials; nothing is lost, but trials are computed twice"),
        "{told}"
    );
    place.signal(&first, "-CONT");
    assert!(first.wait().unwrap().success());
    place.stdout(&["run", "fig.toml", "--out", "whole", "--quiet"]);
    assert_eq!(place.trials("run"), place.trials("whole"));
    let known = status(&place, &[]);
    assert!(known["repeated"].as_u64().unwrap() > 0);
    assert_eq!(known["differing"], 0);
}

#[test]
fn a_shard_beyond_the_last_is_refused() {
    let place = Place::with(&experiment());
    let output = place.run(&["run", "fig.toml", "--shard", "4/3"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("expected I/N with 1 ≤ I ≤ N"), "{said}");
    assert!(!place.path("runs").exists());
}
