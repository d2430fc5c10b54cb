//! Prints summaries: for people, as JSON lines, as comma-separated values.

use std::io::{self, Write};

use reluflow_lab::CellSummary;
use reluflow_lab::threshold::four_digits;
use serde_json::Value;

/// The table for people: one header line, one line a cell.
pub(crate) fn lines(summaries: &[CellSummary]) -> Vec<String> {
    let mut header: Vec<String> = ["d", "n", "p"].map(String::from).into();
    if let Some(first) = summaries.first() {
        header.extend(first.axes.iter().map(|(name, _)| name.clone()));
    }
    header.extend(
        [
            "draws",
            "probability",
            "95 % interval",
            "L_end/L(0)",
            "median time",
            "evaluations",
        ]
        .map(String::from),
    );
    let log_means: Vec<&str> = summaries
        .first()
        .map(|first| first.log_means.iter().map(|(name, _)| *name).collect())
        .unwrap_or_default();
    header.extend(
        log_means
            .iter()
            .map(|name| name.trim_start_matches("log_mean_").to_owned()),
    );
    let mut rows = vec![header];
    for cell in summaries {
        let mut row = vec![cell.d.to_string(), cell.n.to_string(), cell.p.to_string()];
        row.extend(cell.axes.iter().map(|(_, value)| value.to_string()));
        row.push(cell.draws.to_string());
        row.push(number(cell.probability(), 3));
        row.push(format!("{:.3} – {:.3}", cell.interval.0, cell.interval.1));
        row.push(match cell.remaining_loss {
            loss if loss.is_nan() => "–".into(),
            0.0 => "0".into(),
            loss => format!("{loss:.2e}"),
        });
        row.push(number(cell.median_time.unwrap_or(f64::NAN), 1));
        row.push(number(cell.median_evaluations.unwrap_or(f64::NAN), 0));
        // The means themselves: csv and JSON have their logarithms.
        row.extend(cell.log_means.iter().map(|(_, value)| mean(*value)));
        rows.push(row);
    }
    aligned(&rows)
}

/// Lines with the fields of each column to the right, as wide as its widest.
pub(crate) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |k: usize| {
        rows.iter()
            .filter_map(|row| row.get(k))
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            let padded: Vec<String> = cells.map(|(text, width)| format!("{text:>width$}")).collect();
            padded.join("  ")
        })
        .collect()
}

/// A mean from its logarithm, to four digits; none where the logarithm is not a number, as that of no value or of a negative one.
fn mean(logarithm: f64) -> String {
    match logarithm.exp() {
        0.0 => "0".into(),
        mean if mean.is_finite() => four_digits(mean),
        _ => "–".into(),
    }
}

fn number(value: f64, digits: usize) -> String {
    if value.is_finite() {
        format!("{value:.digits$}")
    } else {
        "–".into()
    }
}

/// Prints the table for people.
pub(crate) fn print(out: &mut impl Write, summaries: &[CellSummary]) -> io::Result<()> {
    lines(summaries)
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
}

/// Prints one JSON object per cell on a line.
pub(crate) fn print_json(out: &mut impl Write, summaries: &[CellSummary]) -> io::Result<()> {
    summaries
        .iter()
        .try_for_each(|cell| writeln!(out, "{}", cell.to_json()))
}

/// Prints comma-separated values: the JSON keys as columns, an empty field for null.
pub(crate) fn print_csv(out: &mut impl Write, summaries: &[CellSummary]) -> io::Result<()> {
    let field = |text: String| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    };
    for (row, cell) in summaries.iter().enumerate() {
        let json = cell.to_json();
        let Some(object) = json.as_object() else { continue };
        if row == 0 {
            let keys: Vec<String> = object.keys().cloned().map(field).collect();
            writeln!(out, "{}", keys.join(","))?;
        }
        let values: Vec<String> = object
            .values()
            .map(|value| match value {
                Value::Null => String::new(),
                Value::String(text) => field(text.clone()),
                other => field(other.to_string()),
            })
            .collect();
        writeln!(out, "{}", values.join(","))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ln 0.02 is negative, the mean is not; no value, a negative mean and a mean of 0 are told apart.
    #[test]
    fn means_are_not_their_logarithms() {
        let found = [0.02f64, 3.0, 0.0, -1.0, f64::NAN].map(|value| mean(value.ln()));
        assert_eq!(found, ["2.000e-2", "3.000", "0", "–", "–"]);
    }
}
