//! Evaluates the flow on orthogonal inputs in O(np), with no d.

mod rows;
mod sweeps;

use pulp::Arch;

use super::sigma::dispatch;
use super::sums::{Scales, close_forces};
use super::{Activity, Cover, Real, VectorField, add_decay, count_activity, split_state, split_state_mut};
use crate::aligned::Aligned;
use crate::model::{Loss, Model};
use crate::{Dataset, Network};
use sweeps::{Job, Sweep};

/// The field on orthogonal inputs, in the coordinates v_ji = ⟨w_j, x_i/‖x_i‖⟩, m = n.
///
/// dv_ji/dt = η_w ((a_j/n) f_i ‖x_i‖ σ'(v_ji) − λ v_ji),  h_i = (‖x_i‖/p) Σ_j a_j σ(v_ji). Without decay, the part of w_j
/// outside the span of the inputs never moves; it is kept aside and put back by [`VectorField::read_network`]. With
/// decay there must be no such part. For ReLU an entry that reaches v ≤ 0 never becomes positive again (Lemma 7).
///
/// Beside the states of its user it holds O(n + p) numbers.
#[derive(Debug, Clone)]
pub struct Orthogonal<'a, T: Real> {
    arch: Arch,
    labels: Vec<T>,
    norms: Vec<T>,
    neurons: usize,
    model: Model,
    /// f_i, for the square loss the residuals.
    residuals: Aligned<T>,
    /// f_i ‖x_i‖/n, what the active entries are pushed with.
    forces: Aligned<T>,
    /// ‖x_i‖ v_i when M is applied to v.
    directions: Aligned<T>,
    dataset: &'a Dataset,
    start: &'a Network,
}

impl<'a, T: Real> Orthogonal<'a, T> {
    /// The field for networks that start at `start`.
    ///
    /// # Panics
    /// In debug builds, when the inputs are not orthogonal.
    pub fn new(dataset: &'a Dataset, start: &'a Network) -> Self {
        debug_assert!(dataset.is_orthogonal(), "inputs must be orthogonal");
        let labels: Vec<T> = dataset.labels().iter().map(|v| T::from_f64(*v)).collect();
        let norms = dataset.input_norms().into_iter().map(T::from_f64).collect();
        Self {
            arch: Arch::new(),
            norms,
            neurons: start.neurons(),
            model: Model::PAPER,
            residuals: Aligned::zeros(labels.len()),
            forces: Aligned::zeros(labels.len()),
            directions: Aligned::zeros(labels.len()),
            labels,
            dataset,
            start,
        }
    }

    /// The field of another model than the paper's.
    pub fn with_model(mut self, model: &Model) -> Self {
        self.model = *model;
        self
    }

    /// Turns Σ_j a_j σ(v_ji) into the forces f_i at h_i = (‖x_i‖/p) Σ_j a_j σ(v_ji), and returns L.
    fn close(&mut self) -> f64 {
        let share = T::from_f64(1.0 / self.neurons as f64);
        let scales = Scales::Each {
            share,
            scales: &self.norms,
            inverse: T::from_f64(1.0 / self.labels.len() as f64),
            forces: &mut self.forces,
        };
        let loss = self.model.loss;
        let sum = close_forces(self.arch, loss, &mut self.residuals, &self.labels, scales);
        loss.mean(sum, self.labels.len())
    }

    /// The forces at a state, and L.
    fn look(&mut self, state: &[T]) -> f64 {
        let (hidden, output) = split_state(state, self.neurons);
        let sweep = Sweep {
            job: Job::Outputs(hidden, output),
            rates: self.rates(),
            forces: &self.forces,
            sums: &mut self.residuals,
        };
        dispatch(self.arch, self.model.activation, sweep);
        self.close()
    }

    /// (η_w, η_a).
    fn rates(&self) -> [T; 2] {
        let rates = self.model.rates();
        [T::from_f64(rates.hidden), T::from_f64(rates.output)]
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

impl<T: Real> VectorField<T> for Orthogonal<'_, T> {
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
        let mut moved = self.coordinates(self.start);
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
        let loss = self.look(state);
        self.velocity_there(state, velocity);
        loss + self.penalty(state)
    }

