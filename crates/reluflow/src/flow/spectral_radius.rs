//! Spectral radius of the linearised flow along a run, λ_max(M) max_i ℓ''_i / n + λ max(η_w, η_a).

use super::Counts;
use super::stage::Stage;
use crate::Dataset;
use crate::field::{VectorField, split_state};
use crate::linear::squared_norm;

/// Steps between two looks.
const STEPS_BETWEEN: u64 = 30;
/// As how many steps one over kinks counts: it may be eight times as long.
const OVER_KINKS: u64 = 6;
/// How many times the bound of M may grow between two looks.
const GROWN: f64 = 1.5;
/// Products with M a look: its top vector moves slowly, so a warm start needs no more.
const PRODUCTS: usize = 1;
/// Products with M at the start.
const FIRST_PRODUCTS: usize = 4;
/// Power iteration on M, started where the last one ended, never above the bound
/// λ_max(M) ≤ ‖XᵀX‖_op · (1/p) Σ_j (η_w a_j² + η_a ‖w_j‖²).
///
/// The bound is Lemma 6's before it uses Assumption 1: M ⪯ (1/p) Σ_j (η_w a_j² + η_a ‖w_j‖²) D_j XᵀX D_j, |σ'| ≤ 1.
///
/// ℓ'' is that of the stage: 1 for the square loss; of a classification loss it falls with the loss, and the
/// steps it allows grow.
#[derive(Debug)]
pub(super) struct SpectralRadius {
    vector: Vec<f64>,
    image: Vec<f64>,
    gram_norm: f64,
    estimate: f64,
    /// The bound when it was last looked.
    bound: f64,
    /// How many steps ago the last look was.
    age: Option<u64>,
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
            bound: 0.0,
            age: None,
        }
    }

    /// The radius to use for a step from `from`; looks again when the last look is old, the bound has grown since, or `afresh`.
    ///
    /// `safety`: what an estimate is multiplied with, because power iteration comes from below and M grows until the next.
    pub(super) fn at(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        safety: f64,
        afresh: bool,
        counts: &mut Counts,
    ) -> f64 {
        let ceiling = self.ceiling(field, &from.state);
        let products = match self.age {
            None => FIRST_PRODUCTS,
            Some(age) if afresh || age >= STEPS_BETWEEN || ceiling > GROWN * self.bound => PRODUCTS,
            Some(_) => 0,
        };
        if products > 0 {
            for _ in 0..products {
                let norm = squared_norm(&self.vector).sqrt();
                if norm == 0.0 {
                    break; // no example feels another: any vector is as good
                }
                self.vector.iter_mut().for_each(|v| *v /= norm);
                field.apply_kernel(&from.state, &self.vector, &mut self.image);
                std::mem::swap(&mut self.vector, &mut self.image);
                counts.evaluations += 1;
            }
            self.estimate = safety * squared_norm(&self.vector).sqrt();
            if self.estimate == 0.0 {
                self.vector.copy_from_slice(&self.image);
            }
            self.bound = ceiling;
            self.age = Some(0);
        }
        let model = field.model();
        let stiffness = self.estimate.min(ceiling) / field.examples() as f64;
        stiffness * from.curvature + model.weight_decay * model.rates().max()
    }

    /// Notes that a step was taken.
    pub(super) fn note_step(&mut self, over_kinks: bool) {
        let age = self.age.get_or_insert(0);
        *age += if over_kinks { OVER_KINKS } else { 1 };
    }

    /// ‖XᵀX‖_op (1/p) Σ_j (η_w a_j² + η_a ‖w_j‖²), free of charge.
    fn ceiling(&self, field: &dyn VectorField<f64>, state: &[f64]) -> f64 {
        let (neurons, rates) = (field.neurons(), field.model().rates());
        let (hidden, output) = split_state(state, neurons);
        let norms = rates.output * squared_norm(hidden) + rates.hidden * squared_norm(output);
        self.gram_norm * norms / neurons as f64
    }
}
