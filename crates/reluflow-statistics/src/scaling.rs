//! Compares laws of the threshold N in a size (d or p) by the likelihood of the counts themselves.

use statrs::function::gamma::gamma_ur;

use super::logistic::{Cell, Counts, Threshold};
use super::search::{maximum, root};
use super::{Estimate, chi_squared_1};

/// The counts along n at one size x (d or p).
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdCurve {
    /// The size x.
    pub at: f64,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A law of N in a size x, with x̄ the geometric mean of the sizes, B the threshold there and s the elasticity
/// d log N/d log x there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// N = B (1 + s (x/x̄ − 1)): a + b x.
    Linear,
    /// N = B (x/x̄)^s: s is the exponent.
    Power,
    /// N = B (1 + s log(x/x̄)): a + b log x.
    Logarithmic,
}

impl Law {
    /// All three; each has two parameters, so that their likelihoods compare as they are.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Power, Self::Logarithmic];

    /// N at x = ratio · x̄.
    fn threshold(self, scale: f64, exponent: f64, ratio: f64) -> f64 {
        match self {
            Self::Linear => scale * (1.0 + exponent * (ratio - 1.0)),
            Self::Power => scale * ratio.powf(exponent),
            Self::Logarithmic => scale * (1.0 + exponent * ratio.ln()),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Power => "power",
            Self::Logarithmic => "logarithmic",
        }
    }
}

/// A law fitted to threshold curves.
#[derive(Debug, Clone, PartialEq)]
pub struct LawFit {
    /// Which law.
    pub law: Law,
    /// x̄, the geometric mean of the sizes.
    pub centre: f64,
    /// B, the law's threshold at x̄.
    pub scale: f64,
    /// s, the elasticity at x̄ (for the power law, its exponent), with its profile-likelihood interval. When the
    /// law does not fit, the interval is widened by the root of [`LawFit::dispersion`].
    pub exponent: Estimate,
    /// The largest log-likelihood under the law, each curve with its own free slope.
    pub log_likelihood: f64,
    /// Twice what the log-likelihood gains by giving every curve its own threshold.
    pub deviance: f64,
    /// Number of curves less two.
    pub degrees: usize,
}

impl LawFit {
    /// Fits one law by maximum likelihood on the counts. `None` with fewer than three curves that have trials,
    /// or sizes that are not positive and distinct. O(10⁴) profile likelihoods a curve.
    pub fn new(law: Law, curves: &[ThresholdCurve], level: f64) -> Option<Self> {
        let problem = LawProblem::new(law, curves)?;
        let (scale, exponent, log_likelihood) = problem.maximise();
        let deviance = 2.0 * (problem.free - log_likelihood).max(0.0);
        let mut fit = Self {
            law,
            centre: problem.centre,
            scale,
            exponent: Estimate {
                value: exponent,
                low: exponent,
                high: exponent,
            },
            log_likelihood,
            deviance,
            degrees: problem.curves.len() - 2,
        };
        let widen = if fit.fits() { 1.0 } else { fit.dispersion() };
        let fall = 0.5 * chi_squared_1(level) * widen;
        let excess = |s: f64| log_likelihood - problem.over_scales(s, scale).1 - fall;
        fit.exponent.low = end(excess, exponent, -1.0);
        fit.exponent.high = end(excess, exponent, 1.0);
        Some(fit)
    }

    /// Fits the three laws, the likeliest first.
    pub fn compare(curves: &[ThresholdCurve], level: f64) -> Vec<Self> {
        let mut fits: Vec<Self> = Law::ALL
            .iter()
            .filter_map(|law| Self::new(*law, curves, level))
            .collect();
        fits.sort_by(|a, b| b.log_likelihood.total_cmp(&a.log_likelihood));
        fits
    }

    /// N at a size.
    pub fn threshold(&self, at: f64) -> f64 {
        self.law
            .threshold(self.scale, self.exponent.value, at / self.centre)
    }

