//! Holds a hypothesis of a statement and by how much it is met.

use serde::Serialize;

/// One hypothesis, written as a quantity that must be non-negative (or positive, when strict).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hypothesis {
    /// What is assumed.
    pub name: &'static str,
    /// By how much: the larger side less the smaller one, in the units of the hypothesis.
    pub margin: f64,
    /// Whether a margin of exactly zero fails.
    pub strict: bool,
}

impl Hypothesis {
    /// The hypothesis `margin ≥ 0`.
    pub fn weak(name: &'static str, margin: f64) -> Self {
        Self {
            name,
            margin,
            strict: false,
        }
    }

    /// The hypothesis `margin > 0`.
    pub fn strict(name: &'static str, margin: f64) -> Self {
        Self {
            name,
            margin,
            strict: true,
        }
    }

    /// A hypothesis that is met or not, without degrees: margin ±1.
    pub(crate) fn fact(name: &'static str, met: bool) -> Self {
        Self::strict(name, if met { 1.0 } else { -1.0 })
    }

    /// Whether it is met; a margin that is not a number is not.
    pub fn holds(&self) -> bool {
        if self.strict {
            self.margin > 0.0
        } else {
            self.margin >= 0.0
        }
    }
}

/// Whether all of them are met.
pub(crate) fn all_hold(hypotheses: &[Hypothesis]) -> bool {
    hypotheses.iter().all(Hypothesis::holds)
}
