//! Counts who is active on whom.

use std::ops::Range;

use super::Real;

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
    pub fn mass_bounds(&self) -> (f64, f64) {
        self.mass
            .iter()
            .fold((f64::INFINITY, 0.0), |(low, high), e| (low.min(*e), high.max(*e)))
    }
}

/// Counts activity from a p × n table whose entries have the signs of u_ji.
pub(crate) fn count_activity<T: Real>(table: &[T], output: &[T], labels: &[T], activity: &mut Activity) {
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
pub(super) fn add_activity<'a, T: Real>(
    rows: impl Iterator<Item = &'a [T]>,
    output: &[T],
    labels: &[T],
    examples: Range<usize>,
    activity: &mut Activity,
) {
    let share = 1.0 / output.len() as f64;
    for (row, a) in rows.zip(output) {
        let mass = a.to_f64() * a.to_f64() * share;
        for (i, u) in examples.clone().zip(row) {
            if *u > T::ZERO {
                activity.mass[i] += mass;
                activity.active[i] += 1;
                activity.correct[i] += u32::from(*a * labels[i] > T::ZERO);
            }
        }
    }
}
