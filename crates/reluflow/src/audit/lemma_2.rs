//! Judges Lemma 2: ∫μ against log(L(0)/L).
//!
//! Where no neuron slides along a kink, and on the exact flow, whose velocities are those of the slides, μ is −(dL/dt)/L and
//! the two sides agree to the error of the quadrature. A Runge–Kutta pair steps to and fro across the kink and takes μ on
//! one side of it, which is too large: there the lemma is judged over the stretch of time that the exact flow can follow.

use super::Followed;
use super::row::{Judgement, Relation::*, Row};
use crate::theory::{Statement::Lemma2, lemma_2::Comparison};

/// Relative rounding of a sum of up to 10⁵ terms.
const ROUNDING: f64 = 1e-10;
/// A quadrature whose error may be this share of log(L(0)/L) decides nothing.
const COARSE: f64 = 0.1;

/// The line of Lemma 2.
pub(super) fn judge(followed: &Followed<'_>) -> Vec<Row> {
    let measured = followed.stretch.as_ref().unwrap_or(&followed.solution);
    let comparison = Comparison::new(measured.trajectory.rows());
    let fall = comparison.fall;
    let row = Row::judge(
        Lemma2,
        "|∫μ − log(L(0)/L)| against the quadrature's error",
        &[],
        comparison.gap(),
        AtMost,
        comparison.uncertainty + ROUNDING * fall.abs(),
    );
    let remark = if followed.stretch.is_some() {
        format!(
            "log(L(0)/L) = {fall:.4} by t = {:.3e}, to which the exact flow was followed; n·p is too large for more",
            measured.end.time
        )
    } else {
        format!("log(L(0)/L) = {fall:.4}")
    };
    vec![if !fall.is_finite() {
        row.undecided("L is 0 at an end, so that log(L(0)/L) is not a number")
    } else if row.judgement == Judgement::Holds && comparison.uncertainty > COARSE * fall.abs() {
        row.undecided(&format!(
            "the quadrature of μ is too coarse: log(L(0)/L) = {fall:.3e}, error up to {:.3e}",
            comparison.uncertainty
        ))
    } else {
        row.remark(remark)
    }]
}
