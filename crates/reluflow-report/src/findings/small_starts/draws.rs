//! Collects draws by what they were trained on and from which start, and compares starts draw by draw.

use std::collections::BTreeMap;

use reluflow_lab::experiment::{Axis as SweepAxis, AxisValue};
use reluflow_statistics::paired::{Paired, paired};
use reluflow_statistics::{Estimate, clopper_pearson};

use super::studies::{ARMS, BOTH, METHODS, STANDARD};
use crate::findings::Results;
use crate::intervals::LEVEL;

/// What draws of one size were trained on, by which layers, loss and method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    pub(super) problem: String,
    pub(super) arm: &'static str,
    pub(super) loss: String,
    pub(super) n: u64,
    pub(super) method: &'static str,
}

/// What became of a draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draw {
    pub(super) succeeded: bool,
    pub(super) at_rest: bool,
    /// Whether an example has no correctly active neuron at the end.
    pub(super) lost: bool,
    pub(super) test_loss: Option<f64>,
    pub(super) test_error: Option<f64>,
}

/// The draws of one start.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Start {
    pub(super) scale: f64,
    pub(super) draws: BTreeMap<u64, Draw>,
}

impl Start {
    pub(super) fn share(&self) -> Estimate {
        let (of, all) = (self.count(|draw| draw.succeeded), self.draws.len() as u64);
        let (low, high) = clopper_pearson(of, all, LEVEL);
        Estimate {
            value: of as f64 / all as f64,
            low,
            high,
        }
    }

    pub(super) fn count(&self, kept: impl Fn(&Draw) -> bool) -> u64 {
        self.draws.values().filter(|draw| kept(draw)).count() as u64
    }

    /// The geometric mean of the test loss, with Student's interval on its logarithm; none without tests.
    pub(super) fn test_loss(&self) -> Option<Estimate> {
        let logs: Vec<f64> = self
            .draws
            .values()
            .filter_map(|draw| draw.test_loss.map(f64::ln))
            .collect();
        (!logs.is_empty()).then(|| exponential(paired(&logs, LEVEL).mean))
    }

    /// The mean test error.
    pub(super) fn test_error(&self) -> Option<Estimate> {
        let errors: Vec<f64> = self.draws.values().filter_map(|draw| draw.test_error).collect();
        (!errors.is_empty()).then(|| paired(&errors, LEVEL).mean)
    }

    /// Differences from another start on the draws that both have.
    pub(super) fn against(&self, other: &Self, difference: impl Fn(&Draw, &Draw) -> Option<f64>) -> Paired {
        let pair = |(number, draw): (&u64, &Draw)| difference(draw, other.draws.get(number)?);
        let differences: Vec<f64> = self.draws.iter().filter_map(pair).collect();
        paired(&differences, LEVEL)
    }
}

pub(super) fn exponential(logarithm: Estimate) -> Estimate {
    Estimate {
        value: logarithm.value.exp(),
        low: logarithm.low.exp(),
        high: logarithm.high.exp(),
    }
}

pub(super) fn success(draw: &Draw, other: &Draw) -> Option<f64> {
    Some(f64::from(u8::from(draw.succeeded)) - f64::from(u8::from(other.succeeded)))
}

pub(super) fn log_ratio(draw: &Draw, other: &Draw) -> Option<f64> {
    Some((draw.test_loss? / other.test_loss?).ln())
}

/// The cases, each with its starts from the largest down.
pub(super) fn collect(results: &[Results]) -> BTreeMap<Case, Vec<Start>> {
    let mut cases: BTreeMap<Case, Vec<Start>> = BTreeMap::new();
    for result in results {
        let mut name = result.study.name.trim_start_matches("small-starts-");
        let mut ending = |among: &[(&str, &'static str)], otherwise: &'static str| {
            let found = among
                .iter()
                .find_map(|(end, words)| Some((name.strip_suffix(end)?, *words)));
            found.map_or(otherwise, |(rest, words)| {
                name = rest;
                words
            })
        };
        let method = ending(&METHODS, STANDARD);
        let arm = ending(&ARMS, BOTH);
        let (scale, loss) = (result.axis("init.scale"), result.axis("model.loss"));
        for filled in result.cells() {
            let loss = match loss.and_then(|axis| filled.cell.axes.get(axis)) {
                Some(AxisValue::Text(loss)) => loss.clone(),
                _ if name == "clusters" => "logistic".to_owned(),
                _ => "square".to_owned(),
            };
            let case = Case {
                problem: name.to_owned(),
                arm,
                loss,
                n: filled.cell.n,
                method,
            };
            let draws = filled.trials.iter().map(|trial| {
                let draw = Draw {
                    succeeded: trial.converged,
                    at_rest: ["stationary", "lost-examples"].contains(&trial.verdict.as_str()),
                    lost: trial.number("lost") > 0.0,
                    test_loss: trial.get("test_loss"),
                    test_error: trial.get("test_error"),
                };
                (trial.draw, draw)
            });
            cases.entry(case).or_default().push(Start {
                scale: scale
                    .and_then(|axis| SweepAxis::Key(axis).number(filled.cell))
                    .unwrap_or(1.0),
                draws: draws.collect(),
            });
        }
    }
    for starts in cases.values_mut() {
        starts.sort_by(|a, b| b.scale.total_cmp(&a.scale));
    }
    cases
}
