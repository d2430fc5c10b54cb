//! Lemma 6: the curvature lies between the extreme masses of the active neurons.
//!
//! ```text
//! (2/n)((C_x^−)² − δ) min_i e_i  ≤  (2/n) λ_min(M)  ≤  μ  ≤  (2/n) λ_max(M)  ≤  (4/n)((C_x^+)² + δ) max_i e_i
//! e_i = (1/p) Σ_j a_j² 1_ji,   M = (1/p) Σ_j D_j (a_j² XᵀX + Xᵀw_j w_jᵀX) D_j,   μ = (2/n) rᵀMr/‖r‖²
//! ```
//!
//! The last inequality needs |a_j| ≥ ‖w_j‖, the first three need nothing. δ may be that of the half
//! ([`antipodal`]).
//!
//! The proof asks nothing of the gates in D_j. So where a neuron is held on a kink, 1_ji is the multiplier in [0, 1] that it slides
//! with, and e_i sums its square: μ is then that of the flow. With 0 or 1 there, M would count what cancels in the
//! velocity, and (2/n) λ_min(M) may exceed the flow's μ. Of opposite inputs that share a kink both may then have a
//! part of the neuron, and δ is that of all inputs.

use ndarray::Array2;

use super::multipliers::Gates;
use super::snapshot::extremes_with_gates;
use crate::field::mass_bounds;
use crate::linear::norm;
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
        let moving = Moving::new(dataset, network);
        let (mass_low, mass_high) = moving.bounds(dataset, delta);
        let gates = &moving.gates.table;
        let (low, high) = extremes_with_gates(dataset, network, &moving.preactivations, gates);
        let unit = 2.0 / dataset.examples() as f64;
        Self {
            mass_low,
            kernel_low: unit * low,
            curvature: moving.curvature,
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

/// A network with the gates that the flow moves with: the multipliers where a neuron slides.
#[derive(Debug)]
pub(crate) struct Moving {
    preactivations: Array2<f64>,
    gates: Gates,
    masses: Vec<f64>,
    /// μ of the flow.
    pub(crate) curvature: f64,
}

impl Moving {
    /// In O(ndp), and a small least-norm problem for each neuron on a kink.
    pub(crate) fn new(dataset: &Dataset, network: &Network) -> Self {
        let (n, p) = (dataset.examples(), network.neurons());
        let output = network.output_weights();
        let preactivations = dataset.preactivations(network.hidden_weights());
        let mut residuals = dataset.labels().to_vec();
        for (u, a) in preactivations.rows().into_iter().zip(output) {
            for (r, u) in residuals.iter_mut().zip(u) {
                *r -= a * u.max(0.0) / p as f64;
            }
        }
        let gates = Gates::new(dataset, network, &preactivations, &residuals);
        let mut masses = vec![0.0; n];
        let mut squared_speed = 0.0;
        let inputs = dataset.inputs();
        for ((gates, w), a) in gates
            .table
            .rows()
            .into_iter()
            .zip(network.hidden_weights().rows())
            .zip(output)
        {
            for (mass, gate) in masses.iter_mut().zip(gates) {
                *mass += a * a * gate * gate / p as f64;
            }
            let pulls: Vec<f64> = gates.iter().zip(&residuals).map(|(gate, r)| gate * r).collect();
            let force = inputs.t().dot(&ndarray::ArrayView1::from(&pulls)) / n as f64;
            let slope = force.dot(&w);
            squared_speed += a * a * force.dot(&force) + slope * slope;
        }
        let loss = norm(&residuals).powi(2) / (2.0 * n as f64);
        Self {
            curvature: crate::observe::curvature::local(squared_speed, p, loss),
            preactivations,
            gates,
            masses,
        }
    }

    /// How many kinks neurons slide on, one by one.
    pub(crate) fn slides(&self) -> usize {
        self.gates.slides
    }

    /// The bounds of the masses, for this δ where opposite inputs are told apart.
    pub(crate) fn bounds(&self, dataset: &Dataset, delta: f64) -> (f64, f64) {
        let delta = if self.gates.two_sided {
            dataset.interaction()
        } else {
            delta
        };
        Bounds::with_interaction(dataset, delta).between(mass_bounds(&self.masses))
    }
}

/// Relative rounding of the margins: eigenvalues and sums of n ≤ 10³ terms in double precision.
pub const ROUNDING: f64 = 1e-11;
