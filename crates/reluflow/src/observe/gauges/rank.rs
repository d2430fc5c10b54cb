//! `stable_rank`, `nuclear_norm`, `singular_1` … `singular_5`: the singular values of the hidden weights W.

use faer::Mat;

use crate::observe::{Column, Gauge, Look, Scene, Unit};

/// Singular values that have a column of their own.
const SHOWN: usize = 5;

pub(super) const COLUMNS: [Column; 2 + SHOWN] = [
    Column::real("stable_rank", "stable rank ‖W‖²/σ₁²", Unit::Number),
    Column::real("nuclear_norm", "nuclear norm of W", Unit::Weight),
    Column::real("singular_1", "σ₁(W)", Unit::Weight),
    Column::real("singular_2", "σ₂(W)", Unit::Weight),
    Column::real("singular_3", "σ₃(W)", Unit::Weight),
    Column::real("singular_4", "σ₄(W)", Unit::Weight),
    Column::real("singular_5", "σ₅(W)", Unit::Weight),
];

#[derive(Debug)]
struct Rank;

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(Rank)
}

impl Gauge for Rank {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let weights = at.network.hidden_weights();
        // Scaled, so that squares of tiny weights stay in range.
        let size = weights
            .iter()
            .fold(0.0, |size: f64, weight| size.max(weight.abs()));
        if !(size > 0.0 && size.is_finite()) {
            return;
        }
        let matrix = Mat::from_fn(weights.nrows(), weights.ncols(), |j, k| weights[(j, k)] / size);
        let Ok(values) = matrix.singular_values() else {
            return;
        };
        let squares: f64 = values.iter().map(|value| value * value).sum();
        out[0] = squares / (values[0] * values[0]);
        out[1] = size * values.iter().sum::<f64>();
        for (slot, value) in out[2..].iter_mut().zip(&values) {
            *slot = size * value;
        }
    }
}
