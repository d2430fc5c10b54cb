//! Checks that every path and name that a recipe of CONTRIBUTING.md mentions exists.
//!
//! In the sections "To add …", text in backticks with a slash is a path from the root of the project; `NAME` in it
//! stands for what is added. A name in backticks after it must stand as a word in that file, or in one of its folder
//! where the path has a `NAME`. What has a space is a command and not checked.

use std::fs;
use std::path::{Path, PathBuf};

/// The parts of a text in backticks, by recipe.
fn quoted(text: &str) -> Vec<(String, Vec<String>)> {
    let recipes = text
        .split("\n## ")
        .filter(|section| section.starts_with("To add"));
    recipes
        .map(|recipe| {
            let title = recipe.lines().next().unwrap().to_owned();
            (
                title,
                recipe.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            )
        })
        .collect()
}

/// The files that a path with a placeholder may mean.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).into_iter().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect()
}

fn holds(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// What is wrong with the recipes of a text, as seen from a folder.
fn mistakes(root: &Path, text: &str) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (title, quoted) in quoted(text) {
        let mut place: Option<PathBuf> = None;
        for word in quoted.iter().filter(|word| !word.contains(' ')) {
            if word.contains('/') || word.ends_with(".md") || word.ends_with(".toml") {
                // The folder of what is added must exist, the file cannot.
                let known: PathBuf = Path::new(word)
                    .components()
                    .take_while(|part| !part.as_os_str().to_string_lossy().contains("NAME"))
                    .collect();
                let path = root.join(known);
                if !path.exists() {
                    mistakes.push(format!("{title}: no {word}"));
                }
                place = Some(path);
            } else if let Some(place) = &place
                && word.chars().all(|c| c.is_alphanumeric() || "_:()!".contains(c))
                && word != "NAME"
            {
                let name = word.trim_end_matches("()").trim_end_matches('!');
                let name = name.rsplit("::").next().unwrap();
                let found = files(place)
                    .iter()
                    .any(|file| fs::read_to_string(file).is_ok_and(|text| holds(&text, name)));
                if !found {
                    mistakes.push(format!("{title}: no {word} in {}", place.display()));
                }
            }
        }
    }
    mistakes
}

#[test]
fn what_the_recipes_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    assert_eq!(mistakes(&root, &text), Vec::<String>::new());
    let titles: Vec<String> = quoted(&text).into_iter().map(|(title, _)| title).collect();
    for subject in [
        "data law",
        "initialisation",
        "integrator",
        "observable",
        "stop rule",
        "statement",
        "finding",
        "Python",
    ] {
        assert!(
            titles.iter().any(|title| title.contains(subject)),
            "no recipe: {subject}"
        );
    }
}

#[test]
fn what_does_not_exist_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = "# A\n\n## To add a thing\n\n1. `src/lib.rs`: `main_from()`, `no_such_name`.\n2. `src/nowhere/NAME.rs`\n\
                3. `src/slurm/NAME.rs`: `no_such_name` and `cargo run it`\n\n## Style\n\n`src/nothing.rs`\n";
    let found = mistakes(root, text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].contains("no_such_name") && found[1].contains("src/nowhere/NAME.rs"));
}
