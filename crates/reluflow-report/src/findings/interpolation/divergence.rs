//! Fits how a time diverges as a size approaches a limit: median t = C (1 − n/N)^(−γ), N and γ free.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow_statistics::slope::between;
use reluflow_statistics::{Estimate, maximum};

/// The times of the draws at one n; infinite for those that had not arrived when they were stopped.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TimesAt {
    /// n.
    pub(super) at: f64,
    /// One time a draw.
    pub(super) times: Vec<f64>,
}

impl TimesAt {
    /// The median, the geometric mean of the middle two for an even number; infinite unless half of the draws arrived.
    ///
    /// A draw that was stopped counts as later than those that arrived, which is all that is known of it: so the median is
    /// exact whatever the horizon, as long as it lies before it.
    pub(super) fn median(&self) -> f64 {
        median(self.times.clone())
    }
}

/// median t = C (1 − n/N)^(−γ).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Divergence {
    /// γ.
    pub(super) exponent: Estimate,
    /// N, infinite where an exponential of n fits as well.
    pub(super) limit: Estimate,
    /// log C.
    pub(super) intercept: f64,
    /// Root mean square residual of log t.
    pub(super) residual: f64,
    /// The same of the best exponential law, median t = C e^{bn}, which is the limit N → ∞, γ/N → b.
    pub(super) exponential_residual: f64,
}

/// log(N/n_max − 1) of the limits tried.
const LIMITS: (f64, f64) = (-7.0, 5.0);

impl Divergence {
    /// Fits medians by least squares on their logarithms; intervals are percentiles of bootstrap samples, each drawing
    /// anew the draws of every n. `None` with fewer than four n whose median is finite. O(resamples · (draws + 10³ n)).
    pub(super) fn fit(cells: &[TimesAt], level: f64, resamples: usize, seed: u64) -> Option<Self> {
        let points: Vec<(f64, f64)> = points(cells.iter().map(|cell| (cell.at, cell.median())));
        if points.len() < 4 {
            return None;
        }
        let (limit, line) = best(&points);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (mut exponents, mut limits) = (Vec::new(), Vec::new());
        for _ in 0..resamples {
            let once = points_of_resample(cells, &mut random);
            if once.len() >= 4 {
                let (limit, line) = best(&once);
                limits.push(limit);
                exponents.push(line.slope);
            }
        }
        let counts = points.len() as f64;
        Some(Self {
            exponent: between(line.slope, &mut exponents, level),
            limit: between(limit, &mut limits, level),
            intercept: line.intercept,
            residual: (line.squares / counts).sqrt(),
            exponential_residual: (Line::fit(points.iter().copied()).squares / counts).sqrt(),
        })
    }

    /// The fitted median at n.
    pub(super) fn at(&self, n: f64) -> f64 {
        (self.intercept - self.exponent.value * (1.0 - n / self.limit.value).ln()).exp()
    }
}

/// (n, log t) of the finite medians, in increasing order of n.
fn points(medians: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let finite = medians.filter(|(_, time)| time.is_finite() && *time > 0.0);
    let mut points: Vec<(f64, f64)> = finite.map(|(at, time)| (at, time.ln())).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

fn points_of_resample(cells: &[TimesAt], random: &mut ChaCha8Rng) -> Vec<(f64, f64)> {
    points(cells.iter().map(|cell| {
        let m = cell.times.len();
        let mut pick = || ((u128::from(random.next_u64()) * m as u128) >> 64) as usize;
        (cell.at, median((0..m).map(|_| cell.times[pick()]).collect()))
    }))
}

/// The median with the interval between order statistics that covers it at `level` or more, whatever the law of the draws;
/// unbounded where so few draws cannot.
pub(super) fn median_interval(times: &[f64], level: f64) -> Estimate {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let m = sorted.len();
    // The r smallest lie below the median with probability P(fewer than r of m coins show heads), r the largest for
    // which that is at most half of what may miss.
    let (mut term, mut sum, mut r) = (0.5f64.powi(m as i32), 0.0, 0);
    while r < m && sum + term <= 0.5 * (1.0 - level) {
        sum += term;
        term *= (m - r) as f64 / (r + 1) as f64;
        r += 1;
    }
    let (low, high) = match r {
        0 => (f64::NEG_INFINITY, f64::INFINITY),
        r => (sorted[r - 1], sorted[m - r]),
    };
    Estimate {
        value: median(sorted),
        low,
        high,
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    match times.len() {
        0 => f64::NAN,
        m => (times[(m - 1) / 2] * times[m / 2]).sqrt(),
    }
}

/// y = intercept + slope x.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    slope: f64,
    intercept: f64,
    /// The sum of squared residuals.
    squares: f64,
}

impl Line {
    fn fit(points: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let count = points.clone().count() as f64;
        let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), p| (x + p.0, y + p.1));
        let (x, y) = (x / count, y / count);
        let (xx, xy, yy) = points.fold((0.0, 0.0, 0.0), |(xx, xy, yy), p| {
            let (u, v) = (p.0 - x, p.1 - y);
            (xx + u * u, xy + u * v, yy + v * v)
        });
        let slope = xy / xx;
        Self {
            slope,
            intercept: y - slope * x,
            squares: (yy - slope * xy).max(0.0),
        }
    }
}

