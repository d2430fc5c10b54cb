//! Judges Assumption 2, with δ and with that of the half.

use super::Followed;
use super::row::Row;
use crate::theory::{Statement::Assumption2, assumption_2::WeakInteraction};

/// The lines of Assumption 2.
pub(super) fn judge(followed: &Followed<'_>) -> Vec<Row> {
    let plain = WeakInteraction::new(followed.dataset, followed.network);
    let masked = masked(followed);
    vec![
        Row::assumption(
            Assumption2,
            "1 − δ‖r(0)‖/(C_y C_x²) and 1 − 2δ/C_x²",
            &plain.hypotheses(),
        ),
        Row::assumption(
            Assumption2,
            "the same with opposite inputs masked (C.2)",
            &masked.hypotheses(),
        ),
    ]
}

/// The form of appendix C.2, which Theorem 1 uses.
pub(super) fn masked(followed: &Followed<'_>) -> WeakInteraction {
    WeakInteraction::masked(followed.dataset, followed.network)
}
