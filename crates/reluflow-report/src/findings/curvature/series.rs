//! Collects draws of all studies into series of one accuracy, one scale of the hidden weights and one rule for the width.

use std::collections::BTreeMap;

use reluflow::flow::Accuracy;
use reluflow::theory::lemma_5;
use reluflow::{InitialisationLaw, Method};
use reluflow_lab::Trial;
use reluflow_lab::experiment::{Cell, NetworkSource};

use super::log::Log;
use crate::findings::Results;

/// ε of the widths by Lemma 5 in the experiment files.
const EPSILON: f64 = 0.05;

/// What a flow left and what was predicted of it, as curvatures times √n.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Draw {
    /// √n μ_∞ = 2 λ_min(M)/√n.
    pub(super) limit: f64,
    /// The same of μ at the end of the run.
    pub(super) end: f64,
    /// The same of Lemma 6's bounds there.
    pub(super) low: f64,
    pub(super) upp: f64,
    /// The same of min_i M_ii.
    pub(super) diagonal: f64,
    /// The same of what the start predicted.
    pub(super) predicted: f64,
    /// Whether the start predicted the right example.
    pub(super) same: bool,
}

/// Which flows: careful or not, scale of the hidden weights in millionths, whether p is another than Lemma 5's, n, p.
type Key = (bool, u64, bool, u64, u64);

/// Draws of one size, by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Size {
    pub(super) n: u64,
    pub(super) p: u64,
    pub(super) draws: BTreeMap<u64, Draw>,
    /// √n times what many starts predicted, these draws' among them.
    pub(super) starts: BTreeMap<u64, f64>,
}

/// Sizes of one kind, in increasing order of n.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    pub(super) careful: bool,
    pub(super) scale: f64,
    /// The width where it is the same at all n; by Lemma 5 otherwise.
    pub(super) width: Option<u64>,
    pub(super) sizes: Vec<Size>,
}

impl Series {
    /// The paper's: p by Lemma 5, hidden weights scaled by 0.01.
    pub(super) fn is_main(&self) -> bool {
        !self.careful && self.width.is_none() && self.scale == 0.01
    }
}

impl Size {
    /// √n of what is predicted or found, draw by draw.
    pub(super) fn values(&self, of: impl Fn(&Draw) -> f64) -> Vec<f64> {
        self.draws.values().map(of).collect()
    }

    /// log of the mean of √n μ_∞, with what many starts predicted.
    pub(super) fn with_starts(&self) -> Option<Log> {
        if self.starts.len() <= self.draws.len() || self.draws.is_empty() {
            return None;
        }
        let pairs = self.values(|draw| draw.limit);
        let pairs: Vec<(f64, f64)> = pairs
            .into_iter()
            .zip(self.values(|draw| draw.predicted))
            .collect();
        let starts: Vec<f64> = self.starts.values().copied().collect();
        Some(Log::ratio(&pairs).plus(Log::mean(&starts)))
    }
}

fn key(cell: &Cell) -> Key {
    let careful = matches!(cell.spec.method, Method::Flow(flow) if flow.accuracy == Accuracy::Careful);
    let scale = match &cell.spec.initialisation {
        NetworkSource::Law(InitialisationLaw::Asymmetric(law)) => law.hidden_scale,
        _ => 1.0,
    };
    let other = lemma_5::width(cell.n as usize, EPSILON) as u64 != cell.p;
    (careful, (1e6 * scale).round() as u64, other, cell.n, cell.p)
}

fn draw(n: f64, trial: &Trial) -> Option<Draw> {
    let kernel = |value: f64| 2.0 * value / n.sqrt();
    Some(Draw {
        limit: kernel(trial.get("lambda_min")?),
        end: n.sqrt() * trial.number("mu_end"),
        low: n.sqrt() * trial.get("mu_low")?,
        upp: n.sqrt() * trial.get("mu_upp")?,
        diagonal: kernel(trial.get("diagonal_min")?),
        predicted: kernel(trial.get("predicted_min")?),
        same: trial.get("slowest")? == trial.get("predicted_slowest")?,
    })
}

