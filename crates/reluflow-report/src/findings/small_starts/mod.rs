//! Asks whether a small start helps: to interpolate, to separate, and on tests, draw by draw against a start of size 1.

mod draws;
mod figure;
mod methods;
mod studies;

use std::collections::BTreeMap;

use reluflow_statistics::Estimate;
use reluflow_statistics::paired::{Paired, holm};

use crate::findings::table::{entries, entry, words};
use crate::findings::{Results, Table, Written};
use draws::{Case, Start, collect, exponential, log_ratio, success};
use figure::figure;
use methods::methods;
pub(super) use studies::PARTS;

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let cases = collect(results);
    let mut written = Written::default();
    table(&cases, &mut written);
    methods(&cases, &mut written);
    written.figures.extend(figure(&cases));
    written
}

/// One row a case and start; p-values are Holm's over all rows of their kind.
fn table(cases: &BTreeMap<Case, Vec<Start>>, written: &mut Written) {
    let mut table = Table::new(
        "small-starts",
        "problem trained loss method n lambda draws succeeded share low high at_rest out_of_time failed_with_lost more less difference difference_low \
         difference_high p p_holm test_loss test_loss_low test_loss_high ratio ratio_low ratio_high larger smaller ratio_p ratio_p_holm \
         test_error test_error_low test_error_high",
    );
    let mut rows = Vec::new();
    for (case, starts) in cases.iter().filter(|(case, _)| case.method != "careful") {
        for start in starts {
            let first = &starts[0];
            let ratio = start.test_loss().map(|_| start.against(first, log_ratio));
            rows.push((
                case,
                start,
                start.scale < first.scale,
                start.against(first, success),
                ratio,
            ));
        }
    }
    let compared: Vec<f64> = rows.iter().filter(|row| row.2).map(|row| row.3.p_value).collect();
    let tests = rows.iter().filter(|row| row.2).filter_map(|row| row.4);
    let tested: Vec<f64> = tests.map(|ratio| ratio.p_value).collect();
    let (mut compared, mut tested) = (holm(&compared).into_iter(), holm(&tested).into_iter());
    for (case, start, smaller, share, ratio) in rows {
        let mut row = vec![
            case.problem.clone(),
            case.arm.to_owned(),
            case.loss.clone(),
            case.method.to_owned(),
            case.n.to_string(),
            format!("{:e}", start.scale),
        ];
        let succeeded = start.count(|draw| draw.succeeded);
        let at_rest = start.count(|draw| !draw.succeeded && draw.at_rest);
        let all = start.draws.len() as u64;
        row.extend([all, succeeded].map(|count| count.to_string()));
        row.extend(entries(&start.share()));
        let lost = start.count(|draw| !draw.succeeded && draw.lost);
        row.extend([at_rest, all - succeeded - at_rest, lost].map(|count| count.to_string()));
        let mut sentence = format!(
            "{}, {}, {} loss, {} steps, n = {}, λ = {:e}: success in {}",
            case.problem,
            case.arm,
            case.loss,
            case.method,
            case.n,
            start.scale,
            words(&start.share())
        );
        row.extend(comparison(
            &share,
            share.mean,
            smaller.then(|| compared.next()).flatten(),
        ));
        if smaller {
            sentence += &format!(", {} more than from λ = 1", words(&share.mean));
        }
        row.extend(
            start
                .test_loss()
                .map_or_else(Default::default, |loss| entries(&loss)),
        );
        if let Some(ratio) = ratio {
            let held = exponential(ratio.mean);
            let [larger, less, value, low, high, p, adjusted] =
                comparison(&ratio, held, smaller.then(|| tested.next()).flatten());
            row.extend([value, low, high, larger, less, p, adjusted]);
            if smaller {
                sentence += &format!("; test loss {} of that from λ = 1", words(&held));
            }
        } else {
            row.extend(vec![String::new(); 7]);
        }
        row.extend(
            start
                .test_error()
                .map_or_else(Default::default, |error| entries(&error)),
        );
        table.rows.push(row);
        written.sentences.push(sentence);
    }
    written.tables.push(table);
}

