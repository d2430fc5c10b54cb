//! Evaluates the flow as the formula says, in plain loops: the truth for the other fields.

#![allow(clippy::needless_range_loop)] // subscripts, as in the formula

use super::{Activity, Cover, Real, VectorField, split_state, split_state_mut};
use crate::{Dataset, Network};

/// The field as loops over examples and neurons, O(ndp), nothing shared with the fast fields.
#[derive(Debug, Clone)]
pub struct Reference<T> {
    inputs: Vec<Vec<T>>,
    labels: Vec<T>,
    neurons: usize,
    dimension: usize,
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
        }
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
        if n == 0 {
            velocity.fill(T::ZERO);
            return 0.0; // no example, no loss
        }
        // r_i = y_i − (1/p) Σ_j a_j σ(⟨w_j, x_i⟩)
        for i in 0..n {
            let mut h = T::ZERO;
            for j in 0..p {
                let u = self.preactivation(hidden, j, i);
                if u > T::ZERO {
                    h += output[j] * u;
                }
            }
            self.residuals[i] = self.labels[i] - h / T::from_f64(p.max(1) as f64);
        }
        // dw_j/dt = (a_j/n) Σ_i r_i 1_{ji} x_i,  da_j/dt = (1/n) Σ_i r_i σ(⟨w_j, x_i⟩)
        velocity.fill(T::ZERO);
        let (hidden_velocity, output_velocity) = split_state_mut(velocity, p);
        let inverse = T::from_f64(1.0 / n as f64);
        for j in 0..p {
            for i in 0..n {
                let u = self.preactivation(hidden, j, i);
                if u > T::ZERO {
                    for k in 0..d {
                        hidden_velocity[j * d + k] +=
                            output[j] * self.residuals[i] * self.inputs[i][k] * inverse;
                    }
                    output_velocity[j] += self.residuals[i] * u * inverse;
                }
            }
        }
        self.residuals
            .iter()
            .map(|r| r.to_f64() * r.to_f64())
            .sum::<f64>()
            / (2.0 * n as f64)
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
        for i in 0..n {
            let mut sum = T::ZERO;
            for k in 0..n {
                let mut gram = T::ZERO;
                for c in 0..d {
                    gram += self.inputs[i][c] * self.inputs[k][c];
                }
                for (j, a) in output.iter().enumerate() {
                    let (ui, uk) = (self.preactivation(hidden, j, i), self.preactivation(hidden, j, k));
                    if ui > T::ZERO && uk > T::ZERO {
                        sum += (*a * *a * gram + ui * uk) * v[k];
                    }
                }
            }
            out[i] = sum / T::from_f64(p.max(1) as f64);
        }
    }

    fn is_orthogonal(&self) -> bool {
        false
    }
}
