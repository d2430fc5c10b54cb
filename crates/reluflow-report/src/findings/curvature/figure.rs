//! Draws √n μ_∞ against n beside its bounds and what was predicted, and local slopes.

use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::Estimate;

use super::estimates::{better_slope, gap, level, of_curvature, plain_slope};
use super::log::Log;
use super::series::{Draw, Series, Size};
use crate::Named;
use crate::intervals::LEVEL;

type Points = Vec<(f64, Estimate)>;
type Of = fn(&Draw) -> f64;

/// √n μ_∞ against n, and the local slopes of μ_∞; none without a flow.
pub(super) fn figure(main: &Series, all: &[Series]) -> Option<Named> {
    if main.sizes.iter().all(|size| size.draws.is_empty()) {
        return None;
    }
    let kept = |one: &&Series| !one.careful && !one.is_main() && one.scale != 0.1;
    let others: Vec<&Series> = all.iter().filter(kept).collect();
    Some(Named {
        name: "curvature".to_owned(),
        chart: Chart {
            description: "Curvature times the root of n against n, with bounds and what was predicted, and local slopes".to_owned(),
            panels: vec![levels(main, &others), slopes(main, &others)],
            columns: 2,
            width: PAGE,
            panel_height: 190.0,
            ..Chart::default()
        },
        caption: "√n μ_∞ against n with what bounds it and what was predicted, and the local slopes of μ_∞, with 95 % intervals."
            .to_owned(),
    })
}

/// How a series is named in a legend.
fn name(series: &Series) -> String {
    match series.width {
        Some(p) => format!("*p* = {p}"),
        None => format!("hidden scale {}", series.scale),
    }
}

fn levels(main: &Series, others: &[&Series]) -> Panel {
    let mut panel = Panel {
        title: "curvature".to_owned(),
        x: Axis::log("number of examples *n*"),
        y: Axis::log("√*n* *μ*"),
        ..Panel::default()
    };
    let first = main
        .sizes
        .iter()
        .map(|size| size.n as f64)
        .fold(f64::INFINITY, f64::min);
    let last = main.sizes.iter().map(|size| size.n as f64).fold(0.0, f64::max);
    let upp: Of = |draw| draw.upp;
    let bounds = [
        ("*μ*_{upp}", upp, Dash::Dashed),
        ("*μ*_{low}", |draw| draw.low, Dash::Dotted),
    ];
    for (name, of, dash) in bounds {
        let flown = main.sizes.iter().filter(|size| !size.draws.is_empty());
        let points = flown.map(|size| (size.n as f64, Log::mean(&size.values(of)).value.exp()));
        line(&mut panel, name, Ink::Muted, dash, points.collect());
    }
    let guide = vec![(first, 2.0 / first.sqrt()), (last, 2.0 / last.sqrt())];
    line(&mut panel, "Lemma 6: 2/√*n*", Ink::Series(4), Dash::Dotted, guide);
    let starts = |size: &Size| size.starts.values().copied().collect::<Vec<f64>>();
    let predicted = main
        .sizes
        .iter()
        .map(|size| (size.n as f64, Log::mean(&starts(size)).value.exp()));
    line(
        &mut panel,
        "predicted",
        Ink::Series(1),
        Dash::Dashed,
        predicted.collect(),
    );
    for (k, series) in others.iter().enumerate() {
        let points = series.sizes.iter().filter(|size| !size.draws.is_empty());
        let points = points.map(|size| (size.n as f64, level(&size.values(|draw| draw.limit))));
        marked(
            &mut panel,
            &name(series),
            k + 2,
            3.0 * (k + 1) as f64,
            points.collect(),
        );
    }
    let found = main
        .sizes
        .iter()
        .filter(|size| !size.draws.is_empty())
        .map(|size| {
            let better = size.with_starts().map(|log| log.exponential(LEVEL));
            (
                size.n as f64,
                better.unwrap_or_else(|| level(&size.values(|draw| draw.limit))),
            )
        });
    marked(&mut panel, "*μ*_∞", 0, 0.0, found.collect());
    panel
}

fn slopes(main: &Series, others: &[&Series]) -> Panel {
    let mut panel = Panel {
        title: "its local slopes".to_owned(),
        x: Axis::log("number of examples *n*"),
        y: Axis::linear("slope of log *μ*_∞").over(-1.05, -0.35),
        ..Panel::default()
    };
    for at in [-1.0, -0.5] {
        panel.layers.push(Layer::Horizontal {
            at,
            dash: Dash::Dotted,
        });
    }
    panel.entry("1/*n* and 1/√*n*", Ink::Muted, None, Some(Dash::Dotted));
    let starts = |size: &Size| Log::mean(&size.starts.values().copied().collect::<Vec<f64>>());
    let predicted = between(main, |before, size| {
        let change = starts(size).plus(starts(before).times(-1.0));
        Some(of_curvature(
            change.times(1.0 / gap(before, size)).interval(LEVEL),
        ))
    });
    let middle = predicted.iter().map(|point| (point.0, point.1.value)).collect();
    line(&mut panel, "predicted", Ink::Series(1), Dash::Dashed, middle);
    for (k, series) in others.iter().enumerate() {
        let points = between(series, plain_slope);
        marked(&mut panel, &name(series), k + 2, 3.0 * (k + 1) as f64, points);
    }
    let found = between(main, |before, size| {
        better_slope(before, size).or_else(|| plain_slope(before, size))
    });
    marked(&mut panel, "*μ*_∞", 0, 0.0, found);
    panel
}

/// Slopes at the geometric means of successive n.
fn between(series: &Series, slope: impl Fn(&Size, &Size) -> Option<Estimate>) -> Points {
    let pairs = series.sizes.windows(2);
    pairs
        .filter_map(|pair| {
            Some((
                (pair[0].n as f64 * pair[1].n as f64).sqrt(),
                slope(&pair[0], &pair[1])?,
            ))
        })
        .collect()
}

fn line(panel: &mut Panel, name: &str, ink: Ink, dash: Dash, points: Vec<(f64, f64)>) {
    if points.len() > 1 {
        panel.layers.push(Layer::Line { points, ink, dash });
        panel.entry(name, ink, None, Some(dash));
    }
}

fn marked(panel: &mut Panel, name: &str, k: usize, by: f64, points: Points) {
    // A single draw has no interval: it is drawn as a point.
    let drawn = |(x, estimate): (f64, Estimate)| match estimate.low.is_nan() {
        true => (
            x,
            Estimate {
                low: estimate.value,
                high: estimate.value,
                ..estimate
            },
        ),
        false => (x, estimate),
    };
    let points: Points = points.into_iter().map(drawn).collect();
    if !points.is_empty() {
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        panel.entry(name, ink, Some(marker), None);
        panel.layers.push(Layer::Points { points, ink, marker }.moved(by));
    }
}