    /// The probability of a deviance as large under the law (χ² with [`LawFit::degrees`] degrees of freedom).
    pub fn p_value(&self) -> f64 {
        if self.deviance <= 0.0 {
            return 1.0;
        }
        gamma_ur(0.5 * self.degrees as f64, 0.5 * self.deviance)
    }

    /// Whether the deviance does not reject the law at 5 %.
    pub fn fits(&self) -> bool {
        self.p_value() >= 0.05
    }

    /// Deviance per degree of freedom, at least 1.
    pub fn dispersion(&self) -> f64 {
        (self.deviance / self.degrees as f64).max(1.0)
    }

    /// The law as a formula of a symbol, such as `N = -12 + 16.4 d`.
    pub fn formula(&self, symbol: &str) -> String {
        let (scale, s) = (self.scale, self.exponent.value);
        let signed = |value: f64| format!("{} {}", if value < 0.0 { "−" } else { "+" }, digits(value.abs()));
        match self.law {
            Law::Linear => format!(
                "N = {} {} {symbol}",
                digits(scale * (1.0 - s)),
                signed(scale * s / self.centre)
            ),
            Law::Power => format!("N = {} {symbol}^{s:.2}", digits(scale * self.centre.powf(-s))),
            Law::Logarithmic => format!(
                "N = {} {} log {symbol}",
                digits(scale * (1.0 - s * self.centre.ln())),
                signed(scale * s)
            ),
        }
    }
}

/// Three significant digits, with a true minus sign.
fn digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.2e}").parse().unwrap_or(value);
    let magnitude = if rounded == 0.0 {
        0.0
    } else {
        rounded.abs().log10().floor()
    };
    let decimals = (2.0 - magnitude).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

/// The likelihood of a law.
struct LawProblem {
    law: Law,
    centre: f64,
    /// (x/x̄, counts) of every curve.
    curves: Vec<(f64, Counts)>,
    /// The log-likelihood with a free threshold for every curve.
    free: f64,
    /// Where to start: a threshold near x̄.
    start: f64,
}

impl LawProblem {
    fn new(law: Law, curves: &[ThresholdCurve]) -> Option<Self> {
        let used: Vec<&ThresholdCurve> = curves
            .iter()
            .filter(|curve| curve.at > 0.0 && curve.cells.iter().any(|cell| cell.trials > 0))
            .collect();
        let distinct = used.iter().any(|curve| curve.at != used[0].at);
        if used.len() < 3 || !distinct {
            return None;
        }
        let centre = (used.iter().map(|curve| curve.at.ln()).sum::<f64>() / used.len() as f64).exp();
        let fits: Vec<Threshold> = used
            .iter()
            .map(|curve| Threshold::fit(&curve.cells, 0.95))
            .collect();
        let finite: Vec<f64> = fits
            .iter()
            .map(|fit| fit.estimate.value)
            .filter(|n| n.is_finite() && *n > 0.0)
            .collect();
        if finite.is_empty() {
            return None;
        }
        Some(Self {
            law,
            centre,
            curves: used
                .iter()
                .map(|curve| (curve.at / centre, Counts::new(&curve.cells)))
                .collect(),
            free: fits.iter().map(|fit| fit.log_likelihood).sum(),
            start: (finite.iter().map(|n| n.ln()).sum::<f64>() / finite.len() as f64).exp(),
        })
    }

    fn log_likelihood(&self, scale: f64, exponent: f64) -> f64 {
        self.curves
            .iter()
            .map(|(ratio, counts)| counts.profile_at(self.law.threshold(scale, exponent, *ratio)))
            .sum()
    }

    /// The best scale for an exponent, near a known one, and its log-likelihood.
    fn over_scales(&self, exponent: f64, near: f64) -> (f64, f64) {
        let at = |log_scale: f64| self.log_likelihood(log_scale.exp(), exponent);
        let width = 0.7;
        let (place, value) = maximum(at, near.ln() - width, near.ln() + width, 1e-6);
        (place.exp(), value)
    }

