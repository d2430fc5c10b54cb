//! Theorem 1: covered examples with weak interaction are learnt at an exponential rate.
//!
//! Hypotheses: Assumption 1, Assumption 2, event E. Write s_i = sign y_i, δ for the interaction, ρ_0 = ‖r(0)‖₂,
//! b_j = a_j² − ‖w_j‖² (conserved), P = (2/n)((C_x^−)² − δ), κ_i = δρ_0/‖x_i‖², g_i = |y_i| − κ_i > 0.
//!
//! 1. While s_i r_i > κ_i, every neuron correctly active on i is pushed further: d⟨w_j, x_i⟩/dt > 0. Otherwise
//!    s_i h_i ≥ g_i. So a correctly active neuron remains for ever, and at any time t one of these holds:
//!
//! ```text
//! s_i r_i ≤ κ_i now                        e_i ≥ g_i/‖x_i‖
//! s_i r_i > κ_i ever since 0               e_i ≥ (1/p) Σ_{j correct on i at 0} (b_j + ⟨w_j(0), x_i⟩²/‖x_i‖²)
//! s_i r_i > κ_i since some t' > 0          e_i ≥ (1/p) min_{j: a_j y_i > 0} b_j     and
//!                                          e_i ≥ g_i²/(‖x_i‖² A),   A = (1/p) Σ_j a_j(t')² ≤ A(0) + t‖y‖²/(2n)
//! ```
//!
//!    (the last by Cauchy–Schwarz from g_i ≤ (1/p) Σ |a_j|⟨w_j, x_i⟩ at t', and dA/dt = (2/n)⟨r, y − r⟩).
//!    With Lemma 6, μ(t) ≥ P min_i e_i is a rate valid at all times: L → 0.
//! 2. At any time e_i ≥ (|y_i| − |r_i|)/‖x_i‖, so with ρ = ‖r‖₂ < C_y^− and C = nP C_y^−/C_x^+:
//!    dρ/dt = −μρ/2 ≤ −(C/2n) ρ (1 − ρ/C_y^−), a logistic equation: from ρ(T) = zC_y^− on,
//!
//! ```text
//! L(t) ≤ ((C_y^−)²/2n) / (1 + ((1 − z)/z) e^{C(t−T)/2n})²,        lim inf μ ≥ P min_i |y_i|/‖x_i‖ ≥ C/n
//! ```
//!
//! With δ ≤ (C_x^−)²/2, C ≥ (C_x^−)² C_y^−/C_x^+. All constants are ours.

use super::snapshot::{Snapshot, label_norm};
use super::{assumption_1, assumption_2::WeakInteraction};
use crate::theory::Hypothesis;
use crate::{Dataset, EventE, Network};

/// What Theorem 1 promises for one problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Guarantee {
    /// Assumption 1, both inequalities of Assumption 2, and event E.
    pub hypotheses: Vec<Hypothesis>,
    examples: f64,
    /// P.
    prefactor: f64,
    /// min_i of the floors that do not depend on time.
    steady: f64,
    /// min_i (1/p) min_j b_j.
    balance: f64,
    /// min_i g_i²/‖x_i‖².
    spread: f64,
    /// A(0) and the bound ‖y‖²/(2n) on its growth.
    power: (f64, f64),
    initial_loss: f64,
    trap: f64,
    /// C/n.
    tail: f64,
    /// P min_i |y_i|/‖x_i‖.
    limit: f64,
}

/// At which share z of C_y^− the logistic stage is entered.
const ENTRY: f64 = 0.5;

