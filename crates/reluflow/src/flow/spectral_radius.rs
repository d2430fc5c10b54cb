//! Follows the spectral radius λ_max(M)/n of the flow along a run.

use super::Counts;
use crate::Dataset;
use crate::field::{VectorField, split_state};
use crate::linear::squared_norm;

/// Steps between two looks.
const STEPS_BETWEEN: u64 = 30;
/// Products with M a look: its top vector moves slowly, so a warm start needs no more.
const PRODUCTS: usize = 1;
/// Products with M at the start.
const FIRST_PRODUCTS: usize = 4;
/// Power iteration on M, started where the last one ended, never above the bound
/// λ_max(M) ≤ ‖XᵀX‖_op · (1/p) Σ_j (a_j² + ‖w_j‖²).
///
/// The bound is Lemma 6's before it uses Assumption 1: M ⪯ (1/p) Σ_j (a_j² + ‖w_j‖²) D_j XᵀX D_j.
#[derive(Debug)]
pub(super) struct SpectralRadius {
    vector: Vec<f64>,
    image: Vec<f64>,
    gram_norm: f64,
    estimate: f64,
    looked_at: Option<u64>,
}

impl SpectralRadius {
    pub(super) fn new(dataset: &Dataset) -> Self {
        let n = dataset.examples();
        let vector = dataset
            .labels()
            .iter()
            .enumerate()
            .map(|(i, y)| y + crate::linear::probe(i))
            .collect();
        Self {
            vector,
            image: vec![0.0; n],
            gram_norm: dataset.gram_norm(),
            estimate: 0.0,
            looked_at: None,
        }
    }

    /// The radius to use for a step from `state`; looks again when the last look is old or `afresh`.
    ///
    /// `safety`: what an estimate is multiplied with, because power iteration comes from below and M grows until the next.
    pub(super) fn at(
        &mut self,
        field: &mut dyn VectorField<f64>,
        state: &[f64],
        safety: f64,
        afresh: bool,
        counts: &mut Counts,
    ) -> f64 {
        let products = match self.looked_at {
            None => FIRST_PRODUCTS,
            Some(step) if afresh || counts.steps >= step + STEPS_BETWEEN => PRODUCTS,
            Some(_) => 0,
        };
        if products > 0 {
            for _ in 0..products {
                let norm = squared_norm(&self.vector).sqrt();
                if norm == 0.0 {
                    break; // no example feels another: any vector is as good
                }
                self.vector.iter_mut().for_each(|v| *v /= norm);
                field.apply_kernel(state, &self.vector, &mut self.image);
                std::mem::swap(&mut self.vector, &mut self.image);
                counts.evaluations += 1;
            }
            self.estimate = safety * squared_norm(&self.vector).sqrt();
            if self.estimate == 0.0 {
                self.vector.copy_from_slice(&self.image);
            }
            self.looked_at = Some(counts.steps);
        }
        self.estimate.min(self.ceiling(state, field.neurons())) / field.examples() as f64
    }

    /// ‖XᵀX‖_op (1/p) Σ_j (a_j² + ‖w_j‖²), free of charge.
    fn ceiling(&self, state: &[f64], neurons: usize) -> f64 {
        let (hidden, output) = split_state(state, neurons);
        self.gram_norm * (squared_norm(hidden) + squared_norm(output)) / neurons as f64
    }
}
