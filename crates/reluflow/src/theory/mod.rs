//! The paper's statements, one file each: hypotheses as checks, bounds and closed forms as functions.
//!
//! | statement | says | file |
//! | --- | --- | --- |
//! | Assumptions 1, 2 | \|a_j\| ≥ ‖w_j‖; inputs interact weakly | [`assumption_1`], [`assumption_2`], [`antipodal`] (C.2) |
//! | Lemmas 1, 2 | balance is conserved; L = L(0)e^{−t⟨μ⟩} | [`lemma_1`], [`lemma_2`] |
//! | Lemmas 3, 5 | d ~ n² makes inputs weak, p ~ log n covers them | [`lemma_3`], [`lemma_5`] |
//! | Lemma 6 | bounds on μ | [`lemma_6`] |
//! | Theorem 1, Corollary 1 | L → 0 at an explicit rate | [`theorem_1`] |
//! | Lemma 7, Proposition 1, Conjecture 1 | orthogonal inputs: extinction, μ ≤ C√(p/n), μ_∞ ~ 1/√n | [`lemma_7`], [`proposition_1`], [`conjecture_1`] |
//! | Proposition 2, Theorem 2 | groups: closed form, transitions | [`proposition_2`], [`theorem_2`] |
//! | Lemma 4 | μ(0) of a wide network | [`lemma_4`] |
//! | Proposition 3 | collapse without Assumption 1 | [`proposition_3`] |
//!
//! [`audit`](crate::audit) computes all that applies to one problem and holds it against the flow.

pub mod antipodal;
pub mod assumption_1;
pub mod assumption_2;
pub mod conjecture_1;
pub mod corollary_1;
mod hypothesis;
pub mod lemma_1;
pub mod lemma_2;
pub mod lemma_3;
pub mod lemma_4;
pub mod lemma_5;
pub mod lemma_6;
pub mod lemma_7;
mod multipliers;
pub mod proposition_1;
pub mod proposition_2;
pub mod proposition_3;
mod snapshot;
mod statement;
#[cfg(test)]
mod tests;
pub mod theorem_1;
pub mod theorem_2;

pub use crate::transition::transition_time;
pub use hypothesis::Hypothesis;
pub(crate) use hypothesis::all_hold;
pub use snapshot::{Snapshot, kernel_extremes};
pub use statement::{Scope, Statement};
