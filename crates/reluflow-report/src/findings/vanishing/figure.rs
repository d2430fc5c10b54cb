//! Draws the norm against n, and how the exact flow tends to it.

use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::Estimate;

use super::cells::{Cell, estimate, least_norm, paired, predicted};
use crate::Named;

/// The norm over √n against n with its predicted limit, and the approach of the flow against 1/log(1/λ).
pub(super) fn figure(cells: &[Cell]) -> Option<Named> {
    let mut left = Panel {
        title: "the limit λ → 0".to_owned(),
        x: Axis::log("*n*"),
        y: Axis::linear("‖*θ*‖^{2}/√*n*"),
        ..Panel::default()
    };
    let points: Vec<(f64, Estimate)> = cells
        .iter()
        .filter(|cell| cell.scale.is_none() && !cell.on_flow_draws && cell.norms.len() > 1)
        .map(|cell| {
            let values: Vec<f64> = cell.norms.iter().map(|(_, norm)| *norm).collect();
            (cell.n as f64, estimate(&values))
        })
        .collect();
    let (first, last) = (points.first()?.0, points.last()?.0);
    for (value, name, dash, k) in [
        (predicted(), "4 + 2√2", Dash::Dashed, 1),
        (least_norm(), "least norm, 2√2", Dash::Dotted, 2),
    ] {
        left.layers.push(Layer::Line {
            points: vec![(first, value), (last, value)],
            ink: Ink::Series(k),
            dash,
        });
        left.entry(name, Ink::Series(k), None, Some(dash));
    }
    left.layers.push(Layer::Points {
        points,
        ink: Ink::Series(0),
        marker: Marker::nth(0),
    });
    left.entry("jump process", Ink::Series(0), Some(Marker::nth(0)), None);
    let mut right = Panel {
        title: "the exact flow, *n* = 64".to_owned(),
        x: Axis::linear("1/log(1/*λ*)"),
        y: Axis::linear("‖*θ*‖^{2} over the limit's"),
        ..Panel::default()
    };
    let flows: Vec<(f64, Estimate)> = cells
        .iter()
        .filter_map(|cell| Some((cell.scale?, paired(cells, cell))))
        .filter(|(_, ratios)| ratios.len() > 1)
        .map(|(scale, ratios)| (1.0 / (1.0 / scale).ln(), estimate(&ratios)))
        .collect();
    right.layers.push(Layer::Points {
        points: flows,
        ink: Ink::Series(0),
        marker: Marker::nth(0),
    });
    Some(Named {
        name: "vanishing".to_owned(),
        chart: Chart {
            description: "Squared norm of the weights over √n from a vanishing start against n, and how the exact flow tends to it".to_owned(),
            panels: vec![left, right],
            columns: 2,
            width: PAGE,
            panel_height: 150.0,
            ..Chart::default()
        },
        caption: "Means over draws with 95 % bootstrap intervals."
            .to_owned(),
    })
}
