//! Asks how much the flow can fit, by the slope of the activation below 0, the loss, and what is trained.

mod figure;
mod studies;

use std::collections::BTreeMap;

use reluflow_lab::experiment::AxisValue;
use reluflow_statistics::Estimate;

use crate::findings::table::{entries, entry, words};
use crate::findings::{Found, Results, Table, Written};
use figure::{Panels, figure};
use studies::CALLED;
pub(super) use studies::PARTS;

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let mut table = Table::new(
        "capacity",
        "trained accuracy loss slope d p N low high per_pd per_pd_low per_pd_high draws end",
    );
    let mut panels: Panels = BTreeMap::new();
    for (name, trained, accuracy) in CALLED {
        for results in results.iter().filter(|results| results.study.name == name) {
            for found in &results.thresholds {
                let slope = found.number(results.axis("model.activation.leaky"));
                let loss = loss(results, found);
                let (d, p, scaled) = (found.d, found.p, scaled(found));
                let mut row = vec![
                    trained.to_owned(),
                    accuracy.to_owned(),
                    loss.clone(),
                    entry(slope),
                ];
                row.extend([d, p].map(|size| size.to_string()));
                row.extend(entries(&found.answer.estimate));
                row.extend(entries(&scaled));
                row.extend([
                    found.answer.trials.to_string(),
                    found.answer.end.word().to_owned(),
                ]);
                table.rows.push(row);
                written.sentences.push(format!(
                    "{trained} trained, {accuracy} steps, {loss} loss, γ = {slope}, (d, p) = ({d}, {p}): N/(pd) {}",
                    match (scaled.value.is_nan(), scaled.high.is_finite()) {
                        (true, true) => format!("< {:.2}", scaled.high),
                        (true, false) => format!("> {:.2}", scaled.low),
                        _ => format!("= {}", words(&scaled)),
                    }
                ));
                if accuracy == "standard" {
                    let place = panels.entry((trained != "both", loss)).or_default();
                    place.push((slope, (d, p), scaled));
                }
            }
        }
    }
    written.tables.push(table);
    written.figures.extend(figure(panels));
    written
}

fn loss(results: &Results, found: &Found) -> String {
    match results.axis("model.loss").and_then(|axis| found.axes.get(axis)) {
        Some(AxisValue::Text(loss)) => loss.clone(),
        _ => "square".to_owned(),
    }
}

/// N/(pd); of a threshold beyond the range searched only the end is known.
fn scaled(found: &Found) -> Estimate {
    let Estimate { value, low, high } = found.answer.estimate;
    let pd = (found.d * found.p) as f64;
    Estimate {
        value: if value.is_finite() { value / pd } else { f64::NAN },
        low: low.max(0.0) / pd,
        high: high / pd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Study};

    /// Every column of every study has N = (1 − γ/2) pd.
    fn made_up() -> Vec<Results> {
        let studies = Finding::Capacity.plan(false, &[]).unwrap();
        let results = |study: Study| {
            let mut columns: Vec<Found> = Vec::new();
            let slope = study
                .experiment
                .axes
                .iter()
                .position(|axis| axis == "model.activation.leaky");
            for cell in &study.experiment.cells {
                if columns
                    .iter()
                    .any(|found| (found.d, found.p, &found.axes) == (cell.d, cell.p, &cell.axes))
                {
                    continue;
                }
                let AxisValue::Number(slope) = cell.axes[slope.unwrap()] else {
                    panic!("{:?}", cell.axes)
                };
                let value = (1.0 - slope / 2.0) * (cell.d * cell.p) as f64;
                columns.push(Found::made_up(cell, 50.0, value));
            }
            Results {
                study,
                trials: Vec::new(),
                thresholds: columns,
            }
        };
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn thresholds_are_scaled_and_drawn_by_loss() {
        let written = write_up(&made_up());
        let table = &written.tables[0];
        // Three sizes, four slopes, two losses; the hidden layer at two sizes; careful at one; three slopes at (20, 40).
        assert_eq!(table.rows.len(), 24 + 16 + 8 + 6);
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        let scaled = table.header.iter().position(|name| name == "per_pd").unwrap();
        for row in &table.rows {
            let (slope, ratio): (f64, f64) = (row[3].parse().unwrap(), row[scaled].parse().unwrap());
            assert!((ratio - 1.0 + slope / 2.0).abs() < 1e-9, "{row:?}");
        }
        let titles: Vec<&str> = written.figures[0]
            .chart
            .panels
            .iter()
            .map(|panel| panel.title.as_str())
            .collect();
        assert_eq!(
            titles,
            ["square loss", "logistic loss", "square loss, hidden only"]
        );
        assert!(write_up(&[]).figures.is_empty());
    }
}
