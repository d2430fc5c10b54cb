//! Asks whether the flow interpolates more examples when their labels are those of a small network.

use super::table::{entries, entry, words};
use super::{Found, Part, Results, Table, Written, of};
use crate::figures::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel};
use crate::report::Named;
use crate::statistics::Estimate;

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "teachers-random",
        text: include_str!("../../../../experiments/findings/teachers-random.toml"),
        settings: &[],
        quick: Some(&[]),
        search: Some((0.05, 0.12)),
    },
    Part {
        name: "teachers",
        text: include_str!("../../../../experiments/findings/teachers.toml"),
        settings: &[],
        quick: Some(&[("sweep.\"data.width\"", "[1, 3, 10, 100]")]),
        search: Some((0.06, 0.15)),
    },
];

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let mut table = Table::new(
        "teachers",
        "labels width d p N low high per_pd per_teacher draws end",
    );
    let all = |name: &str| of(results, name).map_or(&[][..], |results| &results.thresholds);
    let axis = of(results, "teachers").and_then(|results| results.axis("data.width"));
    let random = all("teachers-random").iter().map(|found| (None, found));
    let teachers = all("teachers")
        .iter()
        .map(|found| (Some(found.number(axis)), found));
    for (width, found) in random.chain(teachers) {
        table.rows.push(row(width, found));
        let labels = width.map_or("independent labels".to_owned(), |width| {
            format!("a teacher of width {width}")
        });
        let (d, p, found) = (found.d, found.p, words(&found.answer.estimate));
        written
            .sentences
            .push(format!("{labels}, (d, p) = ({d}, {p}): N = {found}"));
    }
    written.tables.push(table);
    written
        .figures
        .extend(figure(all("teachers"), all("teachers-random"), axis));
    written
}

fn row(width: Option<f64>, found: &Found) -> Vec<String> {
    let value = found.answer.estimate.value;
    let (d, p) = (found.d as f64, found.p as f64);
    let labels = width.map_or("independent", |_| "teacher").to_owned();
    let width = width.unwrap_or(f64::NAN);
    let mut row = vec![labels, entry(width), found.d.to_string(), found.p.to_string()];
    row.extend(entries(&found.answer.estimate));
    row.extend([entry(value / (d * p)), entry(value / (d * width))]);
    row.extend([
        found.answer.trials.to_string(),
        found.answer.end.word().to_owned(),
    ]);
    row
}

/// N/(pd) against the width of the teacher, with that of independent labels as a line.
fn figure(teachers: &[Found], random: &[Found], axis: Option<usize>) -> Option<Named> {
    let mut panel = Panel {
        x: Axis::log("width of the teacher"),
        y: Axis::linear("*N*/(*pd*)"),
        ..Panel::default()
    };
    let mut sizes: Vec<(u64, u64)> = teachers.iter().map(|found| (found.d, found.p)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut top: f64 = 1.0;
    for (k, (d, p)) in sizes.iter().enumerate() {
        let scaled = |found: &Found| {
            let Estimate { value, low, high } = found.answer.estimate;
            let pd = (d * p) as f64;
            Estimate {
                // An end beyond the range searched is drawn from the finite end on.
                value: if value.is_finite() { value / pd } else { f64::NAN },
                low: low / pd,
                high: high / pd,
            }
        };
        let here = |found: &&Found| (found.d, found.p) == (*d, *p);
        let points: Vec<(f64, Estimate)> = teachers
            .iter()
            .filter(here)
            .map(|found| (found.number(axis), scaled(found)))
            .collect();
        let placed = points.iter().flat_map(|point| [point.1.value, point.1.low]);
        top = placed.filter(|value| value.is_finite()).fold(top, f64::max);
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        if let (Some(found), Some(first), Some(last)) =
            (random.iter().find(here), points.first(), points.last())
        {
            let level = scaled(found);
            panel.layers.push(Layer::Band {
                points: [first.0, last.0].map(|x| (x, level.low, level.high)).to_vec(),
                ink,
            });
            panel.layers.push(Layer::Line {
                points: [first.0, last.0].map(|x| (x, level.value)).to_vec(),
                ink,
                dash: Dash::Dashed,
            });
        }
        panel.layers.push(Layer::Points {
            points,
            ink,
            marker,
            dodge: 3.0 * k as f64,
        });
        panel.entry(&format!("*d* = {d}, *p* = {p}"), ink, Some(marker), None);
    }
    panel.entry("independent labels", Ink::Muted, None, Some(Dash::Dashed));
    panel.y = panel.y.over(0.0, 1.15 * top);
    (!sizes.is_empty()).then(|| Named {
        name: "teachers".to_owned(),
        chart: Chart {
            description: "Threshold over p d against the width of the teacher".to_owned(),
            panels: vec![panel],
            columns: 1,
            width: COLUMN,
            panel_height: 150.0,
            ..Chart::default()
        },
        caption:
            "Thresholds against the width of the teacher, with 95 % intervals; dashed: independent labels."
                .to_owned(),
    })
}