/// The limit N with the smallest sum of squares, and its line.
fn best(points: &[(f64, f64)]) -> (f64, Line) {
    let last = points.iter().map(|point| point.0).fold(0.0, f64::max);
    let line_at = |log: f64| {
        let limit = last * (1.0 + log.exp());
        let x = |n: f64| -(1.0 - n / limit).ln();
        (limit, Line::fit(points.iter().map(move |(n, y)| (x(*n), *y))))
    };
    let squares = |log: f64| line_at(log).1.squares;
    // Coarsely, then by golden sections between the neighbours.
    const STEPS: usize = 48;
    let step = (LIMITS.1 - LIMITS.0) / STEPS as f64;
    let place = |k: usize| LIMITS.0 + step * k as f64;
    let k = (0..=STEPS)
        .min_by(|a, b| squares(place(*a)).total_cmp(&squares(place(*b))))
        .unwrap_or(0);
    let (low, high) = (place(k.saturating_sub(1)), place((k + 1).min(STEPS)));
    let (log, _) = maximum(|log| -squares(log), low, high, 1e-4);
    line_at(log)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// Draws whose logarithms scatter evenly about that of C (1 − n/N)^(−γ), cut at a horizon.
    fn cells(spread: f64, horizon: f64) -> Vec<TimesAt> {
        let cell = |n: f64| {
            let centre = 3.0 * (1.0 - n / 500.0f64).powf(-1.5);
            let time = |k: i32| centre * (spread * f64::from(k) / 10.0).exp();
            let cut = |time: f64| if time <= horizon { time } else { f64::INFINITY };
            TimesAt {
                at: n,
                times: (-10..=10).map(time).map(cut).collect(),
            }
        };
        [100.0, 200.0, 300.0, 350.0, 400.0, 430.0, 450.0, 470.0, 480.0]
            .map(cell)
            .to_vec()
    }

    #[test]
    fn a_power_law_gives_its_limit_and_exponent() {
        let fit = Divergence::fit(&cells(0.0, f64::INFINITY), 0.95, 20, 1).unwrap();
        assert!((fit.exponent.value - 1.5).abs() < 1e-3, "{fit:?}");
        assert!((fit.limit.value - 500.0).abs() < 0.1, "{fit:?}");
        assert!(fit.residual < 1e-4 && fit.exponential_residual > 0.1, "{fit:?}");
        assert!((fit.at(400.0) / (3.0 * 5f64.powf(1.5)) - 1.0).abs() < 1e-3);
        // Without spread every resample is the same.
        assert_eq!(
            (fit.exponent.low, fit.exponent.high),
            (fit.exponent.value, fit.exponent.value)
        );
    }

    /// Medians before the horizon do not feel it, and n whose median lies beyond are left out.
    #[test]
    fn censoring_beyond_the_median_changes_nothing() {
        // The median at 480 is 3 · 25^1.5 = 375; at 470 it is 204. Draws above 300 are stopped.
        let (all, some) = (cells(0.6, f64::INFINITY), cells(0.6, 300.0));
        assert_eq!(all[7].median(), some[7].median());
        assert!(some[8].median().is_infinite() && some[7].times.contains(&f64::INFINITY));
        let fit = |cells: &[TimesAt]| Divergence::fit(cells, 0.95, 0, 1).unwrap();
        assert_eq!(fit(&some), fit(&all[..8]));
        assert!((fit(&some).exponent.value - 1.5).abs() < 1e-2);
    }

    /// Of ten draws, the second and the ninth: outside lie 2 · (1 + 10)/1024 = 2.1 %; of five, even the extremes miss 6.2 %.
    #[test]
    fn the_interval_of_a_median_is_between_order_statistics() {
        let times: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        let found = median_interval(&times, 0.95);
        assert_eq!((found.low, found.high), (2.0, 9.0));
        assert!((found.value - 30f64.sqrt()).abs() < 1e-12);
        let found = median_interval(&times[..5], 0.95);
        assert_eq!(
            (found.value, found.low, found.high),
            (8.0, f64::NEG_INFINITY, f64::INFINITY)
        );
        let late = median_interval(
            &[
                1.0,
                2.0,
                3.0,
                4.0,
                5.0,
                f64::INFINITY,
                f64::INFINITY,
                f64::INFINITY,
                6.0,
            ],
            0.9,
        );
        assert_eq!((late.value, late.high), (5.0, f64::INFINITY));
    }

    /// 95 % intervals on simulated log-normal draws: of 60 the exponent's should miss about 3, and more than 9 has a
    /// probability of 10⁻³.
    #[test]
    fn intervals_cover_the_exponent() {
        let mut missed = 0;
        for seed in 0..60 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut simulated = cells(0.0, f64::INFINITY);
            for cell in &mut simulated {
                let centre = cell.median();
                for time in &mut cell.times {
                    // Twelve uniforms less six: the normal law to a few per cent.
                    let normal: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
                    *time = centre * (0.3 * normal).exp();
                }
            }
            let fit = Divergence::fit(&simulated, 0.95, 200, seed).unwrap();
            missed += usize::from(!fit.exponent.covers(1.5));
        }
        assert!(missed <= 9, "{missed} of 60 intervals miss");
    }

    #[test]
    fn an_exponential_is_told_by_a_distant_limit_and_few_points_are_refused() {
        let cell = |n: f64| TimesAt {
            at: n,
            times: vec![(0.01 * n).exp(); 3],
        };
        let cells = [100.0, 200.0, 300.0, 400.0, 500.0].map(cell);
        let fit = Divergence::fit(&cells, 0.95, 0, 1).unwrap();
        assert!(
            fit.limit.value > 50.0 * 500.0 && fit.exponential_residual < 1e-9,
            "{fit:?}"
        );
        assert_eq!(Divergence::fit(&cells[..3], 0.95, 0, 1), None);
    }
}
