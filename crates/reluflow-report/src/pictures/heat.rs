//! Draws a heat map of any quantity over two axes, with its scale.

use reluflow_plot::{Axis, Chart, Layer, PAGE, Panel, Scale, short, three_digits};

use super::natural;
use crate::figures::{around, edges};

/// Steps of the scale.
const STEPS: u32 = 60;
/// The relative difference up to which values are one.
const SAME: f64 = 1e-12;

/// One tile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatCell {
    /// Its place on the horizontal axis.
    pub x: f64,
    /// Its place on the vertical axis.
    pub y: f64,
    /// The quantity; where it is not a number the map stays blank.
    pub value: f64,
}

/// A tile a cell, darker the larger the value, which stands in it where there is room; below it the scale, which is one shade
/// where all values are one. The scale is logarithmic where its values are positive and far apart, axes also where they are
/// even by their logarithm.
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
    // Means of one value differ in their last bits.
    let several = high - low > SAME * low.abs().max(high.abs());
    let (low, high) = match (several, low.is_finite()) {
        (true, _) => (low, high),
        (false, true) => (low - 0.5, low + 0.5),
        (false, false) => (0.0, 1.0),
    };
    let share = |value: f64| match several {
        true => (forward(value) - low) / (high - low),
        false => 0.5,
    };
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
    if !several {
        axis.marks = known().take(1).collect();
        axis.bare = axis.marks.is_empty();
    }
    let mut scale = Panel {
        x: axis,
        y: Axis::linear("").over(0.0, 1.0).without_ticks(),
        height: Some(9.0),
        ..Panel::default()
    };
    let steps = match (several, known().next()) {
        (true, _) => STEPS,
        (false, Some(_)) => 1,
        (false, None) => 0,
    };
    for k in 0..steps {
        let at = |k: u32| back(f64::from(k) / f64::from(steps));
        scale.layers.push(Layer::Tile {
            corners: ((at(k), 0.0), (at(k + 1), 1.0)),
            share: (f64::from(k) + 0.5) / f64::from(steps),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heat_map_of_one_value_shows_that_value_only() {
        let cell = |x, value| HeatCell { x, y: 1.0, value };
        let shades = |panel: &Panel| -> Vec<f64> {
            let share = |layer: &Layer| match layer {
                Layer::Tile { share, .. } => Some(*share),
                _ => None,
            };
            panel.layers.iter().filter_map(share).collect()
        };
        // The last differs in its last bit.
        let cells = [cell(1.0, 0.3), cell(2.0, 0.3), cell(3.0, 0.1 + 0.2)];
        let chart = heat(&cells, "n", "d", "loss");
        assert_eq!(shades(&chart.panels[0]), [0.5; 3]);
        assert_eq!(shades(&chart.panels[1]), [0.5]);
        assert_eq!(chart.panels[1].x.marks, [0.3]);
        // Without a value there is no scale.
        let chart = heat(&[cell(1.0, f64::NAN)], "n", "d", "loss");
        assert!(shades(&chart.panels[1]).is_empty() && chart.panels[1].x.bare);
    }

    #[test]
    fn sizes_even_by_their_logarithm_have_logarithmic_axes() {
        let sizes = [16.0, 32.0, 64.0, 128.0];
        let cells = sizes.map(|x| HeatCell {
            x,
            y: 100.0 - 0.5 * x,
            value: x,
        });
        let chart = heat(&cells, "n", "d", "loss");
        let axes = (&chart.panels[0].x, &chart.panels[0].y);
        assert_eq!((axes.0.scale, axes.1.scale), (Scale::Log, Scale::Linear));
        assert_eq!(axes.0.marks, sizes);
    }
}
