//! Draws the shares of draws that reach the trap against n/d.

use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel, dodge};
use reluflow_statistics::Estimate;

use super::cells::{Cell, Share};
use crate::Named;

type Of = fn(&Cell) -> Share;

/// The three shares against n/d, a series a dimension; none without draws.
pub(super) fn figure(cells: &[Cell]) -> Option<Named> {
    let cells: Vec<&Cell> = cells
        .iter()
        .filter(|cell| !cell.careful && !cell.draws.is_empty())
        .collect();
    let mut dimensions: Vec<u64> = cells.iter().map(|cell| cell.sizes[0]).collect();
    dimensions.dedup();
    let from: Of = |cell| cell.reached(true);
    let panels = [
        ("reach the trap from *E*", from),
        ("reach it without *E*", |cell| cell.reached(false)),
        ("*E* at the start", Cell::covered),
    ];
    let panel = |(title, share): (&str, Of)| {
        let mut panel = Panel {
            title: title.to_owned(),
            x: Axis::log("*n*/*d*"),
            y: Axis::linear("share of draws").over(0.0, 1.05),
            ..Panel::default()
        };
        for (k, d) in dimensions.iter().enumerate() {
            let here = cells
                .iter()
                .filter(|cell| cell.sizes[0] == *d && share(cell).of > 0);
            let place = |cell: &Cell| cell.sizes[1] as f64 / *d as f64;
            let points: Vec<(f64, Estimate)> =
                here.map(|cell| (place(cell), share(cell).estimate())).collect();
            let (ink, marker, shift) = (Ink::Series(k), Marker::nth(k), dodge(k, dimensions.len()));
            panel.layers.push(
                Layer::Line {
                    points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                    ink,
                    dash: Dash::Dotted,
                }
                .moved(shift),
            );
            panel
                .layers
                .push(Layer::Points { points, ink, marker }.moved(shift));
            panel.entry(&format!("*d* = {d}"), ink, Some(marker), None);
        }
        panel
    };
    (!cells.is_empty()).then(|| Named {
        name: "failures".to_owned(),
        chart: Chart {
            description:
                "Shares of draws that reach the trap with and without event E, and that have it, against n/d"
                    .to_owned(),
            panels: panels.map(panel).to_vec(),
            columns: 3,
            width: PAGE,
            panel_height: 130.0,
            ..Chart::default()
        },
        caption: "Shares of draws with 95 % intervals against n/d; p is the smallest width with P(E) ≥ 0.6."
            .to_owned(),
    })
}
