//! Fits how thresholds grow with both sizes: N = C d^α p^β, by weighted least squares on logarithms.

use reluflow_statistics::Estimate;
use reluflow_statistics::interval::normal_quantile;
use statrs::function::gamma::gamma_ur;

/// A threshold at (d, p), with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct At {
    pub(super) d: f64,
    pub(super) p: f64,
    pub(super) threshold: Estimate,
}

/// N = C d^α p^β.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Elasticity {
    /// α.
    pub(super) in_d: Estimate,
    /// β.
    pub(super) in_p: Estimate,
    /// log C.
    pub(super) intercept: f64,
    /// The probability of a misfit as large if the law holds (χ²).
    pub(super) p_value: f64,
    /// N/(pd): the weighted mean of its logarithm, as a ratio.
    pub(super) ratio: Estimate,
    /// The probability of differences as large if N/(pd) is the same everywhere.
    pub(super) constant: f64,
}

impl Elasticity {
    /// Fits thresholds; each counts by the width of its interval of this level, on the logarithm. Where a law is rejected
    /// at 5 %, its intervals are widened by the root of the misfit per degree of freedom. `None` unless four thresholds
    /// are bounded on both sides and neither size is a power of the other on them.
    pub(super) fn fit(thresholds: &[At], level: f64) -> Option<Self> {
        let quantile = normal_quantile(0.5 + 0.5 * level);
        let bounded = |at: &&At| {
            at.threshold.low > 0.0 && at.threshold.high.is_finite() && at.threshold.high > at.threshold.low
        };
        let rows: Vec<Row> = thresholds
            .iter()
            .filter(bounded)
            .map(|at| {
                let Estimate { value, low, high } = at.threshold;
                let error = (high / low).ln() / (2.0 * quantile);
                Row {
                    x: [1.0, at.d.ln(), at.p.ln()],
                    y: value.ln(),
                    weight: error.powi(-2),
                }
            })
            .collect();
        if rows.len() < 4 {
            return None;
        }
        let law = solve(&rows)?;
        let squares = misfit(&rows, |x| (0..3).map(|k| law.0[k] * x[k]).sum());
        let (p_value, spread) = judge(squares, rows.len() - 3);
        let estimate = |k: usize| {
            let half = quantile * law.1[k].sqrt() * spread;
            Estimate {
                value: law.0[k],
                low: law.0[k] - half,
                high: law.0[k] + half,
            }
        };
        let weight: f64 = rows.iter().map(|row| row.weight).sum();
        let excess = |row: &Row| row.y - row.x[1] - row.x[2];
        let mean = rows.iter().map(|row| row.weight * excess(row)).sum::<f64>() / weight;
        let squares = misfit(&rows, |x| mean + x[1] + x[2]);
        let (constant, spread) = judge(squares, rows.len() - 1);
        let half = quantile * spread / weight.sqrt();
        Some(Self {
            in_d: estimate(1),
            in_p: estimate(2),
            intercept: law.0[0],
            p_value,
            ratio: Estimate {
                value: mean.exp(),
                low: (mean - half).exp(),
                high: (mean + half).exp(),
            },
            constant,
        })
    }
}

/// Whether N is the same multiple of `form(d, p)` everywhere: the weighted mean of N/form as a ratio, widened like the fit above, and the
/// probability of differences as large if it is. `None` with fewer than two bounded thresholds.
pub(super) fn multiple(
    thresholds: &[At],
    form: impl Fn(f64, f64) -> f64,
    level: f64,
) -> Option<(Estimate, f64)> {
    let quantile = normal_quantile(0.5 + 0.5 * level);
    let row = |at: &At| {
        let Estimate { value, low, high } = at.threshold;
        let error = (high / low).ln() / (2.0 * quantile);
        (error.is_finite() && error > 0.0).then(|| ((value / form(at.d, at.p)).ln(), error.powi(-2)))
    };
    let rows: Vec<(f64, f64)> = thresholds.iter().filter_map(row).collect();
    if rows.len() < 2 {
        return None;
    }
    let weight: f64 = rows.iter().map(|row| row.1).sum();
    let mean = rows.iter().map(|row| row.1 * row.0).sum::<f64>() / weight;
    let squares = rows.iter().map(|row| row.1 * (row.0 - mean).powi(2)).sum();
    let (constant, spread) = judge(squares, rows.len() - 1);
    let half = quantile * spread / weight.sqrt();
    let ratio = Estimate {
        value: mean.exp(),
        low: (mean - half).exp(),
        high: (mean + half).exp(),
    };
    Some((ratio, constant))
}

struct Row {
    x: [f64; 3],
    y: f64,
    weight: f64,
}

fn misfit(rows: &[Row], law: impl Fn(&[f64; 3]) -> f64) -> f64 {
    rows.iter()
        .map(|row| row.weight * (row.y - law(&row.x)).powi(2))
        .sum()
}

/// The probability of a larger sum of squares, and by how much to widen intervals.
pub(super) fn judge(squares: f64, degrees: usize) -> (f64, f64) {
    let degrees = degrees as f64;
    let p_value = if squares > 0.0 {
        gamma_ur(0.5 * degrees, 0.5 * squares)
    } else {
        1.0
    };
    let spread = if p_value < 0.05 {
        (squares / degrees).sqrt().max(1.0)
    } else {
        1.0
    };
    (p_value, spread)
}

