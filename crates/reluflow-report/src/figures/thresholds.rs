//! Figures 3 and 4: thresholds N(d, p) against d or p, with laws.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel, dodge};
use reluflow_statistics::{Estimate, LawFit};

/// The thresholds of one method.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdSeries {
    /// Its name, in markup.
    pub name: String,
    /// (d or p, N with its interval). Where only one end is finite, an arrow starts there.
    pub points: Vec<(f64, Estimate)>,
    /// The law drawn through them.
    pub law: Option<LawFit>,
}

/// A published threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cited {
    /// d or p.
    pub at: f64,
    /// N.
    pub threshold: f64,
}

/// Thresholds with profile-likelihood intervals against a size, which is spread by its logarithm beyond a decade; `symbol` is `d` or `p`.
pub fn thresholds(series: &[ThresholdSeries], symbol: &str, label: &str, cited: &[Cited]) -> Chart {
    let mut panel = Panel {
        x: Axis::linear(label),
        y: Axis::linear("threshold *N*(*d*, *p*)"),
        ..Panel::default()
    };
    for (k, one) in series.iter().enumerate() {
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        let mut text = one.name.clone();
        if let Some(law) = &one.law {
            panel.layers.push(Layer::Line {
                points: along(law, &one.points),
                ink,
                dash: Dash::Dashed,
            });
            text += &format!(": {}", markup(law, symbol));
        }
        // An end beyond the data is drawn from the finite end on: the cells say N > low, no more.
        let shown = |estimate: &Estimate| Estimate {
            value: if estimate.value.is_finite() {
                estimate.value
            } else {
                f64::NAN
            },
            ..*estimate
        };
        let points = one
            .points
            .iter()
            .map(|(at, estimate)| (*at, shown(estimate)))
            .collect();
        panel.layers.push(Layer::Points {
            points,
            ink,
            marker,
            dodge: 2.0 * dodge(k, series.len()),
        });
        panel.entry(&text, ink, Some(marker), one.law.as_ref().map(|_| Dash::Dashed));
    }
    let sizes: Vec<f64> = series
        .iter()
        .flat_map(|one| one.points.iter().map(|point| point.0))
        .collect();
    let (first, last) = sizes
        .iter()
        .fold((f64::INFINITY, 0.0f64), |(a, b), x| (a.min(*x), b.max(*x)));
    if first > 0.0 && last > 10.0 * first {
        panel.x = Axis::log(label);
    }
    if !cited.is_empty() {
        let exact = |value| Estimate {
            value,
            low: value,
            high: value,
        };
        let points = cited
            .iter()
            .map(|cited| (cited.at, exact(cited.threshold)))
            .collect();
        panel.layers.push(Layer::Points {
            points,
            ink: Ink::Text,
            marker: Marker::Ring,
            dodge: 0.0,
        });
        panel.entry("published", Ink::Text, Some(Marker::Ring), None);
    }
    // An interval may reach far beyond everything run: the axis ends a little above what the data place.
    let placed = series
        .iter()
        .flat_map(|one| &one.points)
        .flat_map(|(_, estimate)| [estimate.value, estimate.low]);
    let top = placed
        .chain(cited.iter().map(|cited| cited.threshold))
        .filter(|n| n.is_finite())
        .fold(0.0, f64::max);
    if top > 0.0 {
        panel.y = panel.y.over(0.0, 1.25 * top);
    }
    Chart {
        description: format!("Convergence threshold N against {symbol}, with intervals and fitted laws"),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 150.0,
    }
}

/// The law between the first and the last point.
fn along(law: &LawFit, points: &[(f64, Estimate)]) -> Vec<(f64, f64)> {
    let first = points.iter().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let last = points
        .iter()
        .map(|point| point.0)
        .fold(f64::NEG_INFINITY, f64::max);
    (0..=100)
        .map(|k| f64::from(k) / 100.0)
        .map(|share| {
            if first > 0.0 {
                first * (last / first).powf(share)
            } else {
                first + (last - first) * share
            }
        })
        .map(|at| (at, law.threshold(at)))
        .collect()
}

/// The law's formula in markup.
pub(crate) fn markup(law: &LawFit, symbol: &str) -> String {
    let formula = law.formula(&format!("*{symbol}*"));
    let formula = formula.replacen('N', "*N*", 1);
    match formula.split_once('^') {
        Some((base, exponent)) => format!("{base}^{{{}}}", exponent.replace('-', "−")),
        None => formula,
    }
}
