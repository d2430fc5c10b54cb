//! Shows the exact flow to the journal: the dense field, with activity read off the pattern.

use super::kinks::Kinks;
use super::pattern::{Pattern, Side};
use crate::field::{Activity, Cover, Dense, VectorField, split_state};
use crate::flow::Problem;
use crate::{Network, field};

/// The dense field, except that who is active on whom is what the pattern says: a sliding pair has ⟨w_j, x_i⟩ = 0
/// up to a rounding of either sign, and is not active.
#[derive(Debug)]
pub(super) struct PatternField {
    dense: Dense<f64>,
    orthogonal: bool,
    /// Signs of ⟨w_j, x_i⟩, p × n.
    signs: Vec<i8>,
    /// How often each neuron's sides had changed when they were last shown.
    shown: Vec<Option<u64>>,
    /// Kink of every example, and the sign of its multiple; none for x_i = 0.
    of_example: Vec<Option<(usize, bool)>>,
}

impl PatternField {
    /// The field of a problem.
    pub(super) fn new(problem: &Problem<'_>) -> Self {
        let (n, p) = (problem.dataset.examples(), problem.network.neurons());
        Self {
            dense: Dense::new(problem.dataset, p).with_model(&problem.model),
            orthogonal: problem.dataset.is_orthogonal(),
            signs: vec![0; n * p],
            shown: vec![None; p],
            of_example: Vec::new(),
        }
    }

    /// Shows the sides of a pattern: of the neurons whose sides changed since the last time.
    pub(super) fn show(&mut self, pattern: &Pattern, kinks: &Kinks) {
        let n = kinks.of_example.len();
        if self.of_example.is_empty() {
            self.of_example.clone_from(&kinks.of_example);
        }
        for (j, row) in self.signs.chunks_exact_mut(n).enumerate() {
            if self.shown[j].replace(pattern.changes[j]) == Some(pattern.changes[j]) {
                continue;
            }
            for (sign, place) in row.iter_mut().zip(&self.of_example) {
                *sign = match place {
                    Some((k, same)) if !pattern.resting[j] => match (pattern.side(j, *k), same) {
                        (Side::Slide, _) => 0,
                        (Side::Plus, true) | (Side::Minus, false) => 1,
                        _ => -1,
                    },
                    _ => 0,
                };
            }
        }
    }
}

impl VectorField<f64> for PatternField {
    fn model(&self) -> &crate::model::Model {
        self.dense.model()
    }
    fn set_loss(&mut self, loss: crate::model::Loss) {
        self.dense.set_loss(loss);
    }
    fn examples(&self) -> usize {
        self.dense.examples()
    }
    fn neurons(&self) -> usize {
        self.dense.neurons()
    }
    fn hidden_coordinates(&self) -> usize {
        self.dense.hidden_coordinates()
    }
    fn labels(&self) -> &[f64] {
        self.dense.labels()
    }
    fn write_state(&self, network: &Network, state: &mut [f64]) {
        self.dense.write_state(network, state);
    }
    fn read_network(&self, state: &[f64]) -> Network {
        self.dense.read_network(state)
    }
    fn velocity(&mut self, state: &[f64], velocity: &mut [f64]) -> f64 {
        self.dense.velocity(state, velocity)
    }
    fn residuals(&self) -> &[f64] {
        self.dense.residuals()
    }
    fn input_product(&self, row: &[f64], example: usize) -> f64 {
        self.dense.input_product(row, example)
    }
    fn cover(&mut self, state: &[f64], cover: &mut Cover<f64>) {
        self.dense.cover(state, cover);
    }
    fn activity(&mut self, state: &[f64], activity: &mut Activity) {
        let (_, output) = split_state(state, self.neurons());
        let table: Vec<f64> = self.signs.iter().map(|sign| f64::from(*sign)).collect();
        field::count_activity(&table, output, self.dense.labels(), activity);
    }
    fn apply_kernel(&mut self, state: &[f64], v: &[f64], out: &mut [f64]) {
        self.dense.apply_kernel(state, v, out);
    }
    fn is_orthogonal(&self) -> bool {
        self.orthogonal
    }
}
