//! Fits log–log slopes of averages over draws, with bootstrap intervals.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Estimate;

/// The values that the draws of one cell gave.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawsAt {
    /// Where: n.
    pub at: f64,
    /// One value a draw.
    pub values: Vec<f64>,
}

/// The mean over draws at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanAt {
    /// Where: n.
    pub at: f64,
    /// The mean with its bootstrap interval.
    pub mean: Estimate,
}

/// log(mean over draws) = intercept + slope · log n, by least squares.
#[derive(Debug, Clone, PartialEq)]
pub struct Slope {
    /// The slope with its bootstrap interval.
    pub slope: Estimate,
    /// The intercept.
    pub intercept: f64,
    /// The means, in increasing order of n.
    pub means: Vec<MeanAt>,
    /// How many values were left out because they are not positive and finite.
    pub left_out: usize,
}

impl Slope {
    /// Fits the slope; intervals at `level` are percentiles of `resamples` bootstrap samples, each drawing
    /// anew, with replacement, the draws of every cell. The same seed gives the same interval.
    ///
    /// Averages are taken before the logarithm, as in Figure 5. Deviations of the resampled means are stretched
    /// by √(m/(m − 1)), m draws, which undoes the bootstrap's shrinking of small samples. `None` with fewer than
    /// two distinct places. O(resamples · draws).
    pub fn fit(cells: &[DrawsAt], level: f64, resamples: usize, seed: u64) -> Option<Self> {
        let usable = |value: &f64| *value > 0.0 && value.is_finite();
        let mut used: Vec<DrawsAt> = cells
            .iter()
            .map(|cell| DrawsAt {
                at: cell.at,
                values: cell.values.iter().copied().filter(usable).collect(),
            })
            .filter(|cell| !cell.values.is_empty() && cell.at > 0.0)
            .collect();
        used.sort_by(|a, b| a.at.total_cmp(&b.at));
        let left_out = cells
            .iter()
            .flat_map(|cell| &cell.values)
            .filter(|value| !usable(value))
            .count();
        if used.first()?.at == used.last()?.at {
            return None;
        }
        let logs: Vec<f64> = used.iter().map(|cell| cell.at.ln()).collect();
        let means: Vec<f64> = used.iter().map(|cell| mean(&cell.values)).collect();
        let (slope, intercept) = line(&logs, &means);

        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut slopes = Vec::with_capacity(resamples);
        let mut resampled = vec![Vec::with_capacity(resamples); used.len()];
        let mut once = vec![0.0; used.len()];
        for _ in 0..resamples {
            for (((value, cell), known), kept) in once.iter_mut().zip(&used).zip(&means).zip(&mut resampled) {
                *value = resample(&cell.values, *known, &mut random);
                kept.push(*value);
            }
            slopes.push(line(&logs, &once).0);
        }
        let means = used.iter().zip(&means).zip(&mut resampled);
        Some(Self {
            slope: between(slope, &mut slopes, level),
            intercept,
            means: means
                .map(|((cell, value), kept)| MeanAt {
                    at: cell.at,
                    mean: between(*value, kept, level),
                })
                .collect(),
            left_out,
        })
    }

    /// The fitted mean at n.
    pub fn at(&self, n: f64) -> f64 {
        (self.intercept + self.slope.value * n.ln()).exp()
    }
}

