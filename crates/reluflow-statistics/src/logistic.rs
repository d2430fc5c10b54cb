//! Locates the threshold N at which a probability of convergence falls through 1/2.

mod counts;

use super::search::root;
use super::{Estimate, chi_squared_1};
pub(crate) use counts::Counts;
use counts::softplus;

/// The counts of one cell: `successes` of `trials` draws converged at `at` examples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Where: n.
    pub at: f64,
    /// How many converged.
    pub successes: u64,
    /// Of how many.
    pub trials: u64,
}

/// What the counts allow to be said about the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Both parameters have a finite maximum-likelihood estimate.
    Regular,
    /// Perfect separation: everything converged up to `last_all`, nothing from `first_none` on, so that the
    /// slope is infinite and every N between them is as likely. They are equal when one cell between is mixed.
    Separated {
        /// The last n at which every draw converged.
        last_all: f64,
        /// The first n at which none did.
        first_none: f64,
    },
    /// Every draw of every cell converged: N is beyond the last n.
    AllConverged,
    /// No draw of any cell converged: N is before the first n.
    NoneConverged,
    /// Every draw converged before the last n, and most did there: N is beyond it or just at it.
    MostConverged,
    /// Few draws converged at the first n, and none after it: N is before it or just at it.
    FewConverged,
    /// The probability does not fall with n: there is no threshold to estimate.
    Undetermined,
}

impl Shape {
    /// Its name in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Separated { .. } => "separated",
            Self::AllConverged => "all-converged",
            Self::NoneConverged => "none-converged",
            Self::MostConverged => "most-converged",
            Self::FewConverged => "few-converged",
            Self::Undetermined => "undetermined",
        }
    }
}

/// The threshold of logit P(n) = κ (N − n), κ ≥ 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// N with its profile-likelihood interval; ±∞ where the data set no bound, NaN when undetermined.
    pub estimate: Estimate,
    /// κ; infinite under separation, NaN when undetermined.
    pub slope: f64,
    /// The largest log-likelihood.
    pub log_likelihood: f64,
    /// What the counts allow to be said.
    pub shape: Shape,
}

impl Threshold {
    /// Fits the counts by maximum likelihood; the interval at `level` is that of N, with κ profiled out.
    ///
    /// Cells without trials are left out; their order does not matter. O(cells) a Newton step, about 10³ steps.
    ///
    /// ```
    /// use reluflow_statistics::{Cell, Threshold};
    /// let cells = [(10.0, 19), (20.0, 15), (30.0, 5), (40.0, 1)];
    /// let cells = cells.map(|(at, successes)| Cell { at, successes, trials: 20 });
    /// // Symmetric about 25.
    /// assert!((Threshold::fit(&cells, 0.95).estimate.value - 25.0).abs() < 1e-6);
    /// ```
    pub fn fit(cells: &[Cell], level: f64) -> Self {
        let counts = Counts::new(cells);
        let (shape, value, scaled_slope, log_likelihood) = counts.maximise();
        let mut estimate = Estimate {
            value: counts.to_n(value),
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
        };
        if shape != Shape::Undetermined {
            let fall = 0.5 * chi_squared_1(level);
            let inside = |z: f64| log_likelihood - counts.profile(z).1 <= fall;
            // A hair beyond the mixed cell, where the likelihood is largest.
            let start = match shape {
                Shape::MostConverged => 1.0 + 1e-9,
                Shape::FewConverged => -1e-9,
                _ => value.clamp(-1.0, 2.0),
            };
            estimate.low = counts.to_n(edge(inside, start, -1.0));
            estimate.high = counts.to_n(edge(inside, start, 1.0));
        }
        Self {
            estimate,
            slope: scaled_slope / counts.range,
            log_likelihood,
            shape,
        }
    }

