//! Figures 3 and 4: thresholds N(d, p) against d or p, with laws.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel, SIDE_BY_SIDE, dodge};
use reluflow_statistics::{Estimate, LawFit};

/// The thresholds of one method.
#[derive(Debug, Clone, PartialEq)]
pub struct ThresholdSeries {
    /// Its name, in markup.
    pub name: String,
    /// (d or p, N with its interval). Where only one end is finite, an arrow starts there; an interval that the axis cuts off has no
    /// cap.
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
        let (ink, marker, shift) = (Ink::Series(k), Marker::nth(k), 2.0 * dodge(k, series.len()));
        let mut text = one.name.clone();
        if let Some(law) = &one.law {
            let line = Layer::Line {
                points: along(law, &one.points),
                ink,
                dash: Dash::Dashed,
            };
            panel.layers.push(line.moved(shift));
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
        panel
            .layers
            .push(Layer::Points { points, ink, marker }.moved(shift));
        panel.entry(&text, ink, Some(marker), one.law.as_ref().map(|_| Dash::Dashed));
    }
    if series.len() > 1 {
        panel.entry(SIDE_BY_SIDE, Ink::Text, None, None);
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
        if let Some(words) = open_ends(series, 1.25 * top) {
            panel.entry(words, Ink::Text, None, None);
        }
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

/// What the ends of intervals say that are not on an axis from 0 to `top`; none where all are.
fn open_ends(series: &[ThresholdSeries], top: f64) -> Option<&'static str> {
    let ends = || {
        series
            .iter()
            .flat_map(|one| &one.points)
            .flat_map(|(_, estimate)| [estimate.low, estimate.high])
    };
    let unbounded = ends().any(f64::is_infinite);
    let beyond = ends().any(|end| end.is_finite() && !(0.0..=top).contains(&end));
    match (unbounded, beyond) {
        (true, true) => Some("arrow: no bound; no cap: the bound is off the axis"),
        (true, false) => Some("arrow: no bound"),
        (false, true) => Some("no cap: the bound is off the axis"),
        (false, false) => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_says_what_open_ends_mean() {
        let words = |ends: &[(f64, f64)]| {
            let point = |(low, high): &(f64, f64)| {
                let (low, high) = (*low, *high);
                let value = 10.0;
                (1.0, Estimate { value, low, high })
            };
            let series = ThresholdSeries {
                name: "threshold".to_owned(),
                points: ends.iter().map(point).collect(),
                law: None,
            };
            let legend = thresholds(&[series], "p", "p", &[]).panels.remove(0).legend;
            legend.get(1).map(|entry| entry.text.clone())
        };
        assert_eq!(words(&[(8.0, 12.0)]), None);
        let far = words(&[(8.0, 12.0), (9.0, 400.0)]);
        assert_eq!(far.as_deref(), Some("no cap: the bound is off the axis"));
        let open = words(&[(8.0, f64::INFINITY)]);
        assert_eq!(open.as_deref(), Some("arrow: no bound"));
        let both = words(&[(8.0, f64::INFINITY), (-3.0, 12.0)]);
        assert!(both.is_some_and(|text| text.contains("arrow") && text.contains("cap")));
    }
}
