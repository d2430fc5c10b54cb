//! Takes stock of a network on a dataset at one instant: what the statements are compared with.

use ndarray::Array2;

use crate::field::{Dense, VectorField};
use crate::{Dataset, Network};

/// Everything the statements speak of, at one θ, in O(ndp).
///
/// | symbol | meaning | shape | name |
/// | --- | --- | --- | --- |
/// | u_ji | preactivations ⟨w_j, x_i⟩ | p × n | `preactivations` |
/// | r_i | residuals | n | `residuals` |
/// | L | loss | | `loss` |
/// | e_i | (1/p) Σ_j a_j² 1_ji | n | `mass` |
/// | μ | ‖dθ/dt‖²/(pL) | | `curvature` |
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// u_ji, p × n.
    pub preactivations: Array2<f64>,
    /// r_i, length n.
    pub residuals: Vec<f64>,
    /// L.
    pub loss: f64,
    /// e_i, length n.
    pub mass: Vec<f64>,
    /// μ.
    pub curvature: f64,
}

impl Snapshot {
    /// Takes stock.
    ///
    /// # Panics
    /// When network and data differ in dimension.
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let (n, p) = (dataset.examples(), network.neurons());
        let preactivations = dataset.preactivations(network.hidden_weights());
        let mut field = Dense::<f64>::new(dataset, p);
        let mut state = vec![0.0; field.state_length()];
        field.write_state(network, &mut state);
        let mut velocity = vec![0.0; state.len()];
        let loss = field.velocity(&state, &mut velocity);
        let squared_speed = field.squared_speed(&velocity);
        let mut mass = vec![0.0; n];
        for (u, a) in preactivations.rows().into_iter().zip(network.output_weights()) {
            for (mass, u) in mass.iter_mut().zip(u) {
                *mass += if *u > 0.0 { a * a / p as f64 } else { 0.0 };
            }
        }
        Self {
            preactivations,
            residuals: field.residuals().to_vec(),
            loss,
            mass,
            curvature: crate::observe::curvature::local(squared_speed, p, loss),
        }
    }

    /// ‖r‖₂ = √(2nL).
    pub fn residual_norm(&self) -> f64 {
        norm(&self.residuals)
    }
}

/// (λ_min(M), λ_max(M)) of the kernel of dr/dt = −(1/n) M r, written out and diagonalised, in O(n²(d + p) + n³).
///
/// M_ik = ⟨x_i, x_k⟩ (1/p) Σ_j a_j² 1_ji 1_jk + (1/p) Σ_j σ(u_ji) σ(u_jk).
pub fn kernel_extremes(dataset: &Dataset, network: &Network) -> (f64, f64) {
    let values = dataset.preactivations(network.hidden_weights());
    let gates = values.mapv(|u| f64::from(u8::from(u > 0.0)));
    extremes_with_gates(dataset, network, &values, &gates)
}

/// The same with other gates 1_ji, p × n, at preactivations u_ji, p × n.
pub(crate) fn extremes_with_gates(
    dataset: &Dataset,
    network: &Network,
    values: &Array2<f64>,
    gates: &Array2<f64>,
) -> (f64, f64) {
    let (n, p) = (dataset.examples(), network.neurons() as f64);
    let mut gates = gates / p.sqrt();
    for (mut gates, a) in gates.rows_mut().into_iter().zip(network.output_weights()) {
        gates *= *a;
    }
    let values = values.mapv(|u| u.max(0.0) / p.sqrt());
    let gram = dataset.inputs().dot(&dataset.inputs().t());
    let kernel = gates.t().dot(&gates) * gram + values.t().dot(&values);
    crate::spectrum::ends(&faer::Mat::from_fn(n, n, |i, k| kernel[(i, k)]))
}

/// ‖v‖₂.
pub(super) fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// ‖y‖₂.
pub(super) fn label_norm(dataset: &Dataset) -> f64 {
    dataset.labels().iter().map(|y| y * y).sum::<f64>().sqrt()
}
