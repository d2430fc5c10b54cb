//! Notices when a flow has come to rest.

use super::stage::{Stage, squared_distance, squared_norm};

/// Largest relative fall of the loss over the second half of the elapsed time, at rest.
const LEAST_DECREASE: f64 = 1e-4;
/// Largest movement of a neuron over the second half of the elapsed time, relative to its norm, at rest.
const LEAST_MOVE: f64 = 1e-3;

/// Compares the flow with itself at half of the elapsed time.
///
/// The flow is at rest when over the second half of the time run (at least one transition time) the loss fell by
/// less than 10⁻⁴ of itself *and* no neuron moved by more than 10⁻³ of its norm. The second condition tells a
/// minimum from a plateau: a neuron that grows out of a saddle does so exponentially, relative to itself. It
/// looks at movement, not velocity, because next to a kink the velocity of a sliding neuron does not vanish.
#[derive(Debug)]
pub(super) struct Rest {
    earliest: f64,
    time: f64,
    loss: f64,
    state: Vec<f64>,
}

impl Rest {
    pub(super) fn new(examples: usize, neurons: usize) -> Self {
        let earliest = crate::theory::transition_time(examples, neurons).max(1.0);
        Self {
            earliest,
            time: 0.0,
            loss: f64::NAN,
            state: Vec::new(),
        }
    }

    /// Looks whenever the elapsed time has doubled; returns the relative decrease of the loss and the largest
    /// movement of a neuron when the flow is at rest.
    pub(super) fn look(&mut self, now: &Stage, neurons: usize) -> Option<(f64, f64)> {
        if now.time < self.earliest || now.time < 2.0 * self.time {
            return None;
        }
        let found = (!self.state.is_empty())
            .then(|| (1.0 - now.loss / self.loss, self.largest_move(&now.state, neurons)))
            .filter(|(decrease, moved)| *decrease < LEAST_DECREASE && *moved < LEAST_MOVE);
        self.time = now.time;
        self.loss = now.loss;
        self.state.clear();
        self.state.extend_from_slice(&now.state);
        found
    }

    fn largest_move(&self, state: &[f64], neurons: usize) -> f64 {
        let m = state.len() / neurons - 1;
        let (hidden, output) = state.split_at(neurons * m);
        let (old_hidden, old_output) = self.state.split_at(neurons * m);
        (0..neurons)
            .map(|j| {
                let row = j * m..(j + 1) * m;
                let moved = squared_distance(&hidden[row.clone()], &old_hidden[row.clone()])
                    + (output[j] - old_output[j]).powi(2);
                let size = squared_norm(&hidden[row]) + output[j].powi(2);
                if moved == 0.0 { 0.0 } else { (moved / size).sqrt() }
            })
            .fold(0.0, f64::max)
    }
}
