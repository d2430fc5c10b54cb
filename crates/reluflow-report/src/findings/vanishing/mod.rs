//! Asks how large a network the flow learns from a vanishing start on orthonormal inputs, and how slowly it tends to that limit.

mod cells;
mod figure;
mod studies;

use crate::findings::table::{entries, words};
use crate::findings::{Results, Table, Written};
use cells::{Cell, collect, estimate, least_norm, paired, predicted};
use figure::figure;
pub(super) use studies::PARTS;

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let cells = collect(results);
    let mut written = Written::default();
    let mut table = Table::new(
        "vanishing",
        "n p draws lost norm norm_low norm_high ratio ratio_low ratio_high jumps jumps_low jumps_high last last_low last_high",
    );
    let limits: Vec<&Cell> = cells
        .iter()
        .filter(|cell| cell.scale.is_none() && !cell.on_flow_draws && cell.norms.len() > 1)
        .collect();
    for cell in &limits {
        let values: Vec<f64> = cell.norms.iter().map(|(_, norm)| *norm).collect();
        let ratios: Vec<f64> = values.iter().map(|norm| norm / least_norm()).collect();
        let mut row = vec![
            cell.n.to_string(),
            cell.p.to_string(),
            (cell.norms.len() + cell.lost).to_string(),
            cell.lost.to_string(),
        ];
        for values in [&values, &ratios, &cell.jumps, &cell.last] {
            row.extend(entries(&estimate(values)));
        }
        table.rows.push(row);
        written.sentences.push(format!(
            "n = {}: ‖θ‖²/√n = {}, {} times the least norm; {} jumps, the last at s = {}",
            cell.n,
            words(&estimate(&values)),
            words(&estimate(&ratios)),
            words(&estimate(&cell.jumps)),
            words(&estimate(&cell.last)),
        ));
    }
    written.tables.push(table);
    if !limits.is_empty() {
        written.sentences.push(format!(
            "predicted for n → ∞: ‖θ‖²/√n → 4 + 2√2 = {:.3}, the ratio → 1 + √2 = {:.3}",
            predicted(),
            predicted() / least_norm()
        ));
    }
    approach(&cells, &mut written);
    written.figures.extend(figure(&cells));
    written
}

/// How the exact flow tends to the limit.
fn approach(cells: &[Cell], written: &mut Written) {
    let mut table = Table::new("vanishing-flow", "n p lambda draws ratio ratio_low ratio_high");
    for cell in cells.iter().filter(|cell| cell.scale.is_some()) {
        let (ratios, scale) = (paired(cells, cell), cell.scale.unwrap_or(f64::NAN));
        if ratios.len() < 2 {
            continue;
        }
        let found = estimate(&ratios);
        let mut row = vec![
            cell.n.to_string(),
            cell.p.to_string(),
            format!("{scale:e}"),
            ratios.len().to_string(),
        ];
        row.extend(entries(&found));
        table.rows.push(row);
        written.sentences.push(format!(
            "n = {}, λ = {scale:e}: the exact flow's ‖θ‖² is {:.4} [{:.4}, {:.4}] of the limit's on the same draws",
            cell.n, found.value, found.low, found.high
        ));
    }
    written.tables.push(table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Study};
    use reluflow_lab::Trial;

    /// Trials of every quick study: draw k at n has ‖θ‖²/(p √n) = 6 + k/10, the flow 1 + 1/log(1/λ) times that; draw 0 of the
    /// limit lost an example.
    fn made_up() -> Vec<Results> {
        let results = |study: Study| {
            let mut trials = Vec::new();
            for (index, cell) in study.experiment.cells.iter().enumerate() {
                let scale = match cell.axes.first() {
                    Some(reluflow_lab::experiment::AxisValue::Number(value)) => Some(*value),
                    _ => None,
                };
                for draw in 0..study.experiment.draws {
                    let norm = (6.0 + draw as f64 / 10.0) * (cell.n as f64).sqrt() * cell.p as f64;
                    let factor = scale.map_or(1.0, |scale| 1.0 + 1.0 / (1.0 / scale).ln());
                    let trial = Trial {
                        cell: index,
                        draw,
                        converged: draw > 0 || scale.is_some(),
                        ..Trial::default()
                    };
                    let trial = trial.with("steps", 5.0).with("time", 0.25);
                    trials.push(trial.with("squared_norm", norm * factor));
                }
            }
            Results {
                study,
                trials,
                thresholds: Vec::new(),
            }
        };
        let studies = Finding::Vanishing.plan(true, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn norms_are_averaged_over_draws_that_lose_nothing() {
        let written = write_up(&made_up());
        let [limit, flow] = &written.tables[..] else {
            panic!("{:?}", written.tables)
        };
        assert_eq!((limit.rows.len(), flow.rows.len()), (5, 4));
        // The limit on the flow's draws is in neither.
        assert_eq!(limit.rows[0][2], "20");
        assert!(limit.rows.iter().all(|row| row.len() == limit.header.len()));
        // Draws 1 … 19: a mean of 6 + 1.
        assert_eq!((&limit.rows[0][3][..], &limit.rows[0][4][..]), ("1", "7.000"));
        // 1 + 1/log(1e2), on the draws that both have.
        let ratio: f64 = flow.rows[0][4].parse().unwrap();
        assert!((ratio - (1.0 + 1.0 / 100.0_f64.ln())).abs() < 1e-3, "{ratio}");
        assert_eq!(written.figures.len(), 1);
    }

    #[test]
    fn nothing_gives_empty_tables() {
        assert!(write_up(&[]).figures.is_empty());
    }
}
