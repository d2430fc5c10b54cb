//! Bounds a probability from successes among trials.

use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::beta::beta_reg;

use super::search::root;

/// The Clopper–Pearson interval: the probabilities that neither one-sided binomial test at (1 − level)/2
/// rejects. It never covers less than `level`. Without trials it is (0, 1).
///
/// low and high solve I_low(k, m − k + 1) = α/2 and I_high(k + 1, m − k) = 1 − α/2 with α = 1 − level, k
/// successes and m trials. Source: Clopper and Pearson, Biometrika 26 (1934). O(1).
///
/// ```
/// // Nothing in 20 trials: 1 − 0.025^(1/20).
/// let (low, high) = reluflow_statistics::clopper_pearson(0, 20, 0.95);
/// assert_eq!(low, 0.0);
/// assert!((high - (1.0 - 0.025f64.powf(0.05))).abs() < 1e-9);
/// ```
pub fn clopper_pearson(successes: u64, trials: u64, level: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let tail = 0.5 * (1.0 - level);
    let (k, m) = (successes.min(trials) as f64, trials as f64);
    let low = match k {
        0.0 => 0.0,
        _ => root(|q| beta_reg(k, m - k + 1.0, q) - tail, 0.0, 1.0),
    };
    let high = if k == m {
        1.0
    } else {
        root(|q| beta_reg(k + 1.0, m - k, q) - 1.0 + tail, 0.0, 1.0)
    };
    (low, high)
}

/// The Wilson interval: the probabilities that the score test does not reject. It covers `level` on average
/// over probabilities, less near some of them. Without trials it is (0, 1).
///
/// (q̂ + z²/2m ± z √(q̂(1 − q̂)/m + z²/4m²))/(1 + z²/m), q̂ = k/m. Source: Wilson, JASA 22 (1927). O(1).
///
/// ```
/// // The score test of 5 in 10 at z = 1.96: 1/2 ± √((1/4)/(1 + 10/z²)).
/// let (low, high) = reluflow_statistics::wilson(5, 10, 0.95);
/// let half = (0.25f64 / (1.0 + 10.0 / 1.959964f64.powi(2))).sqrt();
/// assert!((low - 0.5 + half).abs() < 1e-6 && (high - 0.5 - half).abs() < 1e-6);
/// ```
pub fn wilson(successes: u64, trials: u64, level: f64) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let z = normal_quantile(0.5 + 0.5 * level);
    let m = trials as f64;
    let share = successes.min(trials) as f64 / m;
    let centre = share + z * z / (2.0 * m);
    let half = z * (share * (1.0 - share) / m + z * z / (4.0 * m * m)).sqrt();
    let scale = 1.0 + z * z / m;
    (
        ((centre - half) / scale).max(0.0),
        ((centre + half) / scale).min(1.0),
    )
}

/// The quantile of the standard normal law.
pub fn normal_quantile(probability: f64) -> f64 {
    Normal::standard().inverse_cdf(probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Binomial probabilities of 0..=m successes.
    fn binomial(m: u64, q: f64) -> Vec<f64> {
        let mut weights = vec![(1.0 - q).powi(m as i32)];
        for k in 1..=m {
            let last = weights[k as usize - 1];
            weights.push(last * (m - k + 1) as f64 / k as f64 * q / (1.0 - q));
        }
        weights
    }

    fn coverage(interval: fn(u64, u64, f64) -> (f64, f64), m: u64, q: f64) -> f64 {
        let covers = |k: u64| {
            let (low, high) = interval(k, m, 0.95);
            low <= q && q <= high
        };
        let weights = binomial(m, q);
        (0..=m).filter(|k| covers(*k)).map(|k| weights[k as usize]).sum()
    }

    #[test]
    fn clopper_pearson_solves_the_binomial_tails() {
        // Defining property: P(X ≥ k | low) = P(X ≤ k | high) = 0.025.
        for (k, m) in [(1u64, 20u64), (7, 25), (19, 20), (40, 80)] {
            let (low, high) = clopper_pearson(k, m, 0.95);
            let upper: f64 = binomial(m, low)[k as usize..].iter().sum();
            let lower: f64 = binomial(m, high)[..=k as usize].iter().sum();
            assert!((upper - 0.025).abs() < 1e-7, "{k} of {m}: {upper}");
            assert!((lower - 0.025).abs() < 1e-7, "{k} of {m}: {lower}");
        }
    }

    #[test]
    fn clopper_pearson_never_covers_less_and_wilson_covers_on_average() {
        // Exact coverage, summed over the binomial law at 99 probabilities: no simulation.
        for m in [10, 20, 25, 80] {
            let at = |interval, k: u32| coverage(interval, m, f64::from(k) / 100.0);
            for k in 1..100 {
                assert!(at(clopper_pearson, k) >= 0.95, "m = {m}, probability 0.{k:02}");
            }
            let mean = (1..100).map(|k| at(wilson, k)).sum::<f64>() / 99.0;
            assert!((0.93..=0.97).contains(&mean), "m = {m}: {mean}");
        }
    }

    #[test]
    fn no_trials_say_nothing() {
        assert_eq!(clopper_pearson(0, 0, 0.95), (0.0, 1.0));
        assert_eq!(wilson(0, 0, 0.95), (0.0, 1.0));
    }
}
