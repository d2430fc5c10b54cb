//! Chooses inputs and labels among the columns of a table, and refuses what is not a number.

use std::collections::HashSet;
use std::path::Path;

use ndarray::{Array1, Array2};

use super::Unusable;
use crate::experiment::nearest;

/// Names that a column of labels usually has.
const USUAL: [&str; 5] = ["y", "label", "labels", "target", "class"];

/// What parts the words of a name.
const PARTED: [char; 4] = ['_', '-', '.', ' '];

/// Names that a column of row numbers usually has.
const COUNTERS: [&str; 12] = [
    "index", "id", "row", "rows", "row_id", "rowid", "row_nr", "rownames", "obs", "no", "nr", "number",
];

/// A column as a reader found it.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// Its name; empty when it has none.
    pub name: String,
    /// Its numbers, as far as they are numbers.
    pub values: Vec<f64>,
    /// Why it cannot be used.
    pub trouble: Option<Trouble>,
    /// Why it is left out unless it is asked for, such as "row numbers".
    pub aside: Option<&'static str>,
}

/// The first thing in a column that is not a number.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// Nothing where a number should be.
    Gap(String),
    /// Text, and where.
    Text(String, String),
    /// A number written with a comma, and where.
    Comma(String, String),
    /// Values of a type that is not a number.
    Kind(String),
}

/// What the keys of `[data]` ask for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice<'a> {
    pub(super) label: Option<&'a str>,
    pub(super) inputs: Option<&'a [String]>,
    pub(super) drop: &'a [String],
}

/// Inputs and labels, and what they were called.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) inputs: Array2<f64>,
    pub(super) labels: Array1<f64>,
    pub(super) names: Vec<String>,
    pub(super) label: String,
    /// The columns left out, each with the reason.
    pub(super) left_out: Vec<String>,
    /// An input that nobody asked for and that is the number of its row.
    pub(super) counts_rows: Option<String>,
}

/// Parts columns into inputs and labels.
pub(super) fn choose(path: &Path, columns: &[Candidate], choice: Choice<'_>) -> Result<Chosen, Unusable> {
    let find = |key: &'static str, name: &str| find(path, columns, key, name);
    let mut left_out = Vec::new();
    let mut dropped = vec![false; columns.len()];
    for name in choice.drop {
        // Of columns of one name all are left out.
        match columns.iter().filter(|column| column.name == *name).count() {
            2.. => (0..columns.len())
                .filter(|k| columns[*k].name == *name)
                .for_each(|k| dropped[k] = true),
            _ => dropped[find("drop", name)?] = true,
        }
        left_out.push(format!("{} (drop)", shown(name)));
    }
    let inputs = choice
        .inputs
        .map(|names| names.iter().map(|name| find("inputs", name)));
    let inputs: Option<Vec<usize>> = inputs.map(Iterator::collect).transpose()?;
    let label = choice.label.map(|name| find("label", name)).transpose()?;
    let asked = |k: usize| label == Some(k) || inputs.as_ref().is_some_and(|inputs| inputs.contains(&k));
    if let Some(k) = (0..columns.len()).find(|k| dropped[*k] && asked(*k)) {
        let found = format!("both for column {}", shown(&columns[k].name));
        return Err(Unusable::new(path, "drop, or inputs and label", found).key("drop"));
    }
    let mut free = Vec::new();
    for (k, column) in columns.iter().enumerate() {
        match column.aside {
            _ if dropped[k] || asked(k) => {}
            Some(reason) => left_out.push(format!("{} ({reason})", shown(&column.name))),
            None => free.push(k),
        }
    }
    let label = match label {
        Some(label) => label,
        None => {
            let label = guess_label(path, columns, &free, inputs.is_some())?;
            let (name, usual) = (&columns[label].name, is_usual(&columns[label]));
            if free.len() > 2 && !usual && counts_by_ones(&columns[label], 4) {
                let found = format!("the last one, {}, which counts the rows", shown(name));
                return Err(Unusable::new(path, "a column that is clearly the label", found)
                    .key("label")
                    .hint(format!("name the label: label = {name:?}, or drop = [{name:?}]")));
            }
            label
        }
    };
    free.retain(|k| *k != label);
    let inputs = match inputs {
        Some(inputs) => {
            left_out.extend(
                free.iter()
                    .map(|k| format!("{} (not in inputs)", shown(&columns[*k].name))),
            );
            inputs
        }
        None => free,
    };
    if inputs.contains(&label) {
        let found = format!("column {} in both", shown(&columns[label].name));
        return Err(Unusable::new(path, "a label that is no input", found).key("label"));
    }
    if inputs.is_empty() {
        let found = format!("the label {} alone", shown(&columns[label].name));
        return Err(Unusable::new(path, "at least one column of inputs", found));
    }
    check_names(path, columns, inputs.iter().chain([&label]))?;
    for k in inputs.iter().chain([&label]) {
        check(path, &columns[*k], *k == label)?;
    }
    if choice.inputs.is_none()
        && let Some(k) = inputs.iter().find(|k| counts_rows(&columns[**k]))
    {
        let name = &columns[*k].name;
        return Err(Unusable::new(
            path,
            "columns that are clearly inputs",
            format!("column {}, which counts the rows", shown(name)),
        )
        .key("drop")
        .hint(format!(
            "drop = [{name:?}] leaves it out, inputs = [{name:?}, …] takes it"
        )));
    }
    let rows = columns[label].values.len();
    if rows == 0 {
        return Err(Unusable::new(path, "at least one row of numbers", "names alone"));
    }
    if let Some(other) = inputs.iter().find(|k| columns[**k].values.len() != rows) {
        let found = format!("one of {} and one of {rows}", columns[*other].values.len());
        return Err(Unusable::new(path, "columns of one length", found));
    }
    let unasked = inputs.iter().filter(|_| choice.inputs.is_none());
    let mut counters = unasked.filter(|k| is_row_number(&columns[**k]));
    let counts_rows = counters.next().map(|k| columns[*k].name.clone());
    Ok(Chosen {
        counts_rows,
        inputs: Array2::from_shape_fn((rows, inputs.len()), |(i, k)| columns[inputs[k]].values[i]),
        labels: Array1::from_vec(columns[label].values.clone()),
        names: inputs.iter().map(|k| columns[*k].name.clone()).collect(),
        label: columns[label].name.clone(),
        left_out,
    })
}

