//! A run over a CSV that is interrupted, moved, grown and read without its data comes to the bits of one run.

use std::fs;

use crate::common::Place;

/// Rows of a table that needs no numbers from elsewhere: a quasi-random sequence and its sign.
fn table() -> String {
    let row = |k: u32| {
        let at = |step: f64| (f64::from(k) * step).fract() - 0.5;
        let (a, b, c) = (at(0.618_034), at(0.754_878), at(0.569_840));
        let label = if a * b + c > 0.0 { "1" } else { "-1" };
        format!("\"{a}\";{b};{c};{label}\r\n")
    };
    let rows: String = (1..=60).map(row).collect();
    format!("\u{feff}a;b;c;class\r\n{rows}")
}

fn experiment(p: &str, draws: u32, path: &str) -> String {
    format!(
        "[sweep]\nn = [20, 40]\np = {p}\ndraws = {draws}\nseed = 8\n[data]\nlaw = \"file\"\npath = \"{path}\"\nstandardize = true\n\
         bias = true\n[flow]\nmethod = \"flow\"\n[stop]\ntrap = true\nsteps = 300\n"
    )
}

#[test]
fn a_run_lives_as_long_as_a_project() {
    let place = Place::with(&experiment("[6, 12]", 400, "data.csv"));
    fs::write(place.path("data.csv"), table()).unwrap();
    // Interrupted.
    let mut child = place.start(&[
        "run",
        "fig.toml",
        "--out",
        "first",
        "--write-every",
        "1",
        "--threads",
        "2",
    ]);
    place.wait("a part", || !place.parts("first").is_empty());
    place.signal(&child, "-INT");
    place.wait("the end", || child.try_wait().unwrap().is_some());
    let early = place.trials("first").len();
    assert!(early > 0);
    // Moved, with the data elsewhere.
    fs::create_dir_all(place.path("a new place/data")).unwrap();
    fs::rename(place.path("first"), place.path("a new place/it's a run")).unwrap();
    fs::rename(place.path("data.csv"), place.path("a new place/data/data.csv")).unwrap();
    // Grown by two cells (one p more for either n) and ten draws; written otherwise, with a default added.
    let grown = experiment("[12, 6, 9]", 410, "data/data.csv")
        .replace("draws", "seed=8\ndraws")
        .replacen("seed = 8\n", "", 1);
    fs::write(place.path("a new place/grown.toml"), grown).unwrap();
    place.stdout(&[
        "run",
        "a new place/grown.toml",
        "--out",
        "a new place/it's a run",
        "--quiet",
    ]);
    // And one run of the whole.
    fs::write(
        place.path("one.toml"),
        experiment("[12, 6, 9]", 410, "a new place/data/data.csv"),
    )
    .unwrap();
    place.stdout(&["run", "one.toml", "--out", "one", "--quiet", "--threads", "1"]);
    fs::remove_dir_all(place.path("a new place/data")).unwrap();
    let (lived, one) = (place.trials("a new place/it's a run"), place.trials("one"));
    assert_eq!(one.len(), 2 * 3 * 410);
    let sorted = |trials: &std::collections::BTreeMap<(usize, u64), String>| {
        let mut lines: Vec<String> = trials.values().map(|text| without_cell(text)).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&lived), sorted(&one));
    // Summarised and reported without the data.
    let summary = |run: &str| {
        let mut lines: Vec<String> = place
            .stdout(&["summarize", run, "--json"])
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(summary("a new place/it's a run"), summary("one"));
    place.stdout(&["report", "a new place/it's a run"]);
    let html = fs::read_to_string(place.path("a new place/it's a run/report.html")).unwrap();
    assert!(
        html.contains("the SHA-256 of the numbers is"),
        "the data's digest"
    );
    assert!(
        html.contains("inputs a, b, c") || html.contains("3 inputs a … c"),
        "what was read"
    );
    // The command of the page is one that a shell takes.
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
    let binary = env!("CARGO_BIN_EXE_reluflow");
    let script = report.replacen("reluflow", &format!("'{binary}'"), 1);
    let done = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(place.path(""))
        .status()
        .unwrap();
    assert!(done.success(), "{script}");
}

/// A trial's text without the number of its cell, which is the place in a file's order.
fn without_cell(text: &str) -> String {
    let (head, rest) = text.split_once("cell: ").unwrap();
    let (_, rest) = rest.split_once(',').unwrap();
    format!("{head}{rest}")
}
