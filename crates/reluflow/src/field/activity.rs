//! Counts who is active on whom.

use std::ops::Range;

use pulp::Arch;

use super::Real;
use crate::vectors::in_vectors;

/// Who is active on whom: per example, the mass and the counts of its active neurons.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Activity {
    /// e_i = (1/p) Σ_j a_j² 1_{ji} (Lemma 6), length n.
    pub mass: Vec<f64>,
    /// Number of neurons active on example i, length n.
    pub active: Vec<u32>,
    /// Number of neurons correctly active on example i (a_j y_i > 0), length n.
    pub correct: Vec<u32>,
}

impl Activity {
    /// Room for n examples.
    pub fn new(n: usize) -> Self {
        Self {
            mass: vec![0.0; n],
            active: vec![0; n],
            correct: vec![0; n],
        }
    }

    /// Sets everything to zero.
    pub fn clear(&mut self) {
        self.mass.fill(0.0);
        self.active.fill(0);
        self.correct.fill(0);
    }

    /// Examples without a correctly active neuron.
    pub fn lost(&self) -> impl Iterator<Item = usize> + '_ {
        self.correct
            .iter()
            .enumerate()
            .filter(|(_, count)| **count == 0)
            .map(|(i, _)| i)
    }

    /// min_i e_i and max_i e_i.
    pub(crate) fn mass_bounds(&self) -> (f64, f64) {
        mass_bounds(&self.mass)
    }
}

/// min_i e_i and max_i e_i of some masses.
pub(crate) fn mass_bounds(masses: &[f64]) -> (f64, f64) {
    masses
        .iter()
        .fold((f64::INFINITY, 0.0), |(low, high), e| (low.min(*e), high.max(*e)))
}

/// Counts activity from a p × n table whose entries have the signs of u_ji.
pub(crate) fn count_activity<U: Real, T: Real>(
    table: &[U],
    output: &[T],
    labels: &[T],
    activity: &mut Activity,
) {
    activity.clear();
    if !labels.is_empty() {
        add_activity(
            table.chunks_exact(labels.len()),
            output,
            labels,
            0..labels.len(),
            activity,
        );
    }
}

/// Adds the activity on some `examples`, whose signs open each of the rows.
pub(super) fn add_activity<'a, U: Real, T: Real>(
    rows: impl Iterator<Item = &'a [U]>,
    output: &[T],
    labels: &[T],
    examples: Range<usize>,
    activity: &mut Activity,
) {
    let share = 1.0 / output.len() as f64;
    let of_sign = |sign: f64| -> Vec<u32> {
        let labels = labels[examples.clone()].iter();
        labels.map(|y| u32::from(sign * y.to_f64() > 0.0)).collect()
    };
    let (positive, negative, none) = (of_sign(1.0), of_sign(-1.0), of_sign(0.0));
    let arch = Arch::new();
    for (row, a) in rows.zip(output) {
        let right = match a {
            a if *a > T::ZERO => &positive,
            a if *a < T::ZERO => &negative,
            _ => &none,
        };
        let mass = a.to_f64() * a.to_f64() * share;
        let mass_of = &mut activity.mass[examples.clone()];
        let active = &mut activity.active[examples.clone()];
        let correct = &mut activity.correct[examples.clone()];
        in_vectors!(arch, add_row(row, mass, right, (mass_of, active, correct)));
    }
}

/// Adds one neuron, whose label sign is right where `right` is 1.
#[inline(always)]
fn add_row<U: Real>(
    row: &[U],
    mass: f64,
    right: &[u32],
    (masses, active, correct): (&mut [f64], &mut [u32], &mut [u32]),
) {
    let sums = masses.iter_mut().zip(active).zip(correct);
    for ((u, right), ((total, active), correct)) in row.iter().zip(right).zip(sums) {
        let on = u32::from(*u > U::ZERO);
        *total += if on == 1 { mass } else { 0.0 };
        *active += on;
        *correct += on & right;
    }
}
