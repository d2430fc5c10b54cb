//! Notices when a flow has come to rest.

use super::stage::Stage;
use crate::linear::{squared_distance, squared_norm};
use crate::model::Model;

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
///
/// For the same reason long steps can rest where the flow does not, so that a rest counts only when short steps confirm it
/// ([`confirm`](super::confirm)).
#[derive(Debug)]
pub(super) struct Rest {
    /// Whether hidden and output weights move: a neuron's size is that of what moves.
    moves: [bool; 2],
    /// Whether weights decay: then the movement of a neuron that shrinks is relative to the mean norm of all.
    decays: bool,
    earliest: f64,
    time: f64,
    loss: f64,
    state: Vec<f64>,
}

impl Rest {
    pub(super) fn new(model: &Model, examples: usize, neurons: usize) -> Self {
        let earliest = crate::transition::transition_time(examples, neurons).max(1.0);
        let rates = model.rates();
        Self {
            moves: [rates.hidden > 0.0, rates.output > 0.0],
            decays: !model.decay().is_none(),
            earliest,
            time: 0.0,
            loss: f64::NAN,
            state: Vec::new(),
        }
    }

    /// Looks whenever the elapsed time has doubled; returns the relative decrease of the loss and the largest
    /// movement of a neuron when the flow is at rest.
    pub(super) fn look(&mut self, now: &Stage, neurons: usize) -> Option<(f64, f64)> {
        if self.state.capacity() == 0 {
            self.state.reserve_exact(now.state.len());
        }
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

    /// The relative decrease of the loss and the largest movement of a neuron since the last look; none before the first, and where
    /// the loss has fallen by more than chatter explains.
    pub(super) fn evidence(&self, now: &Stage, neurons: usize) -> Option<(f64, f64)> {
        const CHATTER: f64 = 2e-3;
        const MOVED: f64 = 2e-2;
        if self.state.is_empty() {
            return None;
        }
        let decrease = 1.0 - now.loss / self.loss;
        let moved = self.largest_move(&now.state, neurons);
        (decrease < CHATTER && moved < MOVED).then_some((decrease, moved))
    }

    fn largest_move(&self, state: &[f64], neurons: usize) -> f64 {
        let m = state.len() / neurons - 1;
        let (hidden, output) = state.split_at(neurons * m);
        let (old_hidden, old_output) = self.state.split_at(neurons * m);
        let [hidden_moves, output_moves] = self.moves.map(|moves| f64::from(u8::from(moves)));
        let square = |w: &[f64], a: f64| hidden_moves * squared_norm(w) + output_moves * a * a;
        let whole =
            (hidden_moves * squared_norm(hidden) + output_moves * squared_norm(output)) / neurons as f64;
        (0..neurons)
            .map(|j| {
                let row = j * m..(j + 1) * m;
                let moved = squared_distance(&hidden[row.clone()], &old_hidden[row.clone()])
                    + (output[j] - old_output[j]).powi(2);
                let size = square(&hidden[row.clone()], output[j]);
                let before = square(&old_hidden[row], old_output[j]);
                // What decays to nothing moves by its own size for ever, and nothing will come of it.
                let size = if self.decays && size <= before {
                    whole
                } else {
                    size
                };
                if moved == 0.0 { 0.0 } else { (moved / size).sqrt() }
            })
            .fold(0.0, f64::max)
    }
}