    fn velocity_there(&mut self, state: &[T], velocity: &mut [T]) {
        let (hidden, output) = split_state(state, self.neurons);
        let sweep = Sweep {
            job: Job::Velocity([hidden, output], split_state_mut(velocity, self.neurons).into()),
            rates: self.rates(),
            forces: &self.forces,
            sums: &mut self.directions,
        };
        dispatch(self.arch, self.model.activation, sweep);
        add_decay(&self.model, state, velocity, self.neurons);
    }

    fn descend(&mut self, state: &mut [T], velocity: &mut [T], rate: T) -> f64 {
        if self.keeps_velocity() {
            super::move_along(state, velocity, rate);
            return self.velocity(state, velocity);
        }
        let sweep = Sweep {
            job: Job::Descend(split_state_mut(state, self.neurons).into(), rate),
            rates: self.rates(),
            forces: &self.forces,
            sums: &mut self.residuals,
        };
        dispatch(self.arch, self.model.activation, sweep);
        self.close()
    }

    /// Decay is no part of the sweeps that step.
    fn keeps_velocity(&self) -> bool {
        !self.model.decay().is_none()
    }

    fn combine(
        &mut self,
        at: &[T],
        to: &mut [T],
        slope: &mut [T],
        factors: [T; 3],
        follows: bool,
    ) -> Option<f64> {
        if self.keeps_velocity() {
            self.velocity(at, slope);
            super::combine_with(at, to, slope, factors);
            return None;
        }
        if !follows {
            self.look(at);
        }
        let sweep = Sweep {
            job: Job::Combine(
                split_state(at, self.neurons).into(),
                split_state_mut(to, self.neurons).into(),
                factors,
            ),
            rates: self.rates(),
            forces: &self.forces,
            sums: &mut self.residuals,
        };
        dispatch(self.arch, self.model.activation, sweep);
        Some(self.close())
    }

    fn residuals(&self) -> &[T] {
        &self.residuals
    }

    fn input_product(&self, row: &[f64], example: usize) -> f64 {
        self.norms[example].to_f64() * row[example]
    }

    fn cover(&mut self, state: &[T], cover: &mut Cover<T>) {
        cover.clear();
        let (hidden, output) = split_state(state, self.neurons);
        for (j, (row, a)) in hidden.chunks_exact(self.labels.len()).zip(output).enumerate() {
            cover.add(0, j, *a, &self.labels, row);
        }
        for ((sum, best), norm) in cover.sum.iter_mut().zip(&mut cover.best).zip(&self.norms) {
            *sum *= *norm;
            *best *= *norm;
        }
    }

    fn model(&self) -> &Model {
        &self.model
    }
    fn set_loss(&mut self, loss: Loss) {
        self.model.loss = loss;
    }

    fn activity(&mut self, state: &[T], activity: &mut Activity) {
        let (hidden, output) = split_state(state, self.neurons);
        count_activity(hidden, output, &self.labels, activity);
    }

    fn apply_kernel(&mut self, state: &[T], v: &[T], out: &mut [T]) {
        let (hidden, output) = split_state(state, self.neurons);
        // M_ik = (1/p) Σ_j ‖x_i‖ (η_w a_j² σ'(v_ji)² δ_ik + η_a σ(v_ji) σ(v_jk)) ‖x_k‖
        for ((direction, v), norm) in self.directions.iter_mut().zip(v).zip(&self.norms) {
            *direction = *norm * *v;
        }
        let sweep = Sweep {
            job: Job::Kernel(hidden, output),
            rates: self.rates(),
            forces: &self.directions,
            sums: out,
        };
        dispatch(self.arch, self.model.activation, sweep);
        let inverse = T::from_f64(1.0 / self.neurons as f64);
        for (out, norm) in out.iter_mut().zip(&self.norms) {
            *out *= *norm * inverse;
        }
    }

    fn is_orthogonal(&self) -> bool {
        self.model.activation.is_relu() && self.model.rates().hidden > 0.0
    }
}