/// Coefficients of the weighted least squares and their variances, by Gauss–Jordan; `None` when the normal equations are
/// singular to ten digits.
fn solve(rows: &[Row]) -> Option<([f64; 3], [f64; 3])> {
    // Columns: normal matrix, right-hand side, identity.
    let mut table = [[0.0; 7]; 3];
    for row in rows {
        for (i, line) in table.iter_mut().enumerate() {
            for (entry, x) in line.iter_mut().zip(&row.x) {
                *entry += row.weight * row.x[i] * x;
            }
            line[3] += row.weight * row.x[i] * row.y;
        }
    }
    for (i, line) in table.iter_mut().enumerate() {
        line[4 + i] = 1.0;
    }
    let scale = table[0][0].max(table[1][1]).max(table[2][2]);
    for i in 0..3 {
        let pivot = (i..3).max_by(|a, b| table[*a][i].abs().total_cmp(&table[*b][i].abs()))?;
        table.swap(i, pivot);
        if table[i][i].abs() < 1e-10 * scale {
            return None;
        }
        let head = table[i].map(|value| value / table[i][i]);
        for (k, line) in table.iter_mut().enumerate() {
            let factor = line[i];
            for (value, above) in line.iter_mut().zip(&head) {
                *value = if k == i { *above } else { *value - factor * above };
            }
        }
    }
    Some(([0, 1, 2].map(|k| table[k][3]), [0, 1, 2].map(|k| table[k][4 + k])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(d: f64, p: f64, value: f64, error: f64) -> At {
        let half = (1.959964 * error).exp();
        At {
            d,
            p,
            threshold: Estimate {
                value,
                low: value / half,
                high: value * half,
            },
        }
    }

    const SIZES: [(f64, f64); 6] = [
        (10.0, 10.0),
        (10.0, 40.0),
        (20.0, 30.0),
        (40.0, 10.0),
        (40.0, 20.0),
        (60.0, 30.0),
    ];

    #[test]
    fn a_power_law_gives_its_exponents_and_a_constant_ratio_is_one() {
        let law = SIZES.map(|(d, p)| at(d, p, 2.0 * d.powf(1.2) * p.powf(0.7), 0.03));
        let fit = Elasticity::fit(&law, 0.95).unwrap();
        assert!(
            (fit.in_d.value - 1.2).abs() < 1e-9 && (fit.in_p.value - 0.7).abs() < 1e-9,
            "{fit:?}"
        );
        assert!((fit.intercept - 2f64.ln()).abs() < 1e-9);
        assert!(fit.p_value > 0.999 && fit.constant < 1e-6, "{fit:?}");
        let same = SIZES.map(|(d, p)| at(d, p, 0.9 * d * p, 0.03));
        let fit = Elasticity::fit(&same, 0.95).unwrap();
        assert!(
            (fit.ratio.value - 0.9).abs() < 1e-9 && fit.constant > 0.999,
            "{fit:?}"
        );
        // Six independent errors of 3 %: their mean has one of 3 %/√6.
        let half = (1.959964 * 0.03 / 6f64.sqrt()).exp();
        assert!((fit.ratio.high - 0.9 * half).abs() < 1e-5, "{fit:?}");
        // The form of the fit's own constant, and one that is none.
        let (ratio, constant) = multiple(&same, |d, p| d * p, 0.95).unwrap();
        assert!((ratio.high - fit.ratio.high).abs() < 1e-12 && constant > 0.999);
        assert!(multiple(&same, |d, _| d, 0.95).unwrap().1 < 1e-6);
    }

    /// Two exponents by hand: with d fixed in pairs and p doubled, β is the mean log ratio over log 2, and its error follows.
    #[test]
    fn the_error_of_an_exponent_is_that_of_a_mean_of_ratios() {
        let pairs = [
            (10.0, 10.0, 100.0),
            (10.0, 20.0, 210.0),
            (20.0, 10.0, 200.0),
            (20.0, 20.0, 380.0),
        ];
        let cells = pairs.map(|(d, p, n)| at(d, p, n, 0.05));
        let fit = Elasticity::fit(&cells, 0.95).unwrap();
        let by_hand = 0.5 * ((2.1f64).ln() + (1.9f64).ln()) / 2f64.ln();
        assert!((fit.in_p.value - by_hand).abs() < 1e-9, "{fit:?}");
        // Each ratio has variance 2 · 0.05², their mean half of it; the misfit is small, so nothing is widened.
        let half = 1.959964 * 0.05 / 2f64.ln();
        assert!((fit.in_p.high - fit.in_p.value - half).abs() < 1e-6, "{fit:?}");
    }

    #[test]
    fn sizes_that_cannot_be_told_apart_are_refused() {
        let diagonal = [10.0, 20.0, 30.0, 40.0].map(|d| at(d, d, d * d, 0.05));
        assert_eq!(Elasticity::fit(&diagonal, 0.95), None);
        assert_eq!(Elasticity::fit(&[], 0.95), None);
    }
}
