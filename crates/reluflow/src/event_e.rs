//! Event E: at time 0 every example has a correctly active neuron.
//!
//! Neuron j is *active* on example i when ⟨w_j, x_i⟩ > 0, *correctly* active when also a_j y_i > 0. An example without a
//! correctly active neuron is *uncovered*; at a later time it is called *lost*. Event E is that no example is uncovered at
//! time 0: the hypothesis of Theorem 1 whose probability Lemma 5 bounds.

use crate::{Dataset, Network};

/// Event E: every example has a correctly active neuron, ⟨w_j, x_i⟩ > 0 and a_j y_i > 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventE {
    /// Number of correctly active neurons on each example, length n.
    pub correct: Vec<u32>,
}

impl EventE {
    /// Counts the correctly active neurons of a network on a dataset, in O(ndp).
    ///
    /// # Panics
    /// When their dimensions differ.
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let n = dataset.examples();
        assert_eq!(
            network.dimension(),
            dataset.dimension(),
            "network and data must share their dimension"
        );
        let preactivations = dataset.preactivations(network.hidden_weights());
        let mut correct = vec![0; n];
        for (row, a) in preactivations.rows().into_iter().zip(network.output_weights()) {
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
