//! Lemma 5: how many neurons cover every example at initialisation.

use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};

use crate::{Dataset, Network};

/// Event E: every example has a correctly active neuron, ⟨w_j, x_i⟩ > 0 and a_j y_i > 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// Number of correctly active neurons on each example, length n.
    pub correct: Vec<u32>,
}

impl Coverage {
    /// Counts the correctly active neurons of a network on a dataset, in O(ndp).
    ///
    /// # Panics
    /// When their dimensions differ.
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let (n, d, p) = (dataset.examples(), dataset.dimension(), network.neurons());
        assert_eq!(
            network.dimension(),
            d,
            "network and data must share their dimension"
        );
        let weights: Vec<f64> = network.hidden_weights().iter().copied().collect();
        let mut preactivations = vec![0.0; p * n];
        matmul(
            MatMut::from_row_major_slice_mut(&mut preactivations, p, n),
            Accum::Replace,
            MatRef::from_row_major_slice(&weights, p, d),
            MatRef::from_row_major_slice(dataset.inputs_flat(), n, d).transpose(),
            1.0,
            Par::Seq,
        );
        let mut correct = vec![0; n];
        for (row, a) in preactivations.chunks_exact(n).zip(network.output_weights()) {
            for ((count, u), y) in correct.iter_mut().zip(row).zip(dataset.labels()) {
                *count += u32::from(*u > 0.0 && a * y > 0.0);
            }
        }
        Self { correct }
    }

    /// The margin of event E: the smallest number of correctly active neurons of an example.
    pub fn margin(&self) -> u32 {
        self.correct.iter().copied().min().unwrap_or(0)
    }

    /// Whether event E holds: the margin is at least 1.
    pub fn holds(&self) -> bool {
        self.margin() >= 1
    }
}

/// The width ⌊log(n/ε)/log(4/3)⌋ + 1, enough for P(E) ≥ 1 − ε by the union bound P(not E) ≤ n (3/4)^p.
///
/// ```
/// assert_eq!(reluflow::theory::lemma_5::width(1650, 0.05), 37);
/// ```
pub fn width(examples: usize, epsilon: f64) -> usize {
    ((examples as f64 / epsilon).ln() / (4.0f64 / 3.0).ln()).floor() as usize + 1
}
