//! Integrates the flow exactly through its kinks: Taylor series between events, events located by proof.
//!
//! | family | order | evaluations a step | dense output | source |
//! | --- | --- | --- | --- | --- |
//! | event-driven Taylor series | 4–24, chosen per step up to `order` | one per coefficient | the series itself | Filippov's solution: the velocity is the element of least norm of −p ∂L |
//!
//! While every neuron keeps its side of every kink ⟨w_j, x_i⟩ = 0 the field is polynomial in the weights and the forces. A step ends where the
//! series leaves its tolerance or where the first event comes: a kink is reached, a multiplier of a sliding
//! pair meets its bound, or the output weight of a sliding neuron passes through 0.
//!
//! | file | what |
//! | --- | --- |
//! | `kinks` | the hyperplanes; duplicates and antipodes share one |
//! | `pattern` | who is on which side, who slides |
//! | `series` | the Taylor coefficients |
//! | `forces` | those of the forces of classification losses |
//! | `bernstein` | first roots, or a proof that there are none |
//! | `crate::linear::least_norm` | the box problem of the multipliers |
//! | `sweeps` | loops over rows of coefficients |
//! | `steps` | the order of a series, and how long its step may be |
//! | `found` | what ends a frozen pattern |
//! | `events` | the earliest event of a step |
//! | `rules` | what happens at it; branch points |
//! | `velocity` | the velocity on convex kinks |
//! | `held` | points where more kinks meet than their normals span |
//! | `record` | the table of events, and what the flow checked |
//! | `field` | what the journal sees |
//! | `scale` | the units it computes in |
//! | `pace` | levels of the loss that were located, and the pace of steps |
//! | `ends` | levels of the loss, rest, the floor of rounding |
//! | `points` | points of the path, as the journal gets them |
//! | `flow` | the driver |

mod bernstein;
mod ends;
mod events;
mod field;
mod flow;
mod forces;
mod found;
mod held;
mod kinks;
mod pace;
mod pattern;
mod points;
mod record;
mod rules;
mod scale;
mod series;
mod steps;
mod sweeps;
mod velocity;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use record::{Branch, Checks, Event, EventKind, Events};

use super::{Problem, Solution};
use crate::error::{Error, Result};

/// The flow itself, event by event: for small problems (n·p up to about 10⁴).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Exact {
    /// Highest order of the Taylor series.
    pub order: usize,
    /// Largest last coefficient of a step, relative to its neuron (or to max |y| for residuals).
    pub tolerance: f64,
    /// Most events before the run ends out of budget.
    pub events: u64,
    /// Most events at one instant before the run ends out of budget: they may accumulate without end.
    pub events_at_once: u64,
}

impl Default for Exact {
    fn default() -> Self {
        Self {
            order: 12,
            tolerance: 1e-13,
            events: 1_000_000,
            events_at_once: 2000,
        }
    }
}

impl Exact {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the order is 4 to 24, the tolerance in (0, 10⁻³] and the bounds on events positive.
    pub fn check(&self) -> Result<()> {
        if !(4..=bernstein::MAX_DEGREE).contains(&self.order) {
            return Err(Error::out_of_range("order", "4 to 24", self.order));
        }
        if !(self.tolerance > 0.0 && self.tolerance <= 1e-3) {
            return Err(Error::out_of_range("tolerance", "in (0, 0.001]", self.tolerance));
        }
        if self.events == 0 || self.events_at_once == 0 {
            return Err(Error::out_of_range("events and events_at_once", "at least 1", 0));
        }
        Ok(())
    }

    /// Flows until a stop comes.
    ///
    /// # Errors
    /// When inputs, labels or weights are so large or small that squares of them are infinite or lose digits.
    pub(super) fn solve(&self, problem: &Problem<'_>) -> Result<Solution> {
        Ok(flow::Flow::new(problem, *self)?.run())
    }
}

#[cfg(test)]
mod tests;
