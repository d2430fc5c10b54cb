//! Sums up when the trap is reached, what comes after it, and what large networks do.

use reluflow::theory::transition_time;

use super::{Divergence, LEVEL, PAPER_BUDGET, Results, Table, Written, draw, entries, entry, words};
use crate::findings::divergence::{TimesAt, median_interval};
use crate::report::choose::{RESAMPLES, SEED};
use crate::report::sweep::Filled;
use crate::statistics::{Estimate, clopper_pearson};

/// Times to the trap in transition times, by n; infinite for draws that did not reach it.
fn times_at(cell: &Filled<'_>) -> TimesAt {
    let unit = transition_time(cell.cell.n as usize, cell.cell.p as usize);
    let times = cell
        .trials
        .iter()
        .map(|trial| trial.trap_time.map_or(f64::INFINITY, |time| time / unit));
    TimesAt {
        at: cell.cell.n as f64,
        times: times.collect(),
    }
}

fn count(cell: &Filled<'_>, verdict: &str) -> String {
    cell.trials
        .iter()
        .filter(|trial| trial.verdict == verdict)
        .count()
        .to_string()
}

/// The time to the trap against n, and how it diverges.
pub(super) fn times(results: &Results, written: &mut Written) {
    let mut table = Table::new(
        "interpolation-times",
        "d p n draws interpolating stationary lost out_of_budget median_time low high median_evaluations",
    );
    let cells = results.cells();
    let mut times = Vec::new();
    let mut points = Vec::new();
    for cell in &cells {
        let at = times_at(cell);
        let median = median_interval(&at.times, LEVEL);
        let mut evaluations: Vec<u64> = cell.trials.iter().map(|trial| trial.evaluations).collect();
        evaluations.sort_unstable();
        let mut row = vec![
            cell.cell.d.to_string(),
            cell.cell.p.to_string(),
            cell.cell.n.to_string(),
        ];
        row.push(cell.trials.len().to_string());
        row.extend(
            ["interpolating", "stationary", "lost-examples", "out-of-budget"]
                .map(|verdict| count(cell, verdict)),
        );
        row.extend(entries(&median));
        row.push(
            evaluations
                .get(evaluations.len() / 2)
                .map_or(String::new(), u64::to_string),
        );
        table.rows.push(row);
        points.push((at.at, median));
        times.push(at);
    }
    written.tables.push(table);
    let fit = Divergence::fit(&times, LEVEL, RESAMPLES / 4, SEED);
    if let Some(fit) = &fit {
        written.sentences.push(format!(
            "time to the trap: median ~ (1 − n/N)^−γ with γ = {}, N = {}; residual of log t {:.3}, of an exponential law {:.3}",
            words(&fit.exponent),
            words(&fit.limit),
            fit.residual,
            fit.exponential_residual
        ));
    }
    written.figures.push(draw::times(&points, fit.as_ref()));
}

/// Whether draws that pass the trap go on to the loss asked for, and the least eigenvalue of M there.
pub(super) fn loss(results: &Results, written: &mut Written) {
    let mut table = Table::new(
        "interpolation-loss",
        "d p n draws in_trap reached_loss largest_loss smallest_lambda_min median_time",
    );
    let (mut trapped, mut reached) = (0, 0);
    for cell in &results.cells() {
        let level = cell.cell.spec.stops.loss.unwrap_or(0.0);
        let inside: Vec<_> = cell
            .trials
            .iter()
            .filter(|trial| trial.trap_time.is_some())
            .collect();
        // The end lies within a thousandth of the level.
        let arrived = inside.iter().filter(|trial| trial.loss <= 1.001 * level).count();
        let unit = transition_time(cell.cell.n as usize, cell.cell.p as usize);
        let times = inside.iter().map(|trial| {
            if trial.loss <= 1.001 * level {
                trial.time / unit
            } else {
                f64::INFINITY
            }
        });
        let least = inside
            .iter()
            .filter_map(|trial| trial.lambda_min)
            .fold(f64::INFINITY, f64::min);
        let largest = inside.iter().map(|trial| trial.loss).fold(0.0, f64::max);
        table.rows.push(vec![
            cell.cell.d.to_string(),
            cell.cell.p.to_string(),
            cell.cell.n.to_string(),
            cell.trials.len().to_string(),
            inside.len().to_string(),
            arrived.to_string(),
            entry(largest),
            entry(least),
            entry(median_interval(&times.collect::<Vec<_>>(), LEVEL).value),
        ]);
        trapped += inside.len();
        reached += arrived;
    }
    written.tables.push(table);
    let (low, high) = clopper_pearson(reached as u64, trapped as u64, LEVEL);
    let value = reached as f64 / trapped as f64;
    let share = Estimate { value, low, high };
    written.sentences.push(format!(
        "after the trap: {reached} of {trapped} draws that passed it reached the loss asked for, a share of {}",
        words(&share)
    ));
}

/// Which shares of draws reach the trap at large sizes, and when.
pub(super) fn large(results: &[&Results], written: &mut Written) {
    let mut table = Table::new(
        "interpolation-large",
        "d p n draws interpolating probability low high median_time",
    );
    for cell in results.iter().flat_map(|results| results.cells()) {
        let (converged, draws) = (cell.converged(), cell.trials.len() as u64);
        let (low, high) = clopper_pearson(converged, draws, LEVEL);
        let value = converged as f64 / draws as f64;
        let paper = median_interval(&times_at(&cell).times, LEVEL).value / PAPER_BUDGET;
        let mut row = vec![
            cell.cell.d.to_string(),
            cell.cell.p.to_string(),
            cell.cell.n.to_string(),
        ];
        row.extend([draws.to_string(), converged.to_string()]);
        row.extend(entries(&Estimate { value, low, high }));
        row.push(entry(paper));
        table.rows.push(row);
        written.sentences.push(format!(
            "flow, (d, p) = ({}, {}), n = {}: {converged} of {draws} draws reach the trap, the median at {paper:.2} of the paper's \
             time",
            cell.cell.d, cell.cell.p, cell.cell.n
        ));
    }
    written.tables.push(table);
}
