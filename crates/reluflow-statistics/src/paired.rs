//! Asks whether pairs differ: the mean of their differences, and the test of their signs.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::beta::beta_reg;

use crate::Estimate;

/// What pairs say of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// The mean difference, with Student's interval; unbounded with fewer than two pairs.
    pub mean: Estimate,
    /// How many differences are positive.
    pub up: u64,
    /// How many are negative.
    pub down: u64,
    /// The sign test's p-value.
    pub p_value: f64,
}

/// The mean of paired differences, and how surprising their signs are. O(m).
///
/// For differences −1, 0, 1 of two yes-or-no outcomes the sign test is McNemar's exact test.
///
/// ```
/// // Six pairs that differ, all upwards: p = 2/2⁶.
/// let paired = reluflow_statistics::paired(&[1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0], 0.95);
/// assert_eq!((paired.up, paired.down, paired.mean.value), (6, 0, 0.75));
/// assert!((paired.p_value - 2.0 / 64.0).abs() < 1e-12);
/// ```
pub fn paired(differences: &[f64], level: f64) -> Paired {
    let m = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / m;
    let squares: f64 = differences.iter().map(|one| (one - mean).powi(2)).sum();
    let half = match StudentsT::new(0.0, 1.0, m - 1.0) {
        Ok(law) => law.inverse_cdf(0.5 + 0.5 * level) * (squares / (m - 1.0) / m).sqrt(),
        Err(_) => f64::INFINITY,
    };
    let count = |kept: fn(&&f64) -> bool| differences.iter().filter(kept).count() as u64;
    let (up, down) = (count(|one| **one > 0.0), count(|one| **one < 0.0));
    Paired {
        mean: Estimate {
            value: mean,
            low: mean - half,
            high: mean + half,
        },
        up,
        down,
        p_value: sign_test(up, down),
    }
}

/// The two-sided p-value of the sign test: twice the probability that a fair coin falls min(up, down) times or less on one side in
/// up + down throws, at most 1. O(1).
///
/// ```
/// // 2 (1 + 5)/2⁵.
/// assert!((reluflow_statistics::paired::sign_test(4, 1) - 0.375).abs() < 1e-12);
/// assert_eq!(reluflow_statistics::paired::sign_test(0, 0), 1.0);
/// ```
pub fn sign_test(up: u64, down: u64) -> f64 {
    let (fewer, all) = (up.min(down) as f64, (up + down) as f64);
    if 2.0 * fewer == all {
        return 1.0;
    }
    // P(X ≤ k) = I_{1/2}(m − k, k + 1).
    (2.0 * beta_reg(all - fewer, fewer + 1.0, 0.5)).min(1.0)
}

/// Holm's p-values of several tests: the chance of one false rejection among them all is at most the level. In their order.
/// Source: Holm, Scandinavian Journal of Statistics 6 (1979). O(m log m).
///
/// ```
/// // The smallest times three, the next times two, and none below the one before.
/// assert_eq!(reluflow_statistics::paired::holm(&[0.25, 0.01, 0.02]), [0.25, 0.03, 0.04]);
/// ```
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least: f64 = 0.0;
    for (rank, k) in order.into_iter().enumerate() {
        least = least.max(p_values[k] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[k] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Sums of binomial coefficients.
    #[test]
    fn the_sign_test_sums_the_binomial_law() {
        for (up, down) in [(0u64, 7u64), (2, 8), (30, 10), (5, 6)] {
            let m = up + down;
            let choose = |k: u64| (1..=k).fold(1.0, |all, j| all * (m - k + j) as f64 / j as f64);
            let tail: f64 = (0..=up.min(down)).map(choose).sum::<f64>() / 2f64.powi(m as i32);
            assert!(
                (sign_test(up, down) - (2.0 * tail).min(1.0)).abs() < 1e-12,
                "{up} {down}"
            );
        }
    }

    /// Four values by hand: mean 1, variance 2/3, and the t quantile 3.182446 with three degrees of freedom.
    #[test]
    fn the_interval_is_students() {
        let found = paired(&[0.0, 1.0, 1.0, 2.0], 0.95).mean;
        let half = 3.182446 * (2.0f64 / 3.0 / 4.0).sqrt();
        assert!((found.value - 1.0).abs() < 1e-15);
        assert!((found.high - 1.0 - half).abs() < 1e-5, "{found:?}");
        assert!(paired(&[1.0], 0.95).mean.high.is_infinite());
    }

    /// Differences of two yes-or-no outcomes, 200 pairs with discordant shares 0.10 and 0.15: 1000 intervals hold −0.05 in 95 %, to
    /// four standard errors of 0.7 %.
    #[test]
    fn the_interval_covers_a_difference_of_shares() {
        let mut random = ChaCha8Rng::seed_from_u64(17);
        let mut draw = || match random.random::<f64>() {
            u if u < 0.10 => 1.0,
            u if u < 0.25 => -1.0,
            _ => 0.0,
        };
        let covered = (0..1000)
            .filter(|_| {
                let pairs: Vec<f64> = (0..200).map(|_| draw()).collect();
                paired(&pairs, 0.95).mean.covers(-0.05)
            })
            .count();
        assert!((922..=978).contains(&covered), "{covered}");
    }
}
