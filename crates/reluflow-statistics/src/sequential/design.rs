//! Chooses where the next draws tell most about the threshold.

use super::curve::{Family, Tally};
use super::posterior::Posterior;

/// Candidate places considered at once.
const CANDIDATES: usize = 41;
/// What the prior says about log κ, as information: it spans about nine powers of e, so a variance of about 6.
const SLOPE_INFORMATION: f64 = 0.17;

/// Sums over the draws, for one curve: Σ w, Σ w δ, Σ w δ² with w = q (1 − q) and δ = T − x.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    s0: f64,
    s1: f64,
    s2: f64,
}

impl Sums {
    fn add(&mut self, weight: f64, distance: f64) {
        self.s0 += weight;
        self.s1 += weight * distance;
        self.s2 += weight * distance * distance;
    }

    /// The information on T in units of κ², as an interval uses it. An interval for the ratio T has half-width
    /// z √(V/(1 − g)), V = 1/(κ² (S₀ − S₁²/S₂)), g = z² Var(κ)/κ² = z²/(κ² (S₂ − S₁²/S₀)) (Fieller, 1954). Here 1 − g
    /// is 1/(1 + g), the same to first order, so that draws which tell little never count for less than nothing.
    fn information(&self, slope: f64, z: f64) -> f64 {
        let s2 = self.s2 + SLOPE_INFORMATION / (slope * slope);
        let determinant = (self.s0 * s2 - self.s1 * self.s1).max(0.0);
        let known = slope * slope * determinant;
        if known > 0.0 {
            determinant / s2 * known / (known + z * z * self.s0)
        } else {
            0.0
        }
    }
}

/// Places `draws` draws one after the other, each where it adds most to the information averaged over the posterior.
/// Each goes to one of `candidates`; returned are the counts there.
///
/// The average of 1/((1 + g) κ² V) is, up to a constant, minus the number of draws still to come: a curve needs a fixed
/// 1/((1 + g) V), and a draw gives it at most κ²/4. O(curves · (places + candidates · draws)).
pub(super) fn place(
    family: &Family,
    posterior: &Posterior,
    tallies: &[Tally],
    candidates: &[f64],
    draws: u64,
    z: f64,
) -> Vec<u64> {
    // Curves of little weight cost time and decide nothing.
    let largest = posterior.0.iter().map(|curve| curve.weight).fold(0.0, f64::max);
    let curves: Vec<_> = posterior
        .0
        .iter()
        .filter(|curve| curve.weight > 1e-3 * largest)
        .collect();
    let variance = |x: f64, threshold: f64, slope: f64| {
        let q = family.probability(x, threshold, slope);
        q * (1.0 - q)
    };
    let mut sums: Vec<Sums> = curves
        .iter()
        .map(|curve| self::sums(family, tallies, curve.threshold, curve.slope))
        .collect();
    let weights: Vec<f64> = candidates
        .iter()
        .flat_map(|x| {
            curves
                .iter()
                .map(|curve| variance(*x, curve.threshold, curve.slope))
        })
        .collect();
    let mut counts = vec![0; candidates.len()];
    for _ in 0..draws {
        let gain = |c: usize| -> f64 {
            let one = |k: usize| {
                let mut sums = sums[k];
                sums.add(weights[c * curves.len() + k], curves[k].threshold - candidates[c]);
                curves[k].weight * sums.information(curves[k].slope, z)
            };
            (0..curves.len()).map(one).sum()
        };
        let gains: Vec<f64> = (0..candidates.len()).map(gain).collect();
        // The first of equals, so that nothing depends on the order of anything else.
        let best = (0..gains.len()).fold(0, |best, c| if gains[c] > gains[best] { c } else { best });
        counts[best] += 1;
        for (k, sums) in sums.iter_mut().enumerate() {
            sums.add(
                weights[best * curves.len() + k],
                curves[k].threshold - candidates[best],
            );
        }
    }
    counts
}

/// Where draws may go while the curve is being narrowed down: around the middle of the posterior, as far as a draw
/// tells anything for a curve of middling slope.
pub(super) fn candidates(posterior: &Posterior, slope: f64, logit: f64, low: f64, high: f64) -> Vec<f64> {
    // At three logits from one half a draw still tells a fifth of what it tells there.
    let (before, after) = ((3.0 - logit).max(1.0) / slope, (3.0 + logit).max(1.0) / slope);
    let from = (posterior.quantile(0.02) - before).clamp(low, high);
    let to = (posterior.quantile(0.98) + after).clamp(low, high);
    (0..CANDIDATES)
        .map(|k| from + (to - from) * k as f64 / (CANDIDATES - 1) as f64)
        .collect()
}

