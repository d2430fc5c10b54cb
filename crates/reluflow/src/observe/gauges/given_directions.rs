//! `nearest_1` … `nearest_4`, `share_1` … `share_4`: neurons along directions that the record names.
//!
//! For the k-th direction v_k of `directions`: the largest cos(w_j, v_k), and the share of ‖W‖² in neurons with
//! cos(w_j, v_k) > 0.95. O(pd).

use crate::observe::directions::{Directions, unit};
use crate::observe::{Column, Gauge, Look, Scene, Unit};
use ndarray::ArrayView1;

/// Directions that have columns.
pub(crate) const MOST: usize = 4;
/// The cosine from which on a neuron counts as pointing along a direction.
const ALONG: f64 = 0.95;

pub(super) const COLUMNS: [Column; 2 * MOST] = [
    Column::real("nearest_1", "max cos(w, v₁)", Unit::Number),
    Column::real("share_1", "share of ‖W‖² with cos(w, v₁) > 0.95", Unit::Number),
    Column::real("nearest_2", "max cos(w, v₂)", Unit::Number),
    Column::real("share_2", "share of ‖W‖² with cos(w, v₂) > 0.95", Unit::Number),
    Column::real("nearest_3", "max cos(w, v₃)", Unit::Number),
    Column::real("share_3", "share of ‖W‖² with cos(w, v₃) > 0.95", Unit::Number),
    Column::real("nearest_4", "max cos(w, v₄)", Unit::Number),
    Column::real("share_4", "share of ‖W‖² with cos(w, v₄) > 0.95", Unit::Number),
];

#[derive(Debug)]
struct GivenDirections(Vec<Vec<f64>>);

pub(super) fn gauge(scene: &Scene<'_>) -> Box<dyn Gauge> {
    let units = scene.directions.iter().filter_map(|v| unit(ArrayView1::from(v)));
    Box::new(GivenDirections(units.collect()))
}

impl Gauge for GivenDirections {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let all = Directions::of(at.network, |_| true);
        for (direction, out) in self.0.iter().zip(out.chunks_mut(2)) {
            let cosines: Vec<f64> = (0..all.len()).map(|k| all.cosine_to(k, direction)).collect();
            if cosines.is_empty() {
                return;
            }
            out[0] = cosines.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let along = cosines
                .iter()
                .zip(&all.shares)
                .filter(|(cosine, _)| **cosine > ALONG);
            // A sum over nothing is -0.0.
            out[1] = along.map(|(_, share)| share).sum::<f64>() + 0.0;
        }
    }
}
