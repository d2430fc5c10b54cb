//! Refuses labels, of data files and of laws, that are not those of a classification, where the loss is one.

use reluflow::model::Loss;
use reluflow::random::{Purpose, TrialSeed};

use super::bad_input::{BadInput, Place};
use super::document::{Content, Node, Table};
use super::source::DataSource;

/// Checks the labels of a data file that was read, `[data]` or `[test]`.
///
/// A file that a run's folder only remembers is not read for this: its labels were checked when the folder was made.
///
/// # Errors
/// When the loss is one of classification and a label is neither 1 nor −1: names the key, the first such label and its row.
pub(super) fn check_classes(
    section: &str,
    data: &DataSource,
    loss: Loss,
    tree: impl Fn() -> Table,
) -> Result<(), BadInput> {
    let DataSource::File(file) = data else {
        return Ok(());
    };
    let Some(read) = file.numbers_if_read().filter(|_| loss.is_classification()) else {
        return Ok(());
    };
    let labels = read.dataset.labels().to_vec();
    let is_other = |y: &&f64| y.abs() != 1.0;
    let Some(row) = labels.iter().position(|y| is_other(&y)) else {
        return Ok(());
    };
    let others = labels.iter().filter(is_other).count();
    let problem = format!("[{section}] labels do not suit model.loss = \"{loss}\"");
    let expected = format!("labels 1 and -1 for the {loss} loss");
    let column = match read.account.label.as_str() {
        "" => String::new(),
        name => format!(" of column `{name}`"),
    };
    let found = format!(
        "{} in row {row} (from 0){column}; {others} of {} labels are neither",
        labels[row],
        labels.len()
    );
    let hint = format!("{}; loss = \"square\" takes any labels", advice(&labels));
    let tree = tree();
    let bad = match place(&tree, section, row) {
        Some(node) => BadInput::at(&node.origin, problem, expected, found),
        None => BadInput::new(Place::Flag(section.to_owned()), problem, expected, found),
    };
    Err(bad.hint(hint))
}

/// Checks the labels that a law draws: of at most 64 examples in dimension d, from a seed of no trial.
///
/// # Errors
/// When the loss is one of classification and a label is neither 1 nor −1.
pub(super) fn check_drawn_classes(
    data: &DataSource,
    loss: Loss,
    (n, d): (usize, usize),
    tree: impl Fn() -> Table,
) -> Result<(), BadInput> {
    /// Labels of a law are all of one kind: a few tell.
    const TRIED: usize = 64;
    if !matches!(data, DataSource::Law(_)) || !loss.is_classification() {
        return Ok(());
    }
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: 0,
        draw: 0,
    };
    let draw = |n: usize| data.sample(n, d, &mut seed.generator(Purpose::Analysis));
    // What cannot be drawn is refused elsewhere, in its own words.
    let Ok(drawn) = draw(n.min(TRIED)).or_else(|_| draw(n)) else {
        return Ok(());
    };
    let labels = drawn.labels();
    let Some(other) = labels.iter().find(|y| y.abs() != 1.0) else {
        return Ok(());
    };
    let problem = format!("[data] labels do not suit model.loss = \"{loss}\"");
    let expected = format!("labels 1 and -1 for the {loss} loss");
    let found = format!("real numbers, such as {other:.3}");
    let hint = "labels = { sizes = { constant = 1 } } in [data] draws signs, where the law has labels of its own; loss = \"square\" takes any labels";
    let tree = tree();
    let data = tree.get("data").and_then(Node::as_table);
    let key = ["target", "labels", "law"]
        .iter()
        .find_map(|key| data.and_then(|data| data.get(key)));
    let key = key.or_else(|| tree.get("model").and_then(Node::as_table)?.get("loss"));
    let bad = match key {
        Some(node) => BadInput::at(&node.origin, problem, expected, found),
        None => BadInput::new(Place::Flag("data".to_owned()), problem, expected, found),
    };
    Err(bad.hint(hint))
}

/// How the labels may be made ±1.
fn advice(labels: &[f64]) -> String {
    let mut values = labels.to_vec();
    values.sort_by(f64::total_cmp);
    values.dedup();
    match values[..] {
        [low, high] => {
            format!("the two classes are {low} and {high}: write -1 for the first, 1 for the second")
        }
        _ => "a classification has two classes: write the labels of one as 1, of the other as -1".to_owned(),
    }
}

/// The value to point at: the label itself where it is written in the file, else the column, else the data file.
fn place<'a>(tree: &'a Table, section: &str, row: usize) -> Option<&'a Node> {
    let table = tree.get(section)?.as_table()?;
    if let Some(node) = table.get("y") {
        return Some(match &node.content {
            Content::Array(labels) => labels.get(row).unwrap_or(node),
            _ => node,
        });
    }
    ["label", "labels", "path", "law"]
        .iter()
        .find_map(|key| table.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_classes_are_told_what_to_write() {
        assert_eq!(
            advice(&[2.0, 1.0, 2.0]),
            "the two classes are 1 and 2: write -1 for the first, 1 for the second"
        );
        assert!(advice(&[0.0, 1.0, 2.0]).starts_with("a classification has two classes"));
    }
}
