//! Reads the keys of `[sweep]`, one function each.

use super::{Axis, Bound, Examples, KEYS, SECTIONS, Unit, Width};
use crate::experiment::bad_input::BadInput;
use crate::experiment::document::{Content, Entry, Node, Table};
use crate::experiment::origin::Origin;
use crate::experiment::values::{Values, unknown_key};

/// A whole number of at least `least`.
pub(super) fn count(node: &Node, name: &str, least: u64) -> Result<u64, BadInput> {
    match node.as_count() {
        Some(value) if value >= least => Ok(value),
        _ => Err(BadInput::at(
            &node.origin,
            format!("`{name}` out of range"),
            match node.content {
                Content::Table(_) => format!(
                    "a whole number, at least {least}, or several: a list, or a range {{ from = 10, to = 100, step = 10 }}"
                ),
                _ => format!("a whole number, at least {least}"),
            },
            node.found(),
        )),
    }
}

pub(super) fn only_keys(table: &Table, place: &str, known: &[&str]) -> Result<(), BadInput> {
    match table
        .entries()
        .iter()
        .find(|entry| !known.contains(&entry.key.as_str()))
    {
        None => Ok(()),
        Some(entry) => Err(unknown_key(&entry.origin, &entry.key, place, known)),
    }
}

pub(super) fn read_examples(node: &Node) -> Result<Examples, BadInput> {
    const FORMS: [&str; 3] = ["values", "per_d", "per_pd"];
    let plain = |values| Examples {
        unit: Unit::One,
        values,
        at_least: None,
        at_most: None,
    };
    let Some(table) = node.as_table().filter(|table| table.entry("from").is_none()) else {
        return Ok(plain(Values::read(node)?));
    };
    only_keys(
        table,
        "sweep.n",
        &[
            "values", "per_d", "per_pd", "at_least", "at_most", "from", "to", "step",
        ],
    )?;
    let given: Vec<&Entry> = FORMS.iter().filter_map(|form| table.entry(form)).collect();
    let [entry] = given[..] else {
        return Err(BadInput::at(
            &node.origin,
            "n is not clear",
            "exactly one of values, per_d, per_pd",
            format!("{} of them", given.len()),
        ));
    };
    Ok(Examples {
        unit: match entry.key.as_str() {
            "per_d" => Unit::PerD,
            "per_pd" => Unit::PerPd,
            _ => Unit::One,
        },
        values: Values::read(&entry.node)?,
        at_least: table.get("at_least").map(read_bound).transpose()?,
        at_most: table.get("at_most").map(read_bound).transpose()?,
    })
}

pub(super) fn read_bound(node: &Node) -> Result<Bound, BadInput> {
    let number = |node: &Node| {
        node.as_number().filter(|v| v.is_finite()).ok_or_else(|| {
            BadInput::at(
                &node.origin,
                "not a bound on n",
                "a number, or { per_d = …, per_p = …, plus = … }",
                node.found(),
            )
        })
    };
    let Some(table) = node.as_table() else {
        return Ok(Bound {
            plus: number(node)?,
            ..Bound::default()
        });
    };
    only_keys(table, "a bound on n", &["per_d", "per_p", "plus"])?;
    let part = |key: &str| table.get(key).map_or(Ok(0.0), number);
    Ok(Bound {
        plus: part("plus")?,
        per_d: part("per_d")?,
        per_p: part("per_p")?,
    })
}

pub(super) fn read_width(node: &Node) -> Result<Width, BadInput> {
    let Some(table) = node.as_table().filter(|table| table.entry("from").is_none()) else {
        return Ok(Width::Fixed(Values::read(node)?));
    };
    only_keys(table, "sweep.p", &["lemma5", "times", "from", "to", "step"])?;
    let epsilon = table.get("lemma5");
    match epsilon.and_then(Node::as_number) {
        Some(value) if value > 0.0 && value < 1.0 => Ok(Width::Lemma5 {
            epsilon: value,
            times: table.get("times").map_or(Ok(1), |node| count(node, "times", 1))?,
        }),
        _ => Err(BadInput::at(
            epsilon.map_or(&node.origin, |node| &node.origin),
            "no probability for Lemma 5",
            "lemma5 = ε with 0 < ε < 1",
            epsilon.map_or_else(|| "none".to_owned(), Node::found),
        )),
    }
}

pub(super) fn read_zip(node: &Node) -> Result<Vec<(String, Origin)>, BadInput> {
    let bad = |node: &Node| {
        BadInput::at(
            &node.origin,
            "zip is not a list of names",
            r#"names of axes, such as ["n", "p"]"#,
            node.found(),
        )
    };
    match &node.content {
        Content::Array(items) => items
            .iter()
            .map(|item| {
                let name = item.as_str().ok_or_else(|| bad(item))?;
                Ok((name.to_owned(), item.origin.clone()))
            })
            .collect(),
        _ => Err(bad(node)),
    }
}

/// Reads `"init.hidden_scale" = […]`, quoted or not.
pub(super) fn read_axis(name: &str, entry: &Entry, axes: &mut Vec<Axis>) -> Result<(), BadInput> {
    let section = name.split('.').next().unwrap_or(name);
    if !SECTIONS.contains(&section) {
        return Err(BadInput {
            expected: format!(
                "one of {}, or an axis such as \"init.hidden_scale\"",
                KEYS.join(", ")
            )
            .into(),
            ..unknown_key(&entry.origin, name, "[sweep]", &KEYS)
        });
    }
    match &entry.node.content {
        // An unquoted dotted key was read as nested tables.
        Content::Table(table) if !name.contains('.') => {
            for inner in table.entries() {
                read_axis(&format!("{name}.{}", inner.key), inner, axes)?;
            }
            Ok(())
        }
        _ if !name.contains('.') => Err(BadInput::at(
            &entry.origin,
            "an axis needs a key of the section",
            format!("a name such as \"{name}.law\""),
            name,
        )),
        _ => {
            axes.push(Axis {
                name: name.to_owned(),
                origin: entry.origin.clone(),
                values: Values::read(&entry.node)?,
            });
            Ok(())
        }
    }
}
