//! The method `jump`: a run in the limit of vanishing starts, as a trajectory that is constant between jumps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::gauges;
use super::{Counts, End, Events, JumpProcess, Problem, Solution};
use crate::error::Result;
use crate::observe::{Look, Observable, Row, Snapshot, Trajectory, When};
use crate::success::Target;
use crate::{Budget, Criterion, Network, Verdict};

/// The limit λ → 0 of a start of size λ on orthogonal inputs, on the clock s = t/(n log(1/λ)): see [`JumpProcess`].
///
/// Only directions and signs of the start matter. It costs O(np) a jump and ends by itself, after at most p jumps; of the stops only the
/// time, in s, and the criterion of success count. Rows are the start and the jumps, or the times asked for. Between jumps the network is the
/// limit's: a neuron that has fitted the examples F has (1/p) a_j w_j = Σ_{i ∈ F} y_i x_i/‖x_i‖² with |a_j| = ‖w_j‖, any other is 0. Curvatures
/// do not exist in the limit and are NaN.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Vanishing {}

impl Vanishing {
    /// Follows the jumps.
    ///
    /// # Errors
    /// As [`JumpProcess::new`].
    pub(super) fn solve(&self, problem: &Problem<'_>) -> Result<Solution> {
        let (data, start) = (problem.dataset, problem.network);
        let process = JumpProcess::new(data, start)?;
        let limits = problem
            .stops
            .resolve(data, &problem.model, start.neurons(), problem.method.rounding());
        let Target { criterion, level } = limits.success;
        let level = match criterion {
            Criterion::RelativeLoss => level * process.initial_loss,
            _ => level,
        };
        // Examples that are not fitted have h = 0: every sign is right when every example with a label is fitted.
        let passed = process
            .events
            .iter()
            .take_while(|jump| jump.s <= limits.time)
            .count();
        let is_met = |jumps: usize| {
            let (loss, whole) = match jumps.checked_sub(1).map(|last| &process.events[last]) {
                Some(jump) => (jump.loss, jump.loss == 0.0),
                None => (process.initial_loss, process.initial_loss == 0.0),
            };
            loss <= level && (whole || !criterion.needs_signs())
        };
        let met = (0..=passed).find(|jumps| criterion != Criterion::Impossible && is_met(*jumps));
        let at = |jumps: usize| {
            if jumps == 0 {
                0.0
            } else {
                process.events[jumps - 1].s
            }
        };
        let loss_after = |jumps: usize| {
            let last = jumps.checked_sub(1).map(|last| process.events[last].loss);
            last.unwrap_or(process.initial_loss)
        };
        let ended = passed == process.events.len();
        let time = if ended { at(passed) } else { limits.time };
        let loss = loss_after(passed);
        let verdict = match met {
            Some(jumps) => Verdict::Interpolating {
                criterion,
                time: at(jumps),
                loss,
            },
            None if !ended => Verdict::OutOfBudget {
                budget: Budget::Time,
                loss,
            },
            None => Verdict::LostExamples {
                examples: process.lost.clone(),
                loss,
            },
        };
        let (trajectory, path) = rows(problem, &process, passed, time);
        Ok(Solution {
            verdict,
            end: End {
                time,
                initial_loss: process.initial_loss,
                loss,
                criterion,
                success_time: met.map(at),
                success_times: None,
                decided_by: None,
                mu_end: f64::NAN,
                mu_avg: f64::NAN,
                balance_drift: 0.0,
                lost: if ended { process.lost.len() } else { 0 },
                energy_defect: None,
            },
            counts: Counts {
                steps: passed as u64,
                events: passed as u64,
                branches: process.ties as u64,
                ..Counts::default()
            },
            trajectory,
            network: process.network(data, start, passed),
            path,
            events: Events::default(),
            linear: None,
        })
    }
}

/// The rows asked for, and the networks if they are kept.
fn rows(
    problem: &Problem<'_>,
    process: &JumpProcess,
    passed: usize,
    end: f64,
) -> (Trajectory, Vec<Snapshot>) {
    let jumps = || (0..=passed).map(|k| if k == 0 { 0.0 } else { process.events[k - 1].s });
    let times: Vec<f64> = match &problem.record.when {
        When::End => vec![end],
        When::Times(times) => times.iter().copied().filter(|s| *s < end).chain([end]).collect(),
        When::Every(_) | When::PerDecade(_) => jumps().collect(),
    };
    let mut read = gauges::make(problem);
    let (mut rows, mut path) = (Vec::with_capacity(times.len()), Vec::new());
    let keeps = problem.record.wants(Observable::Network);
    let activation = problem.model.activation;
    let start = Look::new(
        (0.0, process.loss_at(0.0)),
        problem.network,
        problem.dataset,
        activation,
    );
    for (_, _, gauge) in &mut read {
        gauge.start(&start);
    }
    for s in times {
        let done = process.events.iter().take_while(|jump| jump.s <= s).count();
        let mut row = Row::at(s, process.loss_at(s));
        row.step = done as u64;
        let needed = keeps || !read.is_empty();
        let network = needed.then(|| process.network(problem.dataset, problem.network, done));
        if let Some(network) = &network {
            let at = Look::new((s, row.loss), network, problem.dataset, activation);
            for (first, last, gauge) in &mut read {
                gauge.read(&at, &mut row.gauged[*first..*last]);
            }
        }
        if let Some(network) = network.filter(|_| keeps) {
            path.push(Snapshot {
                time: s,
                loss: row.loss,
                network,
            });
        }
        rows.push(row);
    }
    (rows.into_iter().collect(), path)
}

