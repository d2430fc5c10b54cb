//! Says what is asked of a sequential design: which axis, which target, how precise, how far to go.

use super::curve::Family;
use super::posterior::Prior;

/// How the places on an axis are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Whether the curve is logistic in the logarithm of the axis.
    pub logarithmic: bool,
    /// Whether only whole numbers can be drawn.
    pub whole: bool,
    /// Whether the probability falls along the axis; otherwise it rises.
    pub falls: bool,
}

impl Scale {
    /// The coordinate in which the probability falls: x = ±log(at), or ±at.
    pub(super) fn x(self, at: f64) -> f64 {
        let x = if self.logarithmic { at.ln() } else { at };
        if self.falls { x } else { -x }
    }

    /// Where on the axis x is.
    pub(super) fn at(self, x: f64) -> f64 {
        let x = if self.falls { x } else { -x };
        if self.logarithmic { x.exp() } else { x }
    }

    /// The place on the axis nearest to x that can be drawn, within two ends.
    pub(super) fn drawable(self, x: f64, (low, high): (f64, f64)) -> f64 {
        let at = self.at(x);
        let at = if self.whole { at.round() } else { at };
        at.clamp(low, high)
    }

    /// Two ends on the axis as (smaller, larger) x.
    pub(super) fn ends(self, (low, high): (f64, f64)) -> (f64, f64) {
        let (a, b) = (self.x(low), self.x(high));
        (a.min(b), a.max(b))
    }
}

/// What is asked of a design.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The axis.
    pub scale: Scale,
    /// The probability whose place is sought, between 0 and 1.
    pub target: f64,
    /// Half-width of the interval over the threshold, at which to stop.
    pub precision: f64,
    /// Confidence of the interval.
    pub level: f64,
    /// Most draws.
    pub most_trials: u64,
    /// Fewest draws placed at once.
    pub batch: u64,
    /// Where to look first.
    pub range: (f64, f64),
    /// How far the range may grow.
    pub limits: (f64, f64),
}

impl Plan {
    /// The unit of slopes: a power of e on a logarithmic axis, otherwise the first range.
    fn unit(&self) -> f64 {
        match self.scale.logarithmic {
            true => 1.0,
            false => (self.range.1 - self.range.0).abs().max(f64::MIN_POSITIVE),
        }
    }

    pub(super) fn family(&self) -> Family {
        Family {
            logit: (self.target / (1.0 - self.target)).ln(),
            steepest: 1e6 / self.unit(),
        }
    }

    /// T anywhere within the limits and a little beyond; κ from a curve as wide as the range to a step.
    pub(super) fn prior(&self) -> Prior {
        let (low, high) = self.scale.ends(self.limits);
        let pad = if self.scale.logarithmic {
            std::f64::consts::LN_2
        } else {
            0.5 * self.unit()
        };
        Prior {
            thresholds: (low - pad, high + pad),
            slopes: (0.5 / self.unit(), 4000.0 / self.unit()),
        }
    }

    /// A range doubled at the end of larger (or smaller) x, as far as the limits go.
    pub(super) fn grown(&self, range: (f64, f64), towards_larger: bool) -> (f64, f64) {
        let (low, high) = range;
        let width = self.range.1 - self.range.0;
        let grow_high = towards_larger == self.scale.falls;
        match (grow_high, self.scale.logarithmic) {
            (true, true) => (low, (2.0 * high).min(self.limits.1)),
            (true, false) => (low, (high + width).min(self.limits.1)),
            (false, true) => {
                let half = if self.scale.whole {
                    (0.5 * low).ceil()
                } else {
                    0.5 * low
                };
                (half.max(self.limits.0), high)
            }
            (false, false) => ((low - width).max(self.limits.0), high),
        }
    }
}