/// The mean of values with its bootstrap interval; NaN without values.
pub fn bootstrap_mean(values: &[f64], level: f64, resamples: usize, seed: u64) -> Estimate {
    let known = mean(values);
    if values.is_empty() {
        return Estimate {
            value: known,
            low: known,
            high: known,
        };
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut means: Vec<f64> = (0..resamples)
        .map(|_| resample(values, known, &mut random))
        .collect();
    between(known, &mut means, level)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean of a bootstrap sample, its deviation stretched by √(m/(m − 1)) but kept above a tenth of the mean.
fn resample(values: &[f64], known: f64, random: &mut ChaCha8Rng) -> f64 {
    let m = values.len();
    if m < 2 {
        return known;
    }
    let pick = |random: &mut ChaCha8Rng| ((u128::from(random.next_u64()) * m as u128) >> 64) as usize;
    let sum: f64 = (0..m).map(|_| values[pick(random)]).sum();
    let stretch = (m as f64 / (m as f64 - 1.0)).sqrt();
    (known + stretch * (sum / m as f64 - known)).max(known.min(0.1 * known))
}

/// Slope and intercept of log(values) over logs, by least squares.
fn line(logs: &[f64], values: &[f64]) -> (f64, f64) {
    let count = logs.len() as f64;
    let centre = logs.iter().sum::<f64>() / count;
    let level = values.iter().map(|value| value.ln()).sum::<f64>() / count;
    let (above, below) = logs
        .iter()
        .zip(values)
        .fold((0.0, 0.0), |(above, below), (x, value)| {
            (
                above + (x - centre) * (value.ln() - level),
                below + (x - centre).powi(2),
            )
        });
    (above / below, level - above / below * centre)
}

/// The estimate between the percentiles of its resamples.
pub fn between(value: f64, resampled: &mut [f64], level: f64) -> Estimate {
    resampled.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (resampled.len() as f64 - 1.0);
        resampled.get(place.round() as usize).copied().unwrap_or(value)
    };
    Estimate {
        value,
        low: at(0.5 - 0.5 * level).min(value),
        high: at(0.5 + 0.5 * level).max(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(spread: f64) -> Vec<DrawsAt> {
        let cell = |at: f64| DrawsAt {
            at,
            values: [-1.0, -0.5, 0.0, 0.5, 1.0]
                .map(|z| 3.0 * at.powf(-0.75) * (1.0 + spread * z))
                .to_vec(),
        };
        [2000.0, 1000.0, 1400.0].map(cell).to_vec()
    }

    #[test]
    fn a_power_law_gives_its_exponent_and_no_spread_gives_no_interval() {
        let fit = Slope::fit(&cells(0.0), 0.95, 200, 7).unwrap();
        for slope in [fit.slope.value, fit.slope.low, fit.slope.high] {
            assert!((slope + 0.75).abs() < 1e-12, "{fit:?}");
        }
        assert!((fit.at(1000.0) - 3.0 * 1000f64.powf(-0.75)).abs() < 1e-12);
        assert_eq!(
            fit.means.iter().map(|mean| mean.at).collect::<Vec<_>>(),
            [1000.0, 1400.0, 2000.0]
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_interval_and_bad_values_are_counted() {
        let mut some = cells(0.2);
        let fit = Slope::fit(&some, 0.95, 500, 7);
        assert_eq!(fit, Slope::fit(&some, 0.95, 500, 7));
        assert_ne!(fit, Slope::fit(&some, 0.95, 500, 8));
        some[0].values.extend([f64::NAN, 0.0, f64::INFINITY]);
        let fit = Slope::fit(&some, 0.95, 500, 7).unwrap();
        assert_eq!(fit.left_out, 3);
        assert!(fit.slope.low < -0.75 && fit.slope.high > -0.75);
    }

    #[test]
    fn one_place_has_no_slope() {
        assert!(Slope::fit(&cells(0.1)[..1], 0.95, 100, 0).is_none());
        assert!(Slope::fit(&[], 0.95, 100, 0).is_none());
    }

    #[test]
    fn the_bootstrap_mean_spreads_like_the_standard_error() {
        // 400 values of variance 1/12·(1 − 1/400²): standard error √(1/12/400) = 0.01443; 1.96 of it each side,
        // within the 4 % that 4000 resamples leave in a 2.5 % quantile.
        let values: Vec<f64> = (0..400).map(|k| 1.0 + (f64::from(k) + 0.5) / 400.0).collect();
        let estimate = bootstrap_mean(&values, 0.95, 4000, 3);
        let half = 0.5 * (estimate.high - estimate.low);
        assert!((half / (1.96 * 0.014434) - 1.0).abs() < 0.06, "{half}");
    }
}
