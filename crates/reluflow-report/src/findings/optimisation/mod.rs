//! Asks where the flow from a small start stops interpolating the labels of a linear teacher with noise, and how that grows with d and p.

mod figure;
mod methods;
mod seen;
mod studies;

use reluflow_lab::experiment::Cell;
use reluflow_statistics::Estimate;

use crate::findings::elasticity::{At, Elasticity, multiple};
use crate::findings::table::{entries, entry, words};
use crate::findings::{Found, Results, Table, Written, of};
use crate::intervals::LEVEL;
use figure::figure;
use methods::methods;
use seen::{least_squares_test, least_squares_train, seen};
pub(super) use studies::PARTS;
use studies::{CALLED, GRID};

/// What N may be a multiple of, in d and p.
type Form = fn(f64, f64) -> f64;

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    grid(results, &mut written);
    let law = thresholds(results, &mut written);
    methods(results, &mut written);
    written.figures.extend(figure(results, &law));
    written
}

fn grid(results: &[Results], written: &mut Written) {
    let Some(results) = of(results, GRID) else { return };
    let mut table = Table::new(
        GRID,
        "d p n draws interpolated share low high at_rest out_of_time train train_low train_high least_squares_train test test_low \
         test_high least_squares_test",
    );
    for filled in results.cells() {
        let Cell { d, p, n, .. } = *filled.cell;
        let seen = seen(&filled);
        let rest =
            |trial: &&&reluflow_lab::Trial| ["stationary", "lost-examples"].contains(&trial.verdict.as_str());
        let at_rest = filled.trials.iter().filter(rest).count() as u64;
        let (all, converged) = (filled.trials.len() as u64, filled.converged());
        let mut row: Vec<String> = [d, p, n, all, converged].map(|size| size.to_string()).to_vec();
        row.extend(entries(&seen.share));
        row.extend([at_rest, all - converged - at_rest].map(|count| count.to_string()));
        row.extend(entries(&seen.train));
        row.push(entry(least_squares_train(n as f64, d as f64)));
        row.extend(seen.test.as_ref().map_or_else(Default::default, entries));
        row.push(entry(least_squares_test(n as f64, d as f64)));
        table.rows.push(row);
        written.sentences.push(format!(
            "(d, p) = ({d}, {p}), n = {n}: interpolated in {}, training loss {}{}",
            words(&seen.share),
            words(&seen.train),
            seen.test
                .as_ref()
                .map_or_else(String::new, |test| format!(", test loss {}", words(test)))
        ));
    }
    written.tables.push(table);
}

/// The table of thresholds, and the law of the first search; what it rests on comes back.
fn thresholds(results: &[Results], written: &mut Written) -> Vec<At> {
    let mut table = Table::new(
        "optimisation-threshold-sizes",
        "labels lambda d p N low high per_d per_pd per_pd_low per_pd_high draws end",
    );
    let mut law = Vec::new();
    for (name, called) in CALLED {
        let Some(results) = results.iter().find(|one| one.study.name == name) else {
            continue;
        };
        for found in &results.thresholds {
            let scale = found.number(results.axis("init.scale"));
            let scale = if scale.is_nan() { 1e-3 } else { scale };
            let (d, p, pd) = (found.d as f64, found.p as f64, (found.d * found.p) as f64);
            let Estimate { value, low, high } = found.answer.estimate;
            let mut row = vec![called.to_owned(), format!("{scale:e}")];
            row.extend([found.d, found.p].map(|size| size.to_string()));
            row.extend(entries(&found.answer.estimate));
            row.extend([value / d, value / pd, low / pd, high / pd].map(entry));
            row.extend([
                found.answer.trials.to_string(),
                found.answer.end.word().to_owned(),
            ]);
            table.rows.push(row);
            written.sentences.push(format!(
                "{called}, λ = {scale:e}, (d, p) = ({d}, {p}): N = {}",
                words(&found.answer.estimate)
            ));
            if name == CALLED[0].0 {
                law.push(at(found));
            }
        }
    }
    written.tables.push(table);
    if let Some(fit) = Elasticity::fit(&law, LEVEL) {
        written.sentences.push(format!(
            "N = C d^α p^β: α = {}, β = {}; a misfit as large has probability {}",
            words(&fit.in_d),
            words(&fit.in_p),
            entry(fit.p_value)
        ));
    }
    let forms: [(&str, Form); 4] = [
        ("d", |d, _| d),
        ("d log d", |d, _| d * d.ln()),
        ("p d", |d, p| d * p),
        ("p (d − 1)", |d, p| p * (d - 1.0)),
    ];
    for (name, form) in forms {
        if let Some((ratio, constant)) = multiple(&law, form, LEVEL) {
            written.sentences.push(format!(
                "N/({name}) = {}; differences as large have probability {} if it is a constant",
                words(&ratio),
                entry(constant)
            ));
        }
    }
    law
}