/// Whether a column has a name that labels usually have, perhaps with a number: `y`, `y2`, `class_0`.
fn is_usual(column: &Candidate) -> bool {
    let name = column.name.to_lowercase();
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = match stem.len() < name.len() {
        true => stem.trim_end_matches(PARTED),
        false => stem,
    };
    USUAL.contains(&stem)
}

/// The usual name that a column's name begins with, in the way of `class_cat` and `class_dog`; none without a second word.
fn usual_beginning(column: &Candidate) -> Option<&'static str> {
    let name = column.name.to_lowercase();
    let (first, _) = name.split_once(PARTED)?;
    USUAL.into_iter().find(|usual| *usual == first)
}

/// Whether a column is called like row numbers and counts by ones.
fn counts_rows(column: &Candidate) -> bool {
    COUNTERS.contains(&column.name.to_lowercase().as_str()) && counts_by_ones(column, 3)
}

/// Whether every number is the one before it plus 1, in `rows` rows or more.
fn counts_by_ones(column: &Candidate, rows: usize) -> bool {
    column.values.len() >= rows && column.values.windows(2).all(|pair| pair[1] == pair[0] + 1.0)
}

/// Whether a named column holds 0, 1, 2, … or 1, 2, 3, … in eight rows or more.
fn is_row_number(column: &Candidate) -> bool {
    let first = column.values.first();
    !column.name.is_empty()
        && first.is_some_and(|first| [0.0, 1.0].contains(first))
        && counts_by_ones(column, 8)
}

/// Leaves out what pandas wrote for row numbers and read again as a column.
pub(super) fn set_row_numbers_aside(columns: &mut [Candidate]) {
    for column in columns {
        let unnamed = column.name.is_empty() || column.name.starts_with("Unnamed: ");
        if unnamed && column.aside.is_none() && column.trouble.is_none() && is_index(&column.values) {
            column.aside = Some("row numbers");
        }
    }
}

/// Whether numbers are whole and all different: the names of rows.
pub(super) fn is_index(values: &[f64]) -> bool {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    values.iter().all(|value| value.fract() == 0.0) && sorted.windows(2).all(|pair| pair[0] < pair[1])
}

/// The column of a name.
fn find(path: &Path, columns: &[Candidate], key: &'static str, name: &str) -> Result<usize, Unusable> {
    let mut of_that_name = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.name == name);
    match (of_that_name.next(), of_that_name.next()) {
        (Some((k, _)), None) => Ok(k),
        (Some(_), Some(_)) => {
            let found = format!("{} of them", 2 + of_that_name.count());
            Err(Unusable::new(path, format!("one column {}", shown(name)), found).key(key))
        }
        (None, _) => {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let found = format!("columns {}", listed(&names));
            let refusal = Unusable::new(path, format!("a column {}", shown(name)), found).key(key);
            Err(match nearest(name, names) {
                Some(near) => refusal.hint(format!("did you mean `{near}`?")),
                None => refusal,
            })
        }
    }
}