/// All series that the studies give, and how many flows did not reach the loss that was asked for.
pub(super) fn collect(results: &[Results]) -> (Vec<Series>, usize) {
    let mut sizes: BTreeMap<Key, Size> = BTreeMap::new();
    let mut unlearnt = 0;
    for cell in results.iter().flat_map(Results::cells) {
        let key = key(cell.cell);
        let size = sizes.entry(key).or_default();
        (size.n, size.p) = (cell.cell.n, cell.cell.p);
        let n = size.n as f64;
        for trial in cell.trials {
            let predicted = trial.get("predicted_min").map(|value| 2.0 * value / n.sqrt());
            size.starts.extend(predicted.map(|value| (trial.draw, value)));
            if trial.number("steps") == 0.0 {
                continue;
            }
            // A flow that ran out of time has no limit to be read off. The trap lies at most at 4/(2n), where |y_i| ≤ 2.
            let level = cell.cell.spec.stops.trap_times.unwrap_or(1.0) * 2.0 / n;
            match draw(n, trial).filter(|_| trial.converged && trial.number("loss") <= level) {
                Some(draw) => drop(size.draws.insert(trial.draw, draw)),
                None => unlearnt += 1,
            }
        }
    }
    let mut series: Vec<Series> = Vec::new();
    for ((careful, scale, other, _, p), size) in &sizes {
        let (scale, width) = (*scale as f64 / 1e6, other.then_some(*p));
        let same = |one: &&mut Series| (one.careful, one.scale, one.width) == (*careful, scale, width);
        match series.iter_mut().find(same) {
            Some(one) => one.sizes.push(size.clone()),
            None => series.push(Series {
                careful: *careful,
                scale,
                width,
                sizes: vec![size.clone()],
            }),
        }
    }
    // Where Lemma 5's width is the fixed one, the size belongs to both.
    for one in &mut series {
        let (careful, scale) = (one.careful, (1e6 * one.scale).round() as u64);
        let Some(width) = one.width else { continue };
        let shared = sizes
            .iter()
            .filter(|(key, size)| (key.0, key.1, key.2) == (careful, scale, false) && size.p == width);
        one.sizes.extend(shared.map(|(_, size)| size.clone()));
        one.sizes.sort_by_key(|size| size.n);
    }
    series.sort_by(|a, b| {
        (a.careful, a.width, a.scale)
            .partial_cmp(&(b.careful, b.width, b.scale))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    (series, unlearnt)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::findings::{Finding, Study};
    use reluflow_lab::Experiment;

    /// Trials of every cell of the quick studies with μ_∞ = c n^(−3/4), predicted 10 % above, all in units of λ_min.
    pub(in super::super) fn made_up() -> Vec<Results> {
        let trial = |experiment: &Experiment, cell: usize, draw: u64| {
            let n = experiment.cells[cell].n as f64;
            let scatter = 1.0 + 0.1 * (draw % 5) as f64;
            let limit = 0.5 * n * n.powf(-0.75) * scatter;
            let flows = experiment.cells[cell].spec.stops.steps.is_none();
            let trial = Trial {
                cell,
                draw,
                converged: flows,
                ..Trial::default()
            };
            let trial = trial
                .with("loss", 0.0)
                .with("steps", f64::from(u8::from(flows)))
                .with("mu_end", 2.0 / n * limit * 1.02)
                .with("diagonal_min", 1.01 * limit)
                .with("predicted_min", 1.1 * limit)
                .with("slowest", 3.0)
                .with("predicted_slowest", if draw == 0 { 4.0 } else { 3.0 });
            if !flows {
                return trial;
            }
            trial
                .with("lambda_min", limit)
                .with("mu_low", 1.0 / n * limit)
                .with("mu_upp", 10.0 / n * limit)
        };
        let results = |study: Study| {
            let cells = 0..study.experiment.cells.len();
            let draws = study.experiment.draws;
            let trials = cells.flat_map(|cell| (0..draws).map(move |draw| (cell, draw)));
            Results {
                trials: trials
                    .map(|(cell, draw)| trial(&study.experiment, cell, draw))
                    .collect(),
                study,
                thresholds: Vec::new(),
            }
        };
        let studies = Finding::Curvature.plan(true, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn series_are_told_apart_and_draws_of_several_studies_are_merged() {
        let (series, unlearnt) = collect(&made_up());
        assert_eq!(unlearnt, 0);
        let kinds: Vec<_> = series
            .iter()
            .map(|one| (one.careful, one.scale, one.width))
            .collect();
        assert_eq!(
            kinds,
            [
                (false, 0.01, None),
                (false, 0.1, None),
                (false, 1.0, None),
                (false, 0.01, Some(49)),
                (true, 0.01, None)
            ]
        );
        let main = &series[0];
        assert!(main.is_main());
        let sizes: Vec<u64> = main.sizes.iter().map(|size| size.n).collect();
        assert_eq!(sizes, [250, 1000, 4000, 16000]);
        for size in &main.sizes {
            assert!(size.starts.len() > size.draws.len() && !size.draws.is_empty());
            // The draw with the number 0 has scatter 1: √n μ_∞ = n^(1/2 − 3/4).
            let limit = size.draws[&0].limit;
            assert!(
                (limit / (size.n as f64).powf(-0.25) - 1.0).abs() < 1e-12,
                "{limit}"
            );
        }
    }

    /// Predicted is 1.1 times what is found in every draw: with the starts, the mean is theirs over 1.1.
    #[test]
    fn starts_stand_for_the_mean_of_many_flows() {
        let (series, _) = collect(&made_up());
        let size = &series[0].sizes[3];
        let found = size.with_starts().unwrap();
        let starts: f64 = size.starts.values().sum::<f64>() / size.starts.len() as f64;
        assert!((found.value - (starts / 1.1).ln()).abs() < 1e-12);
        let none = Size {
            starts: BTreeMap::new(),
            ..size.clone()
        };
        assert_eq!(none.with_starts(), None);
    }

    #[test]
    fn flows_that_ran_out_of_time_are_counted_and_left_out() {
        let mut results = made_up();
        results[0].trials[0].converged = false;
        let (series, unlearnt) = collect(&results);
        assert_eq!(unlearnt, 1);
        assert!(!series[0].sizes[0].draws.contains_key(&0));
    }
}
