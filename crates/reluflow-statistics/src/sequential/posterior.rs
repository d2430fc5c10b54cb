//! Weighs the curves that the counts leave possible, on a grid that closes in on them.

use super::curve::{Family, Tally};

/// Points of the grid along T and along log κ.
const THRESHOLDS: usize = 49;
const SLOPES: usize = 21;
/// Curves whose log-posterior is lower than the best by more than this weigh nothing.
const DEPTH: f64 = 12.0;
/// How often the grid closes in, at most.
const STAGES: usize = 6;

/// The prior: T uniform between two ends, κ uniform by its logarithm between two others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prior {
    pub(super) thresholds: (f64, f64),
    pub(super) slopes: (f64, f64),
}

/// A curve with its posterior weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weighted {
    pub(super) threshold: f64,
    pub(super) slope: f64,
    pub(super) weight: f64,
}

/// The posterior: curves whose weights sum to one, T slowest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Posterior(pub(super) Vec<Weighted>);

impl Posterior {
    /// Weighs the curves of a family. The prior is weak, and is there for the planning only: estimates and intervals
    /// are the likelihood's.
    pub(super) fn new(family: &Family, prior: &Prior, tallies: &[Tally]) -> Self {
        let mut thresholds = prior.thresholds;
        let mut slopes = (prior.slopes.0.ln(), prior.slopes.1.ln());
        let mut grid = Vec::new();
        for _ in 0..STAGES {
            grid = weigh(family, tallies, thresholds, slopes);
            // What weighs anything, and one step more: the posterior has one hill, so its top is in there.
            let kept = |axis: fn(usize) -> usize, points: usize, (from, to): (f64, f64)| {
                let used = || (0..grid.len()).filter(|k| grid[*k].weight > 0.0).map(axis);
                let first = used().min().unwrap_or(0).saturating_sub(1);
                let last = (used().max().unwrap_or(points - 1) + 1).min(points - 1);
                let step = (to - from) / (points - 1) as f64;
                (from + first as f64 * step, from + last as f64 * step)
            };
            let closer = (
                kept(|k| k / SLOPES, THRESHOLDS, thresholds),
                kept(|k| k % SLOPES, SLOPES, slopes),
            );
            let share = |new: (f64, f64), old: (f64, f64)| (new.1 - new.0) / (old.1 - old.0);
            if share(closer.0, thresholds) > 0.7 && share(closer.1, slopes) > 0.7 {
                break;
            }
            (thresholds, slopes) = closer;
        }
        let total: f64 = grid.iter().map(|curve| curve.weight).sum();
        grid.retain(|curve| curve.weight > 0.0);
        for curve in &mut grid {
            curve.weight /= total;
        }
        Self(grid)
    }

    /// E f(T, κ).
    pub(super) fn mean(&self, f: impl Fn(&Weighted) -> f64) -> f64 {
        self.0.iter().map(|curve| curve.weight * f(curve)).sum()
    }

    /// The T below which a share of the weight lies, between grid lines by straight lines.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let mut lines: Vec<(f64, f64)> = Vec::new();
        for curve in &self.0 {
            match lines.last_mut() {
                Some(last) if last.0 == curve.threshold => last.1 += curve.weight,
                _ => lines.push((curve.threshold, curve.weight)),
            }
        }
        // Half of a line's weight lies on either side of it.
        let (mut total, mut reached) = (0.0, 0.0);
        let mut place = lines.first().map_or(0.0, |line| line.0);
        for (threshold, weight) in lines {
            let here = total + 0.5 * weight;
            if here >= share {
                let part = if here > reached {
                    (share - reached) / (here - reached)
                } else {
                    1.0
                };
                return place + (threshold - place) * part;
            }
            (place, reached) = (threshold, here);
            total += weight;
        }
        place
    }
}

/// The grid with weights e^(log-posterior − best), zero where that is below e^(−[`DEPTH`]).
fn weigh(family: &Family, tallies: &[Tally], thresholds: (f64, f64), slopes: (f64, f64)) -> Vec<Weighted> {
    let at =
        |(from, to): (f64, f64), k: usize, points: usize| from + (to - from) * k as f64 / (points - 1) as f64;
    let mut grid = Vec::with_capacity(THRESHOLDS * SLOPES);
    for i in 0..THRESHOLDS {
        for j in 0..SLOPES {
            let (threshold, slope) = (at(thresholds, i, THRESHOLDS), at(slopes, j, SLOPES).exp());
            grid.push(Weighted {
                threshold,
                slope,
                weight: family.log_likelihood(tallies, threshold, slope),
            });
        }
    }
    let best = grid
        .iter()
        .map(|curve| curve.weight)
        .fold(f64::NEG_INFINITY, f64::max);
    for curve in &mut grid {
        let below = best - curve.weight;
        curve.weight = if below <= DEPTH { (-below).exp() } else { 0.0 };
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: Family = Family {
        logit: 0.0,
        steepest: 1e4,
    };
    const PRIOR: Prior = Prior {
        thresholds: (0.0, 10.0),
        slopes: (0.5, 1000.0),
    };

    #[test]
    fn without_counts_it_is_the_prior() {
        let posterior = Posterior::new(&FAMILY, &PRIOR, &[]);
        assert!((posterior.mean(|curve| curve.threshold) - 5.0).abs() < 1e-9);
        for share in [0.1, 0.5, 0.8] {
            // A uniform law, within the grid's half step.
            let off = posterior.quantile(share) - 10.0 * share;
            assert!(off.abs() < 0.11, "{share}: {off}");
        }
    }

    #[test]
    fn with_many_counts_it_is_the_normal_law_of_the_maximum() {
        // Expected counts of T = 4, κ = 6 with 1000 trials a place: the information on T is κ² Σ m q (1 − q), and T and
        // κ are orthogonal by symmetry.
        let tallies: Vec<Tally> = [-0.4f64, -0.2, 0.0, 0.2, 0.4]
            .map(|z| Tally {
                x: 4.0 + z,
                successes: 1000.0 / (1.0 + (6.0 * z).exp()),
                trials: 1000.0,
            })
            .into();
        let information: f64 = tallies
            .iter()
            .map(|tally| 36.0 * tally.successes * (1.0 - tally.successes / 1000.0))
            .sum();
        let posterior = Posterior::new(&FAMILY, &PRIOR, &tallies);
        let mean = posterior.mean(|curve| curve.threshold);
        let deviation = posterior.mean(|curve| (curve.threshold - mean).powi(2)).sqrt();
        assert!((mean - 4.0).abs() < 0.05 / information.sqrt(), "{mean}");
        assert!((deviation * information.sqrt() - 1.0).abs() < 0.05, "{deviation}");
        assert!((posterior.mean(|curve| curve.slope) / 6.0 - 1.0).abs() < 0.02);
    }
}