fn at(found: &Found) -> At {
    At {
        d: found.d as f64,
        p: found.p as f64,
        threshold: found.answer.estimate,
    }
}

#[cfg(test)]
mod tests {
    use super::studies::{DESCENT, EXACT};
    use super::*;
    use crate::findings::{Finding, Study};
    use reluflow_lab::Trial;

    /// Grids: draws interpolate up to n = pd, with loss 0 and test loss 1, beyond with 0.1 and 0.01; the exact flow reverses draw 0.
    /// Searches: N = pd, to ten per cent.
    fn made_up() -> Vec<Results> {
        let results = |study: Study| {
            let mut trials = Vec::new();
            let mut thresholds: Vec<Found> = Vec::new();
            for (index, cell) in study.experiment.cells.iter().enumerate() {
                let pd = cell.d * cell.p;
                for draw in 0..study.experiment.draws {
                    let fits =
                        (cell.n <= pd) != ([EXACT, DESCENT].contains(&study.name.as_str()) && draw == 0);
                    let trial = Trial {
                        cell: index,
                        draw,
                        converged: fits,
                        verdict: "out-of-budget".to_owned(),
                        ..Trial::default()
                    };
                    let (loss, test) = if fits { (0.0, 1.0) } else { (0.1, 0.01) };
                    trials.push(trial.with("loss", loss).with("test_loss", test));
                }
                let there = |found: &Found| (found.d, found.p, &found.axes) == (cell.d, cell.p, &cell.axes);
                if study.precision.is_some() && !thresholds.iter().any(there) {
                    let value = pd as f64;
                    thresholds.push(Found::made_up(cell, 200.0, value));
                }
            }
            Results {
                study,
                trials,
                thresholds,
            }
        };
        let studies = Finding::OptimisationThreshold.plan(false, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn tables_law_and_figure_come_from_the_studies() {
        let written = write_up(&made_up());
        let [grid, sizes, exact] = &written.tables[..] else {
            panic!("{:?}", written.tables)
        };
        // d = 5 up to 640 = 128 d, at two widths; d = 10 up to 64 d, d = 20 up to 32 d.
        assert_eq!(grid.rows.len(), 2 * 7 + 6 + 5);
        for table in [grid, sizes, exact] {
            assert!(
                table.rows.iter().all(|row| row.len() == table.header.len()),
                "{}",
                table.name
            );
        }
        // Six sizes; three without a teacher from two starts, by two other starts, with less time, with careful steps; two with more time.
        assert_eq!(sizes.rows.len(), 6 + 3 * 6 + 2);
        // At n = 80 ≤ 100: of 20 draws all, and all but one.
        let row = exact.rows.iter().find(|row| row[3] == "80").unwrap();
        assert_eq!(row[5..10], ["20", "20", "19", "1", "0"]);
        let said = |words: &str| written.sentences.iter().any(|sentence| sentence.contains(words));
        assert!(
            said("α = 1.00 [") && said("β = 1.00 ["),
            "{:?}",
            written.sentences
        );
        assert!(said("N/(p d) = 1.00 ["));
        assert_eq!(written.figures[0].chart.panels.len(), 4);
        assert!(write_up(&[]).figures.is_empty());
    }
}
