//! Checks that what is said of experiment files is what their reader does: the same keys, and defaults that it takes.

use std::collections::BTreeSet;
use std::path::Path;

use reluflow_lab::Experiment;
use reluflow_lab::schema::{Key, Keys, Reference, Section, schema, written};

/// What the reader says against an experiment with these lines in a section; nothing if it takes them.
fn complaint(section: &str, lines: &str) -> String {
    let sizes = if section == "sweep" {
        ""
    } else {
        "[sweep]\nn = 4\nd = 6\np = 4\n"
    };
    let text = format!("{sizes}[{section}]\n{lines}\n");
    let read = Experiment::from_text("a.toml", "a", &text, &[], Path::new(""));
    read.err().map_or_else(String::new, |error| error.to_string())
}

/// The line that chooses a table of a section.
fn choice(section: &Section, table: &Keys) -> String {
    match section.tag {
        Some(tag) => format!("{tag} = \"{}\"\n", table.name),
        None => String::new(),
    }
}

/// The names that a table takes.
fn names(section: &Section, table: &Keys) -> BTreeSet<String> {
    let common = section.common.iter().filter(|_| table.takes_common);
    let names = |key: &Key| -> Vec<String> {
        std::iter::once(key.name.as_str())
            .chain(key.aliases())
            .map(str::to_owned)
            .collect()
    };
    table.keys.iter().chain(common).flat_map(names).collect()
}

/// Every table of every section but those of a population, which is read with other sections beside it.
fn tables(reference: &Reference) -> impl Iterator<Item = (&Section, &Keys)> {
    let all = reference.sections.iter();
    all.flat_map(|section| {
        let shown = match section.name {
            "stop" => &section.tables[..1],
            _ => &section.tables[..],
        };
        shown.iter().map(move |table| (section, table))
    })
}

#[test]
fn every_table_has_the_keys_that_its_reader_knows() {
    for (section, table) in tables(&Reference::read()) {
        let said = complaint(
            section.name,
            &format!("{}no_such_key = 1", choice(section, table)),
        );
        let expected = said
            .split_once("expected: ")
            .unwrap_or_else(|| panic!("{said}"))
            .1;
        let list = expected.lines().next().unwrap();
        let list = list.split(", or an axis").next().unwrap();
        let known: BTreeSet<String> = match list {
            "no keys at all" => BTreeSet::new(),
            list => list
                .trim_start_matches("one of ")
                .split(", ")
                .map(str::to_owned)
                .collect(),
        };
        let mut described = names(section, table);
        if section.name == "sweep" {
            described.insert("also".to_owned());
        }
        assert_eq!(described, known, "[{}] {}", section.name, table.name);
    }
}

#[test]
fn the_laws_and_methods_are_those_that_the_reader_knows() {
    for section in Reference::read()
        .sections
        .iter()
        .filter(|section| section.tag.is_some())
    {
        let said = complaint(
            section.name,
            &format!("{} = \"no such name\"", section.tag.unwrap()),
        );
        let known = said
            .split_once("expected: one of ")
            .unwrap_or_else(|| panic!("{said}"))
            .1;
        let known: BTreeSet<&str> = known.lines().next().unwrap().split(", ").collect();
        let described: BTreeSet<&str> = section.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(described, known, "[{}]", section.name);
    }
}

#[test]
fn what_a_key_is_when_left_out_may_be_written() {
    let mut written_out = 0;
    for (section, table) in tables(&Reference::read()) {
        for key in &table.keys {
            let Some(default) = key.default() else { continue };
            written_out += 1;
            let said = complaint(
                section.name,
                &format!("{}{} = {}", choice(section, table), key.name, written(default)),
            );
            for fault in ["wrong kind", "unknown", "not TOML"] {
                assert!(
                    !said.contains(fault),
                    "[{}] {} = {}: {said}",
                    section.name,
                    key.name,
                    written(default)
                );
            }
        }
    }
    assert!(written_out > 60, "only {written_out}");
}

#[test]
fn every_key_and_every_name_says_what_it_means() {
    let reference = Reference::read();
    for (section, table) in tables(&reference) {
        assert!(!section.meaning.is_empty(), "[{}]", section.name);
        assert!(
            section.tag.is_none() || !table.meaning.is_empty(),
            "{}",
            table.name
        );
        for key in table.keys.iter().chain(&section.common) {
            assert!(!key.meaning().is_empty(), "[{}] {}", section.name, key.name);
            assert!(
                !reference.takes(key).is_empty(),
                "[{}] {}",
                section.name,
                key.name
            );
        }
        for form in reference.forms(table.keys.iter()) {
            assert!(!form.ways.is_empty() || !form.tables.is_empty(), "{}", form.name);
            assert!(
                form.ways.iter().all(|way| !way.meaning.is_empty()),
                "{}",
                form.name
            );
        }
    }
    for word in reference.verdicts().iter().chain(&reference.observables()) {
        assert!(!word.name.is_empty() && !word.meaning.is_empty(), "{word:?}");
    }
}

#[test]
fn no_word_of_rust_is_left() {
    let text = schema().to_string();
    for word in ["::", "[`", "](", "uint", "double", "\"null\"", "doctest", "```"] {
        assert!(!text.contains(word), "{word}");
    }
}
