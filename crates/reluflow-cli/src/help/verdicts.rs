//! Says how a run can end.

use reluflow_lab::schema::{Reference, Word};

use super::markdown::{escaped, table};
use super::terminal::{two_columns, width, wrapped};

/// Every verdict with its meaning.
pub(super) fn text(as_markdown: bool) -> String {
    let reference = Reference::read();
    let groups = [
        (
            "A run on examples ends with one of these words.",
            reference.verdicts(),
        ),
        (
            "A run on a Gaussian population ends with one of these.",
            reference.population_verdicts(),
        ),
    ];
    let parts: Vec<String> = groups
        .iter()
        .map(|(words, verdicts)| {
            if as_markdown {
                markdown(words, verdicts)
            } else {
                terminal(words, verdicts)
            }
        })
        .collect();
    parts.join("\n")
}

fn markdown(words: &str, verdicts: &[Word]) -> String {
    let row = |verdict: &Word| vec![format!("`{}`", verdict.name), escaped(&verdict.meaning)];
    let rows: Vec<Vec<String>> = verdicts.iter().map(row).collect();
    format!("{words}\n{}", table(&["verdict", "what happened"], &rows))
}

fn terminal(words: &str, verdicts: &[Word]) -> String {
    let row = |verdict: &Word| (verdict.name.clone(), verdict.meaning.clone());
    let rows: Vec<(String, String)> = verdicts.iter().map(row).collect();
    let width = width();
    format!("{}\n{}", wrapped(words, 0, width), two_columns(&rows, 2, width))
}
