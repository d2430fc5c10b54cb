//! Judges Proposition 2: the flow against its closed form, and μ between its two bounds.

use super::Followed;
use super::extremes::{highest, lowest};
use super::flow;
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::Statement::Proposition2;
use crate::theory::proposition_2::{self, Group, GroupProblem};

const CLOSED_FORM: &str = "most |q_flow/q − 1| against the method's accumulated error";
const LOW: &str = "least μ(t) over its lower bound";
const HIGH: &str = "most μ(t) over its upper bound";

/// The lines of Proposition 2.
pub(super) fn judge(followed: &Followed<'_>) -> Result<Vec<Row>> {
    let (dataset, network, solution) = (followed.dataset, followed.network, &followed.solution);
    let problem = GroupProblem::new(dataset, network);
    if let Some(why) = no_groups(&problem) {
        return Ok([CLOSED_FORM, LOW, HIGH]
            .map(|line| Row::not_applicable(Proposition2, line, &why))
            .into());
    }
    let GroupProblem { hypotheses, groups } = problem;
    let error = accumulated(followed, &groups);
    let times: Vec<f64> = (1..=6).map(|k| solution.end.time * f64::from(k) / 6.0).collect();
    let mut off = 0.0f64;
    for (network, time) in flow::networks_at(dataset, network, &times)?.iter().zip(&times) {
        for (w, group) in network.hidden_weights().rows().into_iter().zip(&groups) {
            off = highest(off, (w.dot(&w) / group.squared_norm(*time) - 1.0).abs());
        }
    }
    let (mut low, mut high) = (f64::INFINITY, 0.0f64);
    for row in solution.trajectory.rows() {
        let bounds = proposition_2::curvature_bounds(&groups, row.time);
        low = lowest(low, row.mu / bounds.0);
        high = highest(high, row.mu / bounds.1);
    }
    let members = dataset.examples() / network.neurons();
    Ok(vec![
        Row::judge(Proposition2, CLOSED_FORM, &hypotheses, off, AtMost, error),
        Row::judge(Proposition2, LOW, &hypotheses, low, AtLeast, 1.0 - error),
        Row::judge(Proposition2, HIGH, &hypotheses, high, AtMost, 1.0 + error).remark(format!(
            "order α = {:.3}",
            proposition_2::order(members, dataset.examples())
        )),
    ])
}

/// Why a problem has no groups, if it has none.
pub(super) fn no_groups(problem: &GroupProblem) -> Option<String> {
    problem.groups.is_empty().then(|| {
        let failing = problem
            .hypotheses
            .iter()
            .find(|h| !h.holds())
            .map_or("", |h| h.name);
        format!("no group initialisation: not \"{failing}\"")
    })
}

/// The method's accumulated error relative to the smallest q.
///
/// Errors of a step are relative to ‖θ‖; q's relative error is at most twice that over the smallest share.
pub(super) fn accumulated(followed: &Followed<'_>, groups: &[Group]) -> f64 {
    let smallest = groups
        .iter()
        .map(|g| g.squared_norm(0.0))
        .fold(f64::INFINITY, lowest);
    let largest: f64 = 2.0 * groups.iter().map(|g| g.neurons() * g.target()).sum::<f64>();
    2.0 * followed.accumulated * (largest / smallest).sqrt()
}
