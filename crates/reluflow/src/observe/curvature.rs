//! The local Polyak–Łojasiewicz curvature μ and its bounds.

use crate::model::{Loss, Model};
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

/// The constants of Lemma 6 for a dataset, and for the models to which its proof extends.
///
/// For the square loss without decay, slope γ and rates η: μ = rᵀ K r/(n² L) with
/// K = (1/p) Σ_j (η_w a_j² D_j X Xᵀ D_j + η_a σ_j σ_jᵀ), where D_j holds σ'(u_ji) and σ_j = D_j X w_j. So with
/// e_i = (1/p) Σ_j a_j² σ'(u_ji)², (2η_w/n) ((C_x^−)² − δ) min_i e_i ≤ μ, and where η_a ‖w_j‖² ≤ η_w a_j² for all j (Assumption 1 for
/// these rates), μ ≤ (4η_w/n) ((C_x^+)² + δ) max_i e_i.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// (2η_w/n)((C_x^−)² − δ).
    lower: f64,
    /// (4η_w/n)((C_x^+)² + δ).
    upper: f64,
    /// γ².
    squared_slope: f64,
}

impl Bounds {
    /// The constants of Lemma 6, with δ = ‖XᵀX − D_X‖_op.
    pub fn new(dataset: &Dataset) -> Self {
        Self::with_interaction(dataset, dataset.interaction())
    }

    /// The constants for another slope and other rates; none where there is no such bound: for another loss, with decay, or where
    /// the hidden layer is frozen.
    pub fn of(dataset: &Dataset, model: &Model) -> Option<Self> {
        if !Self::exist(model) {
            return None;
        }
        let (paper, rate) = (Self::new(dataset), model.rates().hidden);
        Some(Self {
            lower: rate * paper.lower,
            upper: rate * paper.upper,
            squared_slope: model.activation.slope() * model.activation.slope(),
        })
    }

    /// Whether a model has such bounds.
    pub fn exist(model: &Model) -> bool {
        model.loss == Loss::Square && model.decay().is_none() && model.rates().hidden > 0.0
    }

    /// The constants with another δ: that of the half ([`crate::theory::antipodal`]).
    pub(crate) fn with_interaction(dataset: &Dataset, delta: f64) -> Self {
        let (smallest, largest) = dataset.input_norm_bounds();
        let n = dataset.examples() as f64;
        Self {
            lower: 2.0 / n * (smallest * smallest - delta),
            upper: 4.0 / n * (largest * largest + delta),
            squared_slope: 0.0,
        }
    }

    /// μ_low ≤ μ ≤ μ_upp with e_i the masses of the active neurons, for γ = 0. Negative μ_low says nothing.
    pub fn at(&self, activity: &Activity) -> (f64, f64) {
        self.between(activity.mass_bounds())
    }

    /// The bounds for any slope: e_i is a part 1 − γ² of the mass of the active neurons, and γ² of (1/p) Σ_j a_j².
    pub(crate) fn at_mass(&self, activity: &Activity, whole: f64) -> (f64, f64) {
        let of = |active: f64| self.squared_slope * whole + (1.0 - self.squared_slope) * active;
        let (smallest, largest) = activity.mass_bounds();
        self.between((of(smallest), of(largest)))
    }

    /// The bounds for the smallest and the largest mass.
    pub fn between(&self, (smallest, largest): (f64, f64)) -> (f64, f64) {
        (self.lower * smallest, self.upper * largest)
    }
}
