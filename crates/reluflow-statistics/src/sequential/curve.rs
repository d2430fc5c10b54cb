//! Fits a logistic curve that falls through a target: likelihood, profile, interval.

use crate::search::{maximum, root};

/// Counts at one place: `successes` of `trials`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tally {
    pub(super) x: f64,
    pub(super) successes: f64,
    pub(super) trials: f64,
}

/// The family logit P(x) = λ + κ (T − x) with 0 ≤ κ ≤ `steepest`: P falls through the target at x = T.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Family {
    /// λ, the logit of the target.
    pub(super) logit: f64,
    /// Largest κ: a curve so steep is a step for every trial that can be placed.
    pub(super) steepest: f64,
}

/// A fitted curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) threshold: f64,
    pub(super) slope: f64,
    pub(super) log_likelihood: f64,
}

impl Family {
    /// log-likelihood at (T, κ): Σ k η − m log(1 + e^η), η = λ + κ (T − x). O(places).
    pub(super) fn log_likelihood(&self, tallies: &[Tally], threshold: f64, slope: f64) -> f64 {
        tallies
            .iter()
            .map(|tally| {
                let eta = self.logit + slope * (threshold - tally.x);
                tally.successes * eta - tally.trials * (eta.max(0.0) + (-eta.abs()).exp().ln_1p())
            })
            .sum()
    }

    /// The probability of success at x on the curve (T, κ).
    pub(super) fn probability(&self, x: f64, threshold: f64, slope: f64) -> f64 {
        1.0 / (1.0 + (-self.logit - slope * (threshold - x)).exp())
    }

    /// The κ that maximises the likelihood for a threshold at T, and the log-likelihood there.
    ///
    /// Newton's method on the score, which falls with κ, inside a bracket. `hint` is where to start.
    pub(super) fn profile(&self, tallies: &[Tally], threshold: f64, hint: f64) -> Fit {
        let score = |slope: f64| {
            tallies.iter().fold((0.0, 0.0), |(score, information), tally| {
                let distance = threshold - tally.x;
                let q = 1.0 / (1.0 + (-self.logit - slope * distance).exp());
                (
                    score + (tally.successes - tally.trials * q) * distance,
                    information + tally.trials * q * (1.0 - q) * distance * distance,
                )
            })
        };
        let fit = |slope: f64| Fit {
            threshold,
            slope,
            log_likelihood: self.log_likelihood(tallies, threshold, slope),
        };
        if score(0.0).0 <= 0.0 {
            return fit(0.0);
        }
        if score(self.steepest).0 >= 0.0 {
            return fit(self.steepest);
        }
        let (mut low, mut high) = (0.0, self.steepest);
        let mut slope = hint.clamp(1e-6 * self.steepest, 0.999 * self.steepest);
        for _ in 0..100 {
            let (value, information) = score(slope);
            if value > 0.0 {
                low = slope;
            } else {
                high = slope;
            }
            let newton = slope + value / information;
            let next = if newton > low && newton < high {
                newton
            } else if low > 0.0 {
                (low * high).sqrt()
            } else {
                0.1 * high
            };
            let done = (next - slope).abs() <= 1e-9 * slope;
            slope = next;
            if done {
                break;
            }
        }
        fit(slope)
    }

    /// The curve of largest likelihood with T between two ends; in a gap where it is flat, the gap's middle.
    pub(super) fn fit(&self, tallies: &[Tally], low: f64, high: f64) -> Fit {
        if let Some((before, after)) = gap(tallies) {
            return self.profile(tallies, 0.5 * (before + after), self.steepest);
        }
        let mut hint = 1.0;
        let mut value = |threshold: f64| {
            let fit = self.profile(tallies, threshold, hint);
            if fit.slope > 0.0 {
                hint = fit.slope;
            }
            fit.log_likelihood
        };
        let (threshold, _) = maximum(&mut value, low, high, 1e-9 * (high - low));
        self.profile(tallies, threshold, hint)
    }

