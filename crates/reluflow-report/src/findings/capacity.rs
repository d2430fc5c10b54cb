//! Asks how much the flow can fit, by the slope of the activation below 0, the loss, and what is trained.

use std::collections::BTreeMap;

use reluflow_lab::experiment::AxisValue;
use reluflow_plot::{Axis, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::Estimate;

use super::table::{entries, entry, words};
use super::{Found, Part, Results, Table, Written};
use crate::Named;

/// By loss and what else makes a panel: the slope, (d, p) and the estimate of each point.
type Panels = BTreeMap<(bool, String), Vec<(f64, (u64, u64), Estimate)>>;

const TEXT: &str = include_str!("../../../../experiments/findings/capacity.toml");

/// The studies; (20, 40) last, since it is the dearest.
pub(super) const PARTS: &[Part] = &[
    Part {
        name: "capacity",
        text: TEXT,
        settings: &[],
        quick: Some(&[
            ("sweep.d", "[10]"),
            ("sweep.p", "[10]"),
            ("sweep.\"model.activation.leaky\"", "[-1.0, 0.5]"),
        ]),
        search: Some((0.06, 0.15)),
    },
    Part {
        name: "capacity-hidden",
        text: TEXT,
        settings: &[
            ("model.train", "\"hidden\""),
            ("sweep.d", "[10, 20]"),
            ("sweep.p", "[20, 20]"),
        ],
        quick: None,
        search: Some((0.06, 0.15)),
    },
    Part {
        name: "capacity-careful",
        text: TEXT,
        settings: &[
            ("flow.accuracy", "\"careful\""),
            ("sweep.d", "[10]"),
            ("sweep.p", "[20]"),
        ],
        quick: None,
        search: Some((0.06, 0.15)),
    },
    Part {
        name: "capacity-larger",
        text: TEXT,
        settings: &[
            ("sweep.d", "[20]"),
            ("sweep.p", "[40]"),
            ("sweep.\"model.activation.leaky\"", "[-1.0, 0.0, 0.5]"),
        ],
        quick: None,
        search: Some((0.08, 0.15)),
    },
];

/// What is trained and by which steps, by the study.
const CALLED: [(&str, &str, &str); 4] = [
    ("capacity", "both", "standard"),
    ("capacity-larger", "both", "standard"),
    ("capacity-hidden", "hidden", "standard"),
    ("capacity-careful", "both", "careful"),
];

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

/// N/(pd) against γ, one panel for each loss and for the hidden layer alone; a series a size.
fn figure(panels: Panels) -> Option<Named> {
    // The square loss, the logistic loss, the hidden layer alone; by the logistic loss it is too slow for a threshold.
    let mut panels: Vec<_> = panels
        .into_iter()
        .filter(|((hidden, loss), _)| !hidden || loss == "square")
        .collect();
    panels.sort_by(|a, b| (a.0.0, &b.0.1).cmp(&(b.0.0, &a.0.1)));
    let mut sizes: Vec<(u64, u64)> = panels.iter().flat_map(|one| &one.1).map(|one| one.1).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let panels: Vec<Panel> = panels
        .into_iter()
        .map(|((hidden, loss), points)| {
            let mut panel = Panel {
                title: format!("{loss} loss{}", if hidden { ", hidden only" } else { "" }),
                x: Axis {
                    marks: vec![-1.0, -0.5, 0.0, 0.5],
                    ..Axis::linear("slope *γ* below 0").over(-1.2, 0.7)
                },
                y: Axis::linear("*N*/(*pd*)"),
                ..Panel::default()
            };
            let mut top: f64 = 0.0;
            for (k, size) in sizes.iter().enumerate() {
                let mut here: Vec<(f64, Estimate)> = points
                    .iter()
                    .filter(|point| point.1 == *size)
                    .map(|point| (point.0, point.2))
                    .collect();
                if here.is_empty() {
                    continue;
                }
                here.sort_by(|a, b| a.0.total_cmp(&b.0));
                let ends = here.iter().flat_map(|point| [point.1.value, point.1.high]);
                top = ends.filter(|end| end.is_finite()).fold(top, f64::max);
                let (ink, marker) = (Ink::Series(k), Marker::nth(k));
                panel.layers.push(Layer::Line {
                    points: here.iter().map(|point| (point.0, point.1.value)).collect(),
                    ink,
                    dash: Dash::Dotted,
                });
                panel.layers.push(Layer::Points {
                    points: here,
                    ink,
                    marker,
                    dodge: 2.0 * (k as f64 - 1.5),
                });
            }
            panel.y = panel.y.over(0.0, 1.1 * top);
            panel
        })
        .collect();
    let entry = |(k, (d, p)): (usize, &(u64, u64))| {
        let words = format!("(*d*, *p*) = ({d}, {p})");
        Entry::new(&words, Ink::Series(k), Some(Marker::nth(k)), None)
    };
    let legend = sizes.iter().enumerate().map(entry).collect();
    let columns = panels.len();
    (columns > 0).then(|| Named {
        name: "capacity".to_owned(),
        chart: Chart {
            description: "Threshold over p d against the slope of the activation, by loss".to_owned(),
            panels,
            legend,
            columns,
            width: PAGE,
            panel_height: 140.0,
        },
        caption: "N/(pd) at (d, p) against the slope of the activation, with 95 % intervals.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Finding;
    use reluflow_statistics::sequential::{Answer, End};

    /// Every column of every study has N = (1 − γ/2) pd.
    fn made_up() -> Vec<Results> {
        let studies = Finding::Capacity.plan(false, &[]).unwrap();
        let results = |study: super::super::Study| {
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
                columns.push(Found {
                    d: cell.d,
                    p: cell.p,
                    transitions: 50.0,
                    step: None,
                    axes: cell.axes.clone(),
                    answer: Answer {
                        estimate: Estimate {
                            value,
                            low: 0.9 * value,
                            high: 1.1 * value,
                        },
                        slope: 10.0,
                        trials: 50,
                        end: End::Reached,
                    },
                    quartiles: None,
                });
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
