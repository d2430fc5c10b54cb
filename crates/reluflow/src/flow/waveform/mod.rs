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
//! [`march`] follows each of them over its kinks. The first sweep takes f' from the step before, or from the velocity at the start where there is
//! none; the second from the outputs that the first found, by least squares. What a third would change is the step's error.

mod growth;
mod kernel;
mod march;
mod relaxed;
mod start;

use pulp::Arch;

use super::stage::Stage;
use crate::field::{VectorField, split_state};
use crate::layers::split_state_mut;
use crate::linear::add_scaled;
use crate::model::{Loss, Model};
use kernel::Kernel;
use march::{Going, March, Neuron};
pub(super) use relaxed::Relaxed;
use start::{COST, End, Start, gate};

/// How far below its kink a pair is held, in rounding units of evaluations.
const BELOW: f64 = 1e3;

/// The steps of one run, with room for them.
#[derive(Debug)]
struct Waveform {
    arch: Arch,
    model: Model,
    labels: Vec<f64>,
    kernel: Kernel,
    start: Start,
    end: End,
    /// The same of the last step aside, and whether one was taken since the last that was not.
    aside: End,
    was_aside: bool,
    /// A factor of p × n.
    gated: Vec<f64>,
    /// The slopes of the outputs, length n.
    moment: Vec<f64>,
    neuron: Neuron,
    /// Small steps of the second sweep, whose end is that of the step; the first, which finds how forces change, takes half as many.
    small_steps: usize,
    /// How far below its kink a pair is held, relative to ‖w‖ ‖x_i‖.
    below: f64,
    /// How many gates the last step changed.
    changes: u64,
    /// The local error of the last step.
    error: Vec<f64>,
}

impl Waveform {
    /// Steps for a field; none where there are no kinks, weights decay, or the inputs are too many or not at hand.
    fn new(field: &dyn VectorField<f64>, small_steps: usize, rounding: f64) -> Option<Self> {
        let (n, p, m) = (field.examples(), field.neurons(), field.hidden_coordinates());
        let model = *field.model();
        let suits = p * m > 0
            && model.rates().hidden > 0.0
            && model.decay().is_none()
            && model.activation.slope() < 1.0
            && !field.is_orthogonal();
        if !suits {
            return None;
        }
        Some(Self {
            arch: Arch::new(),
            model,
            labels: field.labels().to_vec(),
            kernel: Kernel::new(field)?,
            start: Start::new(n, p),
            end: End::new(n, p),
            aside: End::new(n, p),
            was_aside: false,
            gated: vec![0.0; p * n],
            moment: vec![0.0; n],
            neuron: Neuron::new(n),
            small_steps,
            below: BELOW * rounding,
            changes: 0,
            error: vec![0.0; p * (m + 1)],
        })
    }

    /// What a step like the last one and the evaluation at its end take, in evaluations.
    ///
    /// An evaluation takes some 4m + 16 operations a pair (neuron, example). To follow a pair takes some 25 a small step, and 6n where its gate changes; these wait for
    /// the memory four times as long as they count.
    fn price(&self) -> f64 {
        let neurons = (self.gated.len() / self.labels.len()) as f64;
        let following = 37.5 * self.small_steps as f64 + 24.0 * self.changes as f64 / neurons;
        (COST + 1) as f64 + following / (4.0 * self.kernel.coordinates() as f64 + 16.0)
    }

    /// Steps from `from` by h into `state`; what it costs in evaluations, unless something is not finite.
    fn step(&mut self, from: &Stage, h: f64, state: &mut [f64]) -> Option<u64> {
        if std::mem::take(&mut self.was_aside) {
            self.start.state.clear();
        }
        self.go(from, h, state)
    }

    /// The same, but the next step is as if this one had not been taken.
    fn step_aside(&mut self, from: &Stage, h: f64, state: &mut [f64]) -> Option<u64> {
        self.was_aside = true;
        let changes = self.changes;
        std::mem::swap(&mut self.end, &mut self.aside);
        let cost = self.go(from, h, state);
        std::mem::swap(&mut self.end, &mut self.aside);
        self.changes = changes;
        cost
    }

