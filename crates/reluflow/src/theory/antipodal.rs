//! Appendix C.2: adding −x_i for every x_i costs nothing.
//!
//! No neuron is active on x_i and −x_i together. Whatever a neuron is active on is a choice of one sign from
//! each pair {x_i, −x_i}, and the Gram matrix of the choice differs from that of the half {x_i} by signs on
//! rows and columns alone, which change no norm. So wherever the proofs use δ = ‖XᵀX − D_X‖_op, they may use
//!
//! ```text
//! δ' = ‖X_hᵀX_h − D_h‖_op,   X_h = one input of each antipodal pair, and every unpaired input
//! ```

use std::collections::HashMap;

use ndarray::Axis;

use crate::Dataset;

/// Indices of one input of each antipodal pair and of every input without opposite, in order; O(nd).
///
/// Opposites are recognised exactly, bit for bit up to sign, not to rounding: the argument needs exact ones.
pub fn half(dataset: &Dataset) -> Vec<usize> {
    let key = |i: usize, sign: f64| -> Vec<u64> {
        // Adding 0 turns −0 into 0.
        dataset
            .inputs()
            .row(i)
            .iter()
            .map(|v| (sign * v + 0.0).to_bits())
            .collect()
    };
    let mut waiting: HashMap<Vec<u64>, usize> = HashMap::new();
    let mut kept = Vec::with_capacity(dataset.examples());
    for i in 0..dataset.examples() {
        if let Some(count) = waiting.get_mut(&key(i, -1.0))
            && *count > 0
        {
            *count -= 1;
        } else {
            *waiting.entry(key(i, 1.0)).or_insert(0) += 1;
            kept.push(i);
        }
    }
    kept
}

/// δ' of a dataset; equal to δ when no input has its opposite.
///
/// ```
/// use ndarray::array;
/// use reluflow::{Dataset, theory::antipodal};
/// let data = Dataset::new(array![[1.0, 0.0], [0.0, 2.0], [-1.0, 0.0]], array![1.0, 1.0, -1.0]).unwrap();
/// assert!((data.interaction() - 1.0).abs() < 1e-14);
/// assert_eq!(antipodal::interaction(&data), 0.0);
/// ```
pub fn interaction(dataset: &Dataset) -> f64 {
    let kept = half(dataset);
    if kept.len() == dataset.examples() {
        return dataset.interaction();
    }
    let inputs = dataset.inputs().select(Axis(0), &kept);
    let labels = dataset.labels().select(Axis(0), &kept);
    Dataset::new(inputs, labels).map_or(f64::NAN, |half| half.interaction())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Antipodal, Isotropic};
    use crate::theory::snapshot::kernel_extremes;
    use crate::{DataLaw, InitialisationLaw, Setting, initialisation::Asymmetric};

    /// λ_min(M) ≥ ((C_x^−)² − δ') min_i e_i and λ_max(M) ≤ 2((C_x^+)² + δ') max_i e_i with the δ' of the half,
    /// over random antipodal problems, for many of which the plain δ says nothing.
    #[test]
    fn half_the_interaction_bounds_the_whole_kernel() {
        let mut told = 0;
        let (n, d, p) = (10, 60, 25);
        let data = DataLaw::Antipodal(Antipodal {
            base: Box::new(DataLaw::Isotropic(Isotropic::default())),
            ..Antipodal::default()
        });
        let initialisation = InitialisationLaw::Asymmetric(Asymmetric::default());
        let setting = Setting {
            n,
            d,
            p,
            data,
            initialisation,
        };
        for draw in 0..40 {
            let (data, network) = setting.draw(7, draw).unwrap();
            assert_eq!(half(&data).len(), n / 2);
            let delta = interaction(&data);
            assert!(delta < data.interaction());
            let (smallest, largest) = data.input_norm_bounds();
            let (e_low, e_high) =
                crate::field::mass_bounds(&super::super::Snapshot::new(&data, &network).mass);
            let (low, high) = kernel_extremes(&data, &network);
            assert!(
                low >= (smallest * smallest - delta) * e_low - 1e-12,
                "seed 7, draw {draw}"
            );
            assert!(
                high <= 2.0 * (largest * largest + delta) * e_high,
                "seed 7, draw {draw}"
            );
            told += u32::from(delta < smallest * smallest && data.interaction() > smallest * smallest);
        }
        assert!(told > 20, "the half said something new in {told} draws only");
    }
}
