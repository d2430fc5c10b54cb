//! Sums up when the trap is reached, what comes after it, and what wide networks do.

use reluflow::theory::transition_time;
use reluflow_statistics::{Estimate, clopper_pearson};

use super::divergence::{Divergence, TimesAt, median_interval};
use super::figure::{self, Times};
use crate::findings::table::{entries, entry, words};
use crate::findings::{Results, Table, Written};
use crate::intervals::{LEVEL, RESAMPLES, SEED};
use crate::paper::PAPER_BUDGET;
use crate::sweep::Filled;

/// Times to the trap in transition times, by n; infinite for draws that did not reach it.
fn times_at(cell: &Filled<'_>) -> TimesAt {
    let unit = transition_time(cell.cell.n as usize, cell.cell.p as usize);
    let times = cell
        .trials
        .iter()
        .map(|trial| trial.get("trap_time").map_or(f64::INFINITY, |time| time / unit));
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

/// The time to the trap against n, one size a study, and how it diverges.
pub(super) fn times(studies: &[&Results], written: &mut Written) {
    let mut table = Table::new(
        "interpolation-times",
        "d p n draws interpolating stationary lost out_of_budget median_time low high median_evaluations",
    );
    let mut sizes = Vec::new();
    for cells in studies.iter().map(|results| results.cells()) {
        let Some((d, p)) = cells.first().map(|cell| (cell.cell.d, cell.cell.p)) else {
            continue;
        };
        let times: Vec<TimesAt> = cells.iter().map(times_at).collect();
        let medians: Vec<Estimate> = times.iter().map(|at| median_interval(&at.times, LEVEL)).collect();
        for (cell, median) in cells.iter().zip(&medians) {
            table.rows.push(times_row(cell, median));
        }
        let fit = |least: f64| {
            let near: Vec<TimesAt> = times.iter().filter(|at| at.at >= least).cloned().collect();
            Divergence::fit(&near, LEVEL, RESAMPLES / 4, SEED)
        };
        // All n, and the half nearer to the limit: a power law of the distance would have one exponent.
        let fits = [fit(0.0), fit(0.5 * (d * p) as f64)];
        for (fit, which) in fits.iter().zip(["all n", "n ≥ pd/2"]) {
            let Some(fit) = fit else { continue };
            written.sentences.push(format!(
                "time to the trap at (d, p) = ({d}, {p}), {which}: median ~ (1 − n/N)^−γ with γ = {}, N = {}; residual of log t \
                 {:.3}, of an exponential law {:.3}",
                words(&fit.exponent),
                words(&fit.limit),
                fit.residual,
                fit.exponential_residual
            ));
        }
        let [fit, _] = fits;
        sizes.push(Times {
            d,
            p,
            medians: times.iter().map(|at| at.at).zip(medians).collect(),
            fit,
        });
    }
    written.tables.push(table);
    written.figures.extend(figure::times(&sizes));
}

fn times_row(cell: &Filled<'_>, median: &Estimate) -> Vec<String> {
    let mut evaluations: Vec<u64> = cell
        .trials
        .iter()
        .map(|trial| trial.number("evaluations") as u64)
        .collect();
    evaluations.sort_unstable();
    let sizes = [cell.cell.d, cell.cell.p, cell.cell.n, cell.trials.len() as u64];
    let mut row: Vec<String> = sizes.iter().map(u64::to_string).collect();
    let verdicts = ["interpolating", "stationary", "lost-examples", "out-of-budget"];
    row.extend(verdicts.map(|verdict| count(cell, verdict)));
    row.extend(entries(median));
    let middle = evaluations.get(evaluations.len() / 2);
    row.push(middle.map_or(String::new(), u64::to_string));
    row
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
            .filter(|trial| trial.get("trap_time").is_some())
            .collect();
        // The end lies within a thousandth of the level.
        let arrived = inside
            .iter()
            .filter(|trial| trial.number("loss") <= 1.001 * level)
            .count();
        let unit = transition_time(cell.cell.n as usize, cell.cell.p as usize);
        let times = inside.iter().map(|trial| {
            if trial.number("loss") <= 1.001 * level {
                trial.number("time") / unit
            } else {
                f64::INFINITY
            }
        });
        let least = inside
            .iter()
            .filter_map(|trial| trial.get("lambda_min"))
            .fold(f64::INFINITY, f64::min);
        let largest = inside
            .iter()
            .map(|trial| trial.number("loss"))
            .fold(0.0, f64::max);
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

/// Which shares of draws of a wide network reach the trap, and when.
pub(super) fn wide(results: &Results, written: &mut Written) {
    let mut table = Table::new(
        "interpolation-wide",
        "d p n draws interpolating probability low high median_time",
    );
    for cell in results.cells() {
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
