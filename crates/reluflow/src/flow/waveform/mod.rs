//! Steps that follow every neuron over its kinks, while the forces on the examples change along a line.
//!
//! | family | order | first-same-as-last | source |
//! | --- | --- | --- | --- |
//! | waveform relaxation, two sweeps | 2; 1 across kinks, with an error some eighty times smaller than Euler's | yes | Lelarasmee, Ruehli, Sangiovanni-Vincentelli 1982 |
//!
//! Neurons feel one another through the forces f_i on the examples alone, and these are functions of means over all neurons: while dozens of
//! pairs cross their kinks they hardly bend. So a step takes f_i(t) = f_i(0) + t f'_i, under which neurons are independent:
//!
//! ```text
//! du_ji/dt = a_j Σ_k K_ik σ'(u_jk) f_k(t)        K = η_w XXᵀ/n
//! da_j/dt  = (η_a/n) Σ_i f_i(t) σ(u_ji)
//! ```
//!
//! [`march`] follows each of them over its kinks. The first sweep takes f' from the velocity at the start, the second from the outputs
//! that the first found, by least squares. What a third would change is the step's error.

mod march;
mod relaxed;

use pulp::Arch;

use super::stage::Stage;
use crate::field::{VectorField, split_state};
use crate::layers::split_state_mut;
use crate::linear::{add_scaled, multiply};
use crate::model::Model;
use march::{Going, March, Neuron, SMALL_STEPS};
pub(super) use relaxed::Relaxed;

/// Most examples: K takes n² numbers.
const MOST_EXAMPLES: usize = 2048;

/// What a step costs before the evaluation at its end, in evaluations: u, both sums over k, the second of these again, the new weights
/// and the error, by their products of matrices.
const COST: u64 = 5;

/// The steps of one run, with room for them.
#[derive(Debug)]
struct Waveform {
    arch: Arch,
    model: Model,
    labels: Vec<f64>,
    /// X in the field's coordinates, n × m, and its transpose.
    inputs: Vec<f64>,
    transposed: Vec<f64>,
    /// K, n × n.
    kernel: Vec<f64>,
    start: Start,
    /// f'_i.
    slope: Vec<f64>,
    /// Σ_k K_ik σ'(u_jk) f'_k at the start, p × n.
    turning: Vec<f64>,
    /// A factor of p × n and a product of p × m.
    gated: Vec<f64>,
    product: Vec<f64>,
    /// The sums for the least squares, length n.
    moment: Vec<f64>,
    neuron: Neuron,
    /// u_ji at the end, p × n.
    ends: Vec<f64>,
    /// The local error of the last step.
    error: Vec<f64>,
}

/// Where a step starts.
#[derive(Debug)]
struct Start {
    /// u_ji, p × n.
    values: Vec<f64>,
    /// h(x_i) and f_i.
    outputs: Vec<f64>,
    force: Vec<f64>,
    /// Σ_k K_ik σ'(u_jk) f_k, p × n.
    along: Vec<f64>,
}

impl Waveform {
    /// Steps for a field; none where there are no kinks, weights decay, or the inputs are too many or not at hand.
    fn new(field: &dyn VectorField<f64>) -> Option<Self> {
        let (n, p, m) = (field.examples(), field.neurons(), field.hidden_coordinates());
        let model = *field.model();
        let scale = model.rates().hidden / n as f64;
        let suits = (1..=MOST_EXAMPLES).contains(&n)
            && p * m > 0
            && scale > 0.0
            && model.decay().is_none()
            && model.activation.slope() < 1.0
            && !field.is_orthogonal();
        if !suits {
            return None;
        }
        let inputs = field.input_rows()?;
        let mut transposed = vec![0.0; n * m];
        for (i, row) in inputs.chunks_exact(m).enumerate() {
            for (k, x) in row.iter().enumerate() {
                transposed[k * n + i] = *x;
            }
        }
        let mut kernel = vec![0.0; n * n];
        multiply(&mut kernel, (n, n), (&inputs, &transposed), m, scale);
        if kernel.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let pairs = || vec![0.0; p * n];
        let examples = || vec![0.0; n];
        Some(Self {
            arch: Arch::new(),
            model,
            labels: field.labels().to_vec(),
            inputs,
            transposed,
            kernel,
            start: Start {
                values: pairs(),
                outputs: examples(),
                force: examples(),
                along: pairs(),
            },
            slope: examples(),
            turning: pairs(),
            gated: pairs(),
            product: vec![0.0; p * m],
            moment: examples(),
            neuron: Neuron::new(n),
            ends: pairs(),
            error: vec![0.0; p * (m + 1)],
        })
    }

