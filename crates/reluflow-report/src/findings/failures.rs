//! Asks which half fails: whether the flow on weakly interacting data misses only what its initialisation missed.

use std::collections::BTreeMap;

use reluflow::Method;
use reluflow::flow::Accuracy;
use reluflow::theory::lemma_5;
use reluflow_lab::Trial;
use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::{Estimate, clopper_pearson, wilson};

use super::table::{entries, words};
use super::{Part, Results, Table, Written};
use crate::Named;
use crate::intervals::LEVEL;

const TEXT: &str = include_str!("../../../../experiments/findings/failures.toml");

/// The studies; all share their draws where they meet.
pub(super) const PARTS: &[Part] = &[
    Part {
        name: "failures",
        text: TEXT,
        settings: &[("sweep.draws", "400")],
        quick: Some(&[("sweep.draws", "100")]),
        search: None,
    },
    Part {
        name: "failures-careful",
        text: TEXT,
        settings: &[("flow.accuracy", "\"careful\""), ("sweep.draws", "200")],
        quick: Some(&[("sweep.draws", "20")]),
        search: None,
    },
    Part {
        name: "failures-start",
        text: TEXT,
        settings: &[("stop", "{ steps = 0 }"), ("sweep.draws", "4000")],
        quick: Some(&[("sweep.draws", "400")]),
        search: None,
    },
    Part {
        name: "failures-large",
        text: TEXT,
        settings: &[
            ("sweep.d", "[200, 200, 200, 200, 400, 400, 400]"),
            ("sweep.n", "[14, 100, 200, 400, 20, 200, 400]"),
            ("sweep.p", "[12, 18, 20, 22, 13, 20, 22]"),
            ("sweep.draws", "100"),
        ],
        quick: None,
        search: None,
    },
];

/// Draws of one size at one accuracy, by number, and whether event E held in many more.
#[derive(Debug, Clone, Default)]
struct Cell {
    /// d, n, p.
    sizes: [u64; 3],
    careful: bool,
    draws: BTreeMap<u64, Draw>,
    covered: BTreeMap<u64, bool>,
}

/// What became of a draw.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Draw {
    /// Whether event E held at the start.
    covered: bool,
    /// Whether it reached the trap.
    reached: bool,
    /// Whether it came to rest.
    at_rest: bool,
    /// Examples without a correctly active neuron at the end.
    lost: u64,
    /// Of these, those that had one at the start.
    newly: u64,
}

/// k of m with Wilson's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Share {
    count: u64,
    of: u64,
}

impl Share {
    fn estimate(self) -> Estimate {
        let (low, high) = wilson(self.count, self.of, LEVEL);
        Estimate {
            value: self.count as f64 / self.of as f64,
            low,
            high,
        }
    }

    fn words(self) -> String {
        match self.of {
            0 => "none of 0".to_owned(),
            _ => format!("{} of {}, {}", self.count, self.of, words(&self.estimate())),
        }
    }

    fn entries(self) -> Vec<String> {
        let mut row = vec![self.count.to_string(), self.of.to_string()];
        row.extend(match self.of {
            0 => Default::default(),
            _ => entries(&self.estimate()),
        });
        row
    }
}

impl Cell {
    /// The share that reached the trap of those with and without event E at the start.
    fn reached(&self, covered: bool) -> Share {
        let given = self.draws.values().filter(|draw| draw.covered == covered);
        Share {
            count: given.clone().filter(|draw| draw.reached).count() as u64,
            of: given.count() as u64,
        }
    }

    /// The share with event E at the start.
    fn covered(&self) -> Share {
        Share {
            count: self.covered.values().filter(|covered| **covered).count() as u64,
            of: self.covered.len() as u64,
        }
    }

    /// P(E) for independent signs.
    fn independent(&self) -> f64 {
        lemma_5::probability_of_random_labels(self.sizes[1] as f64, self.sizes[2] as usize)
    }

    /// Sums over the draws that did not reach the trap.
    fn missed(&self, of: impl Fn(&Draw) -> u64) -> u64 {
        self.draws.values().filter(|draw| !draw.reached).map(of).sum()
    }
}

fn collect(results: &[Results]) -> Vec<Cell> {
    let mut cells: BTreeMap<(bool, [u64; 3]), Cell> = BTreeMap::new();
    for filled in results.iter().flat_map(Results::cells) {
        let careful =
            matches!(filled.cell.spec.method, Method::Flow(flow) if flow.accuracy == Accuracy::Careful);
        let sizes = [filled.cell.d, filled.cell.n, filled.cell.p];
        let cell = cells.entry((careful, sizes)).or_default();
        (cell.sizes, cell.careful) = (sizes, careful);
        for trial in filled.trials {
            let Some(uncovered) = trial.get("uncovered") else {
                continue;
            };
            cell.covered.insert(trial.draw, uncovered == 0.0);
            if trial.number("steps") > 0.0 || trial.converged {
                cell.draws.insert(trial.draw, draw(trial, uncovered == 0.0));
            }
        }
    }
    cells.into_values().collect()
}

fn draw(trial: &Trial, covered: bool) -> Draw {
    Draw {
        covered,
        reached: trial.converged,
        at_rest: ["stationary", "lost-examples"].contains(&trial.verdict.as_str()),
        lost: trial.number("lost") as u64,
        newly: trial.get("newly_lost").unwrap_or(0.0) as u64,
    }
}

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

type Of = fn(&Cell) -> Share;

/// The three shares against n/d, a series a dimension; none without draws.
fn figure(cells: &[Cell]) -> Option<Named> {
    let cells: Vec<&Cell> = cells
        .iter()
        .filter(|cell| !cell.careful && !cell.draws.is_empty())
        .collect();
    let mut dimensions: Vec<u64> = cells.iter().map(|cell| cell.sizes[0]).collect();
    dimensions.dedup();
    let from: Of = |cell| cell.reached(true);
    let panels = [
        ("reach the trap from *E*", from),
        ("reach it without *E*", |cell| cell.reached(false)),
        ("*E* at the start", Cell::covered),
    ];
    let panel = |(title, share): (&str, Of)| {
        let mut panel = Panel {
            title: title.to_owned(),
            x: Axis::log("*n*/*d*"),
            y: Axis::linear("share of draws").over(0.0, 1.05),
            ..Panel::default()
        };
        for (k, d) in dimensions.iter().enumerate() {
            let here = cells
                .iter()
                .filter(|cell| cell.sizes[0] == *d && share(cell).of > 0);
            let place = |cell: &Cell| cell.sizes[1] as f64 / *d as f64;
            let points: Vec<(f64, Estimate)> =
                here.map(|cell| (place(cell), share(cell).estimate())).collect();
            let (ink, marker) = (Ink::Series(k), Marker::nth(k));
            panel.layers.push(Layer::Line {
                points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                ink,
                dash: Dash::Dotted,
            });
            panel.layers.push(Layer::Points {
                points,
                ink,
                marker,
                dodge: 1.5 * k as f64,
            });
            panel.entry(&format!("*d* = {d}"), ink, Some(marker), None);
        }
        panel
    };
    (!cells.is_empty()).then(|| Named {
        name: "failures".to_owned(),
        chart: Chart {
            description:
                "Shares of draws that reach the trap with and without event E, and that have it, against n/d"
                    .to_owned(),
            panels: panels.map(panel).to_vec(),
            columns: 3,
            width: PAGE,
            panel_height: 130.0,
            ..Chart::default()
        },
        caption: "Shares of draws with 95 % intervals against n/d; p is the smallest width with P(E) ≥ 0.6."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Study};

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