/// The label when none is named: the last column, unless another has a name that labels usually have.
fn guess_label(
    path: &Path,
    columns: &[Candidate],
    free: &[usize],
    inputs_named: bool,
) -> Result<usize, Unusable> {
    let Some(&last) = free.last() else {
        return Err(Unusable::new(path, "a column of labels", "none").hint("name it: label = \"NAME\""));
    };
    // One column alone that begins so may be an input, as `class_size`; of two each is a class.
    let of_classes = |k: usize| {
        let beginning = usual_beginning(&columns[k]);
        let same = |other: &&usize| usual_beginning(&columns[**other]) == beginning;
        beginning.is_some() && free.iter().filter(same).count() > 1
    };
    let usual = |k: &&usize| is_usual(&columns[**k]) || of_classes(**k);
    let candidates: Vec<usize> = free.iter().filter(usual).copied().collect();
    let names = |of: &[usize]| of.iter().map(|k| columns[*k].name.as_str()).collect::<Vec<_>>();
    match candidates[..] {
        [] if inputs_named && free.len() > 1 => Err(Unusable::new(
            path,
            "one column that is no input, for the label",
            format!("columns {}", listed(&names(free))),
        )
        .hint(format!("name it: label = {:?}", columns[last].name))),
        [] => Ok(last),
        [only] if only == last || inputs_named => Ok(only),
        [first, ..] => {
            let mut found = candidates.clone();
            if !found.contains(&last) {
                found.push(last);
            }
            Err(Unusable::new(
                path,
                "one column that can only be the label",
                format!("{}, the last of which stands at the end", listed(&names(&found))),
            )
            .hint(how_to_name(&columns[first].name, &names(&found)[1..])))
        }
    }
}

/// How to name the label among columns that could be it.
fn how_to_name(label: &str, others: &[&str]) -> String {
    const MOST: usize = 3;
    let mut dropped: Vec<String> = others.iter().take(MOST).map(|name| format!("{name:?}")).collect();
    if others.len() > MOST {
        dropped.push("…".to_owned());
    }
    let dropped = dropped.join(", ");
    format!("name it: label = {label:?}; where the others are labels too: drop = [{dropped}]")
}

/// Refuses two columns of one name among those that are used.
fn check_names<'a>(
    path: &Path,
    columns: &[Candidate],
    used: impl Iterator<Item = &'a usize>,
) -> Result<(), Unusable> {
    let mut seen = HashSet::new();
    let name_of = |k: &usize| columns[*k].name.as_str();
    let mut twice = used.map(name_of).filter(|name| !name.is_empty());
    let Some(name) = twice.find(|name| !seen.insert(*name)) else {
        return Ok(());
    };
    let count = columns.iter().filter(|column| column.name == name).count();
    let found = format!("{count} columns {}", shown(name));
    Err(
        Unusable::new(path, "a name of its own for every column", found).hint(format!(
            "rename all but one of them; drop = [{name:?}] leaves them all out"
        )),
    )
}

/// Refuses a column that is no column of numbers.
fn check(path: &Path, column: &Candidate, is_label: bool) -> Result<(), Unusable> {
    let name = shown(&column.name);
    let leaves_out = format!("drop = [{:?}] leaves the column out", column.name);
    // Without its label column a table is read with another label.
    let drop = match is_label {
        true => format!("{leaves_out}, and another is the label then; label = \"…\" names another label"),
        false => leaves_out,
    };
    let words = match is_label {
        true => format!("classes are written as numbers, such as 1 and -1; {drop}"),
        false => drop.clone(),
    };
    let refusal = |found: String| Unusable::new(path, format!("numbers in column {name}"), found);
    match &column.trouble {
        None => Ok(()),
        Some(Trouble::Gap(place)) => Err(Unusable::new(
            path,
            format!("a number in every row of column {name}"),
            format!("a gap in {place}"),
        )
        .hint(format!("fill the gap or remove the row; {drop}"))),
        Some(Trouble::Text(place, text)) => {
            Err(refusal(format!("`{}` in {place}", excerpt(text))).hint(words))
        }
        Some(Trouble::Comma(place, text)) => Err(refusal(format!("`{}` in {place}", excerpt(text)))
            .hint("where the comma marks decimals: decimal = \",\"; where it groups thousands, write the number without it")),
        Some(Trouble::Kind(kind)) => Err(refusal(kind.clone()).hint(words)),
    }
}

/// The beginning of a text that may be long.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn shown(name: &str) -> String {
    match name {
        "" => "without a name".to_owned(),
        name => format!("`{}`", excerpt(name)),
    }
}

/// Names in a list, the middle of a long one left out.
pub(super) fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let show = |names: &[&str]| {
        names
            .iter()
            .map(|name| shown(name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match names.len() {
        0 => "none".to_owned(),
        n if n <= MOST => show(names),
        n => format!("{}, …, {}", show(&names[..MOST - 2]), show(&names[n - 1..])),
    }
}
