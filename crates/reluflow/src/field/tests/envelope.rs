//! Bounds how far rounding may take a field from the loops of [`super::Reference`].
//!
//! The values are those of the loops in f64. The bounds follow the standard model: a sum of k products,
//! in whatever order and with or without fused operations, errs by at most about k ε Σ|terms|, and each
//! stage passes on the errors of the one before. ε = 2^(1 − digits) is twice the unit roundoff, which leaves
//! room for the terms of second order; the final comparison allows twice the bound, because in f64 the loops
//! themselves err as much. A pair (j, i) whose preactivation is smaller than its own error may count as
//! active or not, and its whole share of a velocity becomes part of the bound; where preactivations are exact
//! there is no such pair.

use super::super::reference::Reference;
use super::super::{Activity, VectorField, split_state};
use super::case::Case;
use crate::model::Loss;

/// Smallest positive normal f32: underflow in f32 costs less than this a term, in f64 far less.
const UNDERFLOW: f64 = f32::MIN_POSITIVE as f64;

/// A number, and how far from it another may lie.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Near {
    pub value: f64,
    pub within: f64,
}

impl Near {
    pub(super) fn assert(&self, found: f64, what: &str, index: usize) {
        assert!(
            (found - self.value).abs() <= 2.0 * self.within,
            "{what}[{index}]: expected {:e} within {:e}, found {found:e}",
            self.value,
            2.0 * self.within
        );
    }
}

pub(super) fn assert_all(near: &[Near], found: impl IntoIterator<Item = f64>, what: &str) {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(near.len(), found.len(), "length of {what}");
    for (index, (near, found)) in near.iter().zip(found).enumerate() {
        near.assert(found, what, index);
    }
}

/// What a field must return at the state of a case.
pub(super) struct Envelope {
    pub loss: Near,
    pub forces: Vec<Near>,
    /// dw_j/dt, p × d.
    pub hidden_velocity: Vec<Near>,
    /// da_j/dt, p.
    pub output_velocity: Vec<Near>,
    pub kernel: Vec<Near>,
    pub mass: Vec<Near>,
    /// Numbers of active and of correctly active neurons on each example: at least, at most.
    pub active: Vec<(u32, u32)>,
    pub correct: Vec<(u32, u32)>,
}

/// A preactivation u, how far off it may be, and whether it may count as active or not; σ(u), the largest |σ'| it may have,
/// and by how much σ' may be off.
#[derive(Clone, Copy)]
struct Pair {
    u: f64,
    error: f64,
    ambiguous: bool,
    value: f64,
    slope: f64,
    jump: f64,
}

