//! Reads inputs and labels from comma-separated numbers, with or without a line of names.

use std::path::Path;

use ndarray::{Array1, Array2};

use super::{Unusable, split_label};

/// Reads a file; the label is the column of that name, or the last.
pub(super) fn read(path: &Path, label: Option<&str>) -> Result<(Array2<f64>, Array1<f64>), Unusable> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Unusable::new(path, "a readable file", error))?;
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .peekable();
    let Some((_, first)) = lines.peek() else {
        return Err(Unusable::new(path, "lines of numbers", "an empty file"));
    };
    let fields = |line: &str| -> Vec<String> {
        let trim = |field: &str| field.trim().trim_matches('"').to_owned();
        line.split(',').map(trim).collect()
    };
    let first = fields(first);
    let names = if first.iter().all(|field| field.parse::<f64>().is_ok()) {
        (0..first.len()).map(|k| format!("column {k}")).collect()
    } else {
        lines.next();
        first
    };
    let mut columns = vec![Vec::new(); names.len()];
    for (number, line) in lines {
        let row = fields(line);
        if row.len() != names.len() {
            return Err(Unusable::new(
                path,
                format!("{} numbers a line", names.len()),
                format!("{} in line {}", row.len(), number + 1),
            ));
        }
        for (column, field) in columns.iter_mut().zip(row) {
            let value = field
                .parse::<f64>()
                .map_err(|_| Unusable::new(path, "numbers", format!("`{field}` in line {}", number + 1)))?;
            column.push(value);
        }
    }
    split_label(path, &names, &columns, label)
}