    /// Steps from `from` by h into `state`; whether all of it is finite.
    fn step(&mut self, from: &Stage, h: f64, state: &mut [f64]) -> bool {
        let p = state.len() - self.product.len();
        let (hidden, output) = split_state(&from.state, p);
        self.begin(hidden, output);
        for steps in SMALL_STEPS {
            self.turn(h);
            self.sweep(h, steps, state, output);
        }
        let (new, _) = split_state_mut(state, p);
        self.combine(p, 1.0);
        new.copy_from_slice(hidden);
        add_scaled(new, 1.0, &self.product);
        self.find_error(h, state, p);
        state.iter().chain(&self.error).all(|value| value.is_finite())
    }

    /// Finds u, outputs, forces and how fast outputs change where the step starts.
    fn begin(&mut self, hidden: &[f64], output: &[f64]) {
        let (n, p) = (self.labels.len(), output.len());
        let (gamma, rates) = (self.model.activation.slope(), self.model.rates());
        let start = &mut self.start;
        multiply(
            &mut start.values,
            (p, n),
            (hidden, &self.transposed),
            hidden.len() / p,
            1.0,
        );
        start.outputs.fill(0.0);
        for (row, a) in start.values.chunks_exact(n).zip(output) {
            for (h, u) in start.outputs.iter_mut().zip(row) {
                *h += a / p as f64 * activate(*u, gamma);
            }
        }
        for ((f, h), y) in start.force.iter_mut().zip(&start.outputs).zip(&self.labels) {
            *f = self.model.loss.force(*h, *y);
        }
        gate(&mut self.gated, &start.values, &start.force, gamma);
        self.push(p);
        std::mem::swap(&mut self.start.along, &mut self.turning);
        self.moment.fill(0.0);
        let rows = self.start.values.chunks_exact(n).zip(self.gated.chunks_exact(n));
        for ((a, (values, gated)), along) in output.iter().zip(rows).zip(self.start.along.chunks_exact(n)) {
            let pulled: f64 = gated.iter().zip(values).map(|(g, u)| g * u).sum();
            let [by_output, by_hidden] = [rates.output / n as f64 * pulled, a * a].map(|v| v / p as f64);
            for ((z, u), v) in self.moment.iter_mut().zip(values).zip(along) {
                *z += if *u > 0.0 { 1.0 } else { gamma } * (by_output * u + by_hidden * v);
            }
        }
    }

    /// f' from the outputs' slopes in `moment`, and its image under K.
    fn turn(&mut self, h: f64) {
        self.find_slope(h);
        let gamma = self.model.activation.slope();
        gate(&mut self.gated, &self.start.values, &self.slope, gamma);
        self.push(self.gated.len() / self.labels.len());
    }

    /// f' from the outputs' slopes in `moment`.
    fn find_slope(&mut self, h: f64) {
        let examples = self.labels.iter().zip(&self.moment);
        let start = self.start.outputs.iter().zip(&self.start.force);
        for ((slope, (y, z)), (output, force)) in self.slope.iter_mut().zip(examples).zip(start) {
            *slope = (self.model.loss.force(output + h * z, *y) - force) / h;
        }
    }

