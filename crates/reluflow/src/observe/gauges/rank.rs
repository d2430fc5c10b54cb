//! `stable_rank`, `nuclear_norm`, `singular_1` … `singular_5`: the singular values of the hidden weights W.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par, Side};

use crate::observe::{Column, Gauge, Look, Scene, Unit};

/// Singular values that have a column of their own.
const SHOWN: usize = 5;
/// Eigenvalues of a Gram matrix are known to some 10⁻¹⁵ of the largest, so those above this share of it to 10⁻¹¹.
const KNOWN: f64 = 1e-4;

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
        let Some(values) = singular_values(&matrix) else {
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

/// Singular values in falling order: the roots of the eigenvalues of the smaller Gram matrix where all of these are large enough
/// to be known to 10⁻¹¹, else by a decomposition of the matrix, which takes several times as long.
fn singular_values(matrix: &Mat<f64>) -> Option<Vec<f64>> {
    let (rows, columns) = (matrix.nrows(), matrix.ncols());
    let (left, right) = if rows <= columns {
        (matrix.as_ref(), matrix.transpose())
    } else {
        (matrix.transpose(), matrix.as_ref())
    };
    let size = rows.min(columns);
    let mut gram = Mat::zeros(size, size);
    matmul(gram.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
    if let Ok(squares) = gram.self_adjoint_eigenvalues(Side::Lower)
        && squares[0] > KNOWN * squares[size - 1]
    {
        return Some(squares.iter().rev().map(|square| square.sqrt()).collect());
    }
    matrix.singular_values().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways agree on matrices of every shape, and small singular values come from the decomposition.
    #[test]
    fn singular_values_are_those_of_the_decomposition() {
        for (rows, columns) in [(1, 1), (3, 7), (7, 3), (37, 100)] {
            for shrink in [1.0, 1e-3, 1e-9] {
                let mut entry = 0;
                let matrix = Mat::from_fn(rows, columns, |j, _| {
                    entry += 1;
                    crate::linear::probe(entry) * if j == 0 { shrink } else { 1.0 }
                });
                let found = singular_values(&matrix).unwrap();
                let expected = matrix.singular_values().unwrap();
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-11 * expected.max(1e-3 * shrink));
                }
            }
        }
    }
}
