//! Audits what is said of orthogonal inputs: Lemma 7 and Proposition 1.

use super::flow;
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::{Snapshot, lemma_7::Extinction, proposition_1::CurvatureCeiling};
use crate::{Dataset, Network, Solution};

const EXTINCTION: &str = "time of the last wrong pair against T";
const MOVEMENT: &str = "most |h_i(t) − h_i(0)| over m_i, t ≤ T";
const CEILING: &str = "most μ(t) over C√(p/n), t ≥ T";
const SHARP: &str = "most μ(t) over the bound that knows h(t), t ≥ T";

/// The lines of this file for one problem and its flow.
pub(super) fn rows(dataset: &Dataset, network: &Network, solution: &Solution) -> Result<Vec<Row>> {
    if !dataset.is_orthogonal() {
        let why = "the inputs are not orthogonal";
        return Ok(vec![
            Row::not_applicable("Lemma 7", EXTINCTION, why),
            Row::not_applicable("Lemma 7", MOVEMENT, why),
            Row::not_applicable("Proposition 1", CEILING, why),
            Row::not_applicable("Proposition 1", SHARP, why),
        ]);
    }
    let extinction = Extinction::new(dataset, network);
    let hypotheses = &extinction.hypotheses;
    let steps = solution.trajectory.rows();
    // Extinct at the first step after which no row has a wrong pair.
    let alive = steps.iter().rposition(|row| row.active - row.correct > 0.0);
    let died = alive.map_or(0.0, |last| {
        steps.get(last + 1).map_or(f64::INFINITY, |row| row.time)
    });
    let step = alive.map_or(0.0, |last| died - steps[last].time);
    let mut rows = vec![
        Row::judge(
            "Lemma 7",
            EXTINCTION,
            hypotheses,
            died - step,
            AtMost,
            extinction.time,
        )
        .remark(format!("{} wrong pairs at t = 0", extinction.wrong)),
    ];
    let (mut moved, mut sharp, mut ceiling) = (0.0f64, 0.0f64, 0.0f64);
    let mut movement = 0.0f64;
    let bound = CurvatureCeiling::new(dataset, network);
    if extinction.holds() {
        let start = Snapshot::new(dataset, network);
        let span = if extinction.time > 0.0 {
            extinction.time
        } else {
            solution.end.time
        };
        let early: Vec<f64> = (1..=4).map(|k| span * f64::from(k) / 4.0).collect();
        if extinction.time > 0.0 {
            for network in flow::networks_at(dataset, network, &early)? {
                let now = Snapshot::new(dataset, &network);
                for ((r, start), most) in now
                    .residuals
                    .iter()
                    .zip(&start.residuals)
                    .zip(&extinction.movement)
                {
                    moved = moved.max((r - start).abs() / most);
                    movement = movement.max((r - start).abs());
                }
            }
        }
        let late: Vec<f64> = (0..=6)
            .map(|k| extinction.time + (solution.end.time - extinction.time).max(0.0) * f64::from(k) / 6.0)
            .collect();
        for network in flow::networks_at(dataset, network, &late)? {
            let now = Snapshot::new(dataset, &network);
            sharp = sharp.max(now.curvature / bound.bound_at(dataset, &now.residuals));
        }
        let after = steps.iter().filter(|row| row.time >= extinction.time);
        ceiling = after.map(|row| row.mu / bound.bound()).fold(0.0, f64::max);
    }
    rows.push(
        Row::judge("Lemma 7", MOVEMENT, hypotheses, moved, AtMost, 1.0)
            .remark(format!("residuals moved by at most {movement:.3e}")),
    );
    rows.push(
        Row::judge("Proposition 1", CEILING, hypotheses, ceiling, AtMost, 1.0)
            .remark(format!("C = {:.4}", bound.constant())),
    );
    if extinction.wrong == 0 {
        let why = "no wrong pair at t = 0";
        rows[0] = Row::not_applicable("Lemma 7", EXTINCTION, why);
        rows[1] = Row::not_applicable("Lemma 7", MOVEMENT, why);
    }
    rows.push(Row::judge("Proposition 1", SHARP, hypotheses, sharp, AtMost, 1.0));
    Ok(rows)
}