impl JumpProcess {
    /// The network of the limit after the first `jumps` jumps of this process, which began at `start`: (1/p) a_j w_j = Σ y_i x_i/‖x_i‖² over what neuron j has
    /// fitted, |a_j| = ‖w_j‖, and 0 for all others. O(pd + np).
    ///
    /// # Panics
    /// When there were not so many jumps, or data and network are not those of the process.
    pub fn network(&self, data: &crate::Dataset, start: &Network, jumps: usize) -> Network {
        let p = start.neurons();
        let (norms, labels) = (data.input_norms(), data.labels());
        let mut hidden = ndarray::Array2::zeros((p, data.dimension()));
        let mut output = ndarray::Array1::zeros(p);
        let mut coefficients = ndarray::Array2::zeros((p, data.examples()));
        for jump in &self.events[..jumps] {
            let square: f64 = jump.fitted.iter().map(|i| (labels[*i] / norms[*i]).powi(2)).sum();
            let a = (p as f64 * square.sqrt())
                .sqrt()
                .copysign(start.output_weights()[jump.neuron]);
            output[jump.neuron] = a;
            for &i in &jump.fitted {
                coefficients[(jump.neuron, i)] = p as f64 * labels[i] / (norms[i] * norms[i] * a);
            }
        }
        data.add_combinations(&coefficients, &mut hidden);
        Network::trusted(hidden, output)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array};

    use super::*;
    use crate::observe::Record;
    use crate::{Dataset, Method, Stops};

    /// Four orthonormal inputs, three balanced neurons correctly active on {1, 2, 3}, {3, 4}, {2, 3}.
    fn problem(labels: Array1<f64>) -> (Dataset, Network) {
        let hidden = array![
            [1.0, 1.0, 1.0, -1.0],
            [-1.0, -1.0, 1.0, 1.0],
            [-1.0, 1.0, 1.0, -1.0]
        ];
        let network = Network::new(hidden * 0.5, array![1.0, 1.0, 1.0]).unwrap();
        (Dataset::new(Array2::eye(4), labels).unwrap(), network)
    }

    fn solve(data: &Dataset, network: &Network, stops: Stops) -> Solution {
        Problem {
            stops,
            record: Record {
                observables: vec![Observable::SquaredNorm, Observable::Network],
                when: When::PerDecade(8),
                ..Record::default()
            },
            ..Problem::new(data, network, Method::Jump(Vanishing {}))
        }
        .solve()
        .unwrap()
    }

    /// Jumps at s = 1/√3 and 0.760854, plateaus 1/2, 1/8, 0, and Σ (‖w‖² + a²) = 5.464102 in units without 1/p, by hand: 2√3 + 2.
    #[test]
    fn a_run_is_constant_between_jumps() {
        let (data, network) = problem(Array1::ones(4));
        let solution = solve(
            &data,
            &network,
            Problem::new(&data, &network, Method::default()).stops,
        );
        let rows: Vec<(f64, f64)> = solution
            .trajectory
            .rows()
            .iter()
            .map(|row| (row.time, row.loss))
            .collect();
        assert_eq!(rows.len(), 3);
        let expected = [(0.0, 0.5), (0.577_350, 0.125), (0.760_854, 0.0)];
        for ((s, loss), expected) in rows.iter().zip(expected) {
            assert!(
                (s - expected.0).abs() < 1e-6 && (loss - expected.1).abs() < 1e-12,
                "{rows:?}"
            );
        }
        let norm = solution.trajectory.rows()[2].value("squared_norm").unwrap() / 3.0;
        assert!((norm - (2.0 * 3.0_f64.sqrt() + 2.0)).abs() < 1e-12, "{norm}");
        assert!(solution.verdict.converged());
        assert_eq!(solution.counts.events, 2);
        // The network of the limit interpolates.
        for (x, y) in data.inputs().rows().into_iter().zip(data.labels()) {
            assert!((solution.network.output(&x.to_vec()) - y).abs() < 1e-12);
        }
        assert_eq!(solution.path.len(), 3);
        // Broken off between the jumps.
        let early = solve(
            &data,
            &network,
            Stops {
                time: Some(0.7),
                ..Stops::default()
            },
        );
        assert_eq!((early.end.time, early.end.loss), (0.7, 0.125));
        assert!(matches!(early.verdict, Verdict::OutOfBudget { .. }));
    }

    #[test]
    fn what_nobody_covers_is_lost_and_other_problems_are_refused() {
        // Nobody has a negative output weight.
        let (data, network) = problem(array![1.0, -1.0, 1.0, 1.0]);
        let stops = Problem::new(&data, &network, Method::default()).stops;
        let lost = solve(&data, &network, stops);
        assert_eq!(
            lost.verdict,
            Verdict::LostExamples {
                examples: vec![1],
                loss: 0.125
            }
        );
        let refused = |data: &Dataset, network: &Network| {
            let problem = Problem::new(data, network, Method::Jump(Vanishing {}));
            problem.solve().unwrap_err().to_string()
        };
        let small = Network::new(network.hidden_weights().to_owned(), array![0.5, 1.0, 1.0]).unwrap();
        assert!(refused(&data, &small).contains("|a_j| ≥ ‖w_j‖"));
        let skew = Dataset::new(
            array![[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]],
            array![1.0, 1.0],
        )
        .unwrap();
        assert!(refused(&skew, &network).contains("orthogonal"));
    }
}
