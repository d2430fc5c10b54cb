//! Evaluates the flow as the formula says, in plain loops: the truth for the other fields.

#![allow(clippy::needless_range_loop)] // subscripts, as in the formula

use super::{Activity, Cover, Real, VectorField, split_state, split_state_mut};
use crate::model::{Loss, Model};
use crate::{Dataset, Network};

/// The field as loops over examples and neurons, O(ndp), nothing shared with the fast fields.
#[derive(Debug, Clone)]
pub struct Reference<T> {
    inputs: Vec<Vec<T>>,
    labels: Vec<T>,
    neurons: usize,
    dimension: usize,
    model: Model,
    residuals: Vec<T>,
}

impl<T: Real> Reference<T> {
    /// The field of p neurons on a dataset.
    pub fn new(dataset: &Dataset, neurons: usize) -> Self {
        let inputs: Vec<T> = dataset.inputs_flat().iter().map(|v| T::from_f64(*v)).collect();
        let labels = dataset.labels().iter().map(|v| T::from_f64(*v)).collect();
        Self::from_parts(&inputs, labels, neurons, dataset.dimension())
    }

    /// The field from inputs row by row (n × d) and labels (n); n, d and p may be zero.
    pub(crate) fn from_parts(inputs: &[T], labels: Vec<T>, neurons: usize, dimension: usize) -> Self {
        let row = |i: usize| inputs[i * dimension..(i + 1) * dimension].to_vec();
        Self {
            inputs: (0..labels.len()).map(row).collect(),
            residuals: vec![T::ZERO; labels.len()],
            labels,
            neurons,
            dimension,
            model: Model::PAPER,
        }
    }

    /// The field of another model than the paper's.
    pub fn with_model(mut self, model: &Model) -> Self {
        self.model = *model;
        self
    }

    /// σ'(u); σ(u) = σ'(u) u.
    fn derivative(&self, u: T) -> T {
        T::from_f64(self.model.activation.derivative(u.to_f64()))
    }

    fn preactivation(&self, hidden: &[T], j: usize, i: usize) -> T {
        let d = self.hidden_coordinates();
        let mut sum = T::ZERO;
        for k in 0..d {
            sum += hidden[j * d + k] * self.inputs[i][k];
        }
        sum
    }
}

impl<T: Real> VectorField<T> for Reference<T> {
    fn examples(&self) -> usize {
        self.labels.len()
    }
    fn neurons(&self) -> usize {
        self.neurons
    }
    fn hidden_coordinates(&self) -> usize {
        self.dimension
    }
    fn labels(&self) -> &[T] {
        &self.labels
    }
    fn write_state(&self, network: &Network, state: &mut [T]) {
        super::dense::write_weights(network, state);
    }
    fn read_network(&self, state: &[T]) -> Network {
        super::dense::read_weights(state, self.neurons)
    }

