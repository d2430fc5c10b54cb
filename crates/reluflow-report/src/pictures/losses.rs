//! Draws the losses of many runs over time, with their median and a band.

use reluflow::flow::Interrupt;
use reluflow::observe::{Observable, When};
use reluflow_lab::experiment::Cell;
use reluflow_lab::{Experiment, Result, trial};
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Panel};

/// Times at which median and band are computed.
const GRID: u32 = 200;
/// The ends of the band.
const BAND: (f64, f64) = (0.1, 0.9);

/// The loss of one run over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Which of the groups it belongs to, as their names are numbered.
    pub group: usize,
    /// (t, L).
    pub points: Vec<(f64, f64)>,
    /// Whether the run ended because it succeeded, so that its loss would have gone on to fall.
    pub succeeded: bool,
}

impl Curve {
    /// L at a time, between two rows by log L over log t. Before the first row there is none; after the end a run that
    /// rests keeps its loss, and one that succeeded counts as smaller than all.
    fn at(&self, time: f64) -> Option<f64> {
        let next = self.points.partition_point(|point| point.0 < time);
        let Some((t1, l1)) = self.points.get(next) else {
            let last = self.points.last()?;
            return Some(if self.succeeded { 0.0 } else { last.1 });
        };
        let Some((t0, l0)) = next.checked_sub(1).map(|k| self.points[k]) else {
            return (*t1 == time).then_some(*l1);
        };
        if t0 <= 0.0 || l0 <= 0.0 || *l1 <= 0.0 {
            return Some(l0);
        }
        let share = (time / t0).ln() / (t1 / t0).ln();
        Some((l0.ln() + share * (l1 / l0).ln()).exp())
    }
}

/// Follows so many draws of every cell: their losses, with the cell's index as the group. An interrupted run is the last.
///
/// # Errors
/// When a draw cannot be run.
pub fn curves(
    experiment: &Experiment,
    cells: &[&Cell],
    draws: u64,
    rows: u32,
    interrupt: &Interrupt,
) -> Result<Vec<Curve>> {
    let mut curves = Vec::new();
    for (group, cell) in cells.iter().enumerate() {
        let mut spec = (*cell.spec).clone();
        spec.record.observables = vec![Observable::Loss];
        spec.record.directions.clear();
        spec.record.when = When::PerDecade(rows);
        let mut cell = (*cell).clone();
        cell.spec = spec.into();
        for draw in 0..draws {
            let solution = trial::solve(experiment, &cell, draw, interrupt)?;
            let rows = solution.trajectory.rows().iter();
            curves.push(Curve {
                group,
                points: rows.map(|row| (row.time, row.loss)).collect(),
                succeeded: solution.verdict.converged(),
            });
            if interrupt.requested() {
                return Ok(curves);
            }
        }
    }
    Ok(curves)
}

/// The runs as faint lines, the median of each group and the band between its tenths, on logarithmic axes. A run that ended
/// in success counts as below all others from there on; where the median is such a run, its line ends.
pub fn losses(curves: &[Curve], names: &[String]) -> Chart {
    let positive = curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point.0)
        .filter(|time| *time > 0.0);
    let (first, last) = positive.fold((f64::INFINITY, 0.0f64), |(low, high), t| {
        (low.min(t), high.max(t))
    });
    let (first, last) = if first < last { (first, last) } else { (1.0, 10.0) };
    let mut panel = Panel {
        x: Axis::log("time *t*").over(first, last),
        y: Axis::log("loss *L*(*t*)"),
        ..Panel::default()
    };
    for (group, name) in names.iter().enumerate() {
        let ink = Ink::Series(group);
        let own: Vec<&Curve> = curves.iter().filter(|curve| curve.group == group).collect();
        if own.is_empty() {
            continue;
        }
        let (mut median, mut band) = (Vec::new(), Vec::new());
        for k in 0..=GRID {
            let time = first * (last / first).powf(f64::from(k) / f64::from(GRID));
            let mut values: Vec<f64> = own.iter().filter_map(|curve| curve.at(time)).collect();
            values.sort_by(f64::total_cmp);
            if values.is_empty() {
                continue;
            }
            let quantile = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
            let middle = quantile(0.5);
            median.push((time, if middle > 0.0 { middle } else { f64::NAN }));
            if quantile(BAND.0) > 0.0 {
                band.push((time, quantile(BAND.0), quantile(BAND.1)));
            }
        }
        for curve in &own {
            panel.layers.push(Layer::Trace {
                points: curve.points.clone(),
                ink,
                opacity: 0.35,
                dash: Dash::Solid,
            });
        }
        if own.len() > 2 {
            panel.layers.push(Layer::Band { points: band, ink });
            panel.layers.push(Layer::Line {
                points: median,
                ink,
                dash: Dash::Solid,
            });
        }
        if !name.is_empty() {
            panel.entry(name, ink, None, Some(Dash::Solid));
        }
    }
    Chart {
        description: format!(
            "Loss of {} runs over time, with medians and bands of 80 %",
            curves.len()
        ),
        panels: vec![panel],
        legend: Vec::new(),
        columns: 1,
        width: COLUMN,
        panel_height: 140.0,
    }
}
