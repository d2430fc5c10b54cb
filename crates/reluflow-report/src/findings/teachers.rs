//! Asks whether the flow interpolates more examples when their labels are those of a small network.

use reluflow_lab::experiment::Axis;
use reluflow_lab::experiment::Cell;
use reluflow_plot::{COLUMN, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::{Estimate, clopper_pearson};

use super::table::{entries, entry, words};
use super::{Found, Part, Results, Table, Written, of};
use crate::Named;
use crate::intervals::LEVEL;

const RANDOM: &str = include_str!("../../../../experiments/findings/teachers-random.toml");
const TEACHERS: &str = include_str!("../../../../experiments/findings/teachers.toml");

const GRID: &str = include_str!("../../../../experiments/findings/teachers-grid.toml");

/// What a study sets over its file.
type Settings = &'static [(&'static str, &'static str)];

const SHUFFLED: Settings = &[("data.shuffled", "true")];
const CAREFUL: Settings = &[
    ("flow.accuracy", "\"careful\""),
    ("sweep.d", "[10]"),
    ("sweep.p", "[20]"),
];
const FEW: Settings = &[
    ("sweep.d", "[10]"),
    ("sweep.p", "[20]"),
    ("sweep.\"data.width\"", "[1, 3, 10, 100]"),
];

const fn part(
    name: &'static str,
    text: &'static str,
    settings: Settings,
    quick: Settings,
    full: f64,
    rough: f64,
) -> Part {
    Part {
        name,
        text,
        settings,
        quick: Some(quick),
        search: Some((full, rough)),
    }
}

/// The studies, the cheap ones first.
pub(super) const PARTS: &[Part] = &[
    part(
        "teachers-random",
        RANDOM,
        &[],
        &[("sweep.d", "[10]"), ("sweep.p", "[20]")],
        0.05,
        0.12,
    ),
    part("teachers", TEACHERS, &[], FEW, 0.06, 0.15),
    part("teachers-shuffled", TEACHERS, SHUFFLED, FEW, 0.06, 0.15),
    part("teachers-careful", TEACHERS, CAREFUL, FEW, 0.06, 0.15),
    Part {
        name: "teachers-grid",
        text: GRID,
        settings: &[],
        quick: Some(&[
            ("sweep.draws", "20"),
            ("sweep.n", "{ per_pd = [0.5, 1, 1.5, 2, 4, 8] }"),
        ]),
        search: None,
    },
];

/// What the studies are called, in tables and in sentences; the first has no teacher.
const LABELS: [(&str, &str, &str); 4] = [
    ("teachers-random", "independent", "independent labels"),
    ("teachers", "teacher", "a teacher of width"),
    (
        "teachers-shuffled",
        "shuffled",
        "shuffled labels of a teacher of width",
    ),
    (
        "teachers-careful",
        "teacher, careful",
        "by careful steps, a teacher of width",
    ),
];

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let mut table = Table::new(
        "teachers",
        "labels width d p N low high per_pd per_teacher draws end",
    );
    for (name, short, long) in LABELS {
        let Some(results) = of(results, name) else {
            continue;
        };
        let axis = results.axis(WIDTH);
        for found in &results.thresholds {
            let width = found.number(axis);
            table.rows.push(row(short, width, found));
            let labels = if width.is_nan() {
                long.to_owned()
            } else {
                format!("{long} {width}")
            };
            let (d, p, found) = (found.d, found.p, words(&found.answer.estimate));
            written
                .sentences
                .push(format!("{labels}, (d, p) = ({d}, {p}): N = {found}"));
        }
    }
    written.tables.push(table);
    written.figures.extend(figure(results));
    if let Some(grid) = of(results, "teachers-grid") {
        probabilities(grid, &mut written);
    }
    written
}

