//! `label_alignment`, `min_label_alignment`: how far active neurons point along ±γ, γ = (1/n) Σ_i y_i x_i.
//!
//! A neuron with a_j > 0 that is active everywhere grows along γ, one with a_j < 0 along −γ. The mean of sign(a_j) cos(w_j, γ) over active
//! neurons with weights |a_j| ‖w_j‖, and the least of them. O(ndp).

use crate::observe::directions::unit;
use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 2] = [
    Column::real("label_alignment", "mean cos(w, ±γ), by size", Unit::Number),
    Column::real("min_label_alignment", "min cos(w, ±γ)", Unit::Number),
];

#[derive(Debug)]
struct LabelAlignment {
    direction: Option<Vec<f64>>,
}

pub(super) fn gauge(scene: &Scene<'_>) -> Box<dyn Gauge> {
    let dataset = scene.dataset;
    let direction = unit(dataset.inputs().t().dot(&dataset.labels()).view());
    Box::new(LabelAlignment { direction })
}

impl Gauge for LabelAlignment {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let Some(direction) = &self.direction else { return };
        let active = at.active();
        let cosines: Vec<f64> = (0..active.len())
            .map(|k| {
                let cosine = active.cosine_to(k, direction);
                if active.positive[k] { cosine } else { -cosine }
            })
            .collect();
        if cosines.is_empty() {
            return;
        }
        let weighted: f64 = cosines
            .iter()
            .zip(&active.sizes)
            .map(|(cosine, size)| cosine * size)
            .sum();
        out[0] = weighted / active.sizes.iter().sum::<f64>();
        out[1] = cosines.iter().copied().fold(f64::INFINITY, f64::min);
    }
}
