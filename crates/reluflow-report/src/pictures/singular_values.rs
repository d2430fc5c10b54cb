//! Draws the singular values of the hidden weights over log time.

use faer::Mat;
use reluflow_lab::Result;
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Panel};

use super::{Kind, no_picture};
use crate::path::Path;

/// Most singular values that are drawn.
const MOST: usize = 10;
/// Below this share of the largest a singular value is rounding.
const ROUNDING: f64 = 1e-15;

/// σ_1 ≥ σ_2 ≥ … of W, the first ten, both axes logarithmic; O(pd min(p, d)) a time.
pub(super) fn singular_values(path: &Path) -> Result<Chart> {
    let mut lines: Vec<Vec<(f64, f64)>> = Vec::new();
    for one in path.snapshots.iter().filter(|one| one.time > 0.0) {
        let w = one.network.hidden_weights();
        let scale = w.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        if !(scale > 0.0 && scale.is_finite()) {
            continue;
        }
        // Scaled, since squares of tiny weights underflow.
        let matrix = Mat::from_fn(w.nrows(), w.ncols(), |j, k| w[(j, k)] / scale);
        let values = matrix
            .singular_values()
            .map_err(|_| no_picture(path, Kind::SingularValues, "singular values", "none were found"))?;
        let largest = values.first().copied().unwrap_or(0.0);
        lines.resize(values.len().min(MOST).max(lines.len()), Vec::new());
        for (line, value) in lines.iter_mut().zip(values) {
            let shown = if value > ROUNDING * largest {
                scale * value
            } else {
                f64::NAN
            };
            line.push((one.time, shown));
        }
    }
    let mut panel = Panel {
        x: Axis::log("time *t*"),
        y: Axis::log("singular values of *W*"),
        ..Panel::default()
    };
    for (k, points) in lines.into_iter().enumerate() {
        let dash = [Dash::Solid, Dash::Dashed][(k / 6) % 2];
        panel.entry(&format!("*σ*_{{{}}}", k + 1), Ink::Series(k), None, Some(dash));
        panel.layers.push(Layer::Line {
            points,
            ink: Ink::Series(k),
            dash,
        });
    }
    Ok(Chart {
        description: "Singular values of the hidden weights over time".to_owned(),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 140.0,
    })
}
