//! Says which columns a table over time can have.

use reluflow::observe::{Column, Kind, Observable, Unit, columns};
use reluflow_lab::schema::{Reference, Word};

use super::markdown::{escaped, table};
use super::terminal::{two_columns, width, wrapped};

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
    let always: Vec<Column> = columns().filter(|column| !observed(column)).copied().collect();
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
    format!("{}\n{}", escaped(BEFORE), table(&head, &rows))
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
