//! Assumption 1: every output weight is at least as large as its neuron, |a_j(0)| ≥ ‖w_j(0)‖.
//!
//! With Lemma 1 the inequality then holds for ever, so no a_j ever changes sign.

use crate::Network;
use crate::theory::Hypothesis;

/// Relative rounding allowed, so that |a_j| = ‖w_j‖ counts: a thousand times that of a norm.
const ROUNDING: f64 = 1e-12;

/// |a_j| ≥ ‖w_j‖ for all j, with the margin min_j (|a_j| − (1 − 10⁻¹²)‖w_j‖), in O(pd).
pub fn hypothesis(network: &Network) -> Hypothesis {
    let margin = network
        .hidden_weights()
        .rows()
        .into_iter()
        .zip(network.output_weights())
        .map(|(w, a)| a.abs() - (1.0 - ROUNDING) * w.dot(&w).sqrt())
        .fold(f64::INFINITY, f64::min);
    Hypothesis::weak("assumption 1: |a_j| ≥ ‖w_j‖", margin)
}

/// b_j = a_j² − ‖w_j‖², conserved (Lemma 1), with roundings below zero set to zero.
pub(super) fn balances(network: &Network) -> Vec<f64> {
    network.balances().into_iter().map(|b| b.max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_margin_is_that_of_the_worst_neuron() {
        let network = Network::new(array![[3.0, 4.0], [0.0, 1.0]], array![-6.0, 0.5]).unwrap();
        let hypothesis = hypothesis(&network);
        assert!((hypothesis.margin + 0.5).abs() < 1e-11);
        assert!(!hypothesis.holds());
        let balanced = Network::new(array![[0.1, 0.2]], array![0.05f64.sqrt()]).unwrap();
        assert!(super::hypothesis(&balanced).holds());
    }
}
