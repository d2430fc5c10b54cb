//! Assumption 2: the inputs interact weakly, compared with what is left to learn.
//!
//! ```text
//! δ ‖r(0)‖₂ < C_y^− (C_x^−)²     and     δ ≤ (C_x^−)²/2,        δ = ‖XᵀX − D_X‖_op,  ‖r(0)‖₂ = √(2nL(0))
//! ```
//!
//! The first inequality is what the proof of Theorem 1 uses (a neuron active on x_i is pushed by r_i‖x_i‖²
//! from x_i itself and by at most δ‖r‖₂ from all others), the second keeps the rate of Lemma 6 above half of
//! its orthogonal value. The paper's constant may differ.

use serde::Serialize;

use super::snapshot::Snapshot;
use crate::theory::{Hypothesis, antipodal};
use crate::{Dataset, Network};

/// Both inequalities, with what they are made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeakInteraction {
    /// δ, or δ' of the half (see [`antipodal`]).
    pub interaction: f64,
    /// ‖r(0)‖₂.
    pub residual_norm: f64,
    /// C_y^−.
    pub smallest_label: f64,
    /// C_x^−.
    pub smallest_norm: f64,
}

impl WeakInteraction {
    /// The assumption for a problem, in O(ndp) and the cost of δ.
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        Self::with_interaction(dataset, network, dataset.interaction())
    }

    /// The form of appendix C.2, with pairs that no neuron can activate together left out of δ.
    pub fn masked(dataset: &Dataset, network: &Network) -> Self {
        Self::with_interaction(dataset, network, antipodal::interaction(dataset))
    }

    fn with_interaction(dataset: &Dataset, network: &Network, interaction: f64) -> Self {
        Self {
            interaction,
            residual_norm: Snapshot::new(dataset, network).residual_norm(),
            smallest_label: dataset.label_bounds().0,
            smallest_norm: dataset.input_norm_bounds().0,
        }
    }

    /// δ‖r(0)‖₂/(C_y^−(C_x^−)²): below 1 when the first inequality holds; infinite when a label or an input is 0.
    pub fn ratio(&self) -> f64 {
        share(
            self.interaction * self.residual_norm,
            self.smallest_label * self.smallest_norm.powi(2),
        )
    }

    /// Both inequalities as hypotheses; the margins are 1 − (left side)/(right side), −∞ where the right side is 0.
    pub fn hypotheses(&self) -> [Hypothesis; 2] {
        let second = share(2.0 * self.interaction, self.smallest_norm.powi(2));
        [
            Hypothesis::strict("assumption 2: δ‖r(0)‖ < C_y^−(C_x^−)²", 1.0 - self.ratio()),
            Hypothesis::weak("assumption 2: δ ≤ (C_x^−)²/2", 1.0 - second),
        ]
    }

    /// Whether both hold.
    pub fn holds(&self) -> bool {
        super::hypothesis::all_hold(&self.hypotheses())
    }
}

/// left/right; infinite where the right side is 0, also when the left one is.
fn share(left: f64, right: f64) -> f64 {
    if right > 0.0 { left / right } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Two unit vectors at cos θ = 1/8 have δ = 1/8; h = 0 leaves ‖r(0)‖ = ‖y‖ = √5, C_y = 1.
    #[test]
    fn two_inputs_by_hand() {
        let sine = (1.0f64 - 1.0 / 64.0).sqrt();
        let data = Dataset::new(array![[1.0, 0.0], [0.125, sine]], array![2.0, -1.0]).unwrap();
        let network = Network::new(array![[-1.0, -1.0]], array![2.0]).unwrap();
        let assumption = WeakInteraction::new(&data, &network);
        assert!((assumption.ratio() - 5f64.sqrt() / 8.0).abs() < 1e-12);
        assert!((assumption.hypotheses()[1].margin - 0.75).abs() < 1e-12);
        assert!(assumption.holds());
        let close = Dataset::new(array![[1.0, 0.0], [sine, 0.125]], array![2.0, -1.0]).unwrap();
        assert!(!WeakInteraction::new(&close, &network).holds());
    }

    /// Orthonormal inputs with their opposites: masked δ is 0, the plain one is ‖x‖² = 1.
    #[test]
    fn opposites_are_masked() {
        let data = Dataset::new(
            array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]],
            array![1.0, 1.0, -1.0, 1.0],
        )
        .unwrap();
        let network = Network::new(array![[0.1, 0.2]], array![0.5]).unwrap();
        assert!(!WeakInteraction::new(&data, &network).holds());
        let masked = WeakInteraction::masked(&data, &network);
        assert_eq!(masked.interaction, 0.0);
        assert!(masked.holds());
    }
}
