//! Evaluates the population loss L = ½ E (h − h*)² and its flow in O(p² + pk) kernels, O((p² + pk) m) with the vectors.
//!
//! ```text
//! h = (1/p) Σ_j a_j σ(⟨w_j,x⟩)      h* = Σ_k b_k σ(⟨v_k,x⟩)      x ~ N(0, I)
//! ρ_j = (1/p) Σ_l a_l G(w_j,w_l) − Σ_k b_k G(w_j,v_k)      R_j = (1/p) Σ_l a_l ∂₁G(w_j,w_l) − Σ_k b_k ∂₁G(w_j,v_k)
//! dw_j/dt = −η_w a_j R_j      da_j/dt = −η_a ρ_j      L = ½ ( (1/p²) Σ a_j a_l G − (2/p) Σ a_j b_k G + Σ b_k b_l G )
//! ```

use crate::linear::{add_scaled, dot, norm};
use crate::model::{Activation, Rates};

use super::kernel::{Angle, Kernel, Length, Pair};

/// The loss of students of p neurons with m hidden coordinates; a state is p rows of m, then the p output weights.
#[derive(Debug, Clone)]
pub struct PopulationField {
    kernel: Kernel,
    rates: Rates,
    neurons: usize,
    coordinates: usize,
    teacher: Vec<f64>,
    teacher_output: Vec<f64>,
    teacher_lengths: Vec<Length>,
    /// ½ Σ b_k b_l G(v_k, v_l) = ½ E h*².
    teacher_loss: f64,
    lengths: Vec<Length>,
    /// ρ.
    forces: Vec<f64>,
    /// The factor of w_j in R_j.
    own: Vec<f64>,
    /// The factors of w_1 … w_p and v_1 … v_k in R_j, row by row.
    factors: Vec<f64>,
}

impl PopulationField {
    /// The field of students of p neurons for a teacher of rows `teacher`, k × m, and output weights b.
    pub fn new(
        (activation, rates): (Activation, Rates),
        neurons: usize,
        coordinates: usize,
        teacher: Vec<f64>,
        teacher_output: Vec<f64>,
    ) -> Self {
        let kernel = Kernel::new(activation);
        let width = teacher_output.len();
        let rows = |k: usize| &teacher[k * coordinates..(k + 1) * coordinates];
        let teacher_lengths: Vec<Length> = (0..width).map(|k| Length::of(rows(k))).collect();
        let mut teacher_loss = 0.0;
        for k in 0..width {
            teacher_loss += 0.5 * teacher_output[k].powi(2) * kernel.own() * teacher_lengths[k].norm.powi(2);
            for l in 0..k {
                teacher_loss += teacher_output[k] * teacher_output[l] * kernel.at(rows(k), rows(l)).value;
            }
        }
        Self {
            kernel,
            rates,
            neurons,
            coordinates,
            lengths: vec![Length::default(); neurons],
            forces: vec![0.0; neurons],
            own: vec![0.0; neurons],
            factors: vec![0.0; neurons * (neurons + width)],
            teacher,
            teacher_output,
            teacher_lengths,
            teacher_loss,
        }
    }

    /// Number of neurons p of the student.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// Number m of hidden coordinates.
    pub fn coordinates(&self) -> usize {
        self.coordinates
    }

    /// Number of neurons k of the teacher.
    pub fn width(&self) -> usize {
        self.teacher_output.len()
    }

    /// Length p(m + 1) of a state.
    pub fn state_length(&self) -> usize {
        self.neurons * (self.coordinates + 1)
    }

    /// (η_w, η_a).
    pub fn rates(&self) -> Rates {
        self.rates
    }

    pub(super) fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// Row v_k of the teacher.
    pub(super) fn teacher_row(&self, k: usize) -> &[f64] {
        &self.teacher[k * self.coordinates..(k + 1) * self.coordinates]
    }

    pub(super) fn teacher_output(&self) -> &[f64] {
        &self.teacher_output
    }

