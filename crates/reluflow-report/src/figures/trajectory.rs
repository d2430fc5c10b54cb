//! One flow against time: loss, curvature with its bounds, activity.

use reluflow::Trajectory;
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Panel};

/// Panels for what the trajectory recorded, on logarithmic axes; the loss always, the others if asked for.
pub fn trajectory(trajectory: &Trajectory) -> Chart {
    let time = trajectory.column("time").unwrap_or_default();
    let positive: Vec<f64> = time.iter().copied().filter(|t| *t > 0.0).collect();
    let (first, last) = (
        positive.first().copied().unwrap_or(1e-2),
        positive.last().copied().unwrap_or(1.0),
    );
    let column = |name: &str| -> Option<Vec<(f64, f64)>> {
        Some(
            time.iter()
                .copied()
                .zip(trajectory.column(name)?)
                .filter(|(t, _)| *t > 0.0)
                .collect(),
        )
    };
    let panel = |title: &str, y: Axis| Panel {
        title: title.to_owned(),
        x: Axis::log("time *t*").over(first, last.max(first * 1.1)),
        y,
        ..Panel::default()
    };
    let mut panels = Vec::new();

    let mut loss = panel("(a) loss", Axis::log("*L*(*t*)"));
    draw(&mut loss, column("loss"), "", Ink::Series(0), Dash::Solid);
    loss.legend.clear();
    panels.push(loss);

    let mut curvature = panel("(b) local-PL curvature", Axis::log("curvature"));
    if let (Some(low), Some(high)) = (column("mu_low"), column("mu_upp")) {
        let points = low
            .iter()
            .zip(&high)
            .filter(|(low, _)| low.1 > 0.0)
            .map(|(low, high)| (low.0, low.1, high.1));
        curvature.layers.push(Layer::Band {
            points: points.collect(),
            ink: Ink::Series(2),
        });
    }
    draw(
        &mut curvature,
        column("mu_upp"),
        "*μ*_{upp}",
        Ink::Series(3),
        Dash::Dashed,
    );
    draw(
        &mut curvature,
        column("mu_avg"),
        "⟨*μ*⟩",
        Ink::Series(1),
        Dash::Solid,
    );
    draw(&mut curvature, column("mu"), "*μ*", Ink::Series(0), Dash::Solid);
    draw(
        &mut curvature,
        column("mu_low"),
        "*μ*_{low}",
        Ink::Series(2),
        Dash::Dashed,
    );
    let mut activity = panel("(c) activity", Axis::linear("count"));
    draw(
        &mut activity,
        column("active"),
        "active pairs (*j*, *i*)",
        Ink::Series(0),
        Dash::Solid,
    );
    draw(
        &mut activity,
        column("correct"),
        "correctly active",
        Ink::Series(1),
        Dash::Dashed,
    );
    draw(
        &mut activity,
        column("lost"),
        "lost examples",
        Ink::Series(3),
        Dash::Dotted,
    );
    panels.extend(
        [curvature, activity]
            .into_iter()
            .filter(|panel| !panel.legend.is_empty()),
    );

    Chart {
        description: "One flow against time: loss, local-PL curvature with its bounds, activity".to_owned(),
        panels,
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 95.0,
    }
}

/// Draws a column, if it was recorded and has a positive value.
fn draw(panel: &mut Panel, points: Option<Vec<(f64, f64)>>, name: &str, ink: Ink, dash: Dash) {
    let Some(points) = points.filter(|points| points.iter().any(|point| point.1 > 0.0)) else {
        return;
    };
    let points = points.into_iter().collect();
    panel.layers.push(Layer::Line { points, ink, dash });
    panel.entry(name, ink, None, Some(dash));
}
