//! Pictures of runs on a Gaussian population: shares of spurious minima over the width, overlaps over time.

use reluflow::population::PopulationSolution;
use reluflow_lab::summary::Share;
use reluflow_lab::{Experiment, Trial, summarize};
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel, SIDE_BY_SIDE, dodge};
use reluflow_statistics::Estimate;

/// Shares over a width, under one name.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareSeries {
    /// Its name, in markup.
    pub name: String,
    /// (width, share with its interval).
    pub points: Vec<(f64, Estimate)>,
    /// Whether the shares are somebody else's.
    pub cited: bool,
}

/// Shares of spurious ends in a run on a population, a series for each value of the axes other than its widths, named by these values.
pub fn spurious_series(experiment: &Experiment, trials: &[Trial]) -> Vec<ShareSeries> {
    let mut series: Vec<ShareSeries> = Vec::new();
    for cell in summarize(experiment, trials) {
        let Some(found) = cell.population else { continue };
        let spurious = found.shares.iter().find(|(kind, _)| kind == "spurious");
        let Some((_, share)) = spurious else { continue };
        let others = cell.axes.iter().filter(|(axis, _)| axis != WIDTH);
        let name = others
            .map(|(_, value)| value.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        let point = (cell.p as f64, share_estimate(*share));
        match series.iter_mut().find(|one| one.name == name) {
            Some(one) => one.points.push(point),
            None => series.push(ShareSeries {
                name,
                points: vec![point],
                cited: false,
            }),
        }
    }
    series
}

/// The axis of the teacher's width.
const WIDTH: &str = "data.teacher.width";

/// A share as an estimate with its interval.
pub fn share_estimate(share: Share) -> Estimate {
    Estimate {
        value: share.count as f64 / share.trials as f64,
        low: share.interval.0,
        high: share.interval.1,
    }
}

/// Shares of spurious minima against the width.
pub fn shares(series: &[ShareSeries]) -> Chart {
    let mut panel = Panel {
        x: Axis::linear("neurons of student and teacher *p* = *k*"),
        y: Axis::linear("share that ends in a spurious minimum"),
        ..Panel::default()
    };
    panel.x.marks = series
        .first()
        .map(|one| one.points.iter().map(|point| point.0).collect())
        .unwrap_or_default();
    for (k, one) in series.iter().enumerate() {
        let (ink, marker) = (
            Ink::Series(k),
            if one.cited { Marker::Ring } else { Marker::nth(k) },
        );
        panel.layers.push(
            Layer::Points {
                points: one.points.clone(),
                ink,
                marker,
            }
            .moved(2.0 * dodge(k, series.len())),
        );
        panel.legend.push(Entry::new(&one.name, ink, Some(marker), None));
    }
    if series.len() > 1 {
        panel.legend.push(Entry::new(SIDE_BY_SIDE, Ink::Text, None, None));
    }
    Chart {
        description:
            "Shares of starts that end in a spurious minimum, with 95 % intervals, against the width"
                .to_owned(),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 150.0,
    }
}

/// The loss, every ⟨w_j, v_k⟩ and the norms ‖w_j‖ of a run against time; the largest overlap of every neuron at the end in colour.
pub fn overlaps(solution: &PopulationSolution) -> Chart {
    let rows: Vec<_> = solution.rows.iter().filter(|row| row.time > 0.0).collect();
    let line = |read: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        (0..rows.len()).map(|row| (rows[row].time, read(row))).collect()
    };
    let panel = |title: &str, y: Axis| Panel {
        title: title.to_owned(),
        x: Axis::log("time *t*"),
        y,
        ..Panel::default()
    };
    let mut loss = panel("(a) loss and gradient", Axis::log("*L*, ‖∇*L*‖"));
    for (k, (name, points)) in [
        ("*L*", line(&|row| rows[row].loss)),
        ("‖∇*L*‖", line(&|row| rows[row].gradient_norm)),
    ]
    .into_iter()
    .enumerate()
    {
        let dash = if k == 0 { Dash::Solid } else { Dash::Dashed };
        loss.layers.push(Layer::Line {
            points,
            ink: Ink::Series(k),
            dash,
        });
        loss.legend
            .push(Entry::new(name, Ink::Series(k), None, Some(dash)));
    }
    let mut shared = panel(
        "(b) overlaps with the teacher",
        Axis::linear("*M*_{jk} = ⟨*w*_j, *v*_k⟩"),
    );
    let mut sizes = panel("(c) norms of the neurons", Axis::linear("√*Q*_{jj} = ‖*w*_j‖"));
    let (p, width) = solution.overlaps.teachers.dim();
    let best = |j: usize| {
        (0..width).max_by(|k, l| {
            solution.overlaps.teachers[(j, *k)].total_cmp(&solution.overlaps.teachers[(j, *l)])
        })
    };
    for j in 0..p {
        for k in (0..width).filter(|k| Some(*k) != best(j)) {
            shared.layers.push(Layer::Line {
                points: line(&|row| rows[row].overlaps.teachers[(j, k)]),
                ink: Ink::Grid,
                dash: Dash::Solid,
            });
        }
    }
    for j in 0..p {
        let ink = Ink::Series(j);
        if let Some(k) = best(j) {
            shared.layers.push(Layer::Line {
                points: line(&|row| rows[row].overlaps.teachers[(j, k)]),
                ink,
                dash: Dash::Solid,
            });
        }
        sizes.layers.push(Layer::Line {
            points: line(&|row| rows[row].overlaps.students[(j, j)].sqrt()),
            ink,
            dash: Dash::Solid,
        });
    }
    Chart {
        description: "Loss, overlaps with the teacher and norms of the neurons against time".to_owned(),
        panels: vec![loss, shared, sizes],
        legend: Vec::new(),
        columns: 3,
        width: PAGE,
        panel_height: 120.0,
    }
}
