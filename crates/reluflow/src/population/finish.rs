//! Ends a run by Newton's method with the closed-form Hessian, where the flow is sure to end at the same minimum.
//!
//! Close to a minimum the flow is stiff and slow, e^(−λt) with λ the Hessian's least eigenvalue, while Newton's method
//! is there in a few steps. It is used only where the Hessian is positive definite at the start and at the end, changes between them
//! by at most half of its least eigenvalue, and every step brings the gradient down. Then L is convex near the way,
//! has one minimum there, and the flow, which cannot climb out, ends in it.
//!
//! Where both layers move, L does not change when a neuron is rescaled, w_j → c w_j, a_j → a_j/c. The Hessian gets a
//! positive eigenvalue along these directions for the steps, and in the end every neuron is given back the balance
//! η_w a_j² − η_a ‖w_j‖² that the flow conserves.

use faer::{Mat, Side, linalg::solvers::Solve};

use super::field::PopulationField;
use super::verdict::{Curvature, Finish};
use crate::linear::{norm, squared_distance};

/// Most Newton steps.
const MOST_STEPS: u32 = 30;
/// Largest first step, as a part of the norm of the state that moves.
const LONGEST: f64 = 0.2;
/// By how much every step must bring the gradient down, at least.
const FALL: f64 = 0.5;
/// Largest change of the Hessian, as a part of its least eigenvalue.
const CHANGE: f64 = 0.5;

/// An error of the least eigenvalue above this many times the Hessian's norm says nothing.
const UNKNOWN: f64 = 10.0;

/// The ends of the Hessian's spectrum, and its norm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spectrum {
    least: f64,
    largest: f64,
    size: f64,
}

impl Spectrum {
    fn new(hessian: &Mat<f64>) -> Self {
        let (least, largest) = crate::spectrum::ends(hessian);
        Self {
            least,
            largest,
            size: hessian.norm_l2(),
        }
    }

    /// Whether a curvature says anything of it: an error far above the Hessian's norm does not.
    pub(super) fn is_known(&self, curvature: &Curvature) -> bool {
        curvature.error <= UNKNOWN * self.size
    }

    /// The spectrum at a state.
    pub(super) fn at(field: &PopulationField, state: &[f64]) -> Self {
        Self::new(&regular_hessian(field, state))
    }
}

/// Where Newton's method arrived.
pub(super) struct Arrival {
    pub(super) state: Vec<f64>,
    pub(super) loss: f64,
    pub(super) velocity: Vec<f64>,
    pub(super) finish: Finish,
    pub(super) spectrum: Spectrum,
}

/// Tries to end the run from a state of the flow; none where the flow might end elsewhere. Counts its evaluations.
pub(super) fn newton(
    field: &mut PopulationField,
    (time, start, loss): (f64, &[f64], f64),
    velocity: &[f64],
    balances: &[f64],
    evaluations: &mut u64,
) -> Option<Arrival> {
    let range = field.moving_range();
    let first = regular_hessian(field, start);
    let mut factor = first.llt(Side::Lower).ok()?;
    let mut state = start.to_vec();
    let mut velocity = velocity.to_vec();
    let begun = field.gradient_norm(&velocity);
    let (mut gradient, mut steps) = (begun, 0);
    let floor = f64::EPSILON * norm(&start[range.clone()]);
    let mut found = loss;
    while steps < MOST_STEPS && gradient > 0.0 {
        // dθ/dt = −p ∇L over the rates: what the rates of layers do is taken back.
        let mut slope = velocity.clone();
        by_rates(field, &mut slope);
        let step = factor.solve(Mat::from_fn(range.len(), 1, |i, _| slope[range.start + i]));
        let length = (0..range.len())
            .map(|i| step[(i, 0)] * step[(i, 0)])
            .sum::<f64>()
            .sqrt();
        if !length.is_finite() || (steps == 0 && length > LONGEST * norm(&start[range.clone()])) {
            return None;
        }
        let mut next = state.clone();
        for i in 0..range.len() {
            next[range.start + i] += step[(i, 0)];
        }
        let mut next_velocity = vec![0.0; velocity.len()];
        let next_loss = field.velocity(&next, &mut next_velocity);
        *evaluations += 1;
        let next_gradient = field.gradient_norm(&next_velocity);
        steps += 1;
        if next_gradient.is_nan() || next_gradient > FALL * gradient {
            // In the end rounding is all that is left.
            if length <= 1e3 * floor {
                break;
            }
            return None;
        }
        (state, velocity, found, gradient) = (next, next_velocity, next_loss, next_gradient);
        if length <= floor {
            break;
        }
        let hessian = regular_hessian(field, &state);
        // The curvature along the step is no less than the least eigenvalue: too large a change shows at once.
        let along: f64 = (0..range.len())
            .map(|i| slope[range.start + i] * step[(i, 0)])
            .sum();
        if steps == 1 && (&hessian - &first).norm_l2() > CHANGE * along / (length * length) {
            return None;
        }
        factor = hessian.llt(Side::Lower).ok()?;
    }
    restore_balances(field, balances, &mut state);
    found = field.velocity(&state, &mut velocity).min(found);
    *evaluations += 1;
    let last = regular_hessian(field, &state);
    let spectrum = Spectrum::new(&last);
    let change = (&last - &first).norm_l2() / spectrum.least;
    let lower = found <= loss;
    // Also false for numbers that are none.
    if !(spectrum.least > 0.0 && change <= CHANGE && lower) {
        return None;
    }
    let distance = squared_distance(&state, start).sqrt();
    Some(Arrival {
        state,
        loss: found,
        velocity,
        finish: Finish {
            time,
            gradient_norm: begun,
            steps,
            distance,
            change,
        },
        spectrum,
    })
}

