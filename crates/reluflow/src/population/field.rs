//! Evaluates the population loss L = ½ E (h − h*)² and its flow in O(p² + pk) kernels, O((p² + pk) m) with the vectors.
//!
//! ```text
//! h = (1/p) Σ_j a_j σ(⟨w_j,x⟩)      h* = Σ_k b_k σ(⟨v_k,x⟩)      x ~ N(0, I)
//! ρ_j = (1/p) Σ_l a_l G(w_j,w_l) − Σ_k b_k G(w_j,v_k)      R_j = (1/p) Σ_l a_l ∂₁G(w_j,w_l) − Σ_k b_k ∂₁G(w_j,v_k)
//! dw_j/dt = −η_w a_j R_j      da_j/dt = −η_a ρ_j      L = ½ ( (1/p²) Σ a_j a_l G − (2/p) Σ a_j b_k G + Σ b_k b_l G )
//! ```

use pulp::{Arch, Simd, WithSimd};

use crate::linear::{add_scaled, dot, norm};
use crate::model::{Activation, Rates};

use super::kernel::{Kernel, Length};
use super::sweep::Sweep;

/// The loss of students of p neurons with m hidden coordinates; a state is p rows of m, then the p output weights.
#[derive(Debug, Clone)]
pub struct PopulationField {
    kernel: Kernel,
    rates: Rates,
    neurons: usize,
    coordinates: usize,
    teacher: Vec<f64>,
    teacher_output: Vec<f64>,
    /// ½ Σ b_k b_l G(v_k, v_l) = ½ E h*².
    teacher_loss: f64,
    sweep: Sweep,
    /// a_1/p … a_p/p, −b_1 … −b_k.
    weights: Vec<f64>,
    /// Which neurons rest at 0, where L has a minimum in them that is a kink: they have no velocity.
    still: Vec<bool>,
    /// Which neurons have left 0 and are so small yet that their direction is led along a maximum: they have the velocity along themselves only.
    led: Vec<bool>,
    /// The factors of w_1 … w_p and v_1 … v_k in dw_j/dt.
    factors: Vec<f64>,
    arch: Arch,
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
        let mut sweep = Sweep::new(neurons, neurons + width, coordinates);
        let mut weights = vec![0.0; neurons + width];
        for k in 0..width {
            sweep.set(neurons + k, rows(k));
            weights[neurons + k] = -teacher_output[k];
        }
        Self {
            kernel,
            rates,
            neurons,
            coordinates,
            factors: vec![0.0; neurons + width],
            sweep,
            weights,
            still: vec![false; neurons],
            led: vec![false; neurons],
            arch: Arch::new(),
            teacher,
            teacher_output,
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

    /// Whether a neuron rests at 0.
    pub(super) fn is_still(&self, j: usize) -> bool {
        self.still[j]
    }

    /// Whether a neuron's direction is led.
    pub(super) fn is_led(&self, j: usize) -> bool {
        self.led[j]
    }

    /// Says whether a neuron's direction is led.
    pub(super) fn set_led(&mut self, j: usize, led: bool) {
        self.led[j] = led;
    }

    /// Says whether a neuron rests at 0.
    pub(super) fn set_still(&mut self, j: usize, still: bool) {
        self.still[j] = still;
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
        let arch = self.arch;
        arch.dispatch(Evaluate {
            field: self,
            state,
            velocity,
        })
    }

    #[inline(always)]
    fn evaluate<S: Simd>(&mut self, simd: S, state: &[f64], velocity: &mut [f64]) -> f64 {
        let (p, m) = (self.neurons, self.coordinates);
        let (hidden, output) = state.split_at(p * m);
        let (hidden_velocity, output_velocity) = velocity.split_at_mut(p * m);
        let share = 1.0 / p.max(1) as f64;
        for (j, a) in output.iter().enumerate() {
            self.sweep.set(j, &hidden[j * m..(j + 1) * m]);
            self.weights[j] = share * a;
        }
        self.sweep.evaluate(simd, &self.kernel, [hidden, &self.teacher]);
        let (mut quadratic, mut mixed) = (0.0, 0.0);
        for (j, a) in output.iter().enumerate() {
            let (values, cross, own) = self.sweep.of(j);
            let students = dot(&self.weights[..p], &values[..p]);
            let teachers = dot(&self.weights[p..], &values[p..]);
            quadratic += share * a * students;
            mixed -= share * a * teachers;
            output_velocity[j] = if self.rates.output > 0.0 {
                -self.rates.output * (students + teachers)
            } else {
                0.0
            };
            let slope = &mut hidden_velocity[j * m..(j + 1) * m];
            if self.rates.hidden > 0.0 && !self.still[j] {
                let speed = -self.rates.hidden * a;
                let along = dot(&self.weights, own);
                for (factor, (weight, cross)) in self.factors.iter_mut().zip(self.weights.iter().zip(cross)) {
                    *factor = speed * weight * cross;
                }
                self.sweep.combine(simd, &self.factors, slope);
                let w = &hidden[j * m..(j + 1) * m];
                add_scaled(slope, speed * along, w);
                if self.led[j] {
                    let length = dot(w, w);
                    let part = if length > 0.0 { dot(slope, w) / length } else { 0.0 };
                    slope.iter_mut().zip(w).for_each(|(slope, w)| *slope = part * w);
                }
            } else {
                slope.fill(0.0);
            }
        }
        let loss = 0.5 * quadratic - mixed + self.teacher_loss;
        // A NaN stays one.
        if loss < 0.0 { 0.0 } else { loss }
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

/// One evaluation, compiled for every instruction set.
struct Evaluate<'a> {
    field: &'a mut PopulationField,
    state: &'a [f64],
    velocity: &'a mut [f64],
}

impl WithSimd for Evaluate<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> f64 {
        self.field.evaluate(simd, self.state, self.velocity)
    }
}
