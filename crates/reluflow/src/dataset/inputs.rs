//! Stores inputs: row by row, or along coordinate axes by their norms alone.

use std::sync::{Arc, OnceLock};

use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use ndarray::{Array2, ArrayView2};

/// n inputs in R^d.
#[derive(Debug, Clone)]
pub(super) enum Inputs {
    /// x_i is row i. Shared: a dataset is cloned for those who keep it.
    Rows(Arc<Array2<f64>>),
    /// x_i = scales_i e_i.
    Axes {
        scales: Vec<f64>,
        dimension: usize,
        /// The n × d array, once someone has asked for it.
        rows: OnceLock<Array2<f64>>,
    },
}

impl Inputs {
    /// (n, d).
    pub(super) fn dim(&self) -> (usize, usize) {
        match self {
            Self::Rows(rows) => rows.dim(),
            Self::Axes {
                scales, dimension, ..
            } => (scales.len(), *dimension),
        }
    }

    /// The n × d array; along axes it is made when first asked for, and takes n·d numbers from then on.
    pub(super) fn rows(&self) -> &Array2<f64> {
        match self {
            Self::Rows(rows) => rows,
            Self::Axes {
                scales,
                dimension,
                rows,
            } => rows.get_or_init(|| {
                let mut array = Array2::zeros((scales.len(), *dimension));
                array
                    .diag_mut()
                    .iter_mut()
                    .zip(scales)
                    .for_each(|(x, scale)| *x = *scale);
                array
            }),
        }
    }

    /// The norms ‖x_i‖.
    pub(super) fn norms(&self) -> Vec<f64> {
        match self {
            Self::Rows(rows) => rows.rows().into_iter().map(|x| x.dot(&x).sqrt()).collect(),
            Self::Axes { scales, .. } => scales.iter().map(|scale| scale.abs()).collect(),
        }
    }

    /// Writes W Xᵀ (p × n) of W (p × d).
    pub(super) fn write_products(&self, weights: ArrayView2<'_, f64>, products: &mut Array2<f64>) {
        let (n, d) = self.dim();
        let p = weights.nrows();
        match self {
            Self::Rows(rows) => {
                let weights = weights.as_standard_layout();
                if let (Some(products), Some(weights), Some(rows)) =
                    (products.as_slice_mut(), weights.as_slice(), rows.as_slice())
                {
                    matmul(
                        MatMut::from_row_major_slice_mut(products, p, n),
                        Accum::Replace,
                        MatRef::from_row_major_slice(weights, p, d),
                        MatRef::from_row_major_slice(rows, n, d).transpose(),
                        1.0,
                        Par::Seq,
                    );
                }
            }
            Self::Axes { scales, .. } => {
                for ((j, i), product) in products.indexed_iter_mut() {
                    *product = weights[(j, i)] * scales[i];
                }
            }
        }
    }

    /// W + C X (p × d) of C (p × n).
    pub(super) fn add_combinations(&self, coefficients: &Array2<f64>, weights: &mut Array2<f64>) {
        let (n, d) = self.dim();
        let p = coefficients.nrows();
        match self {
            Self::Rows(rows) => {
                if let (Some(out), Some(coefficients), Some(rows)) =
                    (weights.as_slice_mut(), coefficients.as_slice(), rows.as_slice())
                {
                    matmul(
                        MatMut::from_row_major_slice_mut(out, p, d),
                        Accum::Add,
                        MatRef::from_row_major_slice(coefficients, p, n),
                        MatRef::from_row_major_slice(rows, n, d),
                        1.0,
                        Par::Seq,
                    );
                }
            }
            Self::Axes { scales, .. } => {
                for ((j, i), c) in coefficients.indexed_iter() {
                    weights[(j, i)] += c * scales[i];
                }
            }
        }
    }
}

impl PartialEq for Inputs {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Axes {
                    scales, dimension, ..
                },
                Self::Axes {
                    scales: others,
                    dimension: other,
                    ..
                },
            ) => scales == others && dimension == other,
            _ => self.dim() == other.dim() && self.rows() == other.rows(),
        }
    }
}
