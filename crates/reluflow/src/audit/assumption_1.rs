//! Judges Assumption 1 and what follows from it: no output weight changes sign.

use super::Followed;
use super::row::{Relation::*, Row};
use crate::theory::{Statement::Assumption1, assumption_1};

/// An output weight that is as small as this share of the largest may have its sign from rounding.
const ROUNDING: f64 = 1e-9;

/// The lines of Assumption 1.
pub(super) fn judge(followed: &Followed<'_>) -> Vec<Row> {
    let hypothesis = assumption_1::hypothesis(followed.network);
    let start = followed.network.output_weights();
    let mut changed = vec![false; start.len()];
    for (_, network) in &followed.seen {
        let now = network.output_weights();
        let largest = now.iter().fold(0.0, |most: f64, a| most.max(a.abs()));
        let least = largest * ROUNDING.max(followed.accumulated);
        for ((changed, before), now) in changed.iter_mut().zip(start).zip(now) {
            *changed |= before * now < 0.0 && now.abs() > least;
        }
    }
    let changed = changed.into_iter().filter(|changed| *changed).count();
    vec![
        Row::assumption(
            Assumption1,
            "min_j |a_j| − ‖w_j‖",
            std::slice::from_ref(&hypothesis),
        ),
        Row::judge(
            Assumption1,
            "output weights that change sign along the flow",
            &[hypothesis],
            changed as f64,
            AtMost,
            0.5,
        ),
    ]
}
