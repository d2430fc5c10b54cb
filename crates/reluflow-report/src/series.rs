//! Turns the cells of a sweep into what figures show: points with intervals, curves of thresholds and their laws, series of curvatures.

use reluflow::observe::Observable;
use reluflow_lab::Trial;
use reluflow_lab::experiment::Axis;
use reluflow_plot::Chart;
use reluflow_statistics::slope::bootstrap_mean;
use reluflow_statistics::{
    Cell as Counts, DrawsAt, Estimate, LawFit, Shape, Slope, Threshold, ThresholdCurve,
};

use crate::figures::{CellPoint, CurvatureSeries, ProbabilitySeries, ThresholdSeries, curvatures};
use crate::intervals::{LEVEL, RESAMPLES, SEED};
use crate::sweep::{Filled, group};

/// A cell as a point of a probability figure.
pub(crate) fn point(at: f64, cell: &Filled<'_>) -> CellPoint {
    let remaining = |trial: &&Trial| {
        if trial.converged {
            0.0
        } else {
            trial.number("loss") / trial.number("initial_loss")
        }
    };
    let values: Vec<f64> = cell
        .trials
        .iter()
        .map(remaining)
        .filter(|value| value.is_finite())
        .collect();
    CellPoint {
        at,
        converged: cell.converged(),
        trials: cell.trials.len() as u64,
        remaining: bootstrap_mean(&values, LEVEL, RESAMPLES / 4, SEED),
    }
}

