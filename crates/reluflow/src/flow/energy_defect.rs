//! How well dissipation explains the fall of the objective along a run.

use super::stage::Stage;

/// How well the fall of the objective is explained by dissipation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EnergyDefect {
    unexplained: f64,
    fallen: f64,
}

impl EnergyDefect {
    /// Takes in a step.
    pub(super) fn add(&mut self, from: &Stage, to: &Stage) {
        let dissipated = (to.time - from.time) * 0.5 * (from.dissipation + to.dissipation);
        self.unexplained += (to.loss - from.loss + dissipated).abs() / from.loss;
        self.fallen += (to.loss / from.loss).ln().abs();
    }

    /// The one of two of the same run that fewer steps were taken in.
    pub(super) fn earlier(self, other: Self) -> Self {
        if self.fallen <= other.fallen { self } else { other }
    }

    /// The same ratio over the steps since another time; NaN where there was none.
    pub(super) fn since(&self, before: &Self) -> f64 {
        (self.unexplained - before.unexplained) / (self.fallen - before.fallen)
    }

    /// Σ |ΔF + ∫ dissipation| / F over Σ |Δ log F|, both over the steps.
    pub(super) fn relative(&self) -> f64 {
        if self.fallen > 0.0 {
            self.unexplained / self.fallen
        } else {
            0.0
        }
    }
}
