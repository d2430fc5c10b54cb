//! Multiplies by faer what an evaluation multiplies: the rival of the fused pass, without anything between its products.

use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use reluflow::Dataset;
use reluflow::field::Real;

/// U = W Xᵀ, then dW = U X.
pub(crate) struct TwoProducts<T> {
    rows: Vec<T>,
    columns: Vec<T>,
    table: Vec<T>,
    sizes: (usize, usize, usize),
}

impl<T: Real + ComplexField> TwoProducts<T> {
    pub(crate) fn new(dataset: &Dataset, p: usize) -> Self {
        let inputs = dataset.inputs();
        let cast = |values: ndarray::ArrayView2<'_, f64>| values.iter().map(|v| T::from_f64(*v)).collect();
        Self {
            rows: cast(inputs.view()),
            columns: cast(inputs.t()),
            table: vec![T::ZERO; p * dataset.examples()],
            sizes: (dataset.examples(), dataset.dimension(), p),
        }
    }

    /// From p × d hidden weights, p × d sums.
    pub(crate) fn multiply(&mut self, hidden: &[T], sums: &mut [T]) {
        let (n, d, p) = self.sizes;
        matmul(
            MatMut::from_row_major_slice_mut(&mut self.table, p, n),
            Accum::Replace,
            MatRef::from_row_major_slice(hidden, p, d),
            MatRef::from_row_major_slice(&self.columns, d, n),
            T::ONE,
            Par::Seq,
        );
        matmul(
            MatMut::from_row_major_slice_mut(sums, p, d),
            Accum::Replace,
            MatRef::from_row_major_slice(&self.table, p, n),
            MatRef::from_row_major_slice(&self.rows, n, d),
            T::ONE,
            Par::Seq,
        );
    }
}
