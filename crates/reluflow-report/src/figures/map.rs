//! A map of probabilities over two swept sizes.

use reluflow_plot::{Axis, Chart, Layer, PAGE, Panel};

/// One cell of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapCell {
    /// The horizontal size.
    pub x: f64,
    /// The vertical size.
    pub y: f64,
    /// How many draws converged.
    pub converged: u64,
    /// Of how many.
    pub trials: u64,
}

/// Shares of converged draws over two axes: a tile a cell, darker the larger, with its counts. Cells that were
/// not run stay blank. An axis is logarithmic when its values are positive and span more than a decade, or are even by their
/// logarithm.
pub fn probability_map(cells: &[MapCell], x_label: &str, y_label: &str) -> Chart {
    let (x_edges, x) = edges(cells.iter().map(|cell| cell.x), x_label);
    let (y_edges, y) = edges(cells.iter().map(|cell| cell.y), y_label);
    let mut panel = Panel {
        x,
        y,
        ..Panel::default()
    };
    for cell in cells.iter().filter(|cell| cell.trials > 0) {
        let (Some((left, right)), Some((bottom, top))) = (around(&x_edges, cell.x), around(&y_edges, cell.y))
        else {
            continue;
        };
        panel.layers.push(Layer::Tile {
            corners: ((left, bottom), (right, top)),
            share: cell.converged as f64 / cell.trials as f64,
            text: format!("{}/{}", cell.converged, cell.trials),
        });
    }
    let rows = y_edges.len();
    Chart {
        description: "Share of draws that converged over two swept sizes".to_owned(),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: PAGE,
        panel_height: (rows as f64 * 17.0).clamp(90.0, 240.0),
    }
}

/// A value with the edges of its tile.
pub(crate) type Edge = (f64, f64, f64);

/// Each distinct value with the edges of its tile, half way to its neighbours, and the axis.
pub(crate) fn edges(values: impl Iterator<Item = f64>, label: &str) -> (Vec<Edge>, Axis) {
    let mut places: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let first = places.first().copied().unwrap_or(0.0);
    let log = by_logarithm(places.iter().copied());
    let forward = |value: f64| if log { value.ln() } else { value };
    let back = |value: f64| if log { value.exp() } else { value };
    let gap = |a: usize, b: usize| forward(places[b]) - forward(places[a]);
    let alone = if log { 0.5 } else { 0.5 * first.abs().max(1.0) };
    let edges: Vec<Edge> = (0..places.len())
        .map(|k| {
            let before = if k > 0 {
                gap(k - 1, k)
            } else if places.len() > 1 {
                gap(0, 1)
            } else {
                alone
            };
            let after = if k + 1 < places.len() {
                gap(k, k + 1)
            } else {
                before
            };
            let middle = forward(places[k]);
            (places[k], back(middle - 0.5 * before), back(middle + 0.5 * after))
        })
        .collect();
    let axis = if log {
        Axis::log(label)
    } else {
        Axis::linear(label)
    };
    let low = edges.first().map_or(0.0, |edge| edge.1);
    let high = edges.last().map_or(1.0, |edge| edge.2);
    (
        edges,
        Axis {
            marks: places,
            ..axis.over(low, high)
        },
    )
}

/// Whether an axis for these places is logarithmic: all are positive, and they span more than a decade or are evenly spaced by
/// their logarithm and not as they are.
pub(crate) fn by_logarithm(places: impl Iterator<Item = f64>) -> bool {
    /// The ratio of the longest to the shortest step up to which steps are even: sizes are rounded, and 1, 2, 5 are even.
    const EVEN: f64 = 1.5;
    let mut places: Vec<f64> = places.filter(|place| place.is_finite()).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let (Some(&first), Some(&last)) = (places.first(), places.last()) else {
        return false;
    };
    let even = |scale: fn(f64) -> f64| {
        let steps = places.windows(2).map(|pair| scale(pair[1]) - scale(pair[0]));
        let (short, long) = steps.fold((f64::INFINITY, 0.0f64), |(short, long), step| {
            (short.min(step), long.max(step))
        });
        long <= EVEN * short
    };
    first > 0.0 && (last > 10.0 * first || (even(f64::ln) && !even(|place| place)))
}

pub(crate) fn around(edges: &[Edge], value: f64) -> Option<(f64, f64)> {
    edges
        .iter()
        .find(|edge| edge.0 == value)
        .map(|edge| (edge.1, edge.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_follows_the_spacing_of_its_values() {
        let log = |places: &[f64]| by_logarithm(places.iter().copied());
        for places in [
            &[16.0, 32.0, 64.0, 128.0][..],
            &[128.0, 16.0, 64.0, 32.0, 32.0],
            &[10.0, 20.0, 50.0, 100.0],
            &[16.0, 23.0, 32.0, 45.0],
            &[1.0, 2.0, 11.0],
        ] {
            assert!(log(places), "{places:?}");
        }
        for places in [
            &[][..],
            &[5.0],
            &[10.0, 40.0],
            &[10.0, 20.0, 30.0, 40.0],
            &[100.0, 110.0, 121.0],
            &[10.0, 20.0, 40.0, 60.0],
            &[0.0, 1.0, 100.0],
            &[-4.0, -2.0, -1.0],
        ] {
            assert!(!log(places), "{places:?}");
        }
        // Tiles of an axis that is even by its logarithm are equally wide on it.
        let (edges, axis) = edges([16.0, 32.0, 64.0].into_iter(), "n");
        assert_eq!(axis.scale, reluflow_plot::Scale::Log);
        for (_, low, high) in edges {
            assert!((high / low - 2.0).abs() < 1e-12);
        }
    }
}
