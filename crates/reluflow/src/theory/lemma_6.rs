//! Lemma 6: the curvature lies between the extreme masses of the active neurons.
//!
//! ```text
//! (2/n)((C_x^−)² − δ) min_i e_i  ≤  (2/n) λ_min(M)  ≤  μ  ≤  (2/n) λ_max(M)  ≤  (4/n)((C_x^+)² + δ) max_i e_i
//! e_i = (1/p) Σ_j a_j² 1_ji,   M = (1/p) Σ_j D_j (a_j² XᵀX + Xᵀw_j w_jᵀX) D_j,   μ = (2/n) rᵀMr/‖r‖²
//! ```
//!
//! The last inequality needs |a_j| ≥ ‖w_j‖, the first three need nothing. δ may be that of the half
//! ([`antipodal`]).

use super::snapshot::{Snapshot, kernel_extremes};
use crate::observe::curvature::Bounds;
use crate::theory::antipodal;
use crate::{Dataset, Network};

/// The five quantities of the chain, in order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chain {
    /// (2/n)((C_x^−)² − δ) min_i e_i.
    pub mass_low: f64,
    /// (2/n) λ_min(M).
    pub kernel_low: f64,
    /// μ.
    pub curvature: f64,
    /// (2/n) λ_max(M).
    pub kernel_high: f64,
    /// (4/n)((C_x^+)² + δ) max_i e_i.
    pub mass_high: f64,
}

impl Chain {
    /// The chain at one θ; in O(n²(d + p) + n³).
    ///
    /// When the lower bound is negative it says nothing.
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        Self::with_interaction(dataset, network, antipodal::interaction(dataset))
    }

    /// The chain with δ known.
    pub(crate) fn with_interaction(dataset: &Dataset, network: &Network, delta: f64) -> Self {
        let snapshot = Snapshot::new(dataset, network);
        let (mass_low, mass_high) = Bounds::with_interaction(dataset, delta).between(snapshot.mass_bounds());
        let (low, high) = kernel_extremes(dataset, network);
        let unit = 2.0 / dataset.examples() as f64;
        Self {
            mass_low,
            kernel_low: unit * low,
            curvature: snapshot.curvature,
            kernel_high: unit * high,
            mass_high,
        }
    }

    /// The four margins (right side less left side), relative to the largest of the chain.
    pub fn margins(&self) -> [f64; 4] {
        let scale = self.mass_high.max(self.kernel_high);
        [
            (self.kernel_low - self.mass_low) / scale,
            (self.curvature - self.kernel_low) / scale,
            (self.kernel_high - self.curvature) / scale,
            (self.mass_high - self.kernel_high) / scale,
        ]
    }
}

/// Relative rounding of the margins: eigenvalues and sums of n ≤ 10³ terms in double precision.
pub const ROUNDING: f64 = 1e-11;
