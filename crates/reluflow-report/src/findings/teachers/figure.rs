//! Draws thresholds against the width of the teacher.

use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, PAGE, Panel, dodge};
use reluflow_statistics::Estimate;

use super::studies::WIDTH;
use crate::Named;
use crate::findings::{Found, Results, of};

/// N/(pd) with its interval; an end beyond the range searched is drawn from the finite end on.
fn scaled(found: &Found) -> Estimate {
    let Estimate { value, low, high } = found.answer.estimate;
    let pd = (found.d * found.p) as f64;
    Estimate {
        value: if value.is_finite() { value / pd } else { f64::NAN },
        low: low / pd,
        high: high / pd,
    }
}

/// N/(pd) against the width of the teacher, one panel a size: its labels, the same shuffled, and independent ones as a line.
pub(super) fn figure(results: &[Results]) -> Option<Named> {
    let all = |name: &str| of(results, name).map_or(&[][..], |results| &results.thresholds);
    let axis = of(results, "teachers")?.axis(WIDTH);
    let mut sizes: Vec<(u64, u64)> = all("teachers").iter().map(|found| (found.d, found.p)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let panels: Vec<Panel> = sizes
        .iter()
        .map(|size| {
            let here = |found: &&Found| (found.d, found.p) == *size;
            let points = |name: &str| -> Vec<(f64, Estimate)> {
                let found = all(name).iter().filter(here);
                found.map(|found| (found.number(axis), scaled(found))).collect()
            };
            let level = all("teachers-random").iter().find(here).map(scaled);
            panel(*size, &points("teachers"), &points("teachers-shuffled"), level)
        })
        .collect();
    let columns = panels.len();
    (columns > 0).then(|| Named {
        name: "teachers".to_owned(),
        chart: Chart {
            description: "Threshold over p d against the width of the teacher".to_owned(),
            panels,
            columns,
            width: if columns > 1 { PAGE } else { COLUMN },
            panel_height: 150.0,
            ..Chart::default()
        },
        caption:
            "Thresholds against the width of the teacher, with 95 % intervals; dashed: independent labels."
                .to_owned(),
    })
}

fn panel(
    (d, p): (u64, u64),
    teachers: &[(f64, Estimate)],
    shuffled: &[(f64, Estimate)],
    independent: Option<Estimate>,
) -> Panel {
    let mut panel = Panel {
        title: format!("*d* = {d}, *p* = {p}"),
        x: Axis::log("width of the teacher"),
        y: Axis::linear("*N*/(*pd*)"),
        ..Panel::default()
    };
    if let (Some(level), Some(first), Some(last)) = (independent, teachers.first(), teachers.last()) {
        panel.layers.push(Layer::Band {
            points: [first.0, last.0].map(|x| (x, level.low, level.high)).to_vec(),
            ink: Ink::Muted,
        });
        panel.layers.push(Layer::Line {
            points: [first.0, last.0].map(|x| (x, level.value)).to_vec(),
            ink: Ink::Muted,
            dash: Dash::Dashed,
        });
    }
    let mut top: f64 = 1.0;
    let series = [("the teacher's", teachers), ("the same, shuffled", shuffled)];
    for (k, (name, points)) in series.into_iter().enumerate() {
        let placed = points.iter().flat_map(|point| [point.1.value, point.1.low]);
        top = placed.filter(|value| value.is_finite()).fold(top, f64::max);
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        panel.layers.push(
            Layer::Points {
                points: points.to_vec(),
                ink,
                marker,
            }
            .moved(2.0 * dodge(k, series.len())),
        );
        panel.entry(name, ink, Some(marker), None);
    }
    panel.entry("independent labels", Ink::Muted, None, Some(Dash::Dashed));
    panel.y = panel.y.over(0.0, 1.15 * top);
    panel
}
