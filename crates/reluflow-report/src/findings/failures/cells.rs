//! Collects what became of draws by whether event E held at the start, and counts shares of them.

use std::collections::BTreeMap;

use reluflow::Method;
use reluflow::flow::Accuracy;
use reluflow::theory::lemma_5;
use reluflow_lab::Trial;
use reluflow_statistics::{Estimate, wilson};

use crate::findings::Results;
use crate::findings::table::{entries, words};
use crate::intervals::LEVEL;

/// Draws of one size at one accuracy, by number, and whether event E held in many more.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    /// d, n, p.
    pub(super) sizes: [u64; 3],
    pub(super) careful: bool,
    pub(super) draws: BTreeMap<u64, Draw>,
    pub(super) covered: BTreeMap<u64, bool>,
}

/// What became of a draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draw {
    /// Whether event E held at the start.
    pub(super) covered: bool,
    /// Whether it reached the trap.
    pub(super) reached: bool,
    /// Whether it came to rest.
    pub(super) at_rest: bool,
    /// Examples without a correctly active neuron at the end.
    pub(super) lost: u64,
    /// Of these, those that had one at the start.
    pub(super) newly: u64,
}

/// k of m with Wilson's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Share {
    pub(super) count: u64,
    pub(super) of: u64,
}

impl Share {
    pub(super) fn estimate(self) -> Estimate {
        let (low, high) = wilson(self.count, self.of, LEVEL);
        Estimate {
            value: self.count as f64 / self.of as f64,
            low,
            high,
        }
    }

    pub(super) fn words(self) -> String {
        match self.of {
            0 => "none of 0".to_owned(),
            _ => format!("{} of {}, {}", self.count, self.of, words(&self.estimate())),
        }
    }

    pub(super) fn entries(self) -> Vec<String> {
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
    pub(super) fn reached(&self, covered: bool) -> Share {
        let given = self.draws.values().filter(|draw| draw.covered == covered);
        Share {
            count: given.clone().filter(|draw| draw.reached).count() as u64,
            of: given.count() as u64,
        }
    }

    /// The share with event E at the start.
    pub(super) fn covered(&self) -> Share {
        Share {
            count: self.covered.values().filter(|covered| **covered).count() as u64,
            of: self.covered.len() as u64,
        }
    }

    /// P(E) for independent signs.
    pub(super) fn independent(&self) -> f64 {
        lemma_5::probability_of_random_labels(self.sizes[1] as f64, self.sizes[2] as usize)
    }

    /// Sums over the draws that did not reach the trap.
    pub(super) fn missed(&self, of: impl Fn(&Draw) -> u64) -> u64 {
        self.draws.values().filter(|draw| !draw.reached).map(of).sum()
    }
}

pub(super) fn collect(results: &[Results]) -> Vec<Cell> {
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