    /// The fitted probability at n; a step under separation, NaN when undetermined.
    pub fn probability(&self, n: f64) -> f64 {
        let distance = self.estimate.value - n;
        match self.shape {
            Shape::Undetermined => f64::NAN,
            Shape::AllConverged | Shape::MostConverged => 1.0,
            Shape::NoneConverged | Shape::FewConverged => 0.0,
            _ if self.slope.is_infinite() => {
                f64::from(u8::from(distance > 0.0)) + 0.5 * f64::from(distance == 0.0)
            }
            _ => (-softplus(-self.slope * distance)).exp(),
        }
    }
}

/// Where `inside` ceases to hold on the way from `start` in a direction; infinite if it never does within a
/// million times the range of n. The profile likelihood of N falls on either side of its maximum (its level
/// sets are images of convex sets), so there is one such place.
fn edge(inside: impl Fn(f64) -> bool, start: f64, direction: f64) -> f64 {
    // Off the start by a hair: exactly at a mixed cell its probability is 1/2, on either side it is free.
    let mut reach = 1e-9;
    if !inside(start + direction * reach) {
        return start;
    }
    let mut next = 0.05;
    while inside(start + direction * next) {
        (reach, next) = (next, 2.0 * next);
        if next > 1e6 {
            return direction * f64::INFINITY;
        }
    }
    let signed = |step: f64| {
        if inside(start + direction * step) {
            -1.0
        } else {
            1.0
        }
    };
    start + direction * root(signed, reach, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(counts: &[(f64, u64)], trials: u64) -> Vec<Cell> {
        let cell = |&(at, successes): &(f64, u64)| Cell {
            at,
            successes,
            trials,
        };
        counts.iter().map(cell).collect()
    }

    #[test]
    fn recovers_the_logistic_curve_that_made_the_counts() {
        // Expected counts of κ = 0.02, N = 1000 with 10⁶ trials: rounding moves N by far less than 0.1.
        let trials = 1_000_000;
        let expected = |n: f64| (trials as f64 / (1.0 + (0.02 * (n - 1000.0)).exp())).round() as u64;
        let counts: Vec<_> = (0..11)
            .map(|k| 800.0 + 40.0 * f64::from(k))
            .map(|n| (n, expected(n)))
            .collect();
        let fit = Threshold::fit(&cells(&counts, trials), 0.95);
        assert_eq!(fit.shape, Shape::Regular);
        assert!((fit.estimate.value - 1000.0).abs() < 0.01, "{fit:?}");
        assert!((fit.slope - 0.02).abs() < 1e-6);
        // Fisher information of N: κ² Σ m q(1 − q); 1.96 of its inverse root on either side.
        let information: f64 = counts
            .iter()
            .map(|&(n, _)| fit.probability(n))
            .map(|q| 0.02f64.powi(2) * trials as f64 * q * (1.0 - q))
            .sum();
        let half = 0.5 * (fit.estimate.high - fit.estimate.low);
        assert!(
            (half / (1.959964 / information.sqrt()) - 1.0).abs() < 0.01,
            "{half}"
        );
    }

    #[test]
    fn says_when_the_counts_are_separated_and_bounds_the_threshold_by_the_gap() {
        let fit = Threshold::fit(&cells(&[(10.0, 20), (20.0, 20), (30.0, 0), (40.0, 0)], 20), 0.95);
        assert_eq!(
            fit.shape,
            Shape::Separated {
                last_all: 20.0,
                first_none: 30.0
            }
        );
        assert_eq!(fit.estimate.value, 25.0);
        // Outside the gap a cell of 20 draws has probability below 1/2: 2·20·log 2 = 27.7 > 3.84.
        assert!(
            (fit.estimate.low - 20.0).abs() < 1e-6 && (fit.estimate.high - 30.0).abs() < 1e-6,
            "{fit:?}"
        );
        assert!(fit.slope.is_infinite() && fit.probability(24.0) == 1.0 && fit.probability(26.0) == 0.0);
    }

    #[test]
    fn one_mixed_cell_between_pure_ones_still_bounds_the_threshold() {
        let fit = Threshold::fit(&cells(&[(10.0, 20), (20.0, 12), (30.0, 0)], 20), 0.95);
        assert_eq!(
            fit.shape,
            Shape::Separated {
                last_all: 20.0,
                first_none: 20.0
            }
        );
        assert_eq!(fit.estimate.value, 20.0);
        assert!(fit.estimate.low > 10.0 && fit.estimate.low <= 20.0, "{fit:?}");
        assert!(fit.estimate.high > 20.0 && fit.estimate.high < 30.0, "{fit:?}");
    }

    #[test]
    fn most_of_a_mixed_cell_pushes_the_threshold_beyond_it_alone() {
        let fit = Threshold::fit(&cells(&[(10.0, 8), (20.0, 7), (30.0, 0)], 8), 0.95);
        // N < 20 would give the cell a probability below 1/2: 7 of 8 reject that, 2·(8 log 2 − 3.01) = 5.07 > 3.84.
        assert!((fit.estimate.low - 20.0).abs() < 1e-6, "{fit:?}");
        assert!(fit.estimate.high > 22.0 && fit.estimate.high < 30.0, "{fit:?}");
    }

    #[test]
    fn a_mixed_cell_at_an_end_only_bounds_the_threshold() {
        let fit = Threshold::fit(&cells(&[(10.0, 20), (20.0, 20), (30.0, 17)], 20), 0.95);
        assert_eq!(
            (fit.shape, fit.estimate.value),
            (Shape::MostConverged, f64::INFINITY)
        );
        // At N = 30 the last cell would have probability 1/2: 17 of 20 reject that.
        assert!(
            (fit.estimate.low - 30.0).abs() < 1e-6 && fit.estimate.high > 32.0,
            "{fit:?}"
        );
        let fit = Threshold::fit(&cells(&[(10.0, 3), (20.0, 0), (30.0, 0)], 20), 0.95);
        assert_eq!(
            (fit.shape, fit.estimate.value),
            (Shape::FewConverged, f64::NEG_INFINITY)
        );
        assert!(
            (fit.estimate.high - 10.0).abs() < 1e-6 && fit.estimate.low < 8.0,
            "{fit:?}"
        );
    }

    #[test]
    fn one_sided_counts_give_one_sided_intervals() {
        let fit = Threshold::fit(&cells(&[(10.0, 20), (20.0, 20)], 20), 0.95);
        assert_eq!(
            (fit.shape, fit.estimate.value),
            (Shape::AllConverged, f64::INFINITY)
        );
        assert!(
            (fit.estimate.low - 20.0).abs() < 1e-6 && fit.estimate.high == f64::INFINITY,
            "{fit:?}"
        );
        let fit = Threshold::fit(&cells(&[(10.0, 0), (20.0, 0)], 20), 0.95);
        assert_eq!(
            (fit.shape, fit.estimate.value),
            (Shape::NoneConverged, f64::NEG_INFINITY)
        );
        assert!(
            (fit.estimate.high - 10.0).abs() < 1e-6 && fit.estimate.low == f64::NEG_INFINITY,
            "{fit:?}"
        );
    }

    #[test]
    fn a_probability_that_rises_or_an_empty_list_has_no_threshold() {
        for counts in [vec![(10.0, 2), (20.0, 18), (30.0, 19)], vec![(10.0, 7)], vec![]] {
            let fit = Threshold::fit(&cells(&counts, 20), 0.95);
            assert_eq!(fit.shape, Shape::Undetermined);
            assert!(fit.estimate.value.is_nan() && fit.estimate.high == f64::INFINITY);
        }
    }

    #[test]
    fn order_and_empty_cells_do_not_matter() {
        let mut some = cells(&[(10.0, 20), (20.0, 17), (30.0, 9), (40.0, 1)], 20);
        let fit = Threshold::fit(&some, 0.95);
        some.reverse();
        some.push(Cell {
            at: 25.0,
            successes: 0,
            trials: 0,
        });
        assert_eq!(fit, Threshold::fit(&some, 0.95));
        assert!(fit.estimate.covers(29.0));
    }
}
