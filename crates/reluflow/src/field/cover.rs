//! Finds, for every example, how well the neurons of the right sign cover it.

use super::Real;

/// How well the correct neurons, a_j y_i > 0, cover each example.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cover<T> {
    /// Σ_j |a_j| σ(u_ji) over the correct neurons, length n.
    pub sum: Vec<T>,
    /// max_j |a_j| u_ji over the correct neurons, length n; −∞ where no neuron has the right sign or y_i = 0.
    ///
    /// Negative: nobody correct is active, and this is the one nearest to becoming so.
    pub best: Vec<T>,
    /// The neuron with that maximum, length n.
    pub neuron: Vec<u32>,
}

impl<T: Real> Cover<T> {
    /// Room for n examples.
    pub fn new(n: usize) -> Self {
        Self {
            sum: vec![T::ZERO; n],
            best: vec![T::from_f64(f64::NEG_INFINITY); n],
            neuron: vec![0; n],
        }
    }

    /// Forgets what was found.
    pub(super) fn clear(&mut self) {
        self.sum.fill(T::ZERO);
        self.best.fill(T::from_f64(f64::NEG_INFINITY));
        self.neuron.fill(0);
    }

    /// Adds one neuron's u_ji on the examples from `first` on; `a` is its output weight.
    #[inline(always)]
    pub(super) fn add(&mut self, first: usize, neuron: usize, a: T, labels: &[T], row: &[T]) {
        let count = labels.len().min(row.len());
        let positive = a > T::ZERO;
        let negative = a < T::ZERO;
        if !positive && !negative {
            return;
        }
        let size = if positive { a } else { T::ZERO - a };
        let slots = self.sum[first..][..count]
            .iter_mut()
            .zip(&mut self.best[first..][..count])
            .zip(&mut self.neuron[first..][..count]);
        for (((sum, best), who), (y, u)) in slots.zip(labels.iter().zip(row)) {
            let correct = if positive { *y > T::ZERO } else { *y < T::ZERO };
            let value = size * *u;
            let gain = if correct && value > T::ZERO {
                value
            } else {
                T::ZERO
            };
            *sum += gain;
            let better = correct && value > *best;
            *best = if better { value } else { *best };
            *who = if better { neuron as u32 } else { *who };
        }
    }
}
