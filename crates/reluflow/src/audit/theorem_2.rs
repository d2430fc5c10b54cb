//! Judges Theorem 2: the number of transitions, and when and how fast each group's loss falls.

use super::Followed;
use super::extremes::{highest, lowest};
use super::flow;
use super::proposition_2::{accumulated, no_groups};
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::proposition_2::GroupProblem;
use crate::theory::{Snapshot, Statement::Theorem2, theorem_2};

const PARTS: &str = "number of transitions against p";
const START: &str = "least L_j/L_j(0) at the windows' starts, ε = 0.1";
const END: &str = "most L_j/L_j(0) at the windows' ends, ε = 0.1";
const WIDTH: &str = "most relative width over log[(ε^−½ − 1)/((1 − ε)^−½ − 1)]/log K, aligned groups";
const EPSILON: f64 = 0.1;

/// The lines of Theorem 2.
pub(super) fn judge(followed: &Followed<'_>) -> Result<Vec<Row>> {
    let (dataset, network) = (followed.dataset, followed.network);
    let problem = GroupProblem::new(dataset, network);
    if let Some(why) = no_groups(&problem) {
        let lines = [PARTS, START, END, WIDTH];
        return Ok(lines.map(|line| Row::not_applicable(Theorem2, line, &why)).into());
    }
    let GroupProblem { hypotheses, groups } = problem;
    let error = accumulated(followed, &groups);
    let transitions = theorem_2::plateaus(&groups).len() - 1;
    let mut windows = Vec::new();
    let mut width = 0.0f64;
    for group in &groups {
        let window = theorem_2::window(group, EPSILON)?;
        if group.initial_alignment() > 1.0 - 1e-9 {
            width = highest(
                width,
                window.relative_width / theorem_2::width_bound(group, EPSILON),
            );
        }
        windows.push(window);
    }
    let level = |j: usize, time: f64| -> Result<f64> {
        let networks = flow::networks_at(dataset, network, &[time])?;
        let now = networks.first().map(|network| Snapshot::new(dataset, network));
        Ok(now.map_or(f64::NAN, |now| group_loss(&now, j) / groups[j].loss(0.0)))
    };
    let (mut starts, mut ends) = (f64::INFINITY, 0.0f64);
    for (j, window) in windows.iter().enumerate() {
        starts = lowest(starts, level(j, window.start)?);
        ends = highest(ends, level(j, window.end)?);
    }
    let parts = groups.len() as f64 + 0.5;
    Ok(vec![
        Row::judge(Theorem2, PARTS, &hypotheses, transitions as f64, AtMost, parts),
        Row::judge(
            Theorem2,
            START,
            &hypotheses,
            starts,
            AtLeast,
            1.0 - EPSILON - error,
        ),
        Row::judge(Theorem2, END, &hypotheses, ends, AtMost, EPSILON + error),
        if width > 0.0 {
            Row::judge(Theorem2, WIDTH, &hypotheses, width, AtMost, 1.0)
        } else {
            Row::not_applicable(Theorem2, WIDTH, "no group is aligned at time 0")
        },
    ])
}

/// L_j = (1/2n) Σ r_i² over the examples neuron j is active on.
fn group_loss(now: &Snapshot, j: usize) -> f64 {
    let active = now.preactivations.row(j).into_iter().zip(&now.residuals);
    let square: f64 = active.filter(|(u, _)| **u > 0.0).map(|(_, r)| r * r).sum();
    square / (2.0 * now.residuals.len() as f64)
}
