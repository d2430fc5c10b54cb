//! Evaluates the flow for any data with two matrix products a step.

use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};

use super::passes::{close_residuals, gate, gate_in_place, tangent_of_output, weighted_activations};
use super::{Activity, Real, VectorField, split_state, split_state_mut};
use crate::{Dataset, Network};

/// The field in the weights' own coordinates, m = d; 4ndp flops an evaluation.
///
/// U = W Xᵀ (p × n), then row by row the masks, then dW/dt = G X (p × d). X is kept in both layouts because
/// each product is fastest with its long side contiguous.
#[derive(Debug, Clone)]
pub struct Dense<T> {
    examples: usize,
    neurons: usize,
    dimension: usize,
    /// X row by row, n × d.
    inputs: Vec<T>,
    /// X column by column, d × n.
    inputs_transposed: Vec<T>,
    labels: Vec<T>,
    /// u_ji = ⟨w_j, x_i⟩, then a_j r_i 1_{ji}, what the inputs are summed with; p × n.
    preactivations: Vec<T>,
    /// The same when M is applied, p × n.
    gates: Vec<T>,
    /// da_j when M is applied, p.
    slopes: Vec<T>,
    residuals: Vec<T>,
    /// A neuron's velocities when M is applied, p × d.
    tangent: Vec<T>,
}

impl<T: Real> Dense<T> {
    /// The field of p neurons on a dataset.
    pub fn new(dataset: &Dataset, neurons: usize) -> Self {
        let inputs: Vec<T> = dataset.inputs_flat().iter().map(|v| T::from_f64(*v)).collect();
        let labels = dataset.labels().iter().map(|v| T::from_f64(*v)).collect();
        Self::from_parts(inputs, labels, neurons, dataset.dimension())
    }

    /// The field from inputs row by row (n × d) and labels (n); n, d and p may be zero.
    pub(crate) fn from_parts(inputs: Vec<T>, labels: Vec<T>, neurons: usize, dimension: usize) -> Self {
        let examples = labels.len();
        let mut inputs_transposed = vec![T::ZERO; inputs.len()];
        for i in 0..examples {
            for k in 0..dimension {
                inputs_transposed[k * examples + i] = inputs[i * dimension + k];
            }
        }
        Self {
            examples,
            neurons,
            dimension,
            inputs,
            inputs_transposed,
            labels,
            preactivations: vec![T::ZERO; neurons * examples],
            gates: vec![T::ZERO; neurons * examples],
            slopes: vec![T::ZERO; neurons],
            residuals: vec![T::ZERO; examples],
            tangent: vec![T::ZERO; neurons * dimension],
        }
    }

    /// U = W Xᵀ.
    fn preactivate(&mut self, hidden: &[T]) {
        product(
            &mut self.preactivations,
            (self.neurons, self.examples),
            hidden,
            &self.inputs_transposed,
            self.dimension,
            T::ONE,
        );
    }
}

/// out (rows × columns) = scale · left (rows × inner) · right (inner × columns), all row by row.
fn product<T: Real>(
    out: &mut [T],
    (rows, columns): (usize, usize),
    left: &[T],
    right: &[T],
    inner: usize,
    scale: T,
) {
    matmul(
        MatMut::from_row_major_slice_mut(out, rows, columns),
        Accum::Replace,
        MatRef::from_row_major_slice(left, rows, inner),
        MatRef::from_row_major_slice(right, inner, columns),
        scale,
        Par::Seq,
    );
}

impl<T: Real> VectorField<T> for Dense<T> {
    fn examples(&self) -> usize {
        self.examples
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
        write_weights(network, state);
    }
    fn read_network(&self, state: &[T]) -> Network {
        read_weights(state, self.neurons)
    }

    fn velocity(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let (n, p) = (self.examples, self.neurons);
        if n == 0 {
            velocity.fill(T::ZERO);
            return 0.0;
        }
        let (hidden, output) = split_state(state, p);
        self.preactivate(hidden);
        weighted_activations(&self.preactivations, output, &mut self.residuals);
        let loss = close_residuals(&mut self.residuals, &self.labels, p);
        let (hidden_velocity, output_velocity) = split_state_mut(velocity, p);
        let inverse = T::from_f64(1.0 / n as f64);
        gate_in_place(
            &mut self.preactivations,
            output,
            &self.residuals,
            inverse,
            output_velocity,
        );
        product(
            hidden_velocity,
            (p, self.dimension),
            &self.preactivations,
            &self.inputs,
            n,
            inverse,
        );
        loss
    }

    fn residuals(&self) -> &[T] {
        &self.residuals
    }

    fn activity(&mut self, state: &[T], activity: &mut Activity) {
        let (hidden, output) = split_state(state, self.neurons);
        self.preactivate(hidden);
        count_activity(&self.preactivations, output, &self.labels, activity);
    }

    fn apply_kernel(&mut self, state: &[T], v: &[T], out: &mut [T]) {
        let (n, p, d) = (self.examples, self.neurons, self.dimension);
        out.fill(T::ZERO);
        if n == 0 || p == 0 {
            return;
        }
        let (hidden, output) = split_state(state, p);
        self.preactivate(hidden);
        // Jᵀv: dw_j = a_j Σ_i v_i 1_ji x_i and da_j = Σ_i v_i σ(u_ji)
        gate(&self.preactivations, output, v, &mut self.gates, &mut self.slopes);
        product(&mut self.tangent, (p, d), &self.gates, &self.inputs, n, T::ONE);
        product(
            &mut self.gates,
            (p, n),
            &self.tangent,
            &self.inputs_transposed,
            d,
            T::ONE,
        );
        // J(dw, da) = (1/p) Σ_j 1_ji (a_j ⟨x_i, dw_j⟩ + u_ji da_j)
        tangent_of_output(&self.preactivations, &self.gates, output, &self.slopes, out);
        let inverse = T::from_f64(1.0 / p as f64);
        out.iter_mut().for_each(|out| *out *= inverse);
    }

    fn is_orthogonal(&self) -> bool {
        false
    }
}

/// Counts activity from a p × n table whose entries have the signs of u_ji.
pub(crate) fn count_activity<T: Real>(table: &[T], output: &[T], labels: &[T], activity: &mut Activity) {
    activity.clear();
    let n = labels.len();
    if n == 0 {
        return;
    }
    let share = 1.0 / output.len() as f64;
    for (row, a) in table.chunks_exact(n).zip(output) {
        let mass = a.to_f64() * a.to_f64() * share;
        for (i, u) in row.iter().enumerate() {
            if *u > T::ZERO {
                activity.mass[i] += mass;
                activity.active[i] += 1;
                activity.correct[i] += u32::from(*a * labels[i] > T::ZERO);
            }
        }
    }
}

/// Writes the weights row by row, then the output weights.
pub(super) fn write_weights<T: Real>(network: &Network, state: &mut [T]) {
    let hidden_weights = network.hidden_weights();
    let values = hidden_weights.iter().chain(network.output_weights());
    for (slot, value) in state.iter_mut().zip(values.copied().collect::<Vec<_>>()) {
        *slot = T::from_f64(value);
    }
}

/// Reads what [`write_weights`] wrote.
pub(super) fn read_weights<T: Real>(state: &[T], neurons: usize) -> Network {
    let (hidden, output) = split_state(state, neurons);
    let d = hidden.len() / neurons.max(1);
    let hidden = ndarray::Array2::from_shape_fn((neurons, d), |(j, k)| hidden[j * d + k].to_f64());
    Network::trusted(hidden, output.iter().map(|a| a.to_f64()).collect())
}
