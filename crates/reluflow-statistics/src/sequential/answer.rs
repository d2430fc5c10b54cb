//! Says what a search found, and what a grid would have needed for it.

use super::design;
use super::plan::Plan;
use crate::{Estimate, chi_squared_1};

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The interval is as narrow as asked.
    Reached,
    /// The draws allowed did not suffice.
    OutOfTrials,
    /// The threshold lies above the limits.
    Above,
    /// The threshold lies below the limits.
    Below,
    /// Everything succeeds at one whole number and nothing at the next: no draw lies between them.
    Step,
}

impl End {
    /// The end as one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::OutOfTrials => "out-of-trials",
            Self::Above => "above",
            Self::Below => "below",
            Self::Step => "step",
        }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The threshold on the axis with its interval; an end that the draws do not bound is infinite, and so is the value
    /// of a threshold beyond the limits.
    pub estimate: Estimate,
    /// κ, per power of e on a logarithmic axis; of a step, infinite.
    pub slope: f64,
    /// Draws used.
    pub trials: u64,
    /// How it ended.
    pub end: End,
}

impl Answer {
    /// (high − low)/(2 |value|); infinite where no threshold was found.
    pub fn precision(&self) -> f64 {
        let Estimate { value, low, high } = self.estimate;
        match value.is_finite() {
            true => (high - low) / (2.0 * value.abs()),
            false => f64::INFINITY,
        }
    }
}

/// How many draws a grid would need for an interval as wide as an answer's: rounds of one draw at each of its places,
/// by the Fisher information of T at the fitted curve, times the places. None when the interval or the slope is not
/// finite; infinite when no place of the grid tells anything.
pub fn grid_trials(plan: &Plan, answer: &Answer, grid: &[f64]) -> Option<f64> {
    let scale = plan.scale;
    let Estimate { value, low, high } = answer.estimate;
    let (first, last) = (scale.x(low.max(f64::MIN_POSITIVE)), scale.x(high));
    let half = 0.5 * (last - first).abs();
    if !(answer.slope.is_finite() && answer.slope > 0.0 && half.is_finite() && low.is_finite()) {
        return None;
    }
    let places: Vec<f64> = grid.iter().map(|at| scale.x(*at)).collect();
    let variance = design::variance_per_round(&plan.family(), &places, scale.x(value), answer.slope)
        / (answer.slope * answer.slope);
    Some(chi_squared_1(plan.level) * variance / (half * half) * grid.len() as f64)
}
