//! Lemma 1: a_j² − ‖w_j‖² is constant along the flow.
//!
//! d(a_j²)/dt = d‖w_j‖²/dt = (2a_j/n) Σ_i r_i σ(⟨w_j, x_i⟩), whatever happens at the kinks. Any method of finite
//! step drifts; the drift measures its accuracy.

use crate::Network;

/// max_j |(a_j² − ‖w_j‖²) − (a_j(0)² − ‖w_j(0)‖²)| between two networks, in O(pd).
///
/// # Panics
/// In debug builds, when their widths differ.
pub fn drift(start: &Network, end: &Network) -> f64 {
    debug_assert_eq!(start.neurons(), end.neurons());
    start
        .balances()
        .iter()
        .zip(end.balances())
        .map(|(before, after)| (after - before).abs())
        .fold(0.0, f64::max)
}

/// The scale on which a drift is small: max_j (a_j² + ‖w_j‖²).
pub fn scale(network: &Network) -> f64 {
    network
        .hidden_weights()
        .rows()
        .into_iter()
        .zip(network.output_weights())
        .map(|(w, a)| a * a + w.dot(&w))
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn drift_is_the_largest_change() {
        let start = Network::new(array![[1.0], [2.0]], array![2.0, 3.0]).unwrap();
        let end = Network::new(array![[2.0], [2.0]], array![7f64.sqrt(), 2.0]).unwrap();
        assert!((drift(&start, &end) - 5.0).abs() < 1e-14); // balances 3, 5 become 3, 0
        assert_eq!(scale(&start), 13.0);
    }
}
