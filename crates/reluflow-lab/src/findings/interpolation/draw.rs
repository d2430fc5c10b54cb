//! Draws thresholds against time given and size, and times to the trap against n.

use super::{Divergence, Found, Results, budget, of, product, with_budget};
use crate::figures::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use crate::report::Named;
use crate::statistics::Estimate;

/// Thresholds at (20, 30) against the time given, and N/(pd) against pd; none without thresholds.
pub(super) fn thresholds(results: &[Results]) -> Option<Named> {
    let budgets = of(results, "interpolation-budgets")?;
    let first = budgets.thresholds.first()?;
    let (d, p, all) = (first.d, first.p, product(first));
    let mut time = Panel {
        title: format!("*d* = {d}, *p* = {p}"),
        x: Axis::log("time given, in the paper's"),
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
        time.layers.push(Layer::Points {
            points,
            ink,
            marker,
            dodge: 0.0,
        });
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
        ("flow, 10 times", 2, "interpolation-sizes", 10.0),
        ("flow, same time", 1, "interpolation-sizes", 1.0),
        ("descent", 0, "interpolation-descent", 1.0),
    ];
    for (k, (name, colour, study, wanted)) in series.into_iter().enumerate() {
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
        let points = with_budget(results, study, wanted).iter().map(ratio).collect();
        let (ink, marker) = (Ink::Series(colour), Marker::nth(k));
        size.layers.push(Layer::Points {
            points,
            ink,
            marker,
            dodge: 0.0,
        });
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

/// The median time to the trap against n, with the law of its divergence.
pub(super) fn times(points: &[(f64, Estimate)], fit: Option<&Divergence>) -> Named {
    let mut panel = Panel {
        x: Axis::linear("number of examples *n*"),
        y: Axis::log("time to the trap, in transition times"),
        ..Panel::default()
    };
    if let Some(fit) = fit {
        let last = points.iter().map(|point| point.0).fold(0.0, f64::max);
        let first = points.iter().map(|point| point.0).fold(last, f64::min);
        let end = last.min(0.999 * fit.limit.value);
        let at = |k: u32| first + (end - first) * f64::from(k) / 100.0;
        panel.layers.push(Layer::Line {
            points: (0..=100).map(|k| (at(k), fit.at(at(k)))).collect(),
            ink: Ink::Series(1),
            dash: Dash::Dashed,
        });
        let limit = fit.limit.value;
        panel.entry(
            &format!("*C* (1 − *n*/{limit:.0})^{{−{:.2}}}", fit.exponent.value),
            Ink::Series(1),
            None,
            Some(Dash::Dashed),
        );
    }
    let points = points.iter().filter(|point| point.1.value.is_finite()).copied();
    panel.layers.push(Layer::Points {
        points: points.collect(),
        ink: Ink::Series(0),
        marker: Marker::Circle,
        dodge: 0.0,
    });
    panel.entry("median", Ink::Series(0), Some(Marker::Circle), None);
    Named {
        name: "interpolation-times".to_owned(),
        chart: Chart {
            description: "Median time to the trap against the number of examples".to_owned(),
            panels: vec![panel],
            columns: 1,
            width: COLUMN,
            panel_height: 150.0,
            ..Chart::default()
        },
        caption: "Median time to the trap, with 95 % intervals, and the law of its divergence.".to_owned(),
    }
}
