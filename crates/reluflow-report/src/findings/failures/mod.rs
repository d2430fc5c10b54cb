//! Asks which half fails: whether the flow on weakly interacting data misses only what its initialisation missed.

mod cells;
mod figure;
mod studies;

use reluflow_statistics::clopper_pearson;

use crate::findings::{Results, Table, Written};
use cells::{Cell, collect};
use figure::figure;
pub(super) use studies::PARTS;

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let cells = collect(results);
    let mut table = Table::new(
        "failures",
        "accuracy d n p draws covered covered_of covered_share covered_low covered_high independent with_E with_E_of with_E_share \
         with_E_low with_E_high without_E without_E_of without_E_share without_E_low without_E_high at_rest out_of_time lost \
         uncovered_at_start",
    );
    for cell in cells.iter().filter(|cell| !cell.draws.is_empty()) {
        let [d, n, p] = cell.sizes;
        let mut row = vec![if cell.careful { "careful" } else { "standard" }.to_owned()];
        row.extend([d, n, p, cell.draws.len() as u64].map(|size| size.to_string()));
        row.extend(cell.covered().entries());
        row.push(format!("{:.4}", cell.independent()));
        row.extend(cell.reached(true).entries());
        row.extend(cell.reached(false).entries());
        let counts = [
            cell.missed(|draw| u64::from(draw.at_rest)),
            cell.missed(|draw| u64::from(!draw.at_rest)),
            cell.missed(|draw| draw.lost),
            cell.missed(|draw| draw.lost - draw.newly),
        ];
        row.extend(counts.map(|count| count.to_string()));
        table.rows.push(row);
        if !cell.careful {
            written.sentences.push(format!(
                "(d, n, p) = ({d}, {n}, {p}): the trap is reached from E by {}, without E by {}; E itself by {}, independent signs {:.3}",
                cell.reached(true).words(),
                cell.reached(false).words(),
                cell.covered().words(),
                cell.independent()
            ));
        }
    }
    written.tables.push(table);
    written.sentences.extend(weak(&cells));
    steps(&cells, &mut written);
    written.figures.extend(figure(&cells));
    written
}

/// What was looked for where inputs interact weakly, n ≤ √d: a failure in spite of E.
fn weak(cells: &[Cell]) -> Option<String> {
    let weak = cells
        .iter()
        .filter(|cell| !cell.careful && cell.sizes[1] * cell.sizes[1] <= cell.sizes[0]);
    let (reached, of) = weak
        .map(|cell| cell.reached(true))
        .fold((0, 0), |(reached, of), share| {
            (reached + share.count, of + share.of)
        });
    // One-sided at 95 %: the upper end of the two-sided interval at 90 %.
    let (_, high) = clopper_pearson(of - reached, of, 0.9);
    (of > 0).then(|| {
        format!(
            "n ≤ √d: {} of {of} draws with E fail, so that less than {:.2} % do (95 %, one-sided)",
            of - reached,
            100.0 * high
        )
    })
}

/// How many verdicts careful steps change, on the same draws.
fn steps(cells: &[Cell], written: &mut Written) {
    let mut table = Table::new("failures-steps", "d n p draws standard careful differing");
    for careful in cells.iter().filter(|cell| cell.careful) {
        let standard = cells
            .iter()
            .find(|cell| !cell.careful && cell.sizes == careful.sizes);
        let pairs = careful.draws.iter().filter_map(|(k, draw)| {
            let other = standard?.draws.get(k)?;
            Some((other.reached, draw.reached))
        });
        let pairs: Vec<(bool, bool)> = pairs.collect();
        if pairs.is_empty() {
            continue;
        }
        let count = |kept: fn(&(bool, bool)) -> bool| pairs.iter().filter(|pair| kept(pair)).count();
        let counts = [
            pairs.len(),
            count(|pair| pair.0),
            count(|pair| pair.1),
            count(|pair| pair.0 != pair.1),
        ];
        let mut row: Vec<String> = careful.sizes.map(|size| size.to_string()).to_vec();
        row.extend(counts.map(|count| count.to_string()));
        table.rows.push(row);
        let [d, n, _] = careful.sizes;
        written.sentences.push(format!(
            "(d, n) = ({d}, {n}): of {} draws {} reach the trap, {} with careful steps; {} verdicts differ",
            counts[0], counts[1], counts[2], counts[3]
        ));
    }
    written.tables.push(table);
}

