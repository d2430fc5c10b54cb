//! Proposition 1: on orthogonal inputs the curvature is at most of order √(p/n).
//!
//! Once no pair is wrong (Lemma 7), all terms of h̃_i = h_i/‖x_i‖ = (1/p) Σ_j a_j v_ji^+ have the sign of y_i, so
//! ‖h̃‖² ≥ (1/p²) Σ_j a_j²‖v_j^+‖² and, by Cauchy–Schwarz, (1/p) Σ_j |a_j|‖v_j^+‖ ≤ √p ‖h̃‖. The number
//! β_j² = a_j² − ‖v_j^+‖² is conserved (dead entries and the part of w_j outside the span do not move), and
//! a_j² ≤ |a_j|‖v_j^+‖ + β_j². Hence e_i ≤ √p ‖h̃‖ + β̄² with β̄² = (1/p) Σ_j β_j², and with Lemma 6
//!
//! ```text
//! μ(t) ≤ 4(C_x^+)² [ √(p/n) (‖h̃(t)‖/√n) + β̄²/n ] ≤ C √(p/n)
//! C = 4(C_x^+)² [ (‖y‖ + ‖r(0)‖)/(C_x^− √n) + β̄²/√(pn) ]
//! ```
//!
//! for all t past the extinction time. β̄ is of the order of the initialisation, so the second term is the
//! smaller. The constant is ours.

use super::snapshot::{Snapshot, label_norm, norm};
use crate::{Dataset, Network};

/// The upper bound for one problem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvatureCeiling {
    /// 4(C_x^+)².
    factor: f64,
    /// √(p/n).
    order: f64,
    /// β̄²/n.
    floor: f64,
    /// (‖y‖ + ‖r(0)‖)/(C_x^−√n).
    reach: f64,
    examples: f64,
}

impl CurvatureCeiling {
    /// The bound for a problem at time 0, in O(ndp); the hypotheses are those of
    /// [`Extinction`](super::lemma_7::Extinction).
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let snapshot = Snapshot::new(dataset, network);
        let (n, p) = (dataset.examples() as f64, network.neurons() as f64);
        let norms = dataset.input_norms();
        let (smallest, largest) = dataset.input_norm_bounds();
        let rows = snapshot
            .preactivations
            .rows()
            .into_iter()
            .zip(network.output_weights());
        let unmoved: f64 = rows
            .map(|(u, a)| {
                let active = u.iter().zip(&norms).map(|(u, norm)| (u.max(0.0) / norm).powi(2));
                a * a - active.sum::<f64>()
            })
            .sum();
        Self {
            factor: 4.0 * largest * largest,
            order: (p / n).sqrt(),
            floor: unmoved / p / n,
            reach: (label_norm(dataset) + snapshot.residual_norm()) / (smallest * n.sqrt()),
            examples: n,
        }
    }

    /// The bound C√(p/n), valid for all t past the extinction time.
    pub fn bound(&self) -> f64 {
        self.factor * (self.order * self.reach + self.floor)
    }

    /// C.
    pub fn constant(&self) -> f64 {
        self.bound() / self.order
    }

    /// The sharper bound that knows h at time t: 4(C_x^+)² [√(p/n) ‖h̃‖/√n + β̄²/n].
    pub fn bound_at(&self, dataset: &Dataset, residuals: &[f64]) -> f64 {
        let outputs: Vec<f64> = dataset
            .labels()
            .iter()
            .zip(residuals)
            .zip(dataset.input_norms())
            .map(|((y, r), norm)| (y - r) / norm)
            .collect();
        self.factor * (self.order * norm(&outputs) / self.examples.sqrt() + self.floor)
    }
}
