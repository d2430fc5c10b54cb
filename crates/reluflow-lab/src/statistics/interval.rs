//! Computes confidence intervals of probabilities from counts.

use statrs::distribution::{Beta, ContinuousCDF};

/// The exact (Clopper–Pearson) interval of a probability at a confidence level, from quantiles of
/// Beta(k, m − k + 1) and Beta(k + 1, m − k); (0, 1) without trials.
///
/// ```
/// // With no success the upper end solves (1 − q)^m = (1 − level)/2.
/// let (low, high) = reluflow_lab::statistics::clopper_pearson(0, 20, 0.95);
/// assert_eq!(low, 0.0);
/// assert!((high - (1.0 - 0.025f64.powf(1.0 / 20.0))).abs() < 1e-9);
/// ```
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> (f64, f64) {
    let (k, m) = (successes as f64, trials as f64);
    let tail = (1.0 - level) / 2.0;
    let quantile =
        |a: f64, b: f64, q: f64, otherwise: f64| Beta::new(a, b).map_or(otherwise, |law| law.inverse_cdf(q));
    let low = if successes == 0 {
        0.0
    } else {
        quantile(k, m - k + 1.0, tail, 0.0)
    };
    let high = if successes >= trials {
        1.0
    } else {
        quantile(k + 1.0, m - k, 1.0 - tail, 1.0)
    };
    (low, high)
}