#[cfg(test)]
mod tests {
    use super::cells::Share;
    use super::*;
    use crate::findings::{Finding, Study};
    use reluflow::Method;
    use reluflow::flow::Accuracy;
    use reluflow_lab::Trial;

    /// Trials of every quick study: a third is not covered; of those half fail and lose two examples, one of them anew; of
    /// the covered none fails up to n = d, all beyond, at rest. Careful steps reverse the draw with the number 1.
    fn made_up() -> Vec<Results> {
        let results = |study: Study| {
            let mut trials = Vec::new();
            for (index, cell) in study.experiment.cells.iter().enumerate() {
                let careful =
                    matches!(cell.spec.method, Method::Flow(flow) if flow.accuracy == Accuracy::Careful);
                for draw in 0..study.experiment.draws {
                    let flows = cell.spec.stops.steps.is_none();
                    let covered = draw % 3 != 0;
                    let learnt = if covered { cell.n <= cell.d } else { draw % 2 == 0 };
                    let converged = flows && (learnt != (careful && draw == 1));
                    let trial = Trial {
                        cell: index,
                        draw,
                        converged,
                        verdict: if covered { "stationary" } else { "out-of-budget" }.to_owned(),
                        ..Trial::default()
                    };
                    let trial = trial
                        .with("steps", f64::from(u8::from(flows)))
                        .with("uncovered", if covered { 0.0 } else { 1.0 })
                        .with("lost", if converged { 0.0 } else { 2.0 })
                        .with("newly_lost", if converged { 0.0 } else { 1.0 });
                    trials.push(trial);
                }
            }
            Results {
                study,
                trials,
                thresholds: Vec::new(),
            }
        };
        let studies = Finding::Failures.plan(true, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn shares_are_counted_with_and_without_the_event() {
        let cells = collect(&made_up());
        let cell = |careful: bool, n: u64| {
            let mut all = cells.iter();
            all.find(|cell| (cell.careful, cell.sizes[0], cell.sizes[1]) == (careful, 50, n))
                .unwrap()
        };
        // Of 100 draws 34 are multiples of three, of which 17 are even.
        let near = cell(false, 25);
        assert_eq!(near.reached(true), Share { count: 66, of: 66 });
        assert_eq!(near.reached(false), Share { count: 17, of: 34 });
        assert_eq!(
            (near.missed(|draw| draw.lost), near.missed(|draw| draw.newly)),
            (34, 17)
        );
        assert_eq!(near.missed(|draw| u64::from(draw.at_rest)), 0);
        // 400 starts: 266 are no multiples of three.
        assert_eq!(near.covered(), Share { count: 266, of: 400 });
        let far = cell(false, 100);
        assert_eq!(far.reached(true), Share { count: 0, of: 66 });
        assert_eq!(far.missed(|draw| u64::from(draw.at_rest)), 66);
    }

    #[test]
    fn tables_and_sentences_say_so() {
        let written = write_up(&made_up());
        let [table, steps] = &written.tables[..] else {
            panic!("{:?}", written.tables)
        };
        assert_eq!(table.rows.len(), 16);
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        let said = written.sentences.join("\n");
        assert!(
            said.contains("(50, 7, 10): the trap is reached from E by 66 of 66, 1.00 [0.94, 1.00]"),
            "{said}"
        );
        // 66 draws at n = 7 ≤ √50 and 66 at n = 10 = √100: 1 − 0.05^(1/132) = 2.24 %.
        assert!(
            said.contains("n ≤ √d: 0 of 132 draws with E fail, so that less than 2.24 % do"),
            "{said}"
        );
        // Draw 1 is covered: it reaches the trap up to n = d, and beyond with careful steps only.
        assert!(steps.rows.iter().all(|row| row[6] == "1"), "{steps:?}");
        assert_eq!(written.figures.len(), 1);
    }

    #[test]
    fn nothing_gives_empty_tables() {
        let written = write_up(&[]);
        assert!(written.figures.is_empty() && written.sentences.is_empty());
    }
}
