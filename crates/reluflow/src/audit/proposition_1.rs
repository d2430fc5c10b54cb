//! Judges Proposition 1 on orthogonal inputs: μ past the time of Lemma 7 against C√(p/n), and against the bound that knows h.

use super::Followed;
use super::extremes::highest;
use super::flow;
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::{
    Snapshot, Statement::Proposition1, lemma_7::Extinction, proposition_1::CurvatureCeiling,
};

const CEILING: &str = "most μ(t) over C√(p/n), t ≥ T";
const SHARP: &str = "most μ(t) over the bound that knows h(t), t ≥ T";

/// The lines of Proposition 1.
pub(super) fn judge(followed: &Followed<'_>) -> Result<Vec<Row>> {
    let (dataset, network, solution) = (followed.dataset, followed.network, &followed.solution);
    if !dataset.is_orthogonal() {
        let why = "the inputs are not orthogonal";
        return Ok([CEILING, SHARP]
            .map(|line| Row::not_applicable(Proposition1, line, why))
            .into());
    }
    let extinction = Extinction::new(dataset, network);
    let hypotheses = &extinction.hypotheses;
    let bound = CurvatureCeiling::new(dataset, network);
    let (mut sharp, mut ceiling) = (0.0f64, 0.0f64);
    if extinction.holds() {
        let late: Vec<f64> = (0..=6)
            .map(|k| extinction.time + (solution.end.time - extinction.time).max(0.0) * f64::from(k) / 6.0)
            .collect();
        for network in flow::networks_at(dataset, network, &late)? {
            let now = Snapshot::new(dataset, &network);
            sharp = highest(sharp, now.curvature / bound.bound_at(dataset, &now.residuals));
        }
        let steps = solution.trajectory.rows();
        let after = steps.iter().filter(|row| row.time >= extinction.time);
        ceiling = after.map(|row| row.mu / bound.bound()).fold(0.0, highest);
    }
    Ok(vec![
        Row::judge(Proposition1, CEILING, hypotheses, ceiling, AtMost, 1.0)
            .remark(format!("C = {:.4}", bound.constant())),
        Row::judge(Proposition1, SHARP, hypotheses, sharp, AtMost, 1.0),
    ])
}
