//! Shows the exact flow to the journal: the dense field, with activity and the kernel read off the pattern.

use super::kinks::Kinks;
use super::pattern::{Pattern, Side};
use crate::field::{Activity, Cover, Dense, VectorField, split_state};
use crate::flow::Problem;
use crate::linear::{dot, multiply};
use crate::observe::Observable;
use crate::{Network, field};

/// How a neuron slides on a kink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slide {
    /// Which neuron.
    pub(super) neuron: usize,
    /// Which kink.
    pub(super) kink: usize,
    /// λ: with which part of the plus side the velocity is taken, the rest of it with the minus side.
    pub(super) share: f64,
}

/// The dense field, except that who is active on whom is what the pattern says: a sliding pair has ⟨w_j, x_i⟩ = 0
/// up to a rounding of either sign, and is not active.
///
/// In the kernel and the masses of Lemma 6 its σ' is the multiplier that the velocity has, γ + λ(1 − γ), so that
/// ‖dθ/dt‖² = (p/n²) rᵀMr there too.
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
    /// Who slides on what where the field was last shown; kept where the kernel or the masses are asked for.
    slides: Vec<Slide>,
    /// Whether they are.
    pub(super) wants_slides: bool,
    /// σ'(u_ji) of the velocity, p × n, where it was asked for since the field was shown.
    gates: Option<Vec<f64>>,
    /// The inputs, n × d, and their transpose, d × n.
    inputs: [Vec<f64>; 2],
}

impl PatternField {
    /// The field of a problem.
    pub(super) fn new(problem: &Problem<'_>) -> Self {
        let (n, p) = (problem.dataset.examples(), problem.network.neurons());
        Self {
            dense: Dense::new(problem.dataset, p).with_model(&problem.model),
            orthogonal: problem.dataset.is_orthogonal()
                && problem.model.activation.is_relu()
                && problem.model.rates().hidden > 0.0,
            signs: vec![0; n * p],
            shown: vec![None; p],
            of_example: Vec::new(),
            slides: Vec::new(),
            wants_slides: [
                Observable::Spectrum,
                Observable::Diagonal,
                Observable::CurvatureBounds,
            ]
            .iter()
            .any(|observable| problem.record.wants(*observable)),
            gates: None,
            inputs: [
                problem.dataset.inputs().iter().copied().collect(),
                problem.dataset.inputs().t().iter().copied().collect(),
            ],
        }
    }

    /// Shows the sides of a pattern, of the neurons whose sides changed since the last time, and who slides how.
    pub(super) fn show(&mut self, pattern: &Pattern, kinks: &Kinks, slides: Vec<Slide>) {
        self.slides = slides;
        self.gates = None;
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

    /// σ'(u_ji) of the velocity at the point shown, p × n; 0 for a neuron at rest at w_j = 0, and for x_i = 0.
    fn find_gates(&self) -> Vec<f64> {
        let slope = self.model().activation.slope();
        let of_sign = |sign: &i8| match sign {
            1 => 1.0,
            -1 => slope,
            _ => 0.0,
        };
        let mut gates: Vec<f64> = self.signs.iter().map(of_sign).collect();
        let n = self.of_example.len();
        for slide in &self.slides {
            let row = &mut gates[slide.neuron * n..(slide.neuron + 1) * n];
            for (gate, place) in row.iter_mut().zip(&self.of_example) {
                match place {
                    Some((kink, true)) if *kink == slide.kink => *gate = slope + slide.share * (1.0 - slope),
                    Some((kink, false)) if *kink == slide.kink => *gate = 1.0 - slide.share * (1.0 - slope),
                    _ => {}
                }
            }
        }
        gates
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
        let gates = self.gates.take().unwrap_or_else(|| self.find_gates());
        let (n, p, d) = (self.examples(), self.neurons(), self.hidden_coordinates());
        let (hidden, output) = split_state(state, p);
        let [inputs, transposed] = &self.inputs;
        // f_j = Σ_i σ'_ji v_i x_i, then ⟨f_j, x_i⟩ and u_ji.
        let columns = v.iter().cycle();
        let gated: Vec<f64> = gates.iter().zip(columns).map(|(gate, v)| gate * v).collect();
        let mut pulls = vec![0.0; p * d];
        multiply(&mut pulls, (p, d), (&gated, inputs), n, 1.0);
        let (mut along, mut values) = (vec![0.0; p * n], vec![0.0; p * n]);
        multiply(&mut along, (p, n), (&pulls, transposed), d, 1.0);
        multiply(&mut values, (p, n), (hidden, transposed), d, 1.0);
        let rates = self.model().rates();
        out.fill(0.0);
        for (j, a) in output.iter().enumerate() {
            let (row, neuron) = (j * n..(j + 1) * n, j * d..(j + 1) * d);
            let first = rates.hidden * a * a / p as f64;
            let second = rates.output * dot(&hidden[neuron.clone()], &pulls[neuron]) / p as f64;
            let pairs = along[row.clone()].iter().zip(&values[row.clone()]);
            for ((out, gate), (along, value)) in out.iter_mut().zip(&gates[row]).zip(pairs) {
                *out += gate * (first * along + second * value);
            }
        }
        self.gates = Some(gates);
    }
    fn is_orthogonal(&self) -> bool {
        self.orthogonal
    }
    fn has_input_coordinates(&self) -> bool {
        false
    }
    fn gated_masses(&mut self, state: &[f64]) -> Option<Vec<f64>> {
        let gates = self.gates.take().unwrap_or_else(|| self.find_gates());
        let (n, p) = (self.examples(), self.neurons());
        let mut masses = vec![0.0; n];
        let (_, output) = split_state(state, p);
        for (row, a) in gates.chunks_exact(n.max(1)).zip(output) {
            let share = a * a / p as f64;
            for (mass, gate) in masses.iter_mut().zip(row) {
                *mass += share * gate * gate;
            }
        }
        self.gates = Some(gates);
        Some(masses)
    }
}