    fn go(&mut self, from: &Stage, h: f64, state: &mut [f64]) -> Option<u64> {
        let p = self.gated.len() / self.labels.len();
        let (hidden, output) = split_state(&from.state, p);
        let knows_slope = self.was_aside && self.start.state == *from.state;
        let mut cost = self.begin(&from.state, p, h);
        self.changes = 0;
        if knows_slope {
            cost -= 1; // a part of the way of the step before
        } else {
            self.sweep(h, self.small_steps.div_ceil(2), state, output);
            self.take_slope(h);
        }
        self.sweep(h, self.small_steps, state, output);
        let (new, _) = split_state_mut(state, p);
        self.kernel.combine(&self.gated, 1.0);
        new.copy_from_slice(hidden);
        add_scaled(new, 1.0, &self.kernel.product);
        self.end.state.clear();
        self.end.state.extend_from_slice(state);
        self.find_error(h, state, p);
        self.end.slope.copy_from_slice(&self.start.slope);
        let is_finite = state.iter().chain(&self.error).all(|value| value.is_finite());
        is_finite.then_some(cost)
    }

    /// Follows all neurons over h, in `steps` small steps: output weights into `state`, ∫ a σ' f dt into `gated`, slopes of the outputs into `moment`.
    fn sweep(&mut self, h: f64, steps: usize, state: &mut [f64], output: &[f64]) {
        let (n, p) = (self.labels.len(), output.len());
        let (start, end) = (&self.start, &mut self.end);
        let march = March {
            steps,
            small: h / steps as f64,
            gamma: self.model.activation.slope(),
            output_rate: self.model.rates().output / n as f64,
            share: 1.0 / p as f64,
            force: &start.force,
            slope: &start.slope,
            kernel: &self.kernel.matrix,
            below: self.below,
        };
        self.moment.fill(0.0);
        let (_, new) = split_state_mut(state, p);
        for (j, (a, new)) in output.iter().zip(new).enumerate() {
            let row = j * n..(j + 1) * n;
            let neuron = &mut self.neuron;
            neuron.u.copy_from_slice(&start.values[row.clone()]);
            neuron.gates.copy_from_slice(&start.gates[row.clone()]);
            neuron.along.copy_from_slice(&start.along[row.clone()]);
            neuron.turning.copy_from_slice(&start.turning[row.clone()]);
            *new = self.arch.dispatch(Going {
                march,
                neuron,
                output: *a,
                moment: &mut self.moment,
            });
            self.changes += neuron.changes;
            self.gated[row.clone()].copy_from_slice(&neuron.pull);
            end.values[row.clone()].copy_from_slice(&neuron.u);
            end.gates[row.clone()].copy_from_slice(&neuron.gates);
            end.turning[row].copy_from_slice(&neuron.turning);
        }
        // The slope z of a line through h(0) by least squares: Σ_k c_k t_k (h(t_k) − h(0))/Σ_k c_k t_k².
        let (times, squares) = march.sums_of_times();
        for (z, output) in self.moment.iter_mut().zip(&start.outputs) {
            *z = (*z - times * output) / squares;
        }
    }

    /// Adds the slope that has the same integral over h as what forces bend from the line, by Simpson's rule: of the square loss, nothing.
    fn add_bend(&self, h: f64, slope: &mut [f64]) {
        if self.model.loss == Loss::Square {
            return;
        }
        let examples = self.labels.iter().zip(&self.moment);
        for ((slope, (y, z)), output) in slope.iter_mut().zip(examples).zip(&self.start.outputs) {
            let [start, middle, end] =
                [0.0, 0.5, 1.0].map(|part| self.model.loss.force(output + part * h * z, *y));
            *slope += 4.0 / 3.0 * (middle - 0.5 * (start + end)) / h;
        }
    }

    /// What a third sweep would change: f' by its own least squares, with the gates at the end, and how far forces bend from the line.
    fn find_error(&mut self, h: f64, state: &[f64], p: usize) {
        let n = self.labels.len();
        let mut slope = std::mem::take(&mut self.end.slope);
        self.find_slope(h, &mut slope);
        for (slope, before) in slope.iter_mut().zip(&self.start.slope) {
            *slope -= before;
        }
        self.add_bend(h, &mut slope);
        gate(&mut self.gated, &self.end.gates, &slope);
        self.end.slope = slope;
        let half = 0.5 * h * h;
        self.kernel.combine(&self.gated, half);
        let m = self.kernel.coordinates();
        let (_, output) = split_state(state, p);
        let (hidden_error, output_error) = split_state_mut(&mut self.error, p);
        let rows = hidden_error
            .chunks_exact_mut(m)
            .zip(self.kernel.product.chunks_exact(m));
        for ((error, product), a) in rows.zip(output) {
            for (error, product) in error.iter_mut().zip(product) {
                *error = a * product;
            }
        }
        let pairs = self.gated.chunks_exact(n).zip(self.end.values.chunks_exact(n));
        for (error, (gated, ends)) in output_error.iter_mut().zip(pairs) {
            let pulled: f64 = gated.iter().zip(ends).map(|(g, u)| g * u).sum();
            *error = half * self.model.rates().output / n as f64 * pulled;
        }
    }
}
