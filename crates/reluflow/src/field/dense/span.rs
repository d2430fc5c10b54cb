//! Turns the inputs so that they become triangular: the change of coordinates of a field with few examples.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::super::{Real, split_state, split_state_mut};
use crate::{Dataset, Network};

/// An orthonormal basis Q (d × m, m = min(n, d)) of a space that holds every input, with x_i = Σ_{k ≤ i} l_ik q_k.
///
/// The part of w_j outside that space never moves; it is kept in the network of the start.
#[derive(Debug, Clone)]
pub(super) struct Span {
    basis: Mat<f64>,
    start: Network,
}

impl Span {
    /// The span for networks that start at `start`, and L (n × m, row by row), from Xᵀ = Q Lᵀ.
    pub(super) fn new(dataset: &Dataset, start: &Network) -> (Self, Vec<f64>) {
        let (n, d) = (dataset.examples(), dataset.dimension());
        let qr = MatRef::from_column_major_slice(dataset.inputs_flat(), d, n).qr();
        let (basis, upper) = (qr.compute_thin_Q(), qr.thin_R());
        let m = basis.ncols();
        let mut lower = vec![0.0; n * m];
        for (i, row) in lower.chunks_exact_mut(m).enumerate() {
            for (k, entry) in row.iter_mut().enumerate().take(i + 1) {
                *entry = upper[(k, i)];
            }
        }
        let start = start.clone();
        (Self { basis, start }, lower)
    }

    /// V = W Q of a network, p × m, row by row.
    fn coordinates(&self, network: &Network) -> Vec<f64> {
        let (p, d, m) = (network.neurons(), self.basis.nrows(), self.basis.ncols());
        let weights: Vec<f64> = network.hidden_weights().iter().copied().collect();
        let mut coordinates = vec![0.0; p * m];
        matmul(
            MatMut::from_row_major_slice_mut(&mut coordinates, p, m),
            Accum::Replace,
            MatRef::from_row_major_slice(&weights, p, d),
            self.basis.as_ref(),
            1.0,
            Par::Seq,
        );
        coordinates
    }

    /// Writes a network as V, then the output weights.
    pub(super) fn write<T: Real>(&self, network: &Network, state: &mut [T]) {
        let (hidden, output) = split_state_mut(state, network.neurons());
        for (slot, v) in hidden.iter_mut().zip(self.coordinates(network)) {
            *slot = T::from_f64(v);
        }
        for (slot, a) in output.iter_mut().zip(network.output_weights()) {
            *slot = T::from_f64(*a);
        }
    }

    /// W = W(0) + (V − V(0)) Qᵀ.
    pub(super) fn read<T: Real>(&self, state: &[T]) -> Network {
        let (p, d, m) = (self.start.neurons(), self.basis.nrows(), self.basis.ncols());
        let (hidden, output) = split_state(state, p);
        let mut moved = self.coordinates(&self.start);
        for (moved, v) in moved.iter_mut().zip(hidden) {
            *moved = v.to_f64() - *moved;
        }
        let mut weights: Vec<f64> = self.start.hidden_weights().iter().copied().collect();
        matmul(
            MatMut::from_row_major_slice_mut(&mut weights, p, d),
            Accum::Add,
            MatRef::from_row_major_slice(&moved, p, m),
            self.basis.transpose(),
            1.0,
            Par::Seq,
        );
        let weights = ndarray::Array2::from_shape_fn((p, d), |(j, k)| weights[j * d + k]);
        Network::trusted(weights, output.iter().map(|a| a.to_f64()).collect())
    }
}