    /// The thresholds whose profile log-likelihood is within `fall` of the fit's; an end that lies beyond `low` or
    /// `high` is infinite.
    ///
    /// The level sets are intervals: (α, κ) = (λ + κT, κ) has a concave likelihood, and T = (α − λ)/κ carries convex
    /// sets with κ > 0 to intervals.
    pub(super) fn interval(
        &self,
        tallies: &[Tally],
        fit: &Fit,
        fall: f64,
        low: f64,
        high: f64,
    ) -> (f64, f64) {
        let excess = |threshold: f64| {
            let profile = self.profile(tallies, threshold, fit.slope);
            fit.log_likelihood - fall - profile.log_likelihood
        };
        let edge = |end: f64, beyond: f64| match excess(end) > 0.0 {
            true => root(excess, fit.threshold, end),
            false => beyond,
        };
        (edge(low, f64::NEG_INFINITY), edge(high, f64::INFINITY))
    }
}

/// The gap of perfectly separated counts: between the last place where everything succeeded and the next, from
/// which on nothing did. None when there is none; one with everything or nothing succeeding has no gap either.
pub(super) fn gap(tallies: &[Tally]) -> Option<(f64, f64)> {
    let split = tallies.iter().position(|tally| tally.successes < tally.trials)?;
    let separated = split > 0 && tallies[split..].iter().all(|tally| tally.successes == 0.0);
    separated.then(|| (tallies[split - 1].x, tallies[split].x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Threshold};

    const HALF: Family = Family {
        logit: 0.0,
        steepest: 1e4,
    };

    fn tallies(counts: &[(f64, f64)], trials: f64) -> Vec<Tally> {
        let tally = |&(x, successes): &(f64, f64)| Tally { x, successes, trials };
        counts.iter().map(tally).collect()
    }

    #[test]
    fn at_one_half_it_is_the_threshold_of_the_grids() {
        // The same likelihood, maximised by other means.
        let counts = [(10.0, 20.0), (20.0, 17.0), (30.0, 9.0), (40.0, 1.0)];
        let cells = counts.map(|(at, successes)| Cell {
            at,
            successes: successes as u64,
            trials: 20,
        });
        let theirs = Threshold::fit(&cells, 0.95);
        let counts = tallies(&counts, 20.0);
        let ours = HALF.fit(&counts, 0.0, 100.0);
        let fall = 0.5 * crate::chi_squared_1(0.95);
        let (low, high) = HALF.interval(&counts, &ours, fall, 0.0, 100.0);
        assert!(
            (ours.threshold - theirs.estimate.value).abs() < 1e-4,
            "{ours:?} {theirs:?}"
        );
        assert!((ours.slope - theirs.slope).abs() < 1e-4);
        assert!((low - theirs.estimate.low).abs() < 1e-3 && (high - theirs.estimate.high).abs() < 1e-3);
    }

    #[test]
    fn other_targets_are_quantiles_of_the_same_curve() {
        // T at probability q of logit P = κ (N − x) is N − logit(q)/κ.
        let counts = tallies(&[(10.0, 19.0), (20.0, 16.0), (30.0, 9.0), (40.0, 2.0)], 20.0);
        let half = HALF.fit(&counts, -100.0, 200.0);
        for target in [0.1f64, 0.3, 0.9] {
            let logit = (target / (1.0 - target)).ln();
            let fit = Family { logit, ..HALF }.fit(&counts, -100.0, 200.0);
            let expected = half.threshold - logit / half.slope;
            assert!((fit.threshold - expected).abs() < 1e-3, "{target}: {fit:?}");
            assert!((fit.log_likelihood - half.log_likelihood).abs() < 1e-9);
        }
    }

    #[test]
    fn a_flat_or_rising_curve_has_no_bounds() {
        let counts = tallies(&[(10.0, 5.0), (20.0, 10.0), (30.0, 15.0)], 20.0);
        let fit = HALF.fit(&counts, 0.0, 100.0);
        let (low, high) = HALF.interval(&counts, &fit, 1.92, 0.0, 100.0);
        assert_eq!((low, high), (f64::NEG_INFINITY, f64::INFINITY));
    }

    #[test]
    fn the_gap_is_where_everything_turns_to_nothing() {
        assert_eq!(
            gap(&tallies(&[(1.0, 4.0), (2.0, 4.0), (3.0, 0.0)], 4.0)),
            Some((2.0, 3.0))
        );
        assert_eq!(gap(&tallies(&[(1.0, 4.0), (2.0, 1.0), (3.0, 0.0)], 4.0)), None);
        assert_eq!(gap(&tallies(&[(1.0, 4.0), (2.0, 4.0)], 4.0)), None);
        assert_eq!(gap(&tallies(&[(1.0, 0.0), (2.0, 0.0)], 4.0)), None);
    }
}
