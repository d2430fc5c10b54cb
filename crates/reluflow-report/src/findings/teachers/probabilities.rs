//! Counts how often the trap is reached, by n and the width of the teacher, and draws it.

use reluflow_lab::experiment::Axis as SweepAxis;
use reluflow_lab::experiment::Cell;
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Ink, Layer, Marker, Panel, dodge};
use reluflow_statistics::{Estimate, clopper_pearson};

use super::studies::WIDTH;
use crate::Named;
use crate::findings::table::{entries, entry, words};
use crate::findings::{Results, Table, Written};
use crate::intervals::LEVEL;

/// The probability of reaching the trap by n and the width of the teacher.
pub(super) fn probabilities(results: &Results, written: &mut Written) {
    let mut table = Table::new(
        "teachers-probability",
        "width d p n draws interpolating lost out_of_budget probability low high",
    );
    let axis = results.axis(WIDTH).map_or(SweepAxis::Examples, SweepAxis::Key);
    let mut panel = Panel {
        x: Axis::log("*n*/(*pd*)"),
        y: Axis::linear("probability").over(0.0, 1.0),
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
    let count = widths.len();
    for (k, (width, points)) in widths.into_iter().enumerate() {
        let last = points.last().map_or(f64::NAN, |point| point.0);
        if let Some((_, least)) = points.iter().min_by(|a, b| a.1.value.total_cmp(&b.1.value)) {
            written.sentences.push(format!(
                "a teacher of width {width}: of all n up to {last} pd the flow reaches the trap least often with probability {}",
                words(least)
            ));
        }
        let (ink, marker, shift) = (Ink::Series(k), Marker::nth(k), dodge(k, count));
        panel.layers.push(
            Layer::Line {
                points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                ink,
                dash: Dash::Dashed,
            }
            .moved(shift),
        );
        panel
            .layers
            .push(Layer::Points { points, ink, marker }.moved(shift));
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
