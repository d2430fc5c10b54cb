//! Judges Lemma 7 on orthogonal inputs: wrong pairs die by T, and residuals have hardly moved by then.

use super::Followed;
use super::extremes::highest;
use super::flow;
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::{Snapshot, Statement::Lemma7, lemma_7::Extinction};

const EXTINCTION: &str = "time of the last wrong pair against T";
const MOVEMENT: &str = "most |h_i(t) − h_i(0)| over m_i, t ≤ T";

/// The lines of Lemma 7.
pub(super) fn judge(followed: &Followed<'_>) -> Result<Vec<Row>> {
    let (dataset, network, solution) = (followed.dataset, followed.network, &followed.solution);
    let nothing = |why: &str| {
        [EXTINCTION, MOVEMENT]
            .map(|line| Row::not_applicable(Lemma7, line, why))
            .into()
    };
    if !dataset.is_orthogonal() {
        return Ok(nothing("the inputs are not orthogonal"));
    }
    let extinction = Extinction::new(dataset, network);
    if extinction.wrong == 0 {
        return Ok(nothing("no wrong pair at t = 0"));
    }
    let hypotheses = &extinction.hypotheses;
    let steps = solution.trajectory.rows();
    // Extinct at the first step after which no row has a wrong pair.
    let alive = steps.iter().rposition(|row| row.active - row.correct > 0.0);
    let died = alive.map_or(0.0, |last| {
        steps.get(last + 1).map_or(f64::INFINITY, |row| row.time)
    });
    let before = alive.map_or(0.0, |last| steps[last].time);
    let death = Row::judge(Lemma7, EXTINCTION, hypotheses, before, AtMost, extinction.time)
        .remark(format!("{} wrong pairs at t = 0", extinction.wrong));
    let death = if died.is_infinite() && solution.end.time < extinction.time {
        death.undecided("the flow was broken off before T")
    } else {
        death
    };
    let (mut moved, mut movement) = (0.0f64, 0.0f64);
    if extinction.holds() {
        let start = Snapshot::new(dataset, network);
        let early: Vec<f64> = (1..=4).map(|k| extinction.time * f64::from(k) / 4.0).collect();
        for network in flow::networks_at(dataset, network, &early)? {
            let now = Snapshot::new(dataset, &network);
            let moves = now.residuals.iter().zip(&start.residuals);
            for ((r, start), most) in moves.zip(&extinction.movement) {
                moved = highest(moved, (r - start).abs() / most);
                movement = highest(movement, (r - start).abs());
            }
        }
    }
    Ok(vec![
        death,
        Row::judge(Lemma7, MOVEMENT, hypotheses, moved, AtMost, 1.0)
            .remark(format!("residuals moved by at most {movement:.3e}")),
    ])
}
