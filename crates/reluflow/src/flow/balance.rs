//! Keeps a_j² − ‖w_j‖² where Lemma 1 says it stays.

use super::stage::Stage;
use crate::linear::squared_norm;

/// Restores every neuron's balance after a step, along the symmetry the balance comes from.
///
/// (w_j, a_j) → (w_j/√x, a_j √x) leaves the network, its loss and its activity pattern exactly as they are: h
/// depends on a_j and w_j through a_j w_j only. Along it a_j² x − ‖w_j‖²/x takes every value once, and
///
/// ```text
/// x = (c + √(c² + 4 a_j² ‖w_j‖²)) / (2 a_j²)   restores   a_j² − ‖w_j‖² = c.
/// ```
///
/// The velocities scale with it, dw_j/dt ∝ a_j and da_j/dt ∝ w_j, so no evaluation is spent.
#[derive(Debug)]
pub(super) struct Balance {
    initial: Vec<f64>,
}

impl Balance {
    /// Remembers the balances of a state.
    pub(super) fn new(state: &[f64], neurons: usize) -> Self {
        let m = state.len() / neurons - 1;
        let (hidden, output) = state.split_at(neurons * m);
        let rows = hidden.chunks_exact(m.max(1));
        Self {
            initial: output
                .iter()
                .zip(rows)
                .map(|(a, w)| a * a - squared_norm(w))
                .collect(),
        }
    }

    /// Restores the balances of a stage.
    pub(super) fn restore(&self, stage: &mut Stage) {
        let neurons = self.initial.len();
        let m = stage.state.len() / neurons - 1;
        let (hidden, output) = stage.state.split_at_mut(neurons * m);
        let (hidden_velocity, output_velocity) = stage.velocity.split_at_mut(neurons * m);
        for (j, c) in self.initial.iter().enumerate() {
            let row = j * m..(j + 1) * m;
            let (a, w) = (&mut output[j], &mut hidden[row.clone()]);
            let (square, norm) = (*a * *a, squared_norm(w));
            let root = (c * c + 4.0 * square * norm).sqrt();
            // Two forms of the same root, so that nothing cancels.
            let x = if *c >= 0.0 {
                (c + root) / (2.0 * square)
            } else {
                2.0 * norm / (root - c)
            };
            if !(x > 0.0 && x.is_finite()) {
                continue; // a dead neuron: nothing to scale
            }
            let up = x.sqrt();
            let down = 1.0 / up;
            *a *= up;
            w.iter_mut().for_each(|w| *w *= down);
            hidden_velocity[row].iter_mut().for_each(|v| *v *= up);
            output_velocity[j] *= down;
        }
    }
}
