//! Draws thresholds against time given and size, and times to the trap against n.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, PAGE, Panel, dodge};
use reluflow_statistics::Estimate;

use super::divergence::Divergence;
use super::studies::{SIZES_OF_DESCENT, SIZES_OF_FLOW};
use super::{budget, product, with_budget};
use crate::Named;
use crate::findings::{Found, Results, of};

/// The medians of one size.
pub(super) struct Times {
    pub(super) d: u64,
    pub(super) p: u64,
    /// n and the median time in transition times.
    pub(super) medians: Vec<(f64, Estimate)>,
    /// How they diverge.
    pub(super) fit: Option<Divergence>,
}

/// Thresholds at (20, 30) against the time given, and N/(pd) against pd; none without thresholds.
pub(super) fn thresholds(results: &[Results]) -> Option<Named> {
    let budgets = of(results, "interpolation-budgets")?;
    let first = budgets.thresholds.first()?;
    let (d, p, all) = (first.d, first.p, product(first));
    let mut time = Panel {
        title: format!("*d* = {d}, *p* = {p}"),
        x: Axis::log("time given, in units of the paper's"),
        y: Axis::linear("threshold *N*").over(0.0, 1.1 * all),
        ..Panel::default()
    };
    let here = |found: &&Found| found.d == d && found.p == p;
    let steps = of(results, "interpolation-steps").map_or(&[][..], |results| &results.thresholds);
    let descent = steps.iter().filter(|found| found.step == Some(1.0)).filter(here);
    let points = |found: &mut dyn Iterator<Item = &Found>| -> Vec<(f64, Estimate)> {
        found
            .map(|found| (budget(found), found.answer.estimate))
            .collect()
    };
    let flow = points(&mut budgets.thresholds.iter().filter(here));
    let descent = points(&mut descent.into_iter());
    let shown = [
        ("flow", 1, flow, Marker::Square),
        ("gradient descent, *η* = 1", 0, descent, Marker::Circle),
    ];
    for (name, colour, points, marker) in shown {
        let line = points.iter().map(|point| (point.0, point.1.value)).collect();
        let ink = Ink::Series(colour);
        time.layers.push(Layer::Line {
            points: line,
            ink,
            dash: Dash::Dashed,
        });
        time.layers.push(Layer::Points { points, ink, marker });
        time.entry(name, ink, Some(marker), Some(Dash::Dashed));
    }
    time.layers.push(Layer::Horizontal {
        at: all,
        dash: Dash::Dotted,
    });
    time.entry("*pd*", Ink::Muted, None, Some(Dash::Dotted));
    let mut size = Panel {
        title: "all sizes".to_owned(),
        x: Axis::log("*pd*"),
        y: Axis::linear("*N*/(*pd*)").over(0.0, 1.1),
        ..Panel::default()
    };
    let series = [
        ("flow, 10 times", 2, SIZES_OF_FLOW, 10.0),
        ("flow, same time", 1, SIZES_OF_FLOW, 1.0),
        ("descent", 0, SIZES_OF_DESCENT, 1.0),
    ];
    for (k, (name, colour, studies, wanted)) in series.into_iter().enumerate() {
        let ratio = |found: &&Found| {
            let Estimate { value, low, high } = found.answer.estimate;
            let all = product(found);
            let estimate = Estimate {
                value: value / all,
                low: low / all,
                high: high / all,
            };
            (all, estimate)
        };
        let points = with_budget(results, studies, wanted).iter().map(ratio).collect();
        let (ink, marker) = (Ink::Series(colour), Marker::nth(k));
        size.layers.push(Layer::Points { points, ink, marker });
        size.entry(name, ink, Some(marker), None);
    }
    size.layers.push(Layer::Horizontal {
        at: 1.0,
        dash: Dash::Dotted,
    });
    Some(Named {
        name: "interpolation".to_owned(),
        chart: Chart {
            description: "Thresholds of the flow and of gradient descent against the time given, and over p d at all sizes".to_owned(),
            panels: vec![time, size],
            columns: 2,
            width: PAGE,
            panel_height: 150.0,
            ..Chart::default()
        },
        caption: "Thresholds against the time given, and against the size, with 95 % intervals.".to_owned(),
    })
}

/// The median times to the trap against n/(pd), with the laws of their divergence; none without times.
pub(super) fn times(sizes: &[Times]) -> Option<Named> {
    let mut panel = Panel {
        x: Axis::linear("*n*/(*pd*)"),
        y: Axis::log("time to the trap, in transition times"),
        ..Panel::default()
    };
    for (k, size) in sizes.iter().enumerate() {
        let (ink, marker, pd) = (Ink::Series(k), Marker::nth(k), (size.d * size.p) as f64);
        let shift = 2.0 * dodge(k, sizes.len());
        let finite = size.medians.iter().filter(|point| point.1.value.is_finite());
        let points: Vec<(f64, Estimate)> = finite.copied().collect();
        let name = format!("*d* = {}, *p* = {}", size.d, size.p);
        if let (Some(fit), Some(first), Some(last)) = (&size.fit, points.first(), points.last()) {
            let end = last.0.min(0.999 * fit.limit.value);
            let at = |k: u32| first.0 + (end - first.0) * f64::from(k) / 100.0;
            panel.layers.push(
                Layer::Line {
                    points: (0..=100).map(|k| (at(k) / pd, fit.at(at(k)))).collect(),
                    ink,
                    dash: Dash::Dashed,
                }
                .moved(shift),
            );
        }
        panel.layers.push(
            Layer::Points {
                points: points.iter().map(|(n, median)| (n / pd, *median)).collect(),
                ink,
                marker,
            }
            .moved(shift),
        );
        panel.entry(&name, ink, Some(marker), None);
        if let Some(fit) = &size.fit {
            let law = format!(
                "*C* (1 − *n*/{:.0})^{{−{:.2}}}",
                fit.limit.value, fit.exponent.value
            );
            panel.entry(&law, ink, None, Some(Dash::Dashed));
        }
    }
    (!sizes.is_empty()).then(|| Named {
        name: "interpolation-times".to_owned(),
        chart: Chart {
            description: "Median time to the trap against the number of examples over p d".to_owned(),
            panels: vec![panel],
            columns: 1,
            width: COLUMN,
            panel_height: 150.0,
            ..Chart::default()
        },
        caption: "Median time to the trap, with 95 % intervals, and the laws of its divergence.".to_owned(),
    })
}
