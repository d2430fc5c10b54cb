//! Reads off the draws of a cell which share interpolated and with which losses, and says what least squares would leave.

use reluflow_statistics::paired::paired;
use reluflow_statistics::{Estimate, clopper_pearson};

use super::studies::NOISE;
use crate::intervals::LEVEL;
use crate::sweep::Filled;

/// Half the noise variance, less what d coefficients fit of it: the expected training loss of least squares; 0 where it interpolates.
pub(super) fn least_squares_train(n: f64, d: f64) -> f64 {
    0.5 * NOISE * (1.0 - d / n).max(0.0)
}

/// The expected test loss of least squares on clean labels, for Gaussian inputs and n > d + 1.
pub(super) fn least_squares_test(n: f64, d: f64) -> f64 {
    match n > d + 1.0 {
        true => 0.5 * NOISE * d / (n - d - 1.0),
        false => f64::NAN,
    }
}

/// What the draws of a cell show.
pub(super) struct Seen {
    pub(super) share: Estimate,
    pub(super) train: Estimate,
    pub(super) test: Option<Estimate>,
}

pub(super) fn seen(filled: &Filled<'_>) -> Seen {
    let (of, all) = (filled.converged(), filled.trials.len() as u64);
    let (low, high) = clopper_pearson(of, all, LEVEL);
    let losses: Vec<f64> = filled.trials.iter().map(|trial| trial.number("loss")).collect();
    let tests = filled.trials.iter().filter_map(|trial| trial.get("test_loss"));
    let tests: Vec<f64> = tests.collect();
    Seen {
        share: Estimate {
            value: of as f64 / all as f64,
            low,
            high,
        },
        train: paired(&losses, LEVEL).mean,
        test: (!tests.is_empty()).then(|| paired(&tests, LEVEL).mean),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// n = 2d + 1 leaves d degrees of freedom to the test of least squares: d/d.
    #[test]
    fn least_squares_fits_d_coefficients() {
        assert!((least_squares_test(21.0, 10.0) - 0.125).abs() < 1e-15);
        assert!((least_squares_train(20.0, 10.0) - 0.0625).abs() < 1e-15);
        assert!(least_squares_test(11.0, 10.0).is_nan());
    }
}
