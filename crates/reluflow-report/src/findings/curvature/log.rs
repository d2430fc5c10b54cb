//! Estimates logarithms of means and of ratios of means from few draws, with intervals by Student's t.
//!
//! The bootstrap needs a dozen draws; the largest sizes have one to three. And what the start predicts costs a thousandth of
//! a flow: with f predicted and m found on a few draws, and f on many more,
//!
//! ```text
//! log E m ≈ log(mean m/mean f) over the few + log(mean f) over the many
//! ```
//!
//! whose variance is that of the ratio, which scatters little, and that of the many.

use reluflow_statistics::Estimate;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// An estimate of a logarithm: value, variance of the value, degrees of freedom of that variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Log {
    pub(super) value: f64,
    /// NaN from a single draw.
    variance: f64,
    freedom: f64,
}

impl Log {
    /// log of the mean of positive values.
    pub(super) fn mean(values: &[f64]) -> Self {
        let centre = average(values);
        Self::scattered(centre.ln(), values.iter().map(|value| value / centre))
    }

    /// log of the geometric mean of positive values.
    pub(super) fn geometric(values: &[f64]) -> Self {
        let logs = values.iter().map(|value| value.ln());
        Self::scattered(logs.clone().sum::<f64>() / values.len() as f64, logs)
    }

    /// log(mean a/mean b) of pairs, to first order in 1/m.
    pub(super) fn ratio(pairs: &[(f64, f64)]) -> Self {
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let (a, b) = (average(&a), average(&b));
        Self::scattered((a / b).ln(), pairs.iter().map(|pair| pair.0 / a - pair.1 / b))
    }

    /// A value whose error is that of the mean of m terms.
    fn scattered(value: f64, terms: impl Iterator<Item = f64> + Clone) -> Self {
        let count = terms.clone().count() as f64;
        let centre = terms.clone().sum::<f64>() / count;
        let squares: f64 = terms.map(|term| (term - centre).powi(2)).sum();
        Self {
            value,
            variance: squares / (count - 1.0) / count,
            freedom: count - 1.0,
        }
    }

    /// The sum with an independent one; the degrees of freedom are Welch and Satterthwaite's.
    pub(super) fn plus(self, other: Self) -> Self {
        let variance = self.variance + other.variance;
        let share = |one: Self| match one.variance {
            0.0 => 0.0,
            variance => variance * variance / one.freedom,
        };
        Self {
            value: self.value + other.value,
            variance,
            freedom: variance * variance / (share(self) + share(other)),
        }
    }

    /// This multiple of it.
    pub(super) fn times(self, factor: f64) -> Self {
        Self {
            value: factor * self.value,
            variance: factor * factor * self.variance,
            ..self
        }
    }

    /// The interval of the logarithm; without ends (NaN) where a single draw gives none.
    pub(super) fn interval(self, level: f64) -> Estimate {
        let quantile = match self.variance {
            0.0 => 0.0,
            _ => StudentsT::new(0.0, 1.0, self.freedom)
                .map_or(f64::NAN, |law| law.inverse_cdf(0.5 + 0.5 * level)),
        };
        let half = quantile * self.variance.sqrt();
        Estimate {
            value: self.value,
            low: self.value - half,
            high: self.value + half,
        }
    }

    /// The interval of what it is the logarithm of.
    pub(super) fn exponential(self, level: f64) -> Estimate {
        let Estimate { value, low, high } = self.interval(level);
        Estimate {
            value: value.exp(),
            low: low.exp(),
            high: high.exp(),
        }
    }
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Two draws 1 and 3 of mean 2: terms ½ and 3/2, variance ½/2 = ¼; t at one degree of freedom is tan(0.475 π) = 12.706.
    #[test]
    fn two_draws_have_the_interval_of_the_table() {
        let found = Log::mean(&[1.0, 3.0]).interval(0.95);
        assert!((found.value - 2f64.ln()).abs() < 1e-15);
        assert!(
            (found.high - found.value - 0.5 * 12.706).abs() < 1e-3,
            "{found:?}"
        );
        let one = Log::mean(&[2.0]).interval(0.95);
        assert!(one.value == 2f64.ln() && one.low.is_nan() && one.high.is_nan());
    }

    /// Equal variances of equal freedom: twice the freedom. No variance adds none.
    #[test]
    fn sums_are_welchs() {
        let one = Log::geometric(&[1.0, 2.0, 4.0]);
        let sum = one.plus(one.times(-1.0));
        assert!(sum.value == 0.0 && (sum.freedom - 4.0).abs() < 1e-12);
        assert!((sum.variance - 2.0 * one.variance).abs() < 1e-15);
        let exact = Log::mean(&[5.0, 5.0]);
        assert_eq!(exact.interval(0.95).low, exact.interval(0.95).high);
        assert!((one.plus(exact).freedom - 2.0).abs() < 1e-12);
    }

    /// Four flows whose outcome is the predicted value times a factor that scatters by 6 %, and 300 predicted values that
    /// scatter by 25 %: of 300 intervals 15 should miss log E m; more than 30 has a probability of 10⁻⁴. They are less than
    /// half as wide as without the predicted values.
    #[test]
    fn few_flows_and_many_starts_cover_the_mean() {
        let mut random = ChaCha8Rng::seed_from_u64(4);
        let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
        let (mut missed, mut width, mut plain) = (0, 0.0, 0.0);
        for _ in 0..300 {
            let starts: Vec<f64> = (0..300).map(|_| (0.25 * normal()).exp()).collect();
            let pairs: Vec<(f64, f64)> = starts[..4]
                .iter()
                .map(|f| (0.9 * f * (1.0 + 0.06 * normal()), *f))
                .collect();
            let found = Log::ratio(&pairs).plus(Log::mean(&starts)).interval(0.95);
            missed += u32::from(!found.covers(0.9f64.ln() + 0.5 * 0.25 * 0.25));
            width += found.high - found.low;
            let alone = Log::mean(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>()).interval(0.95);
            plain += alone.high - alone.low;
        }
        assert!(missed <= 30, "{missed} of 300");
        assert!(width < 0.5 * plain, "{width} {plain}");
    }
}
