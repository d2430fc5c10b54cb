//! Corollary 1: with p ≥ log(n/ε)/log(4/3) and d ≥ Cn² the hypotheses of Theorem 1 hold with high probability (Lemmas 5 and
//! 3), and with them its conclusion.

use super::Hypothesis;

/// Corollary 1: whether the width suffices for P(E) ≥ 1 − ε; the margin is p − log(n/ε)/log(4/3).
pub fn width_hypothesis(examples: usize, neurons: usize, epsilon: f64) -> Hypothesis {
    let needed = (examples as f64 / epsilon).ln() / (4.0f64 / 3.0).ln();
    Hypothesis::weak("p ≥ log(n/ε)/log(4/3)", neurons as f64 - needed)
}

/// The probability that at most k of m independent draws converge, when each does with probability 1 − ε, in O(k).
///
/// ```
/// // One of two: 1 − (1 − ε)².
/// let chance = reluflow::theory::corollary_1::chance_of_so_few(1, 2, 0.1);
/// assert!((chance - 0.19).abs() < 1e-15);
/// ```
pub fn chance_of_so_few(converged: u64, draws: u64, epsilon: f64) -> f64 {
    let mut term = epsilon.powi(draws as i32);
    let mut chance = 0.0;
    for k in 0..=converged.min(draws) {
        chance += term;
        term *= (draws - k) as f64 / (k + 1) as f64 * (1.0 - epsilon) / epsilon;
    }
    chance
}

#[cfg(test)]
mod tests {
    use super::*;

    /// log(100/0.05)/log(4/3) = 26.42: 27 neurons do, 26 do not.
    #[test]
    fn the_width_of_corollary_1() {
        assert!(width_hypothesis(100, 27, 0.05).holds());
        assert!(!width_hypothesis(100, 26, 0.05).holds());
    }
}
