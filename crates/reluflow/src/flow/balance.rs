//! Keeps the balances of the neurons where their law says they are (Lemma 1 and its general form).

use super::stage::Stage;
use crate::linear::squared_norm;
use crate::model::Model;

/// Restores every neuron's balance after a step, along the symmetry the balance comes from.
///
/// (w_j, a_j) → (w_j/√x, a_j √x) leaves the network, its loss and its activity pattern exactly as they are: h
/// depends on a_j and w_j through a_j w_j only. Along it η_w a_j² x − η_a ‖w_j‖²/x takes every value once, and
///
/// ```text
/// x = (c + √(c² + 4 η_w η_a a_j² ‖w_j‖²)) / (2 η_w a_j²)   restores   B_j = η_w a_j² − η_a ‖w_j‖² = c.
/// ```
///
/// Without decay c = B_j(0); with decay λ and both layers at one rate η, c = B_j(0) e^(−2ληt). Where a layer is frozen
/// nothing is to be restored, and B_j has no such law where layers of two rates decay or the bias does not: there
/// states are left as they are.
///
/// The velocities scale with it, dw_j/dt ∝ a_j and da_j/dt ∝ w_j but for their decay, so no evaluation is spent. The penalty of decay
/// is no function of a_j w_j: the objective and the dissipation of the stage follow it.
#[derive(Debug)]
pub(super) struct Balance {
    /// B_j(0); none where there is no law.
    initial: Vec<f64>,
    /// (η_w, η_a).
    rates: [f64; 2],
    /// λη.
    decay: f64,
    /// The first number of a frozen layer in the state, and its weights: the sums of a method may move them by roundings.
    frozen: Option<(usize, Vec<f64>)>,
}

impl Balance {
    /// Remembers the balances of a state.
    pub(super) fn new(model: &Model, state: &[f64], neurons: usize) -> Self {
        let rates = model.rates();
        let decays = !model.decay().is_none();
        let lawless = decays && !(rates.hidden == rates.output && model.decay_bias);
        let [up, down] = [rates.hidden, rates.output];
        let m = state.len() / neurons - 1;
        let (hidden, output) = state.split_at(neurons * m);
        let rows = hidden.chunks_exact(m.max(1));
        let balances = output.iter().zip(rows);
        let balances = balances.map(|(a, w)| up * a * a - down * squared_norm(w));
        let frozen = match (up == 0.0, down == 0.0) {
            (true, _) => Some((0, hidden.to_vec())),
            (_, true) => Some((hidden.len(), output.to_vec())),
            _ => None,
        };
        Self {
            initial: if lawless || up == 0.0 || down == 0.0 {
                Vec::new()
            } else {
                balances.collect()
            },
            rates: [up, down],
            decay: model.weight_decay * up,
            frozen,
        }
    }

    /// Restores the balances of a stage, and the weights of a frozen layer.
    pub(super) fn restore(&self, stage: &mut Stage) {
        if let Some((first, weights)) = &self.frozen {
            stage.state[*first..][..weights.len()].copy_from_slice(weights);
        }
        let neurons = self.initial.len();
        if neurons == 0 {
            return;
        }
        let left = (-2.0 * self.decay * stage.time).exp();
        let m = stage.state.len() / neurons - 1;
        let (hidden, output) = stage.state.split_at_mut(neurons * m);
        let (hidden_velocity, output_velocity) = stage.velocity.split_at_mut(neurons * m);
        let mut squares = 0.0;
        for (j, c) in self.initial.iter().enumerate() {
            let row = j * m..(j + 1) * m;
            let (a, w) = (&mut output[j], &mut hidden[row.clone()]);
            let c = c * left;
            let (square, norm) = (self.rates[0] * *a * *a, self.rates[1] * squared_norm(w));
            let root = root(c, square, norm);
            // Two forms of the same root, so that nothing cancels.
            let x = if c >= 0.0 {
                (c + root) / (2.0 * square)
            } else {
                2.0 * norm / (root - c)
            };
            if !(x > 0.0 && x.is_finite()) {
                continue; // a dead neuron: nothing to scale
            }
            let up = x.sqrt();
            let down = 1.0 / up;
            // What decays scales with the weights themselves: v → up (v + λη w) − λη down w for w → down w.
            let (hidden_decay, output_decay) = (self.decay * (up - down), self.decay * (down - up));
            if self.decay > 0.0 {
                let pairs = hidden_velocity[row.clone()].iter_mut().zip(&*w);
                pairs.for_each(|(v, w)| *v = up * *v + hidden_decay * w);
                output_velocity[j] = down * output_velocity[j] + output_decay * *a;
                squares += (up * up - 1.0) * *a * *a + (down * down - 1.0) * squared_norm(w);
            } else {
                hidden_velocity[row].iter_mut().for_each(|v| *v *= up);
                output_velocity[j] *= down;
            }
            *a *= up;
            w.iter_mut().for_each(|w| *w *= down);
        }
        if self.decay > 0.0 {
            let (rate, p) = (self.rates[0], neurons as f64);
            stage.loss += 0.5 * self.decay / rate * squares / p;
            stage.dissipation = squared_norm(&stage.velocity) / (rate * p);
        }
    }
}

/// √(c² + 4 square · norm), also where squares of these, which are squares of weights themselves, leave the range of numbers: of a
/// start of 10⁻¹⁰⁰ they are 0.
fn root(c: f64, square: f64, norm: f64) -> f64 {
    let within = c * c + 4.0 * square * norm;
    if (1e-200..1e200).contains(&within) {
        return within.sqrt();
    }
    let unit = c.abs().max(square).max(norm);
    let [c, square, norm] = [c, square, norm].map(|value| value / unit);
    if unit > 0.0 {
        unit * (c * c + 4.0 * square * norm).sqrt()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_scales_with_its_arguments() {
        let plain = root(0.3, 2.0, 0.7);
        for unit in [1e-300, 1e-200, 1e-90, 1e-30, 1e30, 1e90, 1e200] {
            let scaled = root(0.3 * unit, 2.0 * unit, 0.7 * unit) / unit;
            assert!((scaled / plain - 1.0).abs() < 1e-14, "{unit:e}: {scaled} {plain}");
        }
        assert_eq!(root(0.0, 0.0, 0.0), 0.0);
    }
}