    /// Follows all neurons over h, in `steps` small steps: output weights into `state`, ∫ a σ' f dt into `gated`, slopes of the outputs into `moment`.
    fn sweep(&mut self, h: f64, steps: usize, state: &mut [f64], output: &[f64]) {
        let (n, p) = (self.labels.len(), output.len());
        let march = March {
            steps,
            small: h / steps as f64,
            gamma: self.model.activation.slope(),
            output_rate: self.model.rates().output / n as f64,
            share: 1.0 / p as f64,
            force: &self.start.force,
            slope: &self.slope,
            kernel: &self.kernel,
        };
        self.moment.fill(0.0);
        let (_, new) = split_state_mut(state, p);
        for (j, (a, new)) in output.iter().zip(new).enumerate() {
            let row = j * n..(j + 1) * n;
            self.neuron.u.copy_from_slice(&self.start.values[row.clone()]);
            self.neuron.along.copy_from_slice(&self.start.along[row.clone()]);
            self.neuron.turning.copy_from_slice(&self.turning[row.clone()]);
            *new = self.arch.dispatch(Going {
                march,
                neuron: &mut self.neuron,
                output: *a,
                moment: &mut self.moment,
            });
            self.gated[row.clone()].copy_from_slice(&self.neuron.pull);
            self.ends[row].copy_from_slice(&self.neuron.u);
        }
        // The slope z of a line through h(0) by least squares: Σ_k t_k (h(t_k) − h(0))/Σ_k t_k².
        let (times, squares) = march.sums_of_times();
        for (z, output) in self.moment.iter_mut().zip(&self.start.outputs) {
            *z = (*z - times * output) / squares;
        }
    }

    /// What a third sweep would change: f' by its own least squares, over the sides at the end.
    fn find_error(&mut self, h: f64, state: &[f64], p: usize) {
        let n = self.labels.len();
        let before = self.slope.clone();
        self.find_slope(h);
        for (slope, before) in self.slope.iter_mut().zip(&before) {
            *slope -= before;
        }
        gate(
            &mut self.gated,
            &self.ends,
            &self.slope,
            self.model.activation.slope(),
        );
        let half = 0.5 * h * h;
        self.combine(p, half);
        let m = self.product.len() / p;
        let (_, output) = split_state(state, p);
        let (hidden_error, output_error) = split_state_mut(&mut self.error, p);
        let rows = hidden_error.chunks_exact_mut(m).zip(self.product.chunks_exact(m));
        for ((error, product), a) in rows.zip(output) {
            for (error, product) in error.iter_mut().zip(product) {
                *error = a * product;
            }
        }
        let pairs = self.gated.chunks_exact(n).zip(self.ends.chunks_exact(n));
        for (error, (gated, ends)) in output_error.iter_mut().zip(pairs) {
            let pulled: f64 = gated.iter().zip(ends).map(|(g, u)| g * u).sum();
            *error = half * self.model.rates().output / n as f64 * pulled;
        }
    }

    /// `product` = factor (η_w/n) `gated` X.
    fn combine(&mut self, p: usize, factor: f64) {
        let (n, m) = (self.labels.len(), self.product.len() / p);
        let scale = factor * self.model.rates().hidden / n as f64;
        multiply(&mut self.product, (p, m), (&self.gated, &self.inputs), n, scale);
    }

    /// `turning` = `gated` K, the shorter way.
    fn push(&mut self, p: usize) {
        let (n, m) = (self.labels.len(), self.product.len() / p);
        if n <= 2 * m {
            multiply(&mut self.turning, (p, n), (&self.gated, &self.kernel), n, 1.0);
        } else {
            self.combine(p, 1.0);
            multiply(
                &mut self.turning,
                (p, n),
                (&self.product, &self.transposed),
                m,
                1.0,
            );
        }
    }
}

/// σ(u).
#[inline(always)]
fn activate(u: f64, gamma: f64) -> f64 {
    if u > 0.0 { u } else { gamma * u }
}

/// σ'(u_ji) f_i.
fn gate(gated: &mut [f64], values: &[f64], force: &[f64], gamma: f64) {
    let n = force.len();
    for (gated, values) in gated.chunks_exact_mut(n).zip(values.chunks_exact(n)) {
        for ((gated, u), f) in gated.iter_mut().zip(values).zip(force) {
            *gated = if *u > 0.0 { *f } else { gamma * f };
        }
    }
}
