//! Draws a heat map of any quantity over two axes, with its scale.

use reluflow_plot::{Axis, Chart, Layer, PAGE, Panel, Scale, short, three_digits};

use super::natural;
use crate::figures::{around, edges};

/// Steps of the scale.
const STEPS: u32 = 60;

/// One tile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatCell {
    /// Its place on the horizontal axis.
    pub x: f64,
    /// Its place on the vertical axis.
    pub y: f64,
    /// The quantity; where it is no number the map stays blank.
    pub value: f64,
}

/// A tile a cell, darker the larger the value, which stands in it where there is room; below it the scale. Scale and axes
/// are logarithmic where their values are positive and far apart.
pub fn heat(cells: &[HeatCell], x_label: &str, y_label: &str, label: &str) -> Chart {
    let (x_edges, x) = edges(cells.iter().map(|cell| cell.x), x_label);
    let (y_edges, y) = edges(cells.iter().map(|cell| cell.y), y_label);
    let known = || {
        cells
            .iter()
            .map(|cell| cell.value)
            .filter(|value| value.is_finite())
    };
    let mut axis = natural(label, known());
    let logarithmic = axis.scale == Scale::Log;
    let forward = |value: f64| if logarithmic { value.log10() } else { value };
    let (low, high) = known()
        .map(forward)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    let (low, high) = match (low < high, low.is_finite()) {
        (true, _) => (low, high),
        (false, true) => (low - 0.5, low + 0.5),
        (false, false) => (0.0, 1.0),
    };
    let share = |value: f64| (forward(value) - low) / (high - low);
    let mut map = Panel {
        x,
        y,
        ..Panel::default()
    };
    let number = if known().all(|value| value.fract() == 0.0) {
        short
    } else {
        three_digits
    };
    for cell in cells.iter().filter(|cell| cell.value.is_finite()) {
        let places = (around(&x_edges, cell.x), around(&y_edges, cell.y));
        if let (Some((left, right)), Some((bottom, top))) = places {
            map.layers.push(Layer::Tile {
                corners: ((left, bottom), (right, top)),
                share: share(cell.value),
                text: number(cell.value),
            });
        }
    }
    let back = |share: f64| {
        let value = low + share * (high - low);
        if logarithmic { 10f64.powf(value) } else { value }
    };
    axis = axis.over(back(0.0), back(1.0));
    let mut scale = Panel {
        x: axis,
        y: Axis::linear("").over(0.0, 1.0).without_ticks(),
        height: Some(9.0),
        ..Panel::default()
    };
    for k in 0..STEPS {
        let at = |k: u32| back(f64::from(k) / f64::from(STEPS));
        scale.layers.push(Layer::Tile {
            corners: ((at(k), 0.0), (at(k + 1), 1.0)),
            share: (f64::from(k) + 0.5) / f64::from(STEPS),
            text: String::new(),
        });
    }
    let rows = y_edges.len();
    Chart {
        description: format!("{label} over {x_label} and {y_label}, a tile a cell"),
        panels: vec![map, scale],
        legend: Vec::new(),
        columns: 1,
        width: PAGE,
        panel_height: (rows as f64 * 17.0).clamp(90.0, 240.0),
    }
}
