//! Prints the keys of experiment files in a terminal.

use reluflow_lab::schema::{Form, Key, Keys, Reference, Section, written};
use serde_json::Value;

use super::terminal::{two_columns, width, words, wrapped};

/// Every section with its keys, a sentence each.
pub(super) fn overview(reference: &Reference) -> String {
    let width = width();
    let mut out = wrapped(
        "An experiment file has these sections; only [sweep] must be there. `reluflow help file SECTION` says what the keys of a section take \
         and what they are when left out, `reluflow help file data cone` the same of one law.",
        0,
        width,
    );
    for section in &reference.sections {
        out.push_str(&format!("\n[{}]\n", section.name));
        out.push_str(&wrapped(&section.meaning, 0, width));
        if let Some(tag) = section.tag {
            let row = |table: &Keys| (format!("{tag} = \"{}\"", table.name), table.meaning.clone());
            let laws: Vec<_> = section.tables.iter().map(row).collect();
            out.push_str(&two_columns(&laws, 2, width));
        }
        let row = |key: &Key| (key.name.clone(), first_sentence(key.meaning()).to_owned());
        let shown: Vec<&Key> = match section.tag {
            Some(_) => section.common.iter().collect(),
            None => section.tables.iter().flat_map(|table| &table.keys).collect(),
        };
        let mut rows: Vec<(String, String)> = Vec::new();
        for key in shown {
            if rows.iter().all(|(name, _)| *name != key.name) {
                rows.push(row(key));
            }
        }
        if section.name == "sweep" {
            rows.push((
                "\"SECTION.KEY\"".into(),
                "Any key of another section as an axis.".into(),
            ));
        }
        out.push_str(&two_columns(&rows, 2, width));
    }
    out
}

/// A section, or one of its laws, with all that there is to say.
pub(super) fn section(reference: &Reference, section: &Section, law: Option<&str>) -> String {
    let width = width();
    let mut out = format!("[{}]\n{}", section.name, wrapped(&section.meaning, 0, width));
    if let (None, Some(without)) = (law, without(section, "")) {
        out.push_str(&wrapped(&without, 0, width));
    }
    let shown: Vec<&Keys> = section
        .tables
        .iter()
        .filter(|table| law.is_none_or(|law| table.name == law))
        .collect();
    let with_common = shown.iter().any(|table| table.takes_common);
    let common: &[Key] = if with_common { &section.common } else { &[] };
    for table in &shown {
        out.push('\n');
        if let Some(tag) = section.tag {
            out.push_str(&format!("{tag} = \"{}\"\n", table.name));
        }
        out.push_str(&wrapped(&table.meaning, 0, width));
        out.push_str(&keys(reference, &table.keys, width));
    }
    if !common.is_empty() {
        out.push_str("\nKeys that every law takes\n");
        out.push_str(&keys(reference, common, width));
    }
    let mentioned = shown.iter().flat_map(|table| &table.keys).chain(common);
    for form in reference.forms(mentioned) {
        out.push_str(&format!("\n‹{}›\n", form.name));
        out.push_str(&wrapped(&form.meaning, 0, width));
        out.push_str(&self::form(reference, &form, width));
    }
    if section.name == "sweep" {
        out.push('\n');
        out.push_str(&wrapped(
            "Any key of another section is an axis, too: \"init.scale\" = [0.1, 1]. [[sweep.also]] adds further cells of the same axes.",
            0,
            width,
        ));
    }
    out
}

/// What stands for a section that is left out, as it would be written, each line between `quotes`.
pub(super) fn without(section: &Section, quotes: &str) -> Option<String> {
    let lines = |keys: &[(String, Value)]| -> String {
        let lines = keys
            .iter()
            .map(|(key, value)| format!("{quotes}{key} = {}{quotes}", written(value)));
        lines.collect::<Vec<_>>().join(", ")
    };
    if section.left_out.is_empty() {
        return None;
    }
    let of_population = match section.left_out_of_population.as_deref() {
        None => String::new(),
        Some([]) => "; for a population: the defaults of its own keys".to_owned(),
        Some(keys) => format!("; for a population: {}", lines(keys)),
    };
    Some(format!(
        "Without this section: {}{of_population}.",
        lines(&section.left_out)
    ))
}

fn form(reference: &Reference, form: &Form, width: usize) -> String {
    let mut out = String::new();
    let rows: Vec<(String, String)> = form
        .ways
        .iter()
        .map(|way| {
            let takes = words(&way.takes);
            let text = if takes.is_empty() {
                way.meaning.clone()
            } else {
                format!("{}\n{takes}", way.meaning)
            };
            (way.written.clone(), text)
        })
        .collect();
    out.push_str(&two_columns(&rows, 2, width));
    for table in &form.tables {
        if !table.name.is_empty() {
            let law = format!("law = \"{}\": {}", table.name, table.meaning);
            out.push_str(&wrapped(&law, 0, width));
        }
        out.push_str(&keys(reference, &table.keys, width));
    }
    out
}

fn keys(reference: &Reference, keys: &[Key], width: usize) -> String {
    let row = |key: &Key| {
        let mut line = words(&reference.takes(key));
        if let Some(default) = key.default() {
            line += &format!("; left out: {}", written(default));
        }
        for alias in key.aliases() {
            line += &format!("; also called {alias}");
        }
        let text = format!("{}\n{line}", key.meaning());
        (key.name.clone(), text.trim_start().to_owned())
    };
    let rows: Vec<(String, String)> = keys.iter().map(row).collect();
    two_columns(&rows, 2, width)
}

/// The first sentence of a text.
fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.find(". ").map_or(line, |end| &line[..=end])
}
