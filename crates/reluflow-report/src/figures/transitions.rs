//! Figure 1: the transitions of Theorem 2 as n grows, and their limit.

use reluflow_plot::{Axis, Chart, Dash, Entry, Ink, Layer, PAGE, Panel, power_of_ten};

/// The trajectory of two groups at one n.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// n.
    pub examples: f64,
    /// (rescaled time, L/L(0), √n μ).
    pub points: Vec<(f64, f64, f64)>,
}

/// Loss and curvature against rescaled time, one curve an n; `limit` is the loss as n → ∞, as (time, L/L(0))
/// corners of a staircase.
pub fn transitions(trajectories: &[Transition], limit: &[(f64, f64)]) -> Chart {
    let time = "rescaled time *t*/(√*n* log *n*)";
    // Where the curve of the largest n ends.
    let span = trajectories
        .last()
        .and_then(|one| one.points.last())
        .map_or(1.0, |point| point.0);
    let mut loss = Panel {
        title: "(a) loss".to_owned(),
        x: Axis::linear(time).over(0.0, span),
        y: Axis::linear("*L*(*t*)/*L*(0)").over(-0.02, 1.04),
        ..Panel::default()
    };
    let mut curvature = Panel {
        title: "(b) local-PL curvature".to_owned(),
        x: Axis::linear(time).over(0.0, span),
        y: Axis::log("√*n* · *μ*(*t*)"),
        ..Panel::default()
    };
    loss.layers.push(Layer::Line {
        points: limit.to_vec(),
        ink: Ink::Muted,
        dash: Dash::Dashed,
    });
    let mut legend = Vec::new();
    for (k, one) in trajectories.iter().enumerate() {
        let ink = Ink::Series(k);
        let of = |read: fn(&(f64, f64, f64)) -> f64| one.points.iter().map(|p| (p.0, read(p))).collect();
        loss.layers.push(Layer::Line {
            points: of(|p| p.1),
            ink,
            dash: Dash::Solid,
        });
        curvature.layers.push(Layer::Line {
            points: of(|p| p.2),
            ink,
            dash: Dash::Solid,
        });
        let exponent = one.examples.log10().round();
        let name = format!("*n* = {}", power_of_ten(exponent as i32));
        legend.push(Entry::new(&name, ink, None, Some(Dash::Solid)));
    }
    legend.push(Entry::new("*n* → ∞", Ink::Muted, None, Some(Dash::Dashed)));
    Chart {
        description: "Loss and curvature of two groups against rescaled time, sharper and sharper transitions as n grows".to_owned(),
        panels: vec![loss, curvature],
        legend,
        columns: 2,
        width: PAGE,
        panel_height: 125.0,
    }
}
