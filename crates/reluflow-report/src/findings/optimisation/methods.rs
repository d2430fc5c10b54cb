//! Compares gradient descent and the exact flow with the standard one, draw by draw.

use reluflow_lab::experiment::{Axis as SweepAxis, Cell};
use reluflow_statistics::paired::sign_test;

use super::studies::{DESCENT, EXACT, GRID, SAMPLE};
use crate::findings::table::entry;
use crate::findings::{Results, Table, Written, of};
use crate::sweep::Filled;

/// Gradient descent on draws of the grid, and the exact flow on a sample from two starts.
pub(super) fn methods(results: &[Results], written: &mut Written) {
    let mut table = Table::new(
        "optimisation-threshold-methods",
        "method d p n lambda draws standard other only_standard only_other p train_standard train_other test_standard test_other",
    );
    for (standard, other, called) in [
        (GRID, DESCENT, "gradient descent"),
        (SAMPLE, EXACT, "the exact flow"),
    ] {
        if let (Some(standard), Some(other)) = (of(results, standard), of(results, other)) {
            beside(standard, other, called, &mut table, &mut written.sentences);
        }
    }
    if !table.rows.is_empty() {
        written.tables.push(table);
    }
}

fn beside(sample: &Results, exact: &Results, called: &str, table: &mut Table, sentences: &mut Vec<String>) {
    let standard = sample.cells();
    let axis = exact.axis("init.scale").map(SweepAxis::Key);
    for filled in exact.cells() {
        let Cell { d, p, n, .. } = *filled.cell;
        let same = |one: &&Filled<'_>| {
            let cell = one.cell;
            (cell.d, cell.p, cell.n, &cell.axes) == (d, p, n, &filled.cell.axes)
        };
        let scale = axis.and_then(|axis| axis.number(filled.cell)).unwrap_or(1e-3);
        let Some(other) = standard.iter().find(same) else {
            continue;
        };
        let pairs: Vec<_> = filled
            .trials
            .iter()
            .filter_map(|here| Some((other.trials.iter().find(|there| there.draw == here.draw)?, here)))
            .collect();
        let count = |kept: fn(bool, bool) -> bool| {
            pairs
                .iter()
                .filter(|(there, here)| kept(there.converged, here.converged))
                .count()
        };
        let mean = |read: &dyn Fn(&reluflow_lab::Trial) -> f64, exact: bool| {
            let one = |(there, here): &(&&reluflow_lab::Trial, &&reluflow_lab::Trial)| {
                read(if exact { here } else { there })
            };
            pairs.iter().map(one).sum::<f64>() / pairs.len() as f64
        };
        let test = |trial: &reluflow_lab::Trial| trial.number("test_loss");
        let counts = [
            pairs.len(),
            count(|there, _| there),
            count(|_, here| here),
            count(|there, here| there && !here),
            count(|there, here| !there && here),
        ];
        let mut row = vec![called.trim_start_matches("the ").to_owned()];
        row.extend([d, p, n].map(|size| size.to_string()));
        row.push(format!("{scale:e}"));
        row.extend(counts.map(|count| count.to_string()));
        row.push(entry(sign_test(counts[4] as u64, counts[3] as u64)));
        let train = |trial: &reluflow_lab::Trial| trial.number("loss");
        row.extend(
            [
                mean(&train, false),
                mean(&train, true),
                mean(&test, false),
                mean(&test, true),
            ]
            .map(entry),
        );
        table.rows.push(row);
        sentences.push(format!(
            "(d, p, n) = ({d}, {p}, {n}), λ = {scale:e}: of {} draws {} interpolate, {} by {called}; {} verdicts differ",
            counts[0],
            counts[1],
            counts[2],
            counts[3] + counts[4]
        ));
    }
}
