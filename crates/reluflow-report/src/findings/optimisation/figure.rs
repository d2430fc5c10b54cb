//! Draws shares and losses against n, and the thresholds.

use reluflow_lab::experiment::Cell;
use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel, dodge};
use reluflow_statistics::Estimate;

use super::seen::{Seen, least_squares_test, seen};
use super::studies::{DESCENT, GRID};
use crate::Named;
use crate::findings::elasticity::At;
use crate::findings::{Results, of};

/// How far gradient descent is drawn beside the flow.
const BESIDE: f64 = 2.0;

/// Shares and losses against n, and N/(pd) against p.
pub(super) fn figure(results: &[Results], law: &[At]) -> Option<Named> {
    let descent = of(results, DESCENT).map(Results::cells).unwrap_or_default();
    let results = of(results, GRID)?;
    let cells = results.cells();
    let mut sizes: Vec<(u64, u64)> = cells.iter().map(|one| (one.cell.d, one.cell.p)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut dimensions: Vec<u64> = sizes.iter().map(|size| size.0).collect();
    dimensions.extend(law.iter().map(|at| at.d as u64));
    dimensions.sort_unstable();
    dimensions.dedup();
    let ink = |d: u64| Ink::Series(dimensions.iter().position(|one| *one == d).unwrap_or(0));
    let marker = |d: u64| Marker::nth(dimensions.iter().position(|one| *one == d).unwrap_or(0));
    let panel =
        |title: &str, x: &str, y: Axis, scale: fn(&Cell) -> f64, read: fn(&Seen) -> Option<Estimate>| {
            let mut panel = Panel {
                title: title.to_owned(),
                x: Axis::log(x),
                y,
                ..Panel::default()
            };
            for (d, p) in &sizes {
                let first = sizes.iter().find(|size| size.0 == *d).map(|size| size.1);
                let here = cells.iter().filter(|one| (one.cell.d, one.cell.p) == (*d, *p));
                let points: Vec<(f64, Estimate)> = here
                    .filter_map(|one| Some((one.cell.n as f64 / scale(one.cell), read(&seen(one))?)))
                    .collect();
                let dash = if first == Some(*p) {
                    Dash::Solid
                } else {
                    Dash::Dashed
                };
                panel.layers.push(Layer::Line {
                    points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                    ink: ink(*d),
                    dash,
                });
                panel.layers.push(Layer::Points {
                    points,
                    ink: ink(*d),
                    marker: marker(*d),
                });
                panel.entry(&format!("({d}, {p})"), ink(*d), Some(marker(*d)), Some(dash));
                let same = descent.iter().filter(|one| (one.cell.d, one.cell.p) == (*d, *p));
                let points: Vec<(f64, Estimate)> = same
                    .filter_map(|one| Some((one.cell.n as f64 / scale(one.cell), read(&seen(one))?)))
                    .collect();
                panel.layers.push(
                    Layer::Line {
                        points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                        ink: ink(*d),
                        dash: Dash::Dotted,
                    }
                    .moved(BESIDE),
                );
                panel.layers.push(
                    Layer::Points {
                        points,
                        ink: ink(*d),
                        marker: Marker::nth(if first == Some(*p) { 3 } else { 4 }),
                    }
                    .moved(BESIDE),
                );
            }
            if !descent.is_empty() {
                panel.entry(
                    "gradient descent",
                    Ink::Muted,
                    Some(Marker::nth(3)),
                    Some(Dash::Dotted),
                );
            }
            panel
        };
    let by_weights: fn(&Cell) -> f64 = |cell| (cell.d * cell.p) as f64;
    let by_dimension: fn(&Cell) -> f64 = |cell| cell.d as f64;
    let share = panel(
        "interpolated",
        "*n*/(*pd*)",
        Axis::linear("share of draws").over(0.0, 1.05),
        by_weights,
        |seen| Some(seen.share),
    );
    let train = panel(
        "training loss",
        "*n*/(*pd*)",
        Axis::linear("*L* at the end").over(0.0, 0.13),
        by_weights,
        |seen| Some(seen.train),
    );
    let mut test = panel(
        "test loss",
        "*n*/*d*",
        Axis::log("test loss"),
        by_dimension,
        |seen| seen.test,
    );
    if let Some(d) = dimensions.last() {
        let d = *d as f64;
        let places = (0..=30).map(|k| 2.0 * 64f64.powf(f64::from(k) / 30.0));
        test.layers.push(Layer::Line {
            points: places
                .map(|ratio| (ratio, least_squares_test(ratio * d, d)))
                .collect(),
            ink: Ink::Muted,
            dash: Dash::Dotted,
        });
        test.entry("least squares", Ink::Muted, None, Some(Dash::Dotted));
    }
    let mut sought = Panel {
        title: "threshold".to_owned(),
        x: Axis::log("*p*"),
        y: Axis::linear("*N*/(*pd*)"),
        ..Panel::default()
    };
    let mut top: f64 = 0.0;
    for (k, d) in dimensions.iter().enumerate() {
        let here = law.iter().filter(|at| at.d as u64 == *d);
        let points: Vec<(f64, Estimate)> = here
            .map(|at| {
                let Estimate { value, low, high } = at.threshold;
                let pd = at.d * at.p;
                let scaled = Estimate {
                    value: value / pd,
                    low: low / pd,
                    high: high / pd,
                };
                (at.p, scaled)
            })
            .collect();
        if points.is_empty() {
            continue;
        }
        top = points
            .iter()
            .map(|point| point.1.high)
            .filter(|high| high.is_finite())
            .fold(top, f64::max);
        sought.layers.push(
            Layer::Points {
                points,
                ink: ink(*d),
                marker: marker(*d),
            }
            .moved(2.0 * dodge(k, dimensions.len())),
        );
        sought.entry(&format!("*d* = {d}"), ink(*d), Some(marker(*d)), None);
    }
    sought.y = sought.y.over(0.0, 1.1 * top);
    let mut panels = vec![share, train, test];
    if top > 0.0 {
        panels.push(sought);
    }
    Some(Named {
        name: GRID.to_owned(),
        chart: Chart {
            description: "Share of draws that interpolate, training loss, test loss and thresholds for a linear teacher with noise".to_owned(),
            panels,
            columns: 2,
            width: PAGE,
            panel_height: 140.0,
            ..Chart::default()
        },
        caption: "A linear teacher with noise from a small start, (d, p) as in the legends: shares with 95 % Clopper–Pearson intervals, \
                  mean losses and thresholds with 95 % intervals."
            .to_owned(),
    })
}
