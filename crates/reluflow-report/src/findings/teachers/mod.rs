//! Asks whether the flow interpolates more examples when their labels are those of a small network.

mod figure;
mod probabilities;
mod studies;

use crate::findings::table::{entries, entry, words};
use crate::findings::{Found, Results, Table, Written, of};
use figure::figure;
use probabilities::probabilities;
pub(super) use studies::PARTS;
use studies::{LABELS, WIDTH};

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let mut table = Table::new(
        "teachers",
        "labels width d p N low high per_pd per_teacher draws end",
    );
    for (name, short, long) in LABELS {
        let Some(results) = of(results, name) else {
            continue;
        };
        let axis = results.axis(WIDTH);
        for found in &results.thresholds {
            let width = found.number(axis);
            table.rows.push(row(short, width, found));
            let labels = if width.is_nan() {
                long.to_owned()
            } else {
                format!("{long} {width}")
            };
            let (d, p, found) = (found.d, found.p, words(&found.answer.estimate));
            written
                .sentences
                .push(format!("{labels}, (d, p) = ({d}, {p}): N = {found}"));
        }
    }
    written.tables.push(table);
    written.figures.extend(figure(results));
    if let Some(grid) = of(results, "teachers-grid") {
        probabilities(grid, &mut written);
    }
    written
}

fn row(labels: &str, width: f64, found: &Found) -> Vec<String> {
    let value = found.answer.estimate.value;
    let (d, p) = (found.d as f64, found.p as f64);
    let mut row = vec![
        labels.to_owned(),
        entry(width),
        found.d.to_string(),
        found.p.to_string(),
    ];
    row.extend(entries(&found.answer.estimate));
    row.extend([entry(value / (d * p)), entry(value / (d * width))]);
    row.extend([
        found.answer.trials.to_string(),
        found.answer.end.word().to_owned(),
    ]);
    row
}
