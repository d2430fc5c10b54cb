//! The local Polyak–Łojasiewicz curvature μ and its bounds.

use crate::{Activity, Dataset};

/// μ = p‖∇L‖²/L = ‖dθ/dt‖²/(pL), from a velocity and a loss (equation 5).
///
/// Where neurons slide along a kink, a velocity taken with σ'(0) = 0 beside it contains pushes that cancel along
/// the flow, and this exceeds −(dL/dt)/L; [`average`], which comes from the loss alone, does not. The exact
/// method's velocities are those of the slide, so that there both agree; orthogonal inputs never slide.
pub fn local(squared_speed: f64, neurons: usize, loss: f64) -> f64 {
    squared_speed / (neurons as f64 * loss)
}

/// ⟨μ⟩(t) = log(L(0)/L(t))/t (Lemma 2); NaN at t = 0.
pub fn average(initial_loss: f64, loss: f64, time: f64) -> f64 {
    (initial_loss / loss).ln() / time
}

/// The constants of Lemma 6 for a dataset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// (2/n)((C_x^−)² − δ).
    lower: f64,
    /// (4/n)((C_x^+)² + δ).
    upper: f64,
}

impl Bounds {
    /// The constants of Lemma 6, with δ = ‖XᵀX − D_X‖_op.
    pub fn new(dataset: &Dataset) -> Self {
        Self::with_interaction(dataset, dataset.interaction())
    }

    /// The constants with another δ: that of the half ([`crate::theory::antipodal`]).
    pub fn with_interaction(dataset: &Dataset, delta: f64) -> Self {
        let (smallest, largest) = dataset.input_norm_bounds();
        let n = dataset.examples() as f64;
        Self {
            lower: 2.0 / n * (smallest * smallest - delta),
            upper: 4.0 / n * (largest * largest + delta),
        }
    }

    /// μ_low ≤ μ ≤ μ_upp with e_i the masses of the active neurons. Negative μ_low says nothing.
    pub fn at(&self, activity: &Activity) -> (f64, f64) {
        self.between(activity.mass_bounds())
    }

    /// The bounds for the smallest and the largest mass.
    pub fn between(&self, (smallest, largest): (f64, f64)) -> (f64, f64) {
        (self.lower * smallest, self.upper * largest)
    }
}
