//! Estimates with intervals: proportions, thresholds, scaling laws and slopes.
//!
//! | estimate | interval | file |
//! | --- | --- | --- |
//! | probability of a cell | Clopper–Pearson, Wilson | [`interval`] |
//! | threshold N where the probability crosses 1/2 | profile likelihood | [`logistic`] |
//! | law of N in d or p, and its exponent | profile likelihood | [`scaling`] |
//! | log–log slope of a curvature | bootstrap over draws | [`slope`] |
//! | whether two samples share a law | permutations | [`two_samples`] |
//! | whether pairs differ | Student's; the test of signs | [`paired()`] |
//!
//! What each interval covers on simulated data is measured by `cargo run --release -p reluflow-statistics --example
//! coverage`.

pub mod interval;
pub mod logistic;
pub mod paired;
pub mod scaling;
pub mod sequential;
pub mod slope;
pub mod two_samples;

mod search;

pub use interval::{clopper_pearson, wilson};
pub use logistic::{Cell, Shape, Threshold};
pub use paired::{Paired, paired};
pub use scaling::{Law, LawFit, ThresholdCurve};
pub use search::maximum;
pub use slope::{DrawsAt, Slope};
pub use two_samples::{kolmogorov_smirnov, kolmogorov_smirnov_of_shapes};

/// An estimate with its interval; an end that the data do not bound is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end of its interval.
    pub high: f64,
}

impl Estimate {
    /// Whether the interval contains a value.
    ///
    /// ```
    /// let estimate = reluflow_statistics::Estimate { value: 1.0, low: 0.5, high: f64::INFINITY };
    /// assert!(estimate.covers(3.0) && !estimate.covers(0.4));
    /// ```
    pub fn covers(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// The χ² quantile with one degree of freedom: twice the fall of a log-likelihood at the ends of a profile
/// interval of this level. The square of the normal quantile at (1 + level)/2.
pub(crate) fn chi_squared_1(level: f64) -> f64 {
    interval::normal_quantile(0.5 + 0.5 * level).powi(2)
}
