//! Estimates means, local slopes, scatter and shares from the draws of one size and of the one before.

use reluflow_statistics::slope::bootstrap_mean;
use reluflow_statistics::{DrawsAt, Estimate, Slope, wilson};

use super::series::Size;
use crate::intervals::{LEVEL, RESAMPLES, SEED};

/// The mean by bootstrap; without ends from a single draw.
pub(super) fn level(values: &[f64]) -> Estimate {
    let mean = bootstrap_mean(values, LEVEL, RESAMPLES, SEED);
    match values.len() {
        1 => Estimate {
            low: f64::NAN,
            high: f64::NAN,
            ..mean
        },
        _ => mean,
    }
}

/// log of the ratio of the n.
pub(super) fn gap(before: &Size, size: &Size) -> f64 {
    (size.n as f64 / before.n as f64).ln()
}

/// A slope of √n μ as one of μ.
pub(super) fn of_curvature(slope: Estimate) -> Estimate {
    Estimate {
        value: slope.value - 0.5,
        low: slope.low - 0.5,
        high: slope.high - 0.5,
    }
}

/// The local slope of the mean of μ_∞, by bootstrap over the flows alone.
pub(super) fn plain_slope(before: &Size, size: &Size) -> Option<Estimate> {
    let at = |size: &Size| DrawsAt {
        at: size.n as f64,
        values: size.values(|draw| draw.limit),
    };
    let enough = before.draws.len() > 1 && size.draws.len() > 1;
    let fit = enough.then(|| Slope::fit(&[at(before), at(size)], LEVEL, RESAMPLES, SEED))??;
    Some(of_curvature(fit.slope))
}

/// The same with what many starts predicted.
pub(super) fn better_slope(before: &Size, size: &Size) -> Option<Estimate> {
    let change = size.with_starts()?.plus(before.with_starts()?.times(-1.0));
    Some(of_curvature(
        change.times(1.0 / gap(before, size)).interval(LEVEL),
    ))
}

/// The standard deviation of the logarithm.
pub(super) fn scatter(values: &[f64]) -> f64 {
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let centre = logs.iter().sum::<f64>() / logs.len() as f64;
    let squares: f64 = logs.iter().map(|log| (log - centre).powi(2)).sum();
    (squares / (logs.len() as f64 - 1.0)).sqrt()
}

/// The share of draws in which the right example was predicted.
pub(super) fn share(size: &Size) -> Estimate {
    let (same, all) = (
        size.draws.values().filter(|draw| draw.same).count(),
        size.draws.len(),
    );
    let (low, high) = wilson(same as u64, all as u64, LEVEL);
    Estimate {
        value: same as f64 / all as f64,
        low,
        high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logarithms −1, 0, 1: standard deviation 1.
    #[test]
    fn scatter_is_that_of_the_logarithm() {
        let values = [(-1f64).exp(), 1.0, 1f64.exp()];
        assert!((scatter(&values) - 1.0).abs() < 1e-12);
    }
}