/// The sums of all draws, for one curve.
fn sums(family: &Family, tallies: &[Tally], threshold: f64, slope: f64) -> Sums {
    tallies.iter().fold(Sums::default(), |mut sums, tally| {
        let q = family.probability(tally.x, threshold, slope);
        sums.add(tally.trials * q * (1.0 - q), threshold - tally.x);
        sums
    })
}

/// The standard error of the logit at x: √((S₂ − 2δS₁ + δ²S₀)/(S₀S₂ − S₁²)) with δ = T − x.
pub(super) fn logit_error(family: &Family, tallies: &[Tally], x: f64, threshold: f64, slope: f64) -> f64 {
    let Sums { s0, s1, s2 } = sums(family, tallies, threshold, slope);
    let distance = threshold - x;
    ((s2 - 2.0 * distance * s1 + distance * distance * s0) / (s0 * s2 - s1 * s1)).sqrt()
}

/// The relative standard error of κ: 1/(κ √(S₂ − S₁²/S₀)); infinite when the draws say nothing about it.
pub(super) fn slope_spread(family: &Family, tallies: &[Tally], threshold: f64, slope: f64) -> f64 {
    let sums = sums(family, tallies, threshold, slope);
    let information = slope * slope * (sums.s2 - sums.s1 * sums.s1 / sums.s0);
    if information > 0.0 {
        information.sqrt().recip()
    } else {
        f64::INFINITY
    }
}

/// The variance of the estimate of T from one draw at each of `places`, times κ²; infinite when they say nothing.
pub(super) fn variance_per_round(family: &Family, places: &[f64], threshold: f64, slope: f64) -> f64 {
    let mut sums = Sums::default();
    for x in places {
        let q = family.probability(*x, threshold, slope);
        sums.add(q * (1.0 - q), threshold - x);
    }
    let information = sums.s0
        - if sums.s2 > 0.0 {
            sums.s1 * sums.s1 / sums.s2
        } else {
            0.0
        };
    if information > 0.0 {
        1.0 / information
    } else {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::super::posterior::Weighted;
    use super::*;

    fn known(threshold: f64, slope: f64) -> Posterior {
        Posterior(vec![Weighted {
            threshold,
            slope,
            weight: 1.0,
        }])
    }

    const HALF: Family = Family {
        logit: 0.0,
        steepest: 1e4,
    };

    #[test]
    fn for_a_known_curve_the_draws_are_those_of_least_width() {
        // By symmetry the best two places are T ± δ; with f = q (1 − q) and u = κδ they tell m f/(1 + z²/(m f u²)), found
        // here to be most by trying.
        let (m, z) = (400.0, 1.96);
        let told = |s0: f64, s2: f64| s0 / (1.0 + z * z / s2);
        let value = |u: f64| {
            let q = 1.0 / (1.0 + u.exp());
            told(q * (1.0 - q) * m, q * (1.0 - q) * m * u * u)
        };
        let best = (1..300).map(|k| value(0.01 * f64::from(k))).fold(0.0, f64::max);
        let places: Vec<f64> = (0..=120).map(|k| 2.0 + f64::from(k) / 60.0).collect();
        // One draw on either side to begin with, as a search has.
        let before: Vec<Tally> = [2.9, 3.1]
            .map(|x| Tally {
                x,
                successes: 0.0,
                trials: 1.0,
            })
            .into();
        let counts = place(&HALF, &known(3.0, 10.0), &before, &places, 400, z);
        assert_eq!(counts.iter().sum::<u64>(), 400);
        let mean = |power: i32| {
            let used = places.iter().zip(&counts);
            used.map(|(x, n)| *n as f64 * (10.0 * (x - 3.0)).powi(power))
                .sum::<f64>()
                / m
        };
        assert!(mean(1).abs() < 0.05, "not about T: {}", mean(1));
        // Draws placed one by one are spread too wide at first, when little is known of κ: a few per cent in the end.
        let s = |power: i32| {
            let used = places.iter().zip(&counts);
            used.map(|(x, n)| {
                let q = HALF.probability(*x, 3.0, 10.0);
                *n as f64 * q * (1.0 - q) * (10.0 * (x - 3.0)).powi(power)
            })
            .sum::<f64>()
        };
        let reached = told(s(0) - s(1).powi(2) / s(2), s(2));
        assert!(reached > 0.95 * best, "{reached} of {best}");
    }

    #[test]
    fn one_draw_a_place_far_and_wide_tells_one_over_the_slope_and_the_spacing() {
        // Σ q (1 − q) over places h apart is 1/(κh), with T in the middle by symmetry.
        let places: Vec<f64> = (-200..=200).map(|k| 0.05 * f64::from(k)).collect();
        let variance = variance_per_round(&HALF, &places, 0.0, 4.0);
        assert!((variance - 4.0 * 0.05).abs() < 1e-6, "{variance}");
        assert_eq!(variance_per_round(&HALF, &[1000.0], 0.0, 4.0), f64::INFINITY);
    }
}
