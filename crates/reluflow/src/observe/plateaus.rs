//! Finds the plateaus of a loss curve: intervals of log t in which log L hardly changes.

use super::{Snapshot, Trajectory};

/// A stretch of a flow on which the loss hardly changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plateau {
    /// Time of its first row.
    pub start: f64,
    /// Time of its last row.
    pub end: f64,
    /// L at its middle row.
    pub loss: f64,
    /// The neurons that grew between the beginning of the plateau before, or the start, and its own; empty where no networks were kept.
    /// See [`plateaus`].
    pub grown: Vec<usize>,
}

/// How many times larger |a_j| ‖w_j‖ must be than where the plateau before began for a neuron to have grown.
const GROWN: f64 = 3.0;
/// The part of the largest |a_j| ‖w_j‖ that a neuron must have to count as grown.
const LARGE: f64 = 1e-2;

/// The plateaus of a trajectory.
///
/// A plateau is a run of rows on which L changes by at most the share `change` in all, and over which log t grows by at least `length`; runs
/// are taken from the left, each as long as it can be. With change 0.05 and length 0.25 the loss keeps its value to 5 % while time grows by at
/// least 28 %. Rows at time 0 or with loss 0 belong to none. A plateau can be no finer than the rows.
///
/// With the networks of the rows (`path`, from [`Observable::Network`](super::Observable::Network)), a neuron has *grown* before a plateau if its
/// size |a_j| ‖w_j‖ where the plateau begins is at least 3 times that where the plateau before began (at the start, for the first) and at least
/// a hundredth of the largest.
///
/// # Panics
/// When networks are given and there are not as many as rows.
pub fn plateaus(trajectory: &Trajectory, path: &[Snapshot], change: f64, length: f64) -> Vec<Plateau> {
    let rows = trajectory.rows();
    assert!(path.is_empty() || path.len() == rows.len(), "one network a row");
    let known = |k: usize| rows[k].time > 0.0 && rows[k].loss > 0.0;
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut first = 0;
    while first < rows.len() {
        let (mut lowest, mut highest) = (f64::INFINITY, 0.0_f64);
        let last = (first..rows.len()).take_while(|&k| {
            (lowest, highest) = (lowest.min(rows[k].loss), highest.max(rows[k].loss));
            known(k) && highest - lowest <= change * highest
        });
        match last.last() {
            Some(last) if (rows[last].time / rows[first].time).ln() >= length => {
                found.push((first, last));
                first = last + 1;
            }
            _ => first += 1,
        }
    }
    let sizes = |row: usize| -> Vec<f64> {
        let network = &path[row].network;
        let hidden = network.hidden_weights();
        let norms = hidden.rows().into_iter().map(|w| w.dot(&w).sqrt());
        norms
            .zip(network.output_weights())
            .map(|(norm, a)| norm * a.abs())
            .collect()
    };
    let mut before = 0;
    let mut all = Vec::with_capacity(found.len());
    for (first, last) in found {
        let mut grown = Vec::new();
        if !path.is_empty() {
            let (old, new) = (sizes(before), sizes(first));
            let largest = new.iter().copied().fold(0.0, f64::max);
            grown = (0..new.len())
                .filter(|&j| new[j] >= GROWN * old[j] && new[j] >= LARGE * largest && new[j] > 0.0)
                .collect();
        }
        all.push(Plateau {
            start: rows[first].time,
            end: rows[last].time,
            loss: rows[first + (last - first) / 2].loss,
            grown,
        });
        before = first;
    }
    all
}