/// Counts up and down, the estimate, the test of signs and Holm's; nothing where there is no comparison.
fn comparison(paired: &Paired, estimate: Estimate, adjusted: Option<f64>) -> [String; 7] {
    let Some(adjusted) = adjusted else {
        return Default::default();
    };
    let [value, low, high] = entries(&estimate);
    let (up, down) = (paired.up.to_string(), paired.down.to_string());
    [up, down, value, low, high, entry(paired.p_value), entry(adjusted)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Study};
    use reluflow_lab::Trial;
    use reluflow_lab::experiment::Axis as SweepAxis;

    /// Trials of every study: from λ = 1 draws with even numbers succeed, from smaller starts those that are multiples of four;
    /// test losses are halved. Careful steps reverse draw 0.
    fn made_up(quick: bool) -> Vec<Results> {
        let results = |study: Study| {
            let mut trials = Vec::new();
            let scale = study.experiment.axes.iter().position(|axis| axis == "init.scale");
            for (index, cell) in study.experiment.cells.iter().enumerate() {
                let small = SweepAxis::Key(scale.unwrap()).number(cell).unwrap() < 1.0;
                for draw in 0..study.experiment.draws {
                    let every = if small { 4 } else { 2 };
                    let reversed = study.name.ends_with("careful") && draw == 0;
                    let test = (1.0 + draw as f64) * if small { 0.5 } else { 1.0 };
                    let trial = Trial {
                        cell: index,
                        draw,
                        converged: (draw % every == 0) != reversed,
                        verdict: "stationary".to_owned(),
                        ..Trial::default()
                    };
                    trials.push(trial.with("test_loss", test).with("test_error", 0.25));
                }
            }
            Results {
                study,
                trials,
                thresholds: Vec::new(),
            }
        };
        let studies = Finding::SmallStarts.plan(quick, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    fn read<'a>(table: &'a Table, row: usize, column: &str) -> &'a str {
        &table.rows[row][table.header.iter().position(|name| name == column).unwrap()]
    }

    #[test]
    fn starts_are_compared_draw_by_draw() {
        let written = write_up(&made_up(true));
        let table = &written.tables[0];
        // Clusters of both and hidden, labels of two losses and both and hidden, a teacher of both and hidden, at three starts each;
        // the exact flow at two.
        assert_eq!(table.rows.len(), 3 * (2 + 4 + 2) + 2);
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        assert_eq!((read(table, 0, "lambda"), read(table, 0, "p")), ("1e0", ""));
        // Of 30 draws 15 are even, 8 multiples of four: 7 fewer, 2/2⁷.
        assert_eq!(
            (read(table, 0, "succeeded"), read(table, 1, "succeeded")),
            ("15", "8")
        );
        assert_eq!((read(table, 1, "more"), read(table, 1, "less")), ("0", "7"));
        assert_eq!(read(table, 1, "p"), "1.562e-2");
        let ratio: f64 = read(table, 1, "ratio").parse().unwrap();
        assert!((ratio - 0.5).abs() < 1e-12);
        assert_eq!((read(table, 1, "larger"), read(table, 1, "smaller")), ("0", "30"));
        assert_eq!(written.figures[0].chart.panels.len(), 6);
    }

    #[test]
    fn other_methods_are_compared_on_the_same_draws() {
        let written = write_up(&made_up(false));
        let table = &written.tables[1];
        let careful: Vec<usize> = (0..table.rows.len())
            .filter(|row| read(table, *row, "method") == "careful")
            .collect();
        // Labels: two losses, two n; a teacher: three n; three starts each.
        assert_eq!(careful.len(), 3 * (4 + 3));
        for row in careful {
            assert_eq!(
                (read(table, row, "only_standard"), read(table, row, "only_other")),
                ("1", "0")
            );
        }
        assert!(write_up(&[]).figures.is_empty());
    }
}
