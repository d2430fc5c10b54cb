//! One-step methods: what the adaptive loop asks of them.

use super::drift::Leading;
use super::stage::Stage;
use crate::field::VectorField;

/// What a method reports of a step it took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Advance {
    /// The loss at its end, where that is known: the field then was evaluated there.
    pub(super) known: Option<f64>,
    /// Evaluations spent, without the one at its end.
    pub(super) evaluations: u64,
}

/// What the next step is planned by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlook {
    /// The longest step of the usual kind, and the longest over kinks.
    pub(super) longest: [f64; 2],
    /// How long errors let it be.
    pub(super) step: f64,
    /// The spectral radius.
    pub(super) radius: f64,
    /// Whether the verdict may still be decided.
    pub(super) early: bool,
}

/// What the next step is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Its largest length.
    pub(super) longest: f64,
    /// Whether it follows neurons over their kinks, so that it may be long where these are crossed.
    pub(super) over_kinks: bool,
}

/// A one-step method whose steps end where the next begins (first-same-as-last).
pub(super) trait Stepper {
    /// q: the local error behaves like h^(1/q).
    fn error_exponent(&self) -> f64;
    /// Plans the next step.
    fn plan(&mut self, outlook: Outlook) -> Plan {
        Plan {
            longest: outlook.longest[0],
            over_kinks: false,
        }
    }
    /// The largest stable step at this spectral radius.
    fn largest_step(&self, radius: f64) -> f64;
    /// By how much a spectral radius is to be overestimated, the less the more stability costs.
    fn radius_safety(&self) -> f64 {
        1.2
    }
    /// Steps from `from` by h into the state and the time of `to`; `lengths` are h and h̃, over which a step must be taken
    /// to make up for its error along the path ([`Drift`]).
    fn advance(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        to: &mut Stage,
        lengths: [f64; 2],
        radius: f64,
    ) -> Advance;
    /// The leading error of the last step along the path.
    fn leading_error(&mut self, _from: &Stage, _to: &Stage, _neurons: usize) -> Leading {
        Leading {
            weight: 0.0,
            known: 0.0,
        }
    }
    /// The local error of the last step, once `to` has its velocity.
    fn local_error(&self, from: &Stage, to: &Stage, error: &mut [f64]);
    /// Forgets the last steps: what follows is in other units.
    fn restart(&mut self) {}
}
