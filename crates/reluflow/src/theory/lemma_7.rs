//! Lemma 7: on orthogonal inputs, wrongly active entries die while the residuals have hardly moved.
//!
//! In coordinates v_ji = ⟨w_j, x_i/‖x_i‖⟩ a pair is *wrong* when v_ji > 0 and a_j y_i < 0. As long as
//! s_i r_i ≥ φ_i > 0 for all i (s_i = sign y_i), correct entries grow, wrong ones shrink, and
//!
//! ```text
//! a_j(t)² ≥ A_j² = a_j(0)² − Σ_{i wrong} v_ji(0)²         so the pair is dead by   T_ji = n v_ji(0)/(A_j φ_i ‖x_i‖)
//! ```
//!
//! (a_j² − ‖w_j‖² is conserved and only the wrong entries shrink). How far can h_i get by time T? Since
//! ‖r(t)‖ ≤ ‖r(0)‖, |a_j| and ‖v_j^+‖ grow at most at the exponential rate ω = C_x^+‖r(0)‖/n, so, with
//! G = e^{ωT} − 1, e_i the mass and H_i = (‖x_i‖/p) Σ_j |a_j(0)| v_ji(0)^+,
//!
//! ```text
//! |h_i(t) − h_i(0)| ≤ m_i = (G H_i + B_i |r_i(0)|)/(1 − B_i),   B_i = e^{ωT} G ‖x_i‖² e_i(0)/(ωn),   t ≤ T
//! ```
//!
//! T and m depend on each other through φ_i = s_i r_i(0) − m_i; the smallest consistent T is found by iteration
//! from below. When none exists the initialisation is too large for n, and the lemma says nothing. The paper
//! states the lemma with constants of its own that "do not depend on n"; these are ours, explicit and sharper
//! in n.

use super::snapshot::Snapshot;
use super::{assumption_1, hypothesis::all_hold};
use crate::theory::Hypothesis;
use crate::{Dataset, Network};

/// What the lemma promises for one problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Extinction {
    /// Orthogonal inputs, Assumption 1, and that a consistent T exists.
    pub hypotheses: Vec<Hypothesis>,
    /// T: by this time no wrong pair is left; infinite when a hypothesis fails.
    pub time: f64,
    /// m_i: how far each residual can have moved by T, length n.
    pub movement: Vec<f64>,
    /// Number of wrong pairs at time 0.
    pub wrong: usize,
}

/// Most iterations of the search for T; it converges geometrically unless T is about to cease to exist.
const MOST_ROUNDS: usize = 1000;
/// Relative change of T that counts as none.
const SETTLED: f64 = 1e-12;

impl Extinction {
    /// The bound for a problem at time 0, in O(ndp).
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let snapshot = Snapshot::new(dataset, network);
        let (n, p) = (dataset.examples() as f64, network.neurons() as f64);
        let norms = dataset.input_norms();
        let mut outer = vec![0.0; norms.len()];
        // What T_ji needs besides φ_i: per example, the largest n v_ji/(A_j ‖x_i‖) of its wrong pairs.
        let mut slowest = vec![0.0f64; norms.len()];
        let (mut wrong, mut weakest) = (0, f64::INFINITY);
        for (u, a) in snapshot
            .preactivations
            .rows()
            .into_iter()
            .zip(network.output_weights())
        {
            let pairs = || {
                u.iter()
                    .zip(&norms)
                    .zip(dataset.labels())
                    .map(|((u, norm), y)| (u / norm, a * y))
            };
            let lost: f64 = pairs()
                .filter(|(v, side)| *v > 0.0 && *side < 0.0)
                .map(|(v, _)| v * v)
                .sum();
            let floor = a * a - lost;
            for (i, (v, side)) in pairs().enumerate() {
                if v > 0.0 {
                    outer[i] += a.abs() * v * norms[i] / p;
                    if side < 0.0 {
                        wrong += 1;
                        weakest = weakest.min(floor);
                        slowest[i] = slowest[i].max(n * v / (floor.max(0.0).sqrt() * norms[i]));
                    }
                }
            }
        }
        let omega = dataset.input_norm_bounds().1 * snapshot.residual_norm() / n;
        let movement = |time: f64| -> Vec<f64> {
            let growth = (omega * time).exp_m1();
            let factors = outer
                .iter()
                .zip(&snapshot.mass)
                .zip(&norms)
                .zip(&snapshot.residuals);
            factors
                .map(|(((outer, mass), norm), r)| {
                    let b = (growth + 1.0) * growth * norm * norm * mass / (omega * n);
                    if b < 1.0 {
                        (growth * outer + b * r.abs()) / (1.0 - b)
                    } else {
                        f64::INFINITY
                    }
                })
                .collect()
        };
        let slack = |moved: &[f64]| -> Vec<f64> {
            let sides = dataset.labels().into_iter().zip(&snapshot.residuals).zip(moved);
            sides.map(|((y, r), moved)| y.signum() * r - moved).collect()
        };
        let mut time = 0.0;
        let mut consistent = false;
        for _ in 0..MOST_ROUNDS {
            let left = slack(&movement(time));
            if left.iter().any(|phi| phi.is_nan() || *phi <= 0.0) {
                break;
            }
            let next = slowest
                .iter()
                .zip(&left)
                .map(|(slow, phi)| slow / phi)
                .fold(0.0, f64::max);
            consistent = next <= time * (1.0 + SETTLED);
            if consistent {
                break;
            }
            time = next;
        }
        let moved = movement(time);
        let left = slack(&moved).into_iter().fold(f64::INFINITY, f64::min);
        let hypotheses = vec![
            Hypothesis::fact("the inputs are orthogonal", dataset.is_orthogonal()),
            assumption_1::hypothesis(network),
            Hypothesis::strict("A_j² > 0 for neurons with wrong entries", weakest),
            Hypothesis::strict(
                "the initialisation is small enough: min_i φ_i > 0 at a consistent T",
                if consistent {
                    left
                } else {
                    left.min(-f64::MIN_POSITIVE)
                },
            ),
        ];
        let time = if all_hold(&hypotheses) {
            time
        } else {
            f64::INFINITY
        };
        Self {
            hypotheses,
            time,
            movement: moved,
            wrong,
        }
    }

    /// Whether all hypotheses hold.
    pub fn holds(&self) -> bool {
        all_hold(&self.hypotheses)
    }
}
