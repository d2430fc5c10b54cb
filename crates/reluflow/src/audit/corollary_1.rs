//! Judges Corollary 1: how likely so few converged draws are if each converges with probability 1 − ε.

use super::row::{Relation, Row};
use super::{Drawn, EPSILON};
use crate::theory::{Hypothesis, Statement::Corollary1, corollary_1};

const CHECKED: &str = "chance of so few converged draws at probability 1 − ε, ε = 0.05";
/// A smaller chance is not believed.
const LEAST: f64 = 1e-3;

/// The line of Corollary 1.
pub(super) fn judge(drawn: &Drawn<'_>) -> Vec<Row> {
    let plan = drawn.plan;
    let hypotheses = [
        corollary_1::width_hypothesis(plan.setting.n, plan.setting.p, EPSILON),
        // "d ≥ Cn²" has no explicit C: that Assumption 2 held in every draw stands for it.
        Hypothesis::fact("Assumptions 1 and 2 in every draw", drawn.assumptions),
    ];
    let chance = corollary_1::chance_of_so_few(drawn.converged, plan.draws, EPSILON);
    vec![
        Row::judge(Corollary1, CHECKED, &hypotheses, chance, Relation::AtLeast, LEAST)
            .remark(format!("{} of {} draws converged", drawn.converged, plan.draws)),
    ]
}