    /// Scale, exponent and log-likelihood at the maximum: over exponents on a grid, then by golden sections.
    fn maximise(&self) -> (f64, f64, f64) {
        let mut near = self.start;
        let mut best = (near, 0.0, f64::NEG_INFINITY);
        for k in 0..=16 {
            let exponent = -0.5 + 0.15 * f64::from(k);
            let (scale, value) = self.over_scales(exponent, self.start);
            if value > best.2 {
                best = (scale, exponent, value);
                near = scale;
            }
        }
        let (exponent, _) = maximum(
            |s| self.over_scales(s, near).1,
            best.1 - 0.15,
            best.1 + 0.15,
            1e-5,
        );
        let (scale, value) = self.over_scales(exponent, near);
        (scale, exponent, value)
    }
}

/// Where a profile rises through zero on the way from its minimum.
fn end(mut excess: impl FnMut(f64) -> f64, start: f64, direction: f64) -> f64 {
    let (mut reach, mut next) = (0.0, 0.01);
    while excess(start + direction * next) < 0.0 {
        (reach, next) = (next, 2.0 * next);
        if next > 20.0 {
            return direction * f64::INFINITY;
        }
    }
    start + direction * root(|step| excess(start + direction * step), reach, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected counts along n of logistic curves whose threshold follows a function of x.
    fn curves(threshold: impl Fn(f64) -> f64, trials: u64) -> Vec<ThresholdCurve> {
        let curve = |x: f64| {
            let n0 = threshold(x);
            let cell = |k: i32| {
                let at = n0 * (0.72 + 0.06 * f64::from(k));
                let probability = 1.0 / (1.0 + (20.0 * (at / n0 - 1.0)).exp());
                Cell {
                    at,
                    successes: (trials as f64 * probability).round() as u64,
                    trials,
                }
            };
            ThresholdCurve {
                at: x,
                cells: (0..10).map(cell).collect(),
            }
        };
        [10.0, 20.0, 30.0, 50.0, 70.0, 100.0].map(curve).to_vec()
    }

    #[test]
    fn each_law_is_the_likeliest_for_its_own_curves() {
        type Truth = fn(f64) -> f64;
        let truths: [(Law, Truth); 3] = [
            (Law::Linear, |x| 5.0 + 16.0 * x),
            (Law::Power, |x| 40.0 * x.powf(0.6)),
            (Law::Logarithmic, |x| -100.0 + 90.0 * x.ln()),
        ];
        for (law, truth) in truths {
            let fits = LawFit::compare(&curves(truth, 400), 0.95);
            assert_eq!(fits[0].law, law, "{fits:#?}");
            assert!(fits[0].fits() && fits[1].log_likelihood < fits[0].log_likelihood - 2.0);
            for x in [10.0, 100.0] {
                assert!(
                    (fits[0].threshold(x) / truth(x) - 1.0).abs() < 0.01,
                    "{law:?} at {x}"
                );
            }
        }
    }

    #[test]
    fn an_exponent_is_recovered_with_its_interval() {
        let fit = LawFit::new(Law::Power, &curves(|x| 40.0 * x.powf(0.6), 10_000), 0.95).unwrap();
        // Expected counts, rounded: the estimate is the truth to far less than the interval.
        assert!((fit.exponent.value - 0.6).abs() < 1e-3, "{fit:?}");
        assert!(fit.exponent.covers(0.6) && fit.exponent.high - fit.exponent.low < 0.02);
        assert_eq!(fit.formula("d"), "N = 40.0 d^0.60");
    }

    #[test]
    fn a_law_that_does_not_fit_is_rejected_and_its_interval_widened() {
        let fit = LawFit::new(Law::Power, &curves(|x| 100.0 + x * x, 2000), 0.95).unwrap();
        assert!(!fit.fits() && fit.dispersion() > 10.0, "{fit:?}");
        assert!(fit.exponent.high - fit.exponent.low > 0.05);
    }

    #[test]
    fn two_curves_have_no_law() {
        assert!(LawFit::new(Law::Power, &curves(|x| x, 20)[..2], 0.95).is_none());
    }
}