impl Envelope {
    /// The envelope of a field that computes preactivations with relative error `preactivation` of
    /// Σ_k|w_jk x_ik| (ignored where they are exact) and the rest with machine precision `epsilon`.
    pub(super) fn new(case: &Case, preactivation: f64, epsilon: f64) -> Self {
        let (n, p, d) = (case.n, case.p, case.d);
        let model = &case.model;
        let (rates, decay) = (model.rates(), model.weight_decay);
        let truth = Reference::<f64>::from_parts(&case.inputs, case.labels.clone(), p, d);
        let mut truth = truth.with_model(model);
        let state = case.state();
        let mut velocity = vec![0.0; state.len()];
        let loss = truth.velocity(&state, &mut velocity) - truth.penalty(&state);
        let forces = truth.residuals().to_vec();
        let (hidden_velocity, output_velocity) = split_state(&velocity, p);
        let mut kernel = vec![0.0; n];
        truth.apply_kernel(&state, &case.direction, &mut kernel);
        let mut activity = Activity::new(n);
        truth.activity(&state, &mut activity);

        let pair = |j: usize, i: usize| case.pair(j, i, preactivation);
        let pairs: Vec<Vec<Pair>> = (0..p).map(|j| (0..n).map(|i| pair(j, i)).collect()).collect();
        let share = 1.0 / p.max(1) as f64;
        let gamma = |terms: usize| terms as f64 * epsilon;

        // How far outputs h_i may be off, and with them forces and losses.
        let output_error: Vec<f64> = (0..n)
            .map(|i| {
                let sums = (0..p).map(|j| {
                    let Pair { u, error, slope, .. } = pairs[j][i];
                    case.output[j].abs() * (error + gamma(p + 5) * slope * u.abs())
                });
                share * sums.sum::<f64>()
            })
            .collect();
        let examples = n.max(1) as f64;
        let mut force_error = vec![0.0; n];
        let mut loss_error = 4.0 * f64::EPSILON * truth.penalty(&state);
        for i in 0..n {
            let (y, f) = (case.labels[i], forces[i]);
            if model.loss == Loss::Square {
                force_error[i] = output_error[i] + gamma(1) * (y.abs() + f.abs()) + UNDERFLOW;
                let squares = force_error[i] * (2.0 * f.abs() + force_error[i]);
                loss_error += (squares + (n + 3) as f64 * f64::EPSILON * f * f) / (2.0 * examples);
            } else {
                // |∂f/∂h| ≤ |f|: over a change δ of h, f changes by |f| (e^δ − 1) at most, and ℓ by as much.
                let h: f64 = (0..p).map(|j| share * case.output[j] * pairs[j][i].value).sum();
                let off = f.abs() * (output_error[i] + gamma(2) * h.abs()).exp_m1();
                force_error[i] = off + gamma(3) * f.abs() + UNDERFLOW;
                let value = model.loss.value(h, y);
                loss_error += (off + ((n + 6) as f64 + h.abs()) * f64::EPSILON * value) / examples;
            }
        }

        let mut hidden = vec![Near::default(); p * d];
        let mut output = vec![Near::default(); p];
        for j in 0..p {
            let a = case.output[j].abs();
            for i in 0..n {
                let Pair {
                    u,
                    error,
                    slope,
                    jump,
                    ..
                } = pairs[j][i];
                let f = forces[i].abs();
                let force = slope * (force_error[i] + gamma(n + 7) * f) + jump * f;
                for k in 0..d {
                    hidden[j * d + k].within +=
                        rates.hidden * (force * a * case.inputs[i * d + k].abs() / examples + UNDERFLOW);
                }
                let u = u.abs();
                let moment = force_error[i] * (u + error) + f * (error + gamma(n + 7) * u);
                output[j].within += rates.output * (slope * moment / examples + UNDERFLOW);
            }
            for k in 0..d {
                hidden[j * d + k].within += rates.hidden * gamma(4) * decay * case.hidden[j * d + k].abs();
            }
            output[j].within += rates.output * gamma(4) * decay * a;
        }
        // The sum of both terms is rounded, too.
        let set = |near: &mut [Near], values: &[f64]| {
            for (near, v) in near.iter_mut().zip(values) {
                near.value = *v;
                near.within += gamma(3) * v.abs();
            }
        };
        set(&mut hidden, hidden_velocity);
        set(&mut output, output_velocity);

        let mut mass = vec![Near::default(); n];
        let mut ambiguous = vec![0u32; n];
        for i in 0..n {
            mass[i].value = activity.mass[i];
            mass[i].within = (p + 4) as f64 * f64::EPSILON * activity.mass[i];
            for (j, pairs) in pairs.iter().enumerate() {
                if pairs[i].ambiguous {
                    ambiguous[i] += 1;
                    mass[i].within += case.output[j] * case.output[j] * share;
                }
            }
        }
        let range = |counts: &[u32]| -> Vec<(u32, u32)> {
            let pairs = counts.iter().zip(&ambiguous);
            pairs
                .map(|(count, off)| (count.saturating_sub(*off), count + off))
                .collect()
        };
        let near = |values: Vec<f64>, errors: Vec<f64>| -> Vec<Near> {
            let pairs = values.into_iter().zip(errors);
            pairs.map(|(value, within)| Near { value, within }).collect()
        };
        let kernel_error = (0..n).map(|i| kernel_error(case, &pairs, i, epsilon)).collect();
        Self {
            loss: Near {
                value: loss,
                within: loss_error,
            },
            active: range(&activity.active),
            correct: range(&activity.correct),
            forces: near(forces, force_error),
            hidden_velocity: hidden,
            output_velocity: output,
            kernel: near(kernel, kernel_error),
            mass,
        }
    }

