//! Judges Lemma 1: the identity of the field, and the drift of the balance along the flow.

use super::extremes::highest;
use super::row::{Relation::*, Row};
use super::{EXACT, Followed};
use crate::theory::{Statement::Lemma1, lemma_1};

/// The lines of Lemma 1.
pub(super) fn judge(followed: &Followed<'_>) -> Vec<Row> {
    let (dataset, network, solution) = (followed.dataset, followed.network, &followed.solution);
    let scale = lemma_1::scale(network).max(lemma_1::scale(&solution.network));
    let defect = lemma_1::defect(dataset, network).max(lemma_1::defect(dataset, &solution.network));
    let drift = solution.trajectory.rows().iter().map(|row| row.balance_drift);
    // The exact flow keeps the balance to the last coefficients of its series, the others restore it every step.
    let allowed = if followed.is_exact() {
        EXACT.max(followed.accumulated)
    } else {
        EXACT
    };
    vec![
        Row::judge(
            Lemma1,
            "|a_j ȧ_j − ⟨w_j, ẇ_j⟩| at both ends, relative, against rounding",
            &[],
            defect,
            AtMost,
            EXACT,
        ),
        Row::judge(
            Lemma1,
            "drift of a_j² − ‖w_j‖² against rounding",
            &[],
            drift.fold(0.0, highest),
            AtMost,
            allowed * scale,
        ),
    ]
}