impl Guarantee {
    /// The guarantee for a problem, in O(ndp) and the cost of δ, which is that of the half (appendix C.2).
    pub fn new(dataset: &Dataset, network: &Network) -> Self {
        let assumption = WeakInteraction::masked(dataset, network);
        let snapshot = Snapshot::new(dataset, network);
        let coverage = EventE::new(dataset, network);
        let mut hypotheses = vec![assumption_1::hypothesis(network)];
        hypotheses.extend(assumption.hypotheses());
        hypotheses.push(Hypothesis::weak(
            "event E: a correctly active neuron for each example",
            f64::from(coverage.margin()) - 1.0,
        ));
        let (n, p) = (dataset.examples() as f64, network.neurons() as f64);
        let delta = assumption.interaction;
        let norms = dataset.input_norms();
        let balances = assumption_1::balances(network);
        let (mut steady, mut balance, mut spread) = (f64::INFINITY, f64::INFINITY, f64::INFINITY);
        let mut slowest = f64::INFINITY;
        for (i, (y, norm)) in dataset.labels().iter().zip(&norms).enumerate() {
            let gap = y.abs() - delta * assumption.residual_norm / (norm * norm);
            let (mut covered, mut smallest) = (0.0, f64::INFINITY);
            for (j, (a, b)) in network.output_weights().iter().zip(&balances).enumerate() {
                if a * y > 0.0 {
                    smallest = smallest.min(*b);
                    let u = snapshot.preactivations[(j, i)];
                    if u > 0.0 {
                        covered += b + (u / norm).powi(2);
                    }
                }
            }
            steady = steady.min(covered / p).min(gap / norm);
            balance = balance.min(smallest / p);
            spread = spread.min((gap / norm).powi(2));
            slowest = slowest.min(y.abs() / norm);
        }
        let (smallest_norm, largest_norm) = dataset.input_norm_bounds();
        let prefactor = 2.0 / n * (smallest_norm * smallest_norm - delta);
        let power = network.output_weights().iter().map(|a| a * a).sum::<f64>() / p;
        Self {
            hypotheses,
            examples: n,
            prefactor,
            steady,
            balance,
            spread,
            power: (power, label_norm(dataset).powi(2) / (2.0 * n)),
            initial_loss: snapshot.loss,
            trap: dataset.trap_level(),
            tail: prefactor * dataset.label_bounds().0 / largest_norm,
            limit: prefactor * slowest,
        }
    }

    /// Whether all hypotheses hold; the bounds below mean nothing otherwise.
    pub fn holds(&self) -> bool {
        super::hypothesis::all_hold(&self.hypotheses)
    }

    /// A lower bound on lim inf μ, and so on lim ⟨μ⟩: P min_i |y_i|/‖x_i‖, at least C/n.
    pub fn asymptotic_rate(&self) -> f64 {
        self.limit
    }

    /// The explicit constant: n times [`Guarantee::asymptotic_rate`].
    pub fn constant(&self) -> f64 {
        self.examples * self.limit
    }

    /// A lower bound on μ(s) for all s ≤ t: P min_i e_i with the floors of step 1.
    pub fn rate(&self, time: f64) -> f64 {
        let spread = self.spread / (self.power.0 + self.power.1 * time);
        self.prefactor * self.steady.min(self.balance.max(spread))
    }

    /// ∫_0^t of [`Guarantee::rate`], in closed form.
    fn fall(&self, time: f64) -> f64 {
        let (start, growth) = self.power;
        // min(steady, max(balance, spread/(start + growth s))): steady until `first`, then the hyperbola until
        // `second`, then balance.
        let when = |level: f64| ((self.spread / level - start) / growth).max(0.0);
        let low = self.balance.min(self.steady);
        let first = when(self.steady).min(time);
        let second = if low > 0.0 {
            when(low).clamp(first, time)
        } else {
            time
        };
        let between = self.spread / growth * ((start + growth * second) / (start + growth * first)).ln();
        self.prefactor * (self.steady * first + between + low * (time - second))
    }

