//! Lemma 1: a_j² − ‖w_j‖² is constant along the flow.
//!
//! d(a_j²)/dt = d‖w_j‖²/dt = (2a_j/n) Σ_i r_i σ(⟨w_j, x_i⟩), whatever happens at the kinks: an identity of the
//! field, which [`defect`] checks. A method of finite step drifts unless, as our integrators do, it restores the
//! balance after every step; [`drift`] measures what is left.

use crate::field::{Dense, VectorField, split_state};
use crate::{Dataset, Network};

/// max_j |a_j ȧ_j − ⟨w_j, ẇ_j⟩| over the largest |a_j|‖w_j‖ (1/n) Σ_{i active} |r_i|‖x_i‖ of a neuron, in O(ndp); 0 where no
/// example pulls.
///
/// The scale is that of the terms before anything cancels: near rest the two sides are small differences of large sums.
///
/// # Panics
/// When network and data differ in dimension.
pub fn defect(dataset: &Dataset, network: &Network) -> f64 {
    let p = network.neurons();
    let mut field = Dense::<f64>::new(dataset, p);
    let mut state = vec![0.0; field.state_length()];
    field.write_state(network, &mut state);
    let mut velocity = vec![0.0; state.len()];
    field.velocity(&state, &mut velocity);
    let ((w, a), (dw, da)) = (split_state(&state, p), split_state(&velocity, p));
    let (d, n) = (network.dimension(), dataset.examples() as f64);
    let values = dataset.preactivations(network.hidden_weights());
    let norms = dataset.input_norms();
    let (mut worst, mut size) = (0.0f64, 0.0f64);
    for (j, row) in values.rows().into_iter().enumerate() {
        let hidden: f64 = (j * d..(j + 1) * d).map(|k| w[k] * dw[k]).sum();
        worst = worst.max((a[j] * da[j] - hidden).abs());
        let pulls = row.iter().zip(field.residuals()).zip(&norms);
        let pull: f64 = pulls
            .filter(|((u, _), _)| **u > 0.0)
            .map(|((_, r), norm)| r.abs() * norm)
            .sum();
        let length = (j * d..(j + 1) * d).map(|k| w[k] * w[k]).sum::<f64>().sqrt();
        size = size.max(a[j].abs() * length * pull / n);
    }
    if size > 0.0 { worst / size } else { 0.0 }
}

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
