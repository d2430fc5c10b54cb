//! Judges Theorem 1: every example stays covered, L → 0, and μ keeps above its bounds.

use super::Followed;
use super::extremes::{highest, lowest};
use super::flow::CONVERGED;
use super::row::{Relation::*, Row};
use crate::Verdict;
use crate::observe;
use crate::theory::{Hypothesis, Snapshot, Statement::Theorem1, theorem_1::Guarantee};

/// Why a rate cannot be judged where μ is not −(dL/dt)/L.
const ONE_SIDED: &str = "neurons slide along kinks, where μ is taken on one side and too large, and n·p is too large for the exact flow";

/// The lines of Theorem 1.
pub(super) fn judge(followed: &Followed<'_>) -> Vec<Row> {
    let (dataset, solution) = (followed.dataset, &followed.solution);
    let guarantee = Guarantee::new(dataset, followed.network);
    let hypotheses = &guarantee.hypotheses;
    // L → 0 can be judged once the flow has converged or come to rest, not when it was broken off.
    let at_rest = matches!(
        solution.verdict,
        Verdict::Stationary { .. } | Verdict::LostExamples { .. }
    );
    let broken_off = !followed.converged() && !at_rest;
    let mut followed_far = hypotheses.clone();
    followed_far.push(Hypothesis::fact(
        "the flow was followed until it converged or came to rest",
        !broken_off,
    ));
    let steps = solution.trajectory.rows();
    let least = |values: &dyn Fn(&observe::Row) -> f64| steps.iter().map(values).fold(f64::INFINITY, lowest);
    let lost = steps.iter().map(|row| row.lost).fold(0.0, highest);
    let end = Snapshot::new(dataset, &solution.network);
    let last = guarantee.rate_from_residuals(dataset, &end.residuals);
    // The bound on log L at a step costs a bisection: a hundred steps will do, the last among them.
    let averages = steps
        .iter()
        .rev()
        .step_by(steps.len().div_ceil(100))
        .filter(|row| row.time > 0.0);
    let average = averages
        .map(|row| row.mu_avg / guarantee.average_rate(row.time))
        .fold(f64::INFINITY, lowest);
    let one_sided = followed.stretch.is_some();
    let rate = |row: Row| if one_sided { row.undecided(ONE_SIDED) } else { row };
    let share = Row::judge(
        Theorem1,
        "L at the end over the trap",
        &followed_far,
        solution.end.loss / dataset.trap_level(),
        AtMost,
        CONVERGED,
    );
    vec![
        Row::judge(
            Theorem1,
            "examples ever without a correctly active neuron",
            hypotheses,
            lost,
            AtMost,
            0.5,
        ),
        match followed.void() {
            Some(why) => share.undecided(why),
            None => share,
        },
        rate(Row::judge(
            Theorem1,
            "least μ(t) over its guaranteed rate",
            hypotheses,
            least(&|row| row.mu / guarantee.rate(row.time)),
            AtLeast,
            1.0,
        )),
        Row::judge(
            Theorem1,
            "least ⟨μ⟩(t) over its time-dependent bound",
            hypotheses,
            average,
            AtLeast,
            1.0,
        ),
        rate(Row::judge(
            Theorem1,
            "μ at the end over its asymptotic bound",
            hypotheses,
            steps.last().map_or(f64::NAN, |row| row.mu) / last,
            AtLeast,
            1.0,
        ))
        .remark(format!(
            "C = {:.4}, C/n = {:.3e}",
            guarantee.constant(),
            guarantee.asymptotic_rate()
        )),
    ]
}
