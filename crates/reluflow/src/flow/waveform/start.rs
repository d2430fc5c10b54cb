//! What a step over kinks starts from: the last one's end, if it continues from there.

use super::Waveform;
use super::march::activate;
use crate::layers::split_state;

/// What a step costs before the evaluation at its end, in evaluations, by its products of matrices: Σ_k K_ik g_jk f_k, the same of f', the new weights
/// and the error.
pub(super) const COST: u64 = 3;
/// Without the first, for a step that starts where the last one did.
const COST_AGAIN: u64 = 2;
/// With u and f' by the velocity, for a step that does not continue the last one.
const COST_AFRESH: u64 = 5;

/// Where a step starts.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) state: Vec<f64>,
    /// u_ji and g_ji: σ'(u_ji), or the gate with which a pair slides, p × n.
    pub(super) values: Vec<f64>,
    pub(super) gates: Vec<f64>,
    /// h(x_i), f_i and f'_i.
    pub(super) outputs: Vec<f64>,
    pub(super) force: Vec<f64>,
    pub(super) slope: Vec<f64>,
    /// Σ_k K_ik g_jk f_k and the same of f', p × n.
    pub(super) along: Vec<f64>,
    pub(super) turning: Vec<f64>,
}

/// Where a step ended.
#[derive(Debug)]
pub(super) struct End {
    pub(super) state: Vec<f64>,
    /// u_ji and g_ji, p × n.
    pub(super) values: Vec<f64>,
    pub(super) gates: Vec<f64>,
    /// f'_i, and Σ_k K_ik g_jk f'_k, p × n.
    pub(super) slope: Vec<f64>,
    pub(super) turning: Vec<f64>,
}

impl Start {
    pub(super) fn new(examples: usize, neurons: usize) -> Self {
        let (one, pairs) = (|| vec![0.0; examples], || vec![0.0; neurons * examples]);
        Self {
            state: Vec::new(),
            values: pairs(),
            gates: pairs(),
            outputs: one(),
            force: one(),
            slope: one(),
            along: pairs(),
            turning: pairs(),
        }
    }

    /// Takes u, gates and f' from an end, if `state` is that but for the length of each neuron's hidden weights, which its balance may have changed.
    fn go_on(&mut self, end: &mut End, state: &[f64], p: usize) -> bool {
        if end.state.len() != state.len() {
            return false;
        }
        let (m, n) = (state.len() / p - 1, self.outputs.len());
        for j in 0..p {
            let [old, new] = [&end.state, state].map(|s| &s[j * m..(j + 1) * m]);
            let size: f64 = old.iter().map(|w| w * w).sum();
            let factor = old.iter().zip(new).map(|(w, v)| w * v).sum::<f64>() / size;
            let off: f64 = old.iter().zip(new).map(|(w, v)| (v - factor * w).powi(2)).sum();
            if !(factor > 0.0 && off <= 1e-24 * size) {
                return false;
            }
            let row = j * n..(j + 1) * n;
            for (value, u) in self.values[row.clone()].iter_mut().zip(&end.values[row]) {
                *value = factor * u;
            }
        }
        std::mem::swap(&mut self.gates, &mut end.gates);
        std::mem::swap(&mut self.turning, &mut end.turning);
        self.slope.copy_from_slice(&end.slope);
        end.state.clear();
        true
    }
}

impl End {
    pub(super) fn new(examples: usize, neurons: usize) -> Self {
        let pairs = || vec![0.0; neurons * examples];
        Self {
            state: Vec::new(),
            values: pairs(),
            gates: pairs(),
            slope: vec![0.0; examples],
            turning: pairs(),
        }
    }
}

impl Waveform {
    /// Makes ready what a step of h from `state` starts from; what the step costs in evaluations.
    ///
    /// One that starts where the last one did, because that was refused, has all of it, and f' from what the last one found. One that starts where the last one ended
    /// continues with its gates and its f'.
    pub(super) fn begin(&mut self, state: &[f64], p: usize, h: f64) -> u64 {
        if self.start.state == state {
            return COST_AGAIN;
        }
        let (gamma, n) = (self.model.activation.slope(), self.labels.len());
        let (hidden, output) = split_state(state, p);
        let start = &mut self.start;
        let goes_on = start.go_on(&mut self.end, state, p);
        start.state.clear();
        start.state.extend_from_slice(state);
        if !goes_on {
            self.kernel.preactivations(hidden, &mut start.values);
            for (gate, u) in start.gates.iter_mut().zip(&start.values) {
                *gate = if *u > 0.0 { 1.0 } else { gamma };
            }
        }
        start.outputs.fill(0.0);
        for (row, a) in start.values.chunks_exact(n).zip(output) {
            for (h, u) in start.outputs.iter_mut().zip(row) {
                *h += a / p as f64 * activate(*u, gamma);
            }
        }
        for ((f, h), y) in start.force.iter_mut().zip(&start.outputs).zip(&self.labels) {
            *f = self.model.loss.force(*h, *y);
        }
        gate(&mut self.gated, &start.gates, &start.force);
        self.kernel.push(&self.gated, &mut start.along);
        if goes_on {
            return COST;
        }
        self.take_slope_from_velocity(output, h);
        COST_AFRESH
    }

    /// f' by the velocity of the outputs, over h, and its image under K.
    fn take_slope_from_velocity(&mut self, output: &[f64], h: f64) {
        let (gamma, rates) = (self.model.activation.slope(), self.model.rates());
        let (n, p) = (self.labels.len(), output.len() as f64);
        self.moment.fill(0.0);
        let rows = self.start.values.chunks_exact(n).zip(self.gated.chunks_exact(n));
        for ((a, (values, gated)), along) in output.iter().zip(rows).zip(self.start.along.chunks_exact(n)) {
            let pulled: f64 = gated.iter().zip(values).map(|(g, u)| g * u).sum();
            let [by_output, by_hidden] = [rates.output / n as f64 * pulled, a * a].map(|v| v / p);
            for ((z, u), v) in self.moment.iter_mut().zip(values).zip(along) {
                *z += if *u > 0.0 { 1.0 } else { gamma } * (by_output * u + by_hidden * v);
            }
        }
        self.take_slope(h);
    }

    /// f' by the slopes of the outputs in `moment`, over h, and its image under K.
    pub(super) fn take_slope(&mut self, h: f64) {
        let mut slope = std::mem::take(&mut self.start.slope);
        self.find_slope(h, &mut slope);
        self.start.slope = slope;
        gate(&mut self.gated, &self.start.gates, &self.start.slope);
        self.kernel.push(&self.gated, &mut self.start.turning);
    }

    /// f' by the slopes of the outputs in `moment`, over h.
    pub(super) fn find_slope(&self, h: f64, slope: &mut [f64]) {
        let examples = self.labels.iter().zip(&self.moment);
        let start = self.start.outputs.iter().zip(&self.start.force);
        for ((slope, (y, z)), (output, force)) in slope.iter_mut().zip(examples).zip(start) {
            *slope = (self.model.loss.force(output + h * z, *y) - force) / h;
        }
    }
}

/// g_ji f_i.
pub(super) fn gate(gated: &mut [f64], gates: &[f64], force: &[f64]) {
    let n = force.len();
    for (gated, gates) in gated.chunks_exact_mut(n).zip(gates.chunks_exact(n)) {
        for ((gated, gate), f) in gated.iter_mut().zip(gates).zip(force) {
            *gated = gate * f;
        }
    }
}
