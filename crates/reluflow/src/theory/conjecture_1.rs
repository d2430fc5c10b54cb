//! Conjecture 1: on orthogonal inputs, with p ~ log n, the curvature ends at the order 1/√n.
//!
//! A conjecture about large n can be supported or put in doubt at finite n, not refuted. What is looked at is the generic
//! limit μ_∞ = (2/n) λ_min(M(∞)) of trained networks; [`crate::observe::Predicted`] is a heuristic of ours for it.

use super::{kernel_extremes, lemma_5};
use crate::data::Orthogonal;
use crate::initialisation::Asymmetric;
use crate::{DataLaw, Dataset, InitialisationLaw, Network, Setting};

/// The conjectured exponent of μ_∞ in n.
pub const EXPONENT: f64 = -0.5;

/// ε of the width ⌊log(n/ε)/log(4/3)⌋ + 1.
const EPSILON: f64 = 0.05;

/// n orthogonal inputs in dimension n, the width of Lemma 5 at ε = 0.05, hidden weights scaled by 0.01 and event E
/// enforced, as in the paper's experiment 2.
pub fn setting(n: usize) -> Setting {
    Setting {
        n,
        d: n,
        p: lemma_5::width(n, EPSILON),
        data: DataLaw::Orthogonal(Orthogonal::default()),
        initialisation: InitialisationLaw::Asymmetric(Asymmetric {
            hidden_scale: 0.01,
            covered: true,
            ..Asymmetric::default()
        }),
    }
}

/// (2/n) λ_min(M), at a trained network the generic limit μ_∞; in O(n²(d + p) + n³).
pub fn limiting_curvature(dataset: &Dataset, network: &Network) -> f64 {
    2.0 * kernel_extremes(dataset, network).0 / dataset.examples() as f64
}
