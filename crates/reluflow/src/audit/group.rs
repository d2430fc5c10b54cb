//! Audits the group initialisation: Proposition 2 and Theorem 2.

use super::flow;
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::proposition_2::{self, GroupProblem};
use crate::theory::{Snapshot, theorem_2};
use crate::{Dataset, Network, Solution};

const CLOSED_FORM: &str = "most |q_flow/q − 1| against the method's accumulated error";
const LOW: &str = "least μ(t) over its lower bound";
const HIGH: &str = "most μ(t) over its upper bound";
const PARTS: &str = "number of transitions against p";
const START: &str = "least L_j/L_j(0) at the windows' starts, ε = 0.1";
const END: &str = "most L_j/L_j(0) at the windows' ends, ε = 0.1";
const WIDTH: &str = "most relative width over log[(ε^−½ − 1)/((1 − ε)^−½ − 1)]/log K, aligned groups";
const EPSILON: f64 = 0.1;

/// The lines of this file for one problem and its flow.
pub(super) fn rows(dataset: &Dataset, network: &Network, solution: &Solution) -> Result<Vec<Row>> {
    let GroupProblem { hypotheses, groups } = GroupProblem::new(dataset, network);
    if groups.is_empty() {
        let failing = hypotheses.iter().find(|h| !h.holds()).map_or("", |h| h.name);
        let why = format!("no group initialisation: not \"{failing}\"");
        let lines = [
            ("Proposition 2", CLOSED_FORM),
            ("Proposition 2", LOW),
            ("Proposition 2", HIGH),
            ("Theorem 2", PARTS),
            ("Theorem 2", START),
            ("Theorem 2", END),
            ("Theorem 2", WIDTH),
        ];
        return Ok(lines
            .map(|(statement, checked)| Row::not_applicable(statement, checked, &why))
            .into());
    }
    // Errors of a step are relative to ‖θ‖; q's relative error is at most twice that over the smallest share.
    let smallest = groups
        .iter()
        .map(|g| g.squared_norm(0.0))
        .fold(f64::INFINITY, f64::min);
    let largest: f64 = 2.0 * groups.iter().map(|g| g.neurons() * g.target()).sum::<f64>();
    let accumulated =
        2.0 * flow::tolerance(dataset) * (largest / smallest).sqrt() * solution.counts.steps as f64;
    let times: Vec<f64> = (1..=6).map(|k| solution.end.time * f64::from(k) / 6.0).collect();
    let mut off = 0.0f64;
    for (network, time) in flow::networks_at(dataset, network, &times)?.iter().zip(&times) {
        for (w, group) in network.hidden_weights().rows().into_iter().zip(&groups) {
            off = off.max((w.dot(&w) / group.squared_norm(*time) - 1.0).abs());
        }
    }
    let (mut low, mut high) = (f64::INFINITY, 0.0f64);
    for row in solution.trajectory.rows() {
        let bounds = proposition_2::curvature_bounds(&groups, row.time);
        low = low.min(row.mu / bounds.0);
        high = high.max(row.mu / bounds.1);
    }
    let members = dataset.examples() / network.neurons();
    let transitions = theorem_2::plateaus(&groups).len() - 1;
    let mut rows = vec![
        Row::judge(
            "Proposition 2",
            CLOSED_FORM,
            &hypotheses,
            off,
            AtMost,
            accumulated,
        ),
        Row::judge("Proposition 2", LOW, &hypotheses, low, AtLeast, 1.0 - accumulated),
        Row::judge(
            "Proposition 2",
            HIGH,
            &hypotheses,
            high,
            AtMost,
            1.0 + accumulated,
        )
        .remark(format!(
            "order α = {:.3}",
            proposition_2::order(members, dataset.examples())
        )),
        Row::judge(
            "Theorem 2",
            PARTS,
            &hypotheses,
            transitions as f64,
            AtMost,
            groups.len() as f64 + 0.5,
        ),
    ];
    let mut windows = Vec::new();
    let mut width = 0.0f64;
    for group in &groups {
        let window = theorem_2::window(group, EPSILON)?;
        if group.initial_alignment() > 1.0 - 1e-9 {
            width = width.max(window.relative_width / theorem_2::width_bound(group, EPSILON));
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
        starts = starts.min(level(j, window.start)?);
        ends = ends.max(level(j, window.end)?);
    }
    rows.push(Row::judge(
        "Theorem 2",
        START,
        &hypotheses,
        starts,
        AtLeast,
        1.0 - EPSILON - accumulated,
    ));
    rows.push(Row::judge(
        "Theorem 2",
        END,
        &hypotheses,
        ends,
        AtMost,
        EPSILON + accumulated,
    ));
    rows.push(if width > 0.0 {
        Row::judge("Theorem 2", WIDTH, &hypotheses, width, AtMost, 1.0)
    } else {
        Row::not_applicable("Theorem 2", WIDTH, "no group is aligned at time 0")
    });
    Ok(rows)
}

/// L_j = (1/2n) Σ r_i² over the examples neuron j is active on.
fn group_loss(now: &Snapshot, j: usize) -> f64 {
    let active = now.preactivations.row(j).into_iter().zip(&now.residuals);
    let square: f64 = active.filter(|(u, _)| **u > 0.0).map(|(_, r)| r * r).sum();
    square / (2.0 * now.residuals.len() as f64)
}
