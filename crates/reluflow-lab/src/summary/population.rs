//! Sums up the trials of a cell on a Gaussian population: shares of verdicts with their intervals, and spurious minima.

use reluflow_statistics::wilson;
use serde_json::{Value, json};

use crate::trial::columns::{Kind, of_kind};
use crate::trial::kept::Trial;

/// Losses and least eigenvalues of one minimum differ by at most this, in units of 1 and of their own size.
const SAME: f64 = 1e-7;

/// How many of some trials, with the Wilson interval of their share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub trials: u64,
    /// The interval of the share.
    pub interval: (f64, f64),
}

/// A minimum that trials of a cell ended in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum {
    /// Its loss.
    pub loss: f64,
    /// The Hessian's least eigenvalue there, the smallest of these trials.
    pub least_eigenvalue: f64,
    /// How many trials ended in it.
    pub share: Share,
}

/// How the trials of a cell on a population ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PopulationSummary {
    /// By verdict.
    pub shares: Vec<(String, Share)>,
    /// Spurious minima by loss: ends count as one minimum when their losses agree to 10⁻⁷. (Where both layers move, rescaling
    /// w_j → c w_j, a_j → a_j/c changes the eigenvalues of a minimum and not its loss.)
    pub minima: Vec<Minimum>,
}

impl Share {
    fn new(count: u64, trials: u64, level: f64) -> Self {
        Self {
            count,
            trials,
            interval: wilson(count, trials, level),
        }
    }

    fn to_json(self) -> Value {
        json!({
            "count": self.count,
            "share": self.count as f64 / self.trials as f64,
            "ci_low": self.interval.0,
            "ci_high": self.interval.1,
        })
    }
}

impl PopulationSummary {
    /// Sums up the trials of one cell, with intervals of a level; none where they are of another kind.
    pub fn new(trials: &[&Trial], level: f64) -> Option<Self> {
        let is_of_population =
            |trial: &&Trial| of_kind(Kind::Population).any(|column| trial.get(column.name).is_some());
        if !trials.iter().any(is_of_population) {
            return None;
        }
        let total = trials.len() as u64;
        let mut shares: Vec<(String, u64)> = ["global", "spurious"].map(|kind| (kind.to_owned(), 0)).into();
        for trial in trials {
            match shares.iter_mut().find(|(kind, _)| *kind == trial.verdict) {
                Some((_, count)) => *count += 1,
                None => shares.push((trial.verdict.clone(), 1)),
            }
        }
        let mut minima: Vec<(f64, f64, u64)> = Vec::new();
        for trial in trials.iter().filter(|trial| trial.verdict == "spurious") {
            let (end, least) = (trial.number("loss"), trial.number("least_eigenvalue"));
            let close = |a: f64, b: f64| (a - b).abs() <= SAME * (1.0 + a.abs());
            match minima.iter_mut().find(|(loss, _, _)| close(*loss, end)) {
                Some((_, other, count)) => {
                    *other = other.min(least);
                    *count += 1;
                }
                None => minima.push((end, least, 1)),
            }
        }
        minima.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(Self {
            shares: (shares.into_iter())
                .map(|(kind, count)| (kind, Share::new(count, total, level)))
                .collect(),
            minima: (minima.into_iter())
                .map(|(loss, least_eigenvalue, count)| Minimum {
                    loss,
                    least_eigenvalue,
                    share: Share::new(count, total, level),
                })
                .collect(),
        })
    }

    /// The shares by verdict, and the minima, for a cell's object.
    pub(crate) fn to_json(&self) -> [(&'static str, Value); 2] {
        let shares = self
            .shares
            .iter()
            .map(|(kind, share)| (kind.clone(), share.to_json()));
        let minima = self.minima.iter().map(|minimum| {
            let mut object = minimum.share.to_json();
            object["loss"] = json!(minimum.loss);
            object["least_eigenvalue"] = json!(minimum.least_eigenvalue);
            object
        });
        [
            ("shares", Value::Object(shares.collect())),
            ("minima", Value::Array(minima.collect())),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(loss: f64, least: f64) -> Trial {
        let verdict = "spurious".to_owned();
        Trial {
            verdict,
            ..Trial::default()
        }
        .with("loss", loss)
        .with("least_eigenvalue", least)
    }

    #[test]
    fn a_minimum_is_one_whatever_the_scale_of_its_layers() {
        let trials = [ended(0.02, 0.3), ended(0.02 + 1e-12, 0.1), ended(0.021, 0.3)];
        let summary = PopulationSummary::new(&trials.iter().collect::<Vec<_>>(), 0.95).unwrap();
        let counts: Vec<(u64, f64)> = summary
            .minima
            .iter()
            .map(|minimum| (minimum.share.count, minimum.least_eigenvalue))
            .collect();
        assert_eq!(counts, [(2, 0.1), (1, 0.3)]);
    }
}
