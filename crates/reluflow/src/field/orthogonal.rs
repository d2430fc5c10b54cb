//! Evaluates the flow on orthogonal inputs in O(np), with no d.

use super::passes::{close_residuals, gate, tangent_of_output, weighted_activations};
use super::{Activity, Real, VectorField, count_activity, split_state, split_state_mut};
use crate::{Dataset, Network};

/// The field on orthogonal inputs, in the coordinates v_ji = ⟨w_j, x_i/‖x_i‖⟩, m = n.
///
/// dv_ji/dt = (a_j/n) r_i ‖x_i‖ 1\[v_ji > 0\],  h_i = (‖x_i‖/p) Σ_j a_j σ(v_ji). The part of w_j outside the
/// span of the inputs never moves; it is kept aside and put back by [`VectorField::read_network`]. An entry
/// that reaches v ≤ 0 has velocity zero for ever (Lemma 7).
#[derive(Debug, Clone)]
pub struct Orthogonal<T> {
    labels: Vec<T>,
    norms: Vec<T>,
    neurons: usize,
    residuals: Vec<T>,
    /// r_i ‖x_i‖/n, what the active entries are pushed with.
    forces: Vec<T>,
    /// Velocities of the entries when M is applied, p × n.
    gates: Vec<T>,
    /// da_j when M is applied, p.
    slopes: Vec<T>,
    dataset: Dataset,
    start: Network,
}

impl<T: Real> Orthogonal<T> {
    /// The field for networks that start at `start`.
    ///
    /// # Panics
    /// In debug builds, when the inputs are not orthogonal.
    pub fn new(dataset: &Dataset, start: &Network) -> Self {
        debug_assert!(dataset.is_orthogonal(), "inputs must be orthogonal");
        let labels: Vec<T> = dataset.labels().iter().map(|v| T::from_f64(*v)).collect();
        let norms = dataset.input_norms().into_iter().map(T::from_f64).collect();
        Self {
            norms,
            neurons: start.neurons(),
            residuals: vec![T::ZERO; labels.len()],
            forces: vec![T::ZERO; labels.len()],
            gates: vec![T::ZERO; start.neurons() * labels.len()],
            slopes: vec![T::ZERO; start.neurons()],
            labels,
            dataset: dataset.clone(),
            start: start.clone(),
        }
    }

    /// v_ji of a network, p × n.
    fn coordinates(&self, network: &Network) -> ndarray::Array2<f64> {
        let mut v = self.dataset.preactivations(network.hidden_weights());
        for mut row in v.rows_mut() {
            for (v, norm) in row.iter_mut().zip(&self.norms) {
                // A zero input has no direction; its coordinate is zero and never active.
                *v = if norm.to_f64() > 0.0 {
                    *v / norm.to_f64()
                } else {
                    0.0
                };
            }
        }
        v
    }
}

impl<T: Real> VectorField<T> for Orthogonal<T> {
    fn examples(&self) -> usize {
        self.labels.len()
    }
    fn neurons(&self) -> usize {
        self.neurons
    }
    fn hidden_coordinates(&self) -> usize {
        self.labels.len()
    }
    fn labels(&self) -> &[T] {
        &self.labels
    }

    fn write_state(&self, network: &Network, state: &mut [T]) {
        let (hidden, output) = split_state_mut(state, self.neurons);
        for (slot, v) in hidden.iter_mut().zip(&self.coordinates(network)) {
            *slot = T::from_f64(*v);
        }
        for (slot, a) in output.iter_mut().zip(network.output_weights()) {
            *slot = T::from_f64(*a);
        }
    }

    fn read_network(&self, state: &[T]) -> Network {
        let (hidden, output) = split_state(state, self.neurons);
        // w_j = w_j(0) + Σ_i (v_ji − v_ji(0)) x_i/‖x_i‖
        let mut moved = self.coordinates(&self.start);
        for (moved, v) in moved.iter_mut().zip(hidden) {
            *moved = v.to_f64() - *moved;
        }
        for mut row in moved.rows_mut() {
            for (moved, norm) in row.iter_mut().zip(&self.norms) {
                *moved = if norm.to_f64() > 0.0 {
                    *moved / norm.to_f64()
                } else {
                    0.0
                };
            }
        }
        let mut weights = self.start.hidden_weights().to_owned();
        self.dataset.add_combinations(&moved, &mut weights);
        Network::trusted(weights, output.iter().map(|a| a.to_f64()).collect())
    }

    fn velocity(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let (n, p) = (self.labels.len(), self.neurons);
        let (hidden, output) = split_state(state, p);
        weighted_activations(hidden, output, &mut self.residuals);
        for (h, norm) in self.residuals.iter_mut().zip(&self.norms) {
            *h *= *norm;
        }
        let loss = close_residuals(&mut self.residuals, &self.labels, p);
        let inverse = T::from_f64(1.0 / n as f64);
        for ((force, r), norm) in self.forces.iter_mut().zip(&self.residuals).zip(&self.norms) {
            *force = *r * *norm * inverse;
        }
        let (hidden_velocity, output_velocity) = split_state_mut(velocity, p);
        gate(hidden, output, &self.forces, hidden_velocity, output_velocity);
        loss
    }

    fn residuals(&self) -> &[T] {
        &self.residuals
    }

    fn activity(&mut self, state: &[T], activity: &mut Activity) {
        let (hidden, output) = split_state(state, self.neurons);
        count_activity(hidden, output, &self.labels, activity);
    }

    fn apply_kernel(&mut self, state: &[T], v: &[T], out: &mut [T]) {
        let n = self.labels.len();
        let (hidden, output) = split_state(state, self.neurons);
        // M_ik = (1/p) Σ_j 1_ji 1_jk ‖x_i‖ (a_j² δ_ik + v_ji v_jk) ‖x_k‖
        for ((force, v), norm) in self.forces.iter_mut().zip(v).zip(&self.norms) {
            *force = *norm * *v;
        }
        gate(hidden, output, &self.forces, &mut self.gates, &mut self.slopes);
        out.fill(T::ZERO);
        if n > 0 {
            tangent_of_output(hidden, &self.gates, output, &self.slopes, out);
        }
        let inverse = T::from_f64(1.0 / self.neurons as f64);
        for (out, norm) in out.iter_mut().zip(&self.norms) {
            *out *= *norm * inverse;
        }
    }

    fn is_orthogonal(&self) -> bool {
        true
    }
}
