//! Directions of neurons: who is active, how large, and under which angles.

use std::cell::OnceCell;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use ndarray::ArrayView1;

use crate::Network;
use crate::linear::norm;

/// Up to how many neurons all cosines are found at once, in one product of matrices.
const TOGETHER: usize = 512;

/// Neurons that are active on an example and whose weights are not 0, in the order of falling size |a_j| ‖w_j‖.
#[derive(Debug)]
pub(crate) struct Directions {
    /// Which neurons.
    pub(crate) neurons: Vec<usize>,
    /// w_j/‖w_j‖, a column a neuron of `neurons`.
    units: Mat<f64>,
    /// The cosines between all of them, once one is asked for.
    cosines: OnceCell<Mat<f64>>,
    /// |a_j| ‖w_j‖ over the largest of them.
    pub(crate) sizes: Vec<f64>,
    /// ‖w_j‖² over the sum over all neurons of the network.
    pub(crate) shares: Vec<f64>,
    /// Whether a_j > 0.
    pub(crate) positive: Vec<bool>,
}

impl Directions {
    /// The neurons of a network that are asked for.
    pub(crate) fn of(network: &Network, wanted: impl Fn(usize) -> bool) -> Self {
        let (hidden, output) = (network.hidden_weights(), network.output_weights());
        // Divided by the largest weight, so that products of tiny ones stay in range.
        let largest = |values: &mut dyn Iterator<Item = &f64>| values.fold(0.0, |m: f64, v| m.max(v.abs()));
        let (w_scale, a_scale) = (largest(&mut hidden.iter()), largest(&mut output.iter()));
        let lengths: Vec<f64> = hidden
            .rows()
            .into_iter()
            .map(|w| w.iter().map(|w| (w / w_scale).powi(2)).sum::<f64>().sqrt())
            .collect();
        let size = |j: usize| (output[j] / a_scale).abs() * lengths[j];
        let mut neurons: Vec<usize> = (0..lengths.len())
            .filter(|&j| wanted(j) && lengths[j] > 0.0 && output[j] != 0.0)
            .collect();
        neurons.sort_by(|j, k| size(*k).total_cmp(&size(*j)));
        let most = neurons.first().map_or(1.0, |&j| size(j));
        let total: f64 = lengths.iter().map(|length| length * length).sum();
        Self {
            units: Mat::from_fn(hidden.ncols(), neurons.len(), |i, k| {
                hidden[(neurons[k], i)] / w_scale / lengths[neurons[k]]
            }),
            cosines: OnceCell::new(),
            sizes: neurons.iter().map(|&j| size(j) / most).collect(),
            shares: neurons.iter().map(|&j| lengths[j] * lengths[j] / total).collect(),
            positive: neurons.iter().map(|&j| output[j] > 0.0).collect(),
            neurons,
        }
    }

    /// Number of neurons.
    pub(crate) fn len(&self) -> usize {
        self.neurons.len()
    }

    /// The cosine between two of them, by their places.
    pub(crate) fn cosine(&self, k: usize, l: usize) -> f64 {
        let cosine = if self.len() <= TOGETHER {
            self.cosines.get_or_init(|| self.all_cosines())[(k, l)]
        } else {
            crate::linear::dot(self.unit(k), self.unit(l))
        };
        cosine.clamp(-1.0, 1.0)
    }

    /// The cosine between one of them and a direction of length 1.
    pub(crate) fn cosine_to(&self, k: usize, direction: &[f64]) -> f64 {
        crate::linear::dot(self.unit(k), direction).clamp(-1.0, 1.0)
    }

    fn unit(&self, k: usize) -> &[f64] {
        self.units.col_as_slice(k)
    }

    fn all_cosines(&self) -> Mat<f64> {
        let mut cosines = Mat::zeros(self.len(), self.len());
        let (units, rows) = (self.units.as_ref(), self.units.transpose());
        matmul(cosines.as_mut(), Accum::Replace, rows, units, 1.0, Par::Seq);
        cosines
    }
}

/// A vector of length 1; none where it is 0 or not finite.
pub(crate) fn unit(vector: ArrayView1<'_, f64>) -> Option<Vec<f64>> {
    let largest = vector.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let scaled: Vec<f64> = vector.iter().map(|v| v / largest).collect();
    let length = norm(&scaled);
    (largest > 0.0 && length.is_finite()).then(|| scaled.iter().map(|v| v / length).collect())
}
