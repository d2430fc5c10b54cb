//! Draws where a network of two-dimensional inputs is positive and where negative.

use reluflow::observe::Snapshot;
use reluflow_lab::Result;
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel};

use super::{Kind, no_picture};
use crate::path::Path;

/// Cells of the grid, each way.
const GRID: usize = 120;
/// Halvings that find h = 0 on an edge of the grid.
const HALVINGS: u32 = 30;
/// How much wider than high the grid is, since the picture may be.
const WIDER: f64 = 1.15;
/// Where the columns and rows of the grid lie.
type Grid<'a> = (&'a dyn Fn(usize) -> f64, &'a dyn Fn(usize) -> f64);
/// Shades of |h|, from 0 to the largest |y|.
const SHADES: usize = 4;

/// Colours h > 0 and h < 0 at the end, deeper the larger |h|, with the line h = 0 and the examples by the sign of y.
pub(super) fn regions(path: &Path) -> Result<Chart> {
    let inputs = path.dataset.inputs();
    let n = inputs.nrows();
    let wanted = "two-dimensional inputs, with or without a constant third coordinate";
    let constant = match inputs.ncols() {
        2 if path.line().is_some() => {
            let found = "inputs on a line; `function` draws those";
            return Err(no_picture(path, Kind::Regions, wanted, found));
        }
        2 => None,
        3 if inputs.column(2).iter().all(|x| *x == inputs[(0, 2)]) => Some(inputs[(0, 2)]),
        d => {
            let found = format!("inputs in dimension {d}");
            return Err(no_picture(path, Kind::Regions, wanted, found));
        }
    };
    let end = path
        .end()
        .ok_or_else(|| no_picture(path, Kind::Regions, "finite weights", "none"))?;
    let reach = inputs
        .rows()
        .into_iter()
        .fold(0.0, |reach: f64, x| reach.max(x[0].abs()).max(x[1].abs()));
    let reach = if reach > 0.0 { 1.25 * reach } else { 1.0 };
    let up = |k: usize| reach * (2.0 * k as f64 / GRID as f64 - 1.0);
    let across = |k: usize| WIDER * up(k);
    let output = |x: f64, y: f64| match constant {
        Some(constant) => path.output(&end.network, &[x, y, constant]),
        None => path.output(&end.network, &[x, y]),
    };
    let row = |r: usize| (0..=GRID).map(|c| output(across(c), up(r))).collect();
    let corners: Vec<Vec<f64>> = (0..=GRID).map(row).collect();
    let mut panel = Panel {
        x: Axis::linear("*x*_1").over(-reach, reach),
        y: Axis::linear("*x*_2").over(-reach, reach),
        equal: true,
        ..Panel::default()
    };
    shade(&mut panel, path, &corners, (&across, &up));
    panel.layers.push(Layer::Line {
        points: boundary(&corners, (&across, &up), &output),
        ink: Ink::Text,
        dash: Dash::Solid,
    });
    let exact = |value: f64| reluflow_statistics::Estimate {
        value,
        low: value,
        high: value,
    };
    for (negative, marker) in [(false, Marker::Circle), (true, Marker::Diamond)] {
        let labels = path.dataset.labels();
        let some = (0..n).filter(|i| (labels[*i] < 0.0) == negative);
        let points: Vec<_> = some.map(|i| (inputs[(i, 0)], exact(inputs[(i, 1)]))).collect();
        if points.is_empty() {
            continue;
        }
        let ink = Ink::Series(usize::from(negative));
        let word = if negative { "*y* < 0" } else { "*y* ≥ 0" };
        panel.entry(word, ink, Some(marker), None);
        panel.layers.push(Layer::Points { points, ink, marker });
    }
    panel.entry("*h* = 0", Ink::Text, None, Some(Dash::Solid));
    let Snapshot { time, .. } = end;
    Ok(Chart {
        description: format!("Where the network is positive and where negative at time {time}"),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 205.0,
    })
}

/// Rectangles of cells in a row that share sign and shade.
fn shade(panel: &mut Panel, path: &Path, corners: &[Vec<f64>], (across, up): Grid<'_>) {
    let most = path
        .dataset
        .labels()
        .iter()
        .fold(0.0, |most: f64, y| most.max(y.abs()));
    let class = |row: usize, column: usize| {
        let middle = 0.25
            * (corners[row][column]
                + corners[row][column + 1]
                + corners[row + 1][column]
                + corners[row + 1][column + 1]);
        if middle == 0.0 || middle.is_nan() {
            return None;
        }
        let share = if most > 0.0 { middle.abs() / most } else { 1.0 };
        Some((middle < 0.0, ((share * SHADES as f64) as usize).min(SHADES - 1)))
    };
    for negative in [false, true] {
        for level in 0..SHADES {
            let mut rectangles = Vec::new();
            for row in 0..GRID {
                let mut begin = None;
                for column in 0..=GRID {
                    let inside = column < GRID && class(row, column) == Some((negative, level));
                    match (inside, begin) {
                        (true, None) => begin = Some(column),
                        (false, Some(from)) => {
                            rectangles.push(((across(from), up(row)), (across(column), up(row + 1))));
                            begin = None;
                        }
                        _ => {}
                    }
                }
            }
            panel.layers.push(Layer::Shade {
                rectangles,
                ink: Ink::Series(usize::from(negative)),
                opacity: 0.10 + 0.11 * level as f64,
            });
        }
    }
}

/// Pieces of the line h = 0, by marching squares on the two triangles of each cell; where an edge passes 0 is found by halving,
/// since h may bend on it.
fn boundary(
    corners: &[Vec<f64>],
    (across, up): Grid<'_>,
    output: &dyn Fn(f64, f64) -> f64,
) -> Vec<(f64, f64)> {
    let zero = |from: (f64, f64), to: (f64, f64), begins_negative: bool| {
        let at = |share: f64| (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            let (x, y) = at(middle);
            if (output(x, y) < 0.0) == begins_negative {
                low = middle;
            } else {
                high = middle;
            }
        }
        at(high)
    };
    let mut points = Vec::new();
    for row in 0..GRID {
        for column in 0..GRID {
            let corner = |r: usize, c: usize| ((across(c), up(r)), corners[r][c]);
            let (a, b) = (corner(row, column), corner(row, column + 1));
            let (c, d) = (corner(row + 1, column), corner(row + 1, column + 1));
            for triangle in [[a, b, d], [a, c, d]] {
                let edges = (0..3).map(|k| (triangle[k], triangle[(k + 1) % 3]));
                let passed = edges.filter(|(from, to)| (from.1 < 0.0) != (to.1 < 0.0));
                let ends: Vec<(f64, f64)> = passed
                    .map(|(from, to)| zero(from.0, to.0, from.1 < 0.0))
                    .collect();
                if let [one, other] = ends[..] {
                    points.extend([one, other, (f64::NAN, f64::NAN)]);
                }
            }
        }
    }
    points
}
