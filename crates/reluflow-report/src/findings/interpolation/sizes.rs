//! Says how thresholds grow with the sizes: laws of d and p, and the rate at which narrow networks fit more with every neuron.

use reluflow_statistics::Estimate;
use reluflow_statistics::interval::normal_quantile;

use super::studies::{SIZES_OF_DESCENT, SIZES_OF_FLOW};
use super::with_budget;
use crate::findings::elasticity::{At, Elasticity, judge};
use crate::findings::table::words;
use crate::findings::{Found, Results, of};
use crate::intervals::LEVEL;

/// How thresholds grow with the sizes.
pub(super) fn sizes(results: &[Results]) -> Vec<String> {
    let laws = [
        (SIZES_OF_DESCENT, 1.0, "gradient descent within the paper's time"),
        (SIZES_OF_FLOW, 1.0, "the flow within the same time"),
        (SIZES_OF_FLOW, 10.0, "the flow within ten times as much"),
    ];
    let law = |(names, wanted, label): (&[&str], f64, &str)| {
        let at = |found: &&Found| At {
            d: found.d as f64,
            p: found.p as f64,
            threshold: found.answer.estimate,
        };
        let at: Vec<At> = with_budget(results, names, wanted).iter().map(at).collect();
        let fit = Elasticity::fit(&at, LEVEL)?;
        Some(format!(
            "{label}: N grows like d^α p^β, α = {}, β = {} (fits with probability {:.2}); N/(pd) = {} on average, constant with \
             probability {:.1e}",
            words(&fit.in_d),
            words(&fit.in_p),
            fit.p_value,
            words(&fit.ratio),
            fit.constant
        ))
    };
    laws.into_iter().filter_map(law).chain(narrow(results)).collect()
}

/// How thresholds of narrow networks grow with p at the largest dimension that has several, and with d at one p.
fn narrow(results: &[Results]) -> Option<String> {
    let found = &of(results, "interpolation-narrow")?.thresholds;
    let growth = |kept: &dyn Fn(&Found) -> bool, place: fn(&Found) -> f64| {
        let points = found.iter().filter(|one| kept(one));
        growth(
            points.map(|one| (place(one), one.answer.estimate)).collect(),
            LEVEL,
        )
    };
    let d = found.iter().filter(|one| one.p != 10).map(|one| one.d).max()?;
    let in_p = growth(&|one| one.d == d, |one| one.p as f64)?;
    let in_d = growth(&|one| one.p == 10, |one| (one.d as f64).ln())?;
    Some(format!(
        "narrow networks: log N grows by {} a neuron at d = {d}, where log(4/3) = 0.29; at p = 10, N grows like d to the power {}",
        words(&in_p),
        words(&in_d)
    ))
}

/// The slope of log N over x, each threshold counted by the width of its interval; `None` with fewer than three places.
fn growth(points: Vec<(f64, Estimate)>, level: f64) -> Option<Estimate> {
    let quantile = normal_quantile(0.5 + 0.5 * level);
    let error = |estimate: &Estimate| (estimate.high / estimate.low).ln() / (2.0 * quantile);
    let usable = |point: &&(f64, Estimate)| error(&point.1).is_finite() && error(&point.1) > 0.0;
    let rows: Vec<(f64, f64, f64)> = points
        .iter()
        .filter(usable)
        .map(|(x, estimate)| (*x, estimate.value.ln(), error(estimate).powi(-2)))
        .collect();
    let weight: f64 = rows.iter().map(|row| row.2).sum();
    let mean =
        |read: fn(&(f64, f64, f64)) -> f64| rows.iter().map(|row| row.2 * read(row)).sum::<f64>() / weight;
    let (x, y) = (mean(|row| row.0), mean(|row| row.1));
    let spread: f64 = rows.iter().map(|row| row.2 * (row.0 - x).powi(2)).sum();
    if rows.len() < 3 || spread <= 0.0 {
        return None;
    }
    let value = rows
        .iter()
        .map(|row| row.2 * (row.0 - x) * (row.1 - y))
        .sum::<f64>()
        / spread;
    let squares: f64 = rows
        .iter()
        .map(|row| row.2 * (row.1 - y - value * (row.0 - x)).powi(2))
        .sum();
    let half = quantile * judge(squares, rows.len() - 2).1 / spread.sqrt();
    Some(Estimate {
        value,
        low: value - half,
        high: value + half,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_the_slope_of_a_weighted_line() {
        let exact = [6.0, 8.0, 10.0, 12.0].map(|p: f64| {
            let (value, half) = (3.0 * (0.25 * p).exp(), (1.959964f64 * 0.1).exp());
            let (low, high) = (value / half, value * half);
            (p, Estimate { value, low, high })
        });
        let fit = growth(exact.to_vec(), 0.95).unwrap();
        assert!((fit.value - 0.25).abs() < 1e-9, "{fit:?}");
        // Four errors of 0.1 at distances ±1, ±3 from the centre: 0.1/√20.
        assert!(
            (fit.high - fit.value - 1.959964 * 0.1 / 20f64.sqrt()).abs() < 1e-6,
            "{fit:?}"
        );
        assert_eq!(growth(exact[..2].to_vec(), 0.95), None);
    }
}