    fn velocity(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let (n, p, d) = (self.examples(), self.neurons, self.hidden_coordinates());
        let (hidden, output) = split_state(state, p);
        let (loss, rates) = (self.model.loss, self.model.rates());
        // h_i = (1/p) Σ_j a_j σ(⟨w_j, x_i⟩),  f_i = −∂ℓ/∂h
        let (mut losses, mut penalty) = (0.0, 0.0);
        for i in 0..n {
            let mut h = T::ZERO;
            for j in 0..p {
                let u = self.preactivation(hidden, j, i);
                h += output[j] * (self.derivative(u) * u);
            }
            h = h / T::from_f64(p.max(1) as f64);
            let (h, y) = (h.to_f64(), self.labels[i].to_f64());
            self.residuals[i] = T::from_f64(loss.force(h, y));
            losses += loss.value(h, y);
        }
        // dw_j/dt = η_w ((a_j/n) Σ_i f_i σ'(u_ji) x_i − λ w_j),  da_j/dt = η_a ((1/n) Σ_i f_i σ(u_ji) − λ a_j)
        velocity.fill(T::ZERO);
        let (hidden_velocity, output_velocity) = split_state_mut(velocity, p);
        let inverse = T::from_f64(1.0 / n.max(1) as f64);
        let (hidden_rate, output_rate) = (T::from_f64(rates.hidden), T::from_f64(rates.output));
        let decay = T::from_f64(self.model.weight_decay);
        for j in 0..p {
            for i in 0..n {
                let u = self.preactivation(hidden, j, i);
                let slope = self.derivative(u);
                for k in 0..d {
                    hidden_velocity[j * d + k] +=
                        output[j] * self.residuals[i] * slope * self.inputs[i][k] * inverse;
                }
                output_velocity[j] += self.residuals[i] * (slope * u) * inverse;
            }
            let mut squares = output[j].to_f64() * output[j].to_f64();
            for k in 0..d {
                let v = &mut hidden_velocity[j * d + k];
                if self.model.decay_bias || k + 1 < d {
                    *v -= decay * hidden[j * d + k];
                    squares += hidden[j * d + k].to_f64() * hidden[j * d + k].to_f64();
                }
                *v *= hidden_rate;
            }
            output_velocity[j] = (output_velocity[j] - decay * output[j]) * output_rate;
            penalty += 0.5 * self.model.weight_decay * squares / p as f64;
        }
        // No example, no loss.
        losses / n.max(1) as f64 + penalty
    }

    fn model(&self) -> &Model {
        &self.model
    }
    fn set_loss(&mut self, loss: Loss) {
        self.model.loss = loss;
    }

    fn residuals(&self) -> &[T] {
        &self.residuals
    }

    fn input_product(&self, row: &[f64], example: usize) -> f64 {
        let terms = row.iter().zip(&self.inputs[example]);
        terms.map(|(w, x)| w * x.to_f64()).sum()
    }

    fn cover(&mut self, state: &[T], cover: &mut Cover<T>) {
        cover.clear();
        let (hidden, output) = split_state(state, self.neurons);
        for i in 0..self.examples() {
            for (j, a) in output.iter().enumerate() {
                if *a * self.labels[i] > T::ZERO {
                    let size = if *a > T::ZERO { *a } else { T::ZERO - *a };
                    let value = size * self.preactivation(hidden, j, i);
                    if value > T::ZERO {
                        cover.sum[i] += value;
                    }
                    if value > cover.best[i] {
                        cover.best[i] = value;
                        cover.neuron[i] = j as u32;
                    }
                }
            }
        }
    }

    fn activity(&mut self, state: &[T], activity: &mut Activity) {
        activity.clear();
        let p = self.neurons;
        let (hidden, output) = split_state(state, p);
        for i in 0..self.examples() {
            for (j, a) in output.iter().enumerate() {
                if self.preactivation(hidden, j, i) > T::ZERO {
                    activity.mass[i] += a.to_f64() * a.to_f64() / p as f64;
                    activity.active[i] += 1;
                    activity.correct[i] += u32::from(*a * self.labels[i] > T::ZERO);
                }
            }
        }
    }

    fn apply_kernel(&mut self, state: &[T], v: &[T], out: &mut [T]) {
        let (n, p, d) = (self.examples(), self.neurons, self.hidden_coordinates());
        let (hidden, output) = split_state(state, p);
        let rates = self.model.rates();
        let (hidden_rate, output_rate) = (T::from_f64(rates.hidden), T::from_f64(rates.output));
        for i in 0..n {
            let mut sum = T::ZERO;
            for k in 0..n {
                let mut gram = T::ZERO;
                for c in 0..d {
                    gram += self.inputs[i][c] * self.inputs[k][c];
                }
                for (j, a) in output.iter().enumerate() {
                    let (ui, uk) = (self.preactivation(hidden, j, i), self.preactivation(hidden, j, k));
                    let slopes = self.derivative(ui) * self.derivative(uk);
                    sum += slopes * (hidden_rate * *a * *a * gram + output_rate * ui * uk) * v[k];
                }
            }
            out[i] = sum / T::from_f64(p.max(1) as f64);
        }
    }

    fn is_orthogonal(&self) -> bool {
        false
    }
}