    /// dv_ji/dt = ⟨dw_j/dt, x_i⟩/‖x_i‖, p × n, for a field that takes the inputs of `case` for orthogonal.
    pub(super) fn projected_velocity(&self, case: &Case) -> Vec<Near> {
        let (n, d) = (case.n, case.d);
        let norms: Vec<f64> = (0..n).map(|i| case.gram(i, i).sqrt()).collect();
        let pair = |index: usize| {
            let (j, i) = (index / n, index % n);
            let mut near = Near::default();
            if norms[i] == 0.0 {
                return near;
            }
            for k in 0..d {
                let x = case.inputs[i * d + k] / norms[i];
                let dw = self.hidden_velocity[j * d + k];
                near.value += dw.value * x;
                near.within += (dw.within + (d + n) as f64 * f64::EPSILON * dw.value.abs()) * x.abs();
            }
            // What the inputs lack in orthogonality.
            for k in (0..n).filter(|k| *k != i) {
                let force =
                    case.model.rates().hidden * case.output[j].abs() * self.forces[k].value.abs() / n as f64;
                near.within += force * case.gram(i, k).abs() / norms[i];
            }
            near
        };
        (0..case.p * n).map(pair).collect()
    }
}

impl Case {
    fn pair(&self, j: usize, i: usize, relative: f64) -> Pair {
        let d = self.d;
        let terms = (0..d).map(|k| self.hidden[j * d + k] * self.inputs[i * d + k]);
        let u: f64 = terms.clone().sum();
        let error = if self.exact {
            0.0
        } else {
            terms.map(|term| relative * term.abs() + UNDERFLOW).sum::<f64>()
        };
        let ambiguous = error > 0.0 && u.abs() <= 2.0 * error;
        let sigma = self.model.activation;
        let (slope, other) = (sigma.derivative(u).abs(), sigma.slope().abs().max(1.0));
        Pair {
            u,
            error,
            ambiguous,
            value: sigma.value(u),
            slope: if ambiguous { other } else { slope },
            jump: if ambiguous { 1.0 - sigma.slope() } else { 0.0 },
        }
    }
}

/// The error of (M v)_i = (1/p) Σ_k Σ_j σ'_ji σ'_jk (η_w a_j² ⟨x_i, x_k⟩ + η_a u_ji u_jk) v_k.
fn kernel_error(case: &Case, pairs: &[Vec<Pair>], i: usize, epsilon: f64) -> f64 {
    let (n, p, d) = (case.n, case.p, case.d);
    let gamma = (n + p + d + 12) as f64 * epsilon;
    let rates = case.model.rates();
    let mut sum = 0.0;
    for k in 0..n {
        let absolute: f64 = (0..d)
            .map(|c| (case.inputs[i * d + c] * case.inputs[k * d + c]).abs())
            .sum();
        let mut terms = 0.0;
        for (row, a) in pairs.iter().zip(&case.output) {
            let (one, other) = (row[i], row[k]);
            let slopes = one.slope * other.slope;
            let (u, v) = (one.u.abs(), other.u.abs());
            let size = rates.hidden * a * a * absolute + rates.output * u * v;
            let passed_on = rates.output * (one.error * v + u * other.error + one.error * other.error);
            // The product of two slopes is off by the sum of their jumps at most.
            let off = size * (one.jump + other.jump);
            // A field for orthogonal inputs leaves ⟨x_i, x_k⟩ out; on other cases this term is not needed.
            let left_out = if case.orthogonal && i != k {
                rates.hidden * a * a * case.gram(i, k).abs()
            } else {
                0.0
            };
            terms += slopes * (gamma * size + passed_on + left_out) + off;
        }
        sum += terms * case.direction[k].abs();
    }
    sum / p.max(1) as f64 + (n * (p + d)) as f64 * UNDERFLOW
}