/// The probability of reaching the trap by n and the width of the teacher.
fn probabilities(results: &Results, written: &mut Written) {
    let mut table = Table::new(
        "teachers-probability",
        "width d p n draws interpolating lost out_of_budget probability low high",
    );
    let axis = results.axis(WIDTH).map_or(Axis::Examples, Axis::Key);
    let mut panel = Panel {
        x: reluflow_plot::Axis::log("*n*/(*pd*)"),
        y: reluflow_plot::Axis::linear("probability").over(0.0, 1.0),
        ..Panel::default()
    };
    let mut widths: Vec<(f64, Vec<(f64, Estimate)>)> = Vec::new();
    for cell in results.cells() {
        let width = axis.number(cell.cell).unwrap_or(f64::NAN);
        let (converged, draws) = (cell.converged(), cell.trials.len() as u64);
        let (low, high) = clopper_pearson(converged, draws, LEVEL);
        let value = converged as f64 / draws as f64;
        let estimate = Estimate { value, low, high };
        let Cell { d, p, n, .. } = *cell.cell;
        let ended = |verdict: &str| {
            cell.trials
                .iter()
                .filter(|trial| trial.verdict == verdict)
                .count()
        };
        let mut row = vec![entry(width)];
        row.extend([d, p, n, draws, converged].map(|count| count.to_string()));
        row.extend(["lost-examples", "out-of-budget"].map(|verdict| ended(verdict).to_string()));
        row.extend(entries(&estimate));
        table.rows.push(row);
        let place = (n as f64 / (d * p) as f64, estimate);
        match widths.iter_mut().find(|one| one.0 == width) {
            Some(one) => one.1.push(place),
            None => widths.push((width, vec![place])),
        }
    }
    written.tables.push(table);
    for (k, (width, points)) in widths.into_iter().enumerate() {
        let last = points.last().map_or(f64::NAN, |point| point.0);
        if let Some((_, least)) = points.iter().min_by(|a, b| a.1.value.total_cmp(&b.1.value)) {
            written.sentences.push(format!(
                "a teacher of width {width}: of all n up to {last} pd the flow reaches the trap least often with probability {}",
                words(least)
            ));
        }
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        panel.layers.push(Layer::Line {
            points: points.iter().map(|point| (point.0, point.1.value)).collect(),
            ink,
            dash: Dash::Dashed,
        });
        panel.layers.push(Layer::Points {
            points,
            ink,
            marker,
            dodge: 2.0 * (k as f64 - 3.0),
        });
        panel.entry(&format!("*k* = {width}"), ink, Some(marker), None);
    }
    written.figures.push(Named {
        name: "teachers-probability".to_owned(),
        chart: Chart {
            description: "Probability of reaching the trap against n over p d, by the width of the teacher"
                .to_owned(),
            panels: vec![panel],
            columns: 1,
            width: COLUMN,
            panel_height: 170.0,
            ..Chart::default()
        },
        caption: "Probability of reaching the trap, with 95 % intervals, by the width of the teacher."
            .to_owned(),
    });
}

fn row(labels: &str, width: f64, found: &Found) -> Vec<String> {
    let value = found.answer.estimate.value;
    let (d, p) = (found.d as f64, found.p as f64);
    let mut row = vec![
        labels.to_owned(),
        entry(width),
        found.d.to_string(),
        found.p.to_string(),
    ];
    row.extend(entries(&found.answer.estimate));
    row.extend([entry(value / (d * p)), entry(value / (d * width))]);
    row.extend([
        found.answer.trials.to_string(),
        found.answer.end.word().to_owned(),
    ]);
    row
}

/// The axis of the teacher's width.
const WIDTH: &str = "data.width";

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
fn figure(results: &[Results]) -> Option<Named> {
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
        x: reluflow_plot::Axis::log("width of the teacher"),
        y: reluflow_plot::Axis::linear("*N*/(*pd*)"),
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
        panel.layers.push(Layer::Points {
            points: points.to_vec(),
            ink,
            marker,
            dodge: 0.0,
        });
        panel.entry(name, ink, Some(marker), None);
    }
    panel.entry("independent labels", Ink::Muted, None, Some(Dash::Dashed));
    panel.y = panel.y.over(0.0, 1.15 * top);
    panel
}