/// The least and largest eigenvalue of the Hessian at a state, and how well they are known.
pub(super) fn curvature(
    field: &PopulationField,
    state: &[f64],
    gradient_norm: f64,
    Spectrum { least, largest, size }: Spectrum,
) -> Curvature {
    let (p, m) = (field.neurons(), field.coordinates());
    let smallest = (0..p)
        .filter(|j| !field.is_still(*j))
        .map(|j| norm(&state[j * m..(j + 1) * m]))
        .fold(f64::INFINITY, f64::min);
    let gradient = gradient_norm * p as f64;
    let drift = if gradient == 0.0 {
        0.0
    } else {
        (2.0 * size / smallest * gradient).sqrt()
    };
    let rounding = field.moving() as f64 * f64::EPSILON * size;
    Curvature {
        least,
        largest,
        error: drift + rounding,
    }
}

/// Decouples the neurons that rest at 0, in which L has its minimum: their eigenvalues are made that of the largest entry, which hides no lower one.
fn leave_out_still(field: &PopulationField, hessian: &mut Mat<f64>) {
    let (p, m, rates) = (field.neurons(), field.coordinates(), field.rates());
    let first_output = if rates.hidden > 0.0 { p * m } else { 0 };
    let mut out = Vec::new();
    for j in (0..p).filter(|j| field.is_still(*j)) {
        if rates.hidden > 0.0 {
            out.extend(j * m..(j + 1) * m);
        }
        if rates.output > 0.0 {
            out.push(first_output + j);
        }
    }
    for i in &out {
        hessian.row_mut(*i).fill(0.0);
        hessian.col_mut(*i).fill(0.0);
    }
    let size = hessian.norm_max();
    for i in out {
        hessian[(i, i)] = size;
    }
}

/// The Hessian, made positive along the directions of rescaling where both layers move; neurons that rest at 0 are left out.
fn regular_hessian(field: &PopulationField, state: &[f64]) -> Mat<f64> {
    let mut hessian = field.hessian(state);
    leave_out_still(field, &mut hessian);
    let rates = field.rates();
    if rates.hidden == 0.0 || rates.output == 0.0 {
        return hessian;
    }
    let (p, m) = (field.neurons(), field.coordinates());
    let size = hessian.norm_max().max(f64::MIN_POSITIVE);
    for j in 0..p {
        let mut along: Vec<(usize, f64)> = (j * m..(j + 1) * m).map(|i| (i, state[i])).collect();
        along.push((p * m + j, -state[p * m + j]));
        let square: f64 = along.iter().map(|(_, value)| value * value).sum();
        if square == 0.0 {
            continue;
        }
        for (r, left) in &along {
            for (c, right) in &along {
                hessian[(*r, *c)] += size * left * right / square;
            }
        }
    }
    hessian
}

/// Divides a velocity by the rates of its layers.
fn by_rates(field: &PopulationField, velocity: &mut [f64]) {
    let rates = field.rates();
    let (hidden, output) = velocity.split_at_mut(field.neurons() * field.coordinates());
    for (rate, values) in [(rates.hidden, hidden), (rates.output, output)] {
        if rate > 0.0 && rate != 1.0 {
            values.iter_mut().for_each(|value| *value /= rate);
        }
    }
}

/// η_a ‖w_j‖² and η_w a_j² of every neuron, where both layers move; their difference is what the flow conserves.
fn squares(field: &PopulationField, state: &[f64]) -> Vec<(f64, f64)> {
    let (rates, p, m) = (field.rates(), field.neurons(), field.coordinates());
    if rates.hidden == 0.0 || rates.output == 0.0 {
        return Vec::new();
    }
    (0..p)
        .map(|j| {
            let hidden: f64 = state[j * m..(j + 1) * m].iter().map(|w| w * w).sum();
            (rates.output * hidden, rates.hidden * state[p * m + j].powi(2))
        })
        .collect()
}

/// The balance η_w a_j² − η_a ‖w_j‖² of every neuron, where both layers move.
pub(super) fn balances(field: &PopulationField, state: &[f64]) -> Vec<f64> {
    let squares = squares(field, state).into_iter();
    squares.map(|(hidden, output)| output - hidden).collect()
}

/// Rescales every neuron to its balance, where both layers move.
fn restore_balances(field: &PopulationField, balances: &[f64], state: &mut [f64]) {
    let (p, m) = (field.neurons(), field.coordinates());
    let squares = squares(field, state);
    for (j, (balance, (hidden, output))) in balances.iter().zip(squares).enumerate() {
        if hidden == 0.0 || output == 0.0 {
            continue;
        }
        // hidden c⁴ + balance c² − output = 0, without cancellation.
        let root = (balance * balance + 4.0 * hidden * output).sqrt();
        let square = if *balance > 0.0 {
            2.0 * output / (balance + root)
        } else {
            (root - balance) / (2.0 * hidden)
        };
        let factor = square.sqrt();
        state[j * m..(j + 1) * m].iter_mut().for_each(|w| *w *= factor);
        state[p * m + j] /= factor;
    }
}
