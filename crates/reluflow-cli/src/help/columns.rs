//! Says which columns a table over time, and the trials of a run, can have.

use reluflow::observe::{self, Column, Kind, Observable, Unit};
use reluflow_lab::schema::{Reference, Word};
use reluflow_lab::trial::columns::{self, WORDS};

use super::markdown::{escaped, table};
use super::terminal::{two_columns, width, wrapped};

/// What is said of a trial's columns.
const OF_TRIALS: &str = "Columns of the trials in a run's folder: of its Parquet files, of `run.trials()` in Python, and of `reluflow picture`. Those of the \
                         table above that were recorded follow with their last values, and, on a Gaussian population, those at the end.";

/// What pictures compute from two columns of a trial.
const REMAINING: [&str; 3] = [
    "remaining_loss",
    "number; in pictures only",
    "L/L(0) at the end, `loss` over `initial_loss`. The summary of a cell has its mean over draws, and as `failed_loss` that mean with 0 for draws that succeeded.",
];

/// What is said first.
const BEFORE: &str = "Columns of a run over time: of `reluflow trajectory`, of `solution.table()` in Python, and, at the end of every trial, of a run's \
                      folder. The first are always there; the others are asked for by the name of their observable, `[record] observables = [\"rank\"]`.";

/// Every column, by observable, with its meaning.
pub(super) fn text(as_markdown: bool) -> String {
    let observed = |column: &Column| {
        Observable::ALL
            .iter()
            .any(|observable| observable.columns().contains(column))
    };
    let always: Vec<Column> = observe::columns()
        .filter(|column| !observed(column))
        .copied()
        .collect();
    let mut groups = vec![(
        Word {
            name: "always".into(),
            meaning: String::new(),
        },
        always,
    )];
    let described = Reference::read().observables().into_iter().zip(Observable::ALL);
    groups.extend(described.map(|(word, observable)| (word, observable.columns().to_vec())));
    if as_markdown {
        markdown(&groups)
    } else {
        terminal(&groups)
    }
}

/// The columns of a trial: name, kind and meaning.
fn of_trials() -> Vec<[&'static str; 3]> {
    let words = WORDS.iter().map(|(name, kind, meaning)| [*name, *kind, *meaning]);
    let numbers = columns::columns().iter().filter_map(|column| {
        let kind = match column.kind {
            columns::Kind::Whole => "whole number",
            columns::Kind::Number => "number",
            columns::Kind::Optional => "number, or missing",
            columns::Kind::Population => "number, or missing; on a population",
            columns::Kind::Recorded if column.meaning.is_empty() => return None,
            columns::Kind::Recorded => "number; only where it is asked for",
        };
        Some([column.name, kind, column.meaning])
    });
    words.chain(numbers).chain([REMAINING]).collect()
}

fn markdown(groups: &[(Word, Vec<Column>)]) -> String {
    let mut rows = Vec::new();
    for (observable, columns) in groups {
        let about = vec![
            format!("**`{}`**", observable.name),
            escaped(&observable.meaning),
            String::new(),
            String::new(),
        ];
        rows.push(about);
        for column in columns {
            let (name, label) = (format!("`{}`", column.name), escaped(column.label));
            rows.push(vec![name, label, kind(column).into(), unit(column).into()]);
        }
    }
    let head = ["observable, column", "label", "kind", "unit"];
    let trials: Vec<Vec<String>> = of_trials()
        .iter()
        .map(|[name, kind, meaning]| vec![format!("`{name}`"), (*kind).to_owned(), escaped(meaning)])
        .collect();
    let head_of_trials = ["column of a trial", "kind", "meaning"];
    let before = escaped(BEFORE).replacen("every trial", "[every trial](#of-a-trial)", 1);
    format!(
        "{before}\n{}\n## Of a trial\n\n{}\n{}",
        table(&head, &rows),
        escaped(OF_TRIALS),
        table(&head_of_trials, &trials)
    )
}

fn terminal(groups: &[(Word, Vec<Column>)]) -> String {
    let width = width();
    let mut out = wrapped(BEFORE, 0, width);
    for (observable, columns) in groups {
        out.push_str(&format!(
            "\n{}\n{}",
            observable.name,
            wrapped(&observable.meaning, 2, width)
        ));
        let row = |column: &Column| {
            let words = [column.label, kind(column), unit(column)];
            let said: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            (column.name.to_owned(), said.join("; "))
        };
        let rows: Vec<(String, String)> = columns.iter().map(row).collect();
        out.push_str(&two_columns(&rows, 4, width));
    }
    out.push_str(&format!("\nof a trial\n{}", wrapped(OF_TRIALS, 2, width)));
    let rows: Vec<(String, String)> = of_trials()
        .iter()
        .map(|[name, kind, meaning]| ((*name).to_owned(), format!("{meaning} ({kind})")))
        .collect();
    out.push_str(&two_columns(&rows, 4, width));
    out
}

fn kind(column: &Column) -> &'static str {
    match column.kind {
        Kind::Real => "number",
        Kind::Count => "count",
        Kind::Index => "index, from 0",
    }
}

fn unit(column: &Column) -> &'static str {
    match column.unit {
        Unit::Number => "",
        Unit::Time => "time",
        Unit::Loss => "loss, or 1/time",
        Unit::Weight => "weight",
        Unit::SquaredWeight => "weight²",
    }
}
