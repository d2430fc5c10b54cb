//! Judges Lemma 6: the chain of bounds on μ at networks along the flow.
//!
//! The chain is one of algebra at a θ, with the same gates on both sides; so it is judged at networks that the flow passed, with the
//! gates that the flow moves with there: where a neuron slides along a kink, the multipliers of the slide.

use super::Followed;
use super::extremes::lowest;
use super::row::{Relation::*, Row};
use crate::theory::lemma_6::{Chain, Moving, ROUNDING};
use crate::theory::{Hypothesis, Statement::Lemma6, antipodal, assumption_1, lemma_1};

/// At how many networks of a run the spectrum of M is computed.
const INSTANTS: usize = 8;

/// The lines of Lemma 6.
pub(super) fn judge(followed: &Followed<'_>) -> Vec<Row> {
    let dataset = followed.dataset;
    let delta = antipodal::interaction(dataset);
    let last = followed.seen.len() - 1;
    let mut worst = [f64::INFINITY; 4];
    for k in 0..INSTANTS.min(last + 1) {
        let (_, network) = &followed.seen[k * last / (INSTANTS - 1).min(last).max(1)];
        let margins = Chain::with_interaction(dataset, network, delta).margins();
        for (worst, margin) in worst.iter_mut().zip(margins) {
            *worst = lowest(*worst, margin);
        }
    }
    let interaction = dataset.interaction();
    let (mut inside, mut smallest_bound) = ([f64::INFINITY; 2], f64::INFINITY);
    let mut sliding = 0;
    for (_, network) in &followed.seen {
        let now = Moving::new(dataset, network);
        let (low, high) = now.bounds(dataset, interaction);
        sliding += usize::from(now.slides() > 0);
        inside[0] = lowest(inside[0], (now.curvature - low) / now.curvature);
        inside[1] = lowest(inside[1], (high - now.curvature) / high);
        smallest_bound = lowest(smallest_bound, high);
    }
    // A network that drifted by ε below |a_j| = ‖w_j‖ can exceed the last bound by (2/n)((C_x^+)² + δ)ε.
    let largest = dataset.input_norm_bounds().1;
    let unit = 2.0 / dataset.examples() as f64 * (largest * largest + delta);
    let solution = &followed.solution;
    let drift = solution
        .end
        .balance_drift
        .max(lemma_1::drift(followed.network, &solution.network));
    let drift = unit * drift / smallest_bound;
    let asymmetric = [assumption_1::hypothesis(followed.network)];
    let none: [Hypothesis; 0] = [];
    let chain = [
        "(2/n)((C_x^−)² − δ) min e_i ≤ (2/n) λ_min(M), margin over the scale",
        "(2/n) λ_min(M) ≤ μ, margin over the scale",
        "μ ≤ (2/n) λ_max(M), margin over the scale",
        "(2/n) λ_max(M) ≤ (4/n)((C_x^+)² + δ) max e_i, margin over the scale",
    ];
    let names = chain.into_iter().chain([
        "least (μ − μ_low)/μ along the flow",
        "least (μ_upp − μ)/μ_upp along the flow",
    ]);
    let remark = (sliding > 0).then(|| {
        format!(
            "neurons slide at {sliding} of {} networks seen: there gates are the multipliers of the slides",
            followed.seen.len()
        )
    });
    names
        .zip(worst.into_iter().chain(inside))
        .enumerate()
        .map(|(k, (name, margin))| {
            let (hypotheses, slack) = if k == 3 || k == 5 {
                (&asymmetric[..], drift)
            } else {
                (&none[..], 0.0)
            };
            let row = Row::judge(Lemma6, name, hypotheses, margin, AtLeast, -ROUNDING - slack);
            match &remark {
                Some(remark) => row.remark(remark.clone()),
                None => row,
            }
        })
        .collect()
}
