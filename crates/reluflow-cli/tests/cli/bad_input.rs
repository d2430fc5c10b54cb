//! Checks every message about bad input in full: exit code 2, nothing printed, nothing written.
//!
//! A case is a file of `tests/bad_input/`, in sections: `--- NAME` holds a file the user has, `--- before` a
//! command that must succeed first, `--- command` the one under test, `--- error` what it must say.
//! `BLESS=1 cargo test -p reluflow-cli --test cli bad_input` writes what it says now; read it before you commit.

use std::fs;
use std::path::Path;

use reluflow::observe::Observable;

use crate::common::Place;

/// Splits a case into its sections.
fn sections(text: &str) -> Vec<(&str, &str)> {
    text.split("--- ")
        .skip(1)
        .map(|section| section.split_once('\n').unwrap())
        .collect()
}

/// The words of a command; single quotes hold words together, as in a shell.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in command.trim().chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    assert_eq!(words.remove(0), "reluflow");
    words
}

/// The machine's memory is not the test's business.
fn without_memory(text: &str) -> String {
    match text.split_once("the machine's ") {
        Some((before, after)) => {
            let (_, after) = after.split_once(" GiB").unwrap();
            format!("{before}the machine's [..] GiB{after}")
        }
        None => text.to_owned(),
    }
}

/// Nor is which observables there are.
fn without_observables(text: &str) -> String {
    let name = |observable: &Observable| {
        let name = serde_json::to_value(observable).unwrap();
        name.as_str().unwrap().to_owned()
    };
    let all: Vec<String> = Observable::ALL.iter().map(name).collect();
    text.replace(&all.join(", "), "[every observable]")
}

fn check(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let place = Place::with("");
    fs::remove_file(place.path("fig.toml")).unwrap();
    let (mut command, mut expected) = ("", "");
    for (name, body) in sections(&text) {
        match name {
            "before" => {
                let words = words(body);
                place.stdout(&words.iter().map(String::as_str).collect::<Vec<_>>());
            }
            "command" => command = body,
            "error" => expected = body,
            _ => fs::write(place.path(name), body).unwrap(),
        }
    }
    let before = place.files();
    let words = words(command);
    let output = place.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let folder = place.path("").display().to_string();
    let said = String::from_utf8(output.stderr)
        .unwrap()
        .replace(&folder, "[folder]/");
    let said = without_observables(&without_memory(&said));
    if std::env::var_os("BLESS").is_some() {
        let kept = text.split("--- error\n").next().unwrap();
        fs::write(path, format!("{kept}--- error\n{said}")).unwrap();
    } else {
        assert_eq!(said, expected, "{}", path.display());
    }
    assert_eq!(output.status.code(), Some(2), "{}", path.display());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "",
        "{}",
        path.display()
    );
    assert_eq!(place.files(), before, "{}: something was written", path.display());
}

#[test]
fn messages_name_the_place_and_what_was_expected_and_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_input");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 20, "cases are missing");
    for case in cases {
        check(&case);
    }
}