/// Cells along an axis, with their threshold if asked for.
pub(crate) fn series(name: &str, axis: Axis, cells: &[Filled<'_>], fit: bool) -> ProbabilitySeries {
    let mut points: Vec<CellPoint> = cells
        .iter()
        .filter_map(|cell| Some(point(axis.number(cell.cell)?, cell)))
        .collect();
    points.sort_by(|a, b| a.at.total_cmp(&b.at));
    let counts: Vec<Counts> = points
        .iter()
        .map(|point| Counts {
            at: point.at,
            successes: point.converged,
            trials: point.trials,
        })
        .collect();
    ProbabilitySeries {
        name: name.to_owned(),
        cells: points,
        threshold: fit
            .then(|| Threshold::fit(&counts, LEVEL))
            .filter(|threshold| threshold.shape != Shape::Undetermined),
    }
}

/// The counts along n for each value of another axis.
pub(crate) fn threshold_curves(cells: &[Filled<'_>], axis: Axis) -> Vec<ThresholdCurve> {
    threshold_curves_by(cells, axis, |trial| trial.converged)
}

/// The same with another notion of success.
pub(crate) fn threshold_curves_by(
    cells: &[Filled<'_>],
    axis: Axis,
    success: impl Fn(&Trial) -> bool,
) -> Vec<ThresholdCurve> {
    let mut curves: Vec<ThresholdCurve> = group(cells, &[axis])
        .iter()
        .filter_map(|(_, cells)| {
            let counts = cells.iter().map(|cell| Counts {
                at: cell.cell.n as f64,
                successes: cell.trials.iter().filter(|trial| success(trial)).count() as u64,
                trials: cell.trials.len() as u64,
            });
            Some(ThresholdCurve {
                at: axis.number(cells.first()?.cell)?,
                cells: counts.collect(),
            })
        })
        .collect();
    curves.sort_by(|a, b| a.at.total_cmp(&b.at));
    curves
}

/// The laws of a threshold, the likeliest first; none unless three curves bound their threshold on both sides.
pub(crate) fn laws(curves: &[ThresholdCurve]) -> Vec<LawFit> {
    let bounded = |curve: &&ThresholdCurve| {
        let Estimate { value, low, high } = Threshold::fit(&curve.cells, LEVEL).estimate;
        value.is_finite() && low.is_finite() && high.is_finite()
    };
    if curves.iter().filter(bounded).count() < 3 {
        return Vec::new();
    }
    LawFit::compare(curves, LEVEL)
}

/// Thresholds of curves as a series.
pub(crate) fn threshold_series(
    name: &str,
    curves: &[ThresholdCurve],
    law: Option<LawFit>,
) -> ThresholdSeries {
    ThresholdSeries {
        name: name.to_owned(),
        points: curves
            .iter()
            .filter_map(|curve| Some((curve.at, known(curve)?)))
            .collect(),
        law,
    }
}

/// What the draws say of a threshold: its estimate where it lies near the cells, an end alone where it lies far beyond
/// them, none where they leave it open.
fn known(curve: &ThresholdCurve) -> Option<Estimate> {
    /// Multiples of the last n beyond which an estimate is an extrapolation.
    const BEYOND: f64 = 2.0;
    let Threshold { estimate, shape, .. } = Threshold::fit(&curve.cells, LEVEL);
    if shape == Shape::Undetermined {
        return None;
    }
    let last = curve.cells.iter().map(|cell| cell.at).fold(0.0, f64::max);
    if estimate.value.is_finite() && estimate.value > BEYOND * last {
        let low = estimate.low.min(last);
        return Some(Estimate {
            value: f64::INFINITY,
            low,
            high: f64::INFINITY,
        });
    }
    Some(estimate)
}

/// A law in a sentence.
pub(crate) fn describe(law: &LawFit, symbol: &str) -> String {
    let exponent = &law.exponent;
    let verdict = if law.fits() { "fits" } else { "does not fit" };
    format!(
        "The likeliest law is {}: {}, elasticity {:.2} [{:.2}, {:.2}]; it {verdict} (deviance {:.1} on {} degrees of freedom).",
        law.law.name(),
        law.formula(symbol),
        exponent.value,
        exponent.low,
        exponent.high,
        law.deviance,
        law.degrees
    )
}

/// The curvatures that were recorded, against n; none when there are fewer than two n.
pub(crate) fn curvature_chart(cells: &[Filled<'_>], published: &[Option<f64>; 4]) -> Option<Chart> {
    let series = curvature_series(cells, published);
    (!series.is_empty()).then(|| curvatures(&series))
}

/// The curvatures that were recorded, with their slopes.
pub(crate) fn curvature_series(cells: &[Filled<'_>], published: &[Option<f64>; 4]) -> Vec<CurvatureSeries> {
    let wants = |observable| cells.iter().all(|cell| cell.cell.spec.record.wants(observable));
    type Read = fn(&Trial) -> Option<f64>;
    let readers: [(&str, Observable, Read); 4] = [
        ("*μ*(*t*_∞)", Observable::Curvature, |trial| {
            Some(trial.number("mu_end"))
        }),
        ("⟨*μ*_∞⟩", Observable::Curvature, |trial| {
            Some(trial.number("mu_avg"))
        }),
        ("*μ*_{low}", Observable::CurvatureBounds, |trial| {
            trial.get("mu_low")
        }),
        ("*μ*_{upp}", Observable::CurvatureBounds, |trial| {
            trial.get("mu_upp")
        }),
    ];
    readers
        .iter()
        .zip(published)
        .filter(|((_, observable, _), _)| wants(*observable))
        .filter_map(|((symbol, _, read), published)| {
            let draws: Vec<DrawsAt> = cells
                .iter()
                .map(|cell| DrawsAt {
                    at: cell.cell.n as f64,
                    values: cell.trials.iter().filter_map(|trial| read(trial)).collect(),
                })
                .collect();
            let slope = Slope::fit(&draws, LEVEL, RESAMPLES, SEED)?;
            Some(CurvatureSeries {
                symbol: (*symbol).to_owned(),
                slope,
                published: *published,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::thresholds;

    fn curve(at: f64, successes: [u64; 4]) -> ThresholdCurve {
        let count = |(k, successes): (usize, u64)| Counts {
            at: 10.0 * (k + 1) as f64,
            successes,
            trials: 20,
        };
        let cells = successes.into_iter().enumerate().map(count).collect();
        ThresholdCurve { at, cells }
    }

    /// What the draws leave open is no point, what lies beyond them an arrow from the end that they know, and no axis follows
    /// an extrapolation.
    #[test]
    fn only_what_the_draws_say_of_a_threshold_is_drawn() {
        let curves = [
            curve(1.0, [19, 15, 5, 1]),
            // Rises with n.
            curve(2.0, [1, 5, 15, 19]),
            // Hardly falls: its maximum likelihood lies far beyond n = 40.
            curve(3.0, [20, 19, 20, 19]),
            curve(4.0, [20, 20, 20, 20]),
            curve(5.0, [0, 0, 0, 0]),
        ];
        let series = threshold_series("threshold", &curves, None);
        let at = |place: f64| {
            series
                .points
                .iter()
                .find(|point| point.0 == place)
                .map(|point| point.1)
        };
        assert!((at(1.0).unwrap().value - 25.0).abs() < 1e-6);
        assert_eq!(at(2.0), None);
        for beyond in [3.0, 4.0] {
            let Estimate { value, low, high } = at(beyond).unwrap();
            assert_eq!((value, high), (f64::INFINITY, f64::INFINITY), "{beyond}");
            assert!(low.is_finite() && low <= 40.0 * 1.0001, "{beyond}: {low}");
        }
        let Estimate { value, high, .. } = at(5.0).unwrap();
        assert_eq!(value, f64::NEG_INFINITY);
        assert!(high.is_finite() && high <= 10.0 * 1.0001, "{high}");
        let chart = thresholds(&[series], "p", "p", &[]);
        let (_, top) = chart.panels[0].y.range.unwrap();
        assert!(top <= 1.25 * 40.01, "the axis ends at {top}");
    }
}