    /// An upper bound on the time at which ‖r‖₂ reaches C_y^−/2; infinite when it is beyond 10^300.
    pub fn entry_time(&self) -> f64 {
        let need = (self.initial_loss / (ENTRY * ENTRY * self.trap)).ln();
        if need <= 0.0 {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0);
        while self.fall(high) < need {
            low = high;
            high *= 2.0;
            if high > 1e300 {
                return f64::INFINITY;
            }
        }
        while high - low > 1e-12 * high {
            let middle = 0.5 * (low + high);
            if self.fall(middle) < need {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// An upper bound on log L(t), for all t ≥ 0.
    pub fn log_loss(&self, time: f64) -> f64 {
        let first = self.initial_loss.ln() - self.fall(time);
        let entry = self.entry_time();
        if time < entry {
            return first;
        }
        let share = (self.initial_loss / self.trap).sqrt().min(ENTRY);
        // log(1 + ((1 − z)/z) e^x), without overflow
        let x = 0.5 * self.tail * (time - entry) + ((1.0 - share) / share).ln();
        let grown = x.max(0.0) + (-x.abs()).exp().ln_1p();
        first.min(self.trap.ln() - 2.0 * grown)
    }

    /// A lower bound on ⟨μ⟩(t) = log(L(0)/L(t))/t, for all t > 0: the theorem's time-dependent bound.
    pub fn average_rate(&self, time: f64) -> f64 {
        (self.initial_loss.ln() - self.log_loss(time)) / time
    }

    /// A lower bound on μ from the residuals at one instant: P min_i max(|y_i| − |r_i|, 0)/‖x_i‖.
    pub fn rate_from_residuals(&self, dataset: &Dataset, residuals: &[f64]) -> f64 {
        let smallest = dataset
            .labels()
            .iter()
            .zip(residuals)
            .zip(dataset.input_norms())
            .map(|((y, r), norm)| (y.abs() - r.abs()).max(0.0) / norm)
            .fold(f64::INFINITY, f64::min);
        self.prefactor * smallest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Isotropic;
    use crate::initialisation::{Asymmetric, Balanced};
    use crate::{DataLaw, InitialisationLaw, Setting};

    /// ∫ rate in closed form against the midpoint rule with 10⁵ steps (relative error far below 10⁻⁶ away from
    /// two corners), for problems with and without a balance to fall back on.
    #[test]
    fn the_guaranteed_fall_integrates_the_guaranteed_rate() {
        for (draw, initialisation) in [
            (0, InitialisationLaw::Asymmetric(Asymmetric::default())),
            (1, InitialisationLaw::Balanced(Balanced::default())),
        ] {
            let data = DataLaw::Isotropic(Isotropic::default());
            let setting = Setting {
                n: 4,
                d: 6000,
                p: 30,
                data,
                initialisation,
            };
            let (data, network) = setting.draw(4, draw).unwrap();
            let guarantee = Guarantee::new(&data, &network);
            assert!(guarantee.holds(), "seed 4/{draw}: {:?}", guarantee.hypotheses);
            for time in [1.0, 30.0, 1000.0] {
                let steps = 100_000;
                let h = time / f64::from(steps);
                let sum: f64 = (0..steps)
                    .map(|k| h * guarantee.rate((f64::from(k) + 0.5) * h))
                    .sum();
                assert!(
                    (guarantee.fall(time) / sum - 1.0).abs() < 1e-4,
                    "draw {draw}, t = {time}"
                );
            }
            // The bound on ⟨μ⟩ tends to C_tail/n: the logistic stage takes over.
            let far = 1e3 * guarantee.entry_time();
            assert!(
                (guarantee.average_rate(far) / guarantee.tail - 1.0).abs() < 0.05,
                "draw {draw}"
            );
            assert!(guarantee.tail <= guarantee.asymptotic_rate() * (1.0 + 1e-12));
            // C ≥ (C_x^−)² C_y^−/C_x^+
            let (smallest, largest) = data.input_norm_bounds();
            let simple = smallest * smallest * data.label_bounds().0 / largest;
            assert!(guarantee.constant() >= simple);
        }
    }
}