    /// Evaluates dθ/dt = −p (η_w ∇_w L, η_a ∇_a L) into `velocity` and returns L, never below 0: near a global minimum rounding
    /// leaves some 10⁻¹⁶ of E h*².
    pub fn velocity(&mut self, state: &[f64], velocity: &mut [f64]) -> f64 {
        let (p, m, width) = (self.neurons, self.coordinates, self.width());
        let (hidden, output) = state.split_at(p * m);
        let row = |j: usize| &hidden[j * m..(j + 1) * m];
        let share = 1.0 / p.max(1) as f64;
        let own = self.kernel.own();
        for (j, a) in output.iter().enumerate() {
            self.lengths[j] = Length::of(row(j));
            let square = self.lengths[j].norm * self.lengths[j].norm;
            self.forces[j] = share * a * own * square;
            self.own[j] = share * a * own;
        }
        for j in 0..p {
            let line = j * (p + width);
            for l in 0..j {
                let pair = self.pair(row(j), row(l), [self.lengths[j], self.lengths[l]]);
                let (a_j, a_l) = (share * output[j], share * output[l]);
                self.forces[j] += a_l * pair.value;
                self.forces[l] += a_j * pair.value;
                self.own[j] += a_l * pair.w_on_w;
                self.own[l] += a_j * pair.v_on_v;
                self.factors[line + l] = a_l * pair.cross;
                self.factors[l * (p + width) + j] = a_j * pair.cross;
            }
        }
        let (mut quadratic, mut mixed) = (0.0, 0.0);
        for (j, a) in output.iter().enumerate() {
            let line = j * (p + width);
            quadratic += share * a * self.forces[j];
            let mut seen = 0.0;
            for k in 0..width {
                let pair = self.pair(
                    row(j),
                    self.teacher_row(k),
                    [self.lengths[j], self.teacher_lengths[k]],
                );
                let b = self.teacher_output[k];
                seen += b * pair.value;
                self.own[j] -= b * pair.w_on_w;
                self.factors[line + p + k] = -b * pair.cross;
            }
            mixed += share * a * seen;
            self.forces[j] -= seen;
        }
        let (hidden_velocity, output_velocity) = velocity.split_at_mut(p * m);
        for j in 0..p {
            let slope = &mut hidden_velocity[j * m..(j + 1) * m];
            slope.fill(0.0);
            if self.rates.hidden > 0.0 {
                let speed = -self.rates.hidden * output[j];
                let factors = &self.factors[j * (p + width)..(j + 1) * (p + width)];
                let students = hidden.chunks_exact(m.max(1));
                let teachers = self.teacher.chunks_exact(m.max(1));
                for (l, (other, factor)) in students.chain(teachers).zip(factors).enumerate() {
                    let factor = if l == j { self.own[j] } else { *factor };
                    add_scaled(slope, speed * factor, other);
                }
            }
            output_velocity[j] = if self.rates.output > 0.0 {
                -self.rates.output * self.forces[j]
            } else {
                0.0
            };
        }
        let loss = 0.5 * quadratic - mixed + self.teacher_loss;
        // A NaN stays one.
        if loss < 0.0 { 0.0 } else { loss }
    }

    fn pair(&self, w: &[f64], v: &[f64], lengths: [Length; 2]) -> Pair {
        let product = dot(w, v);
        self.kernel
            .pair(Angle::between(w, v, lengths, product), lengths, product)
    }

    /// ‖∇L‖ over the layers that move, from a velocity.
    pub fn gradient_norm(&self, velocity: &[f64]) -> f64 {
        let (hidden, output) = velocity.split_at(self.neurons * self.coordinates);
        let layer = |rate: f64, values: &[f64]| if rate > 0.0 { norm(values) / rate } else { 0.0 };
        let whole = layer(self.rates.hidden, hidden).hypot(layer(self.rates.output, output));
        whole / self.neurons.max(1) as f64
    }

    /// −dL/dt from a velocity, (1/p) Σ_j (‖dw_j/dt‖²/η_w + (da_j/dt)²/η_a).
    pub fn dissipation(&self, velocity: &[f64]) -> f64 {
        let (hidden, output) = velocity.split_at(self.neurons * self.coordinates);
        let layer = |rate: f64, values: &[f64]| {
            if rate > 0.0 {
                dot(values, values) / rate
            } else {
                0.0
            }
        };
        let whole = layer(self.rates.hidden, hidden) + layer(self.rates.output, output);
        whole / self.neurons.max(1) as f64
    }
}
