//! Lemma 5: how many neurons cover every example at initialisation.
//!
//! For event E ([`crate::event_e`]). With fair independent signs of a_j and of ⟨w_j, x_i⟩
//! a pair is correct with probability 1/4, whatever the inputs:
//!
//! ```text
//! P(E) ≥ 1 − n (3/4)^p                                     so p ≥ log(n/ε)/log(4/3) gives P(E) ≥ 1 − ε
//! ```
//!
//! When the signs are independent over i as well (orthogonal inputs, rotation-invariant w_j; k counts the
//! neurons with a_j > 0, n₊ and n₋ the labels of each sign):
//!
//! ```text
//! P(E) = Σ_k C(p,k) 2^{−p} (1 − 2^{−k})^{n₊} (1 − 2^{−(p−k)})^{n₋}
//! P(E) ≤ exp(−2 √(n₊n₋) 2^{−p/2})                          so P(E) ≥ 1 − ε needs
//! p ≥ 2 log₂(2 √(n₊n₋)/log(1/(1 − ε)))
//! ```
//!
//! The last bound is ours: (1 − 2^{−k})^{n₊}(1 − 2^{k−p})^{n₋} ≤ exp(−n₊2^{−k} − n₋2^{k−p}), and the sum of two
//! positive numbers is at least twice the root of their product. It shows that log n neurons are necessary.

/// The width ⌊log(n/ε)/log(4/3)⌋ + 1, enough for P(E) ≥ 1 − ε by the union bound P(not E) ≤ n (3/4)^p.
///
/// ```
/// assert_eq!(reluflow::theory::lemma_5::width(1650, 0.05), 37);
/// ```
pub fn width(examples: usize, epsilon: f64) -> usize {
    ((examples as f64 / epsilon).ln() / (4.0f64 / 3.0).ln()).floor() as usize + 1
}

/// The union bound P(E) ≥ 1 − n (3/4)^p, for any inputs; 0 when it says nothing.
pub fn probability_at_least(examples: f64, neurons: f64) -> f64 {
    (1.0 - examples * (neurons * 0.75f64.ln()).exp()).max(0.0)
}

/// The upper bound P(E) ≤ min(exp(−2√(n₊n₋) 2^{−p/2}), 1 − (3/4)^p, 1 − (1/2)(1 − exp(−max(n₊, n₋)2^{−p/2}))),
/// for signs independent over the examples.
///
/// The second is a single example's; the third holds since at least half of the time at most p/2 neurons have
/// the sign of the larger class. It is the one that serves when all labels share their sign.
pub fn probability_at_most(positive: f64, negative: f64, neurons: f64) -> f64 {
    let half = (-neurons / 2.0 * std::f64::consts::LN_2).exp();
    let both = (-2.0 * (positive * negative).sqrt() * half).exp();
    let one = -(neurons * 0.75f64.ln()).exp_m1();
    let larger = 1.0 + 0.5 * (-positive.max(negative) * half).exp_m1();
    both.min(one).min(larger)
}

/// The width 2 log₂(2√(n₊n₋)/log(1/(1 − ε))) without which P(E) < 1 − ε, for signs independent over the
/// examples; 0 when it says nothing.
pub fn necessary_width(positive: f64, negative: f64, epsilon: f64) -> f64 {
    let level = -(-epsilon).ln_1p();
    (2.0 * (2.0 * (positive * negative).sqrt() / level).log2()).max(0.0)
}

/// The exact P(E) for signs independent over the examples, as a sum of p + 1 terms in logarithms; O(p), with
/// n up to 10⁹ and beyond, p up to 10⁴ and beyond.
///
/// ```
/// let probability = reluflow::theory::lemma_5::probability(50.0, 50.0, 20);
/// assert!((probability - 0.77771).abs() < 5e-6);
/// ```
pub fn probability(positive: f64, negative: f64, neurons: usize) -> f64 {
    let p = neurons as f64;
    // log C(p, k) by its recurrence, which is more accurate than three log Γ.
    let mut log_choose = 0.0;
    let mut sum = 0.0;
    for k in 0..=neurons {
        if k > 0 {
            log_choose += ((p - k as f64 + 1.0) / k as f64).ln();
        }
        let missed = log_covered(k as f64, positive) + log_covered(p - k as f64, negative);
        sum += (log_choose - p * std::f64::consts::LN_2 + missed).exp();
    }
    sum.min(1.0)
}

/// The same where the labels' signs are fair and independent too, so that n₊ is random; O(p).
///
/// Given k, each example is missed with probability (2^{−k} + 2^{−(p−k)})/2, independently:
/// P(E) = Σ_k C(p,k) 2^{−p} (1 − (2^{−k} + 2^{−(p−k)})/2)^n.
///
/// ```
/// // One example: 1 − (3/4)^p.
/// let probability = reluflow::theory::lemma_5::probability_of_random_labels(1.0, 5);
/// assert!((probability - (1.0 - 0.75f64.powi(5))).abs() < 1e-14);
/// ```
pub fn probability_of_random_labels(examples: f64, neurons: usize) -> f64 {
    let p = neurons as f64;
    let (mut log_choose, mut sum) = (0.0, 0.0);
    for k in 0..=neurons {
        if k > 0 {
            log_choose += ((p - k as f64 + 1.0) / k as f64).ln();
        }
        let missed = 0.5 * ((-(k as f64)).exp2() + (k as f64 - p).exp2());
        sum += (log_choose - p * std::f64::consts::LN_2 + examples * (-missed).ln_1p()).exp();
    }
    sum.min(1.0)
}

/// log (1 − 2^{−k})^n, that is n log(1 − 2^{−k}), with 0 for n = 0.
fn log_covered(k: f64, n: f64) -> f64 {
    if n == 0.0 {
        0.0
    } else {
        n * (-(-k * std::f64::consts::LN_2).exp()).ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monte Carlo values of the formula's authors' notes, to all digits they give; the brackets follow from
    /// the two bounds.
    #[test]
    fn exact_probability_has_known_values() {
        assert!((probability(50.0, 50.0, 20) - 0.77771).abs() < 5e-6);
        assert!((probability(825.0, 825.0, 37) - 0.96795).abs() < 5e-6);
        // One example: 1 − (3/4)^p.
        for p in [1, 2, 10, 100] {
            let exact = 1.0 - 0.75f64.powi(p as i32);
            assert!((probability(1.0, 0.0, p) - exact).abs() < 1e-14, "p = {p}");
        }
        // Two examples of opposite signs and two neurons, by listing: both neurons must be correct on their
        // own example and of opposite signs, 2 · (1/4) · (1/4), or … C(2,1) 2^{-2} (1/2)(1/2) = 1/8.
        assert!((probability(1.0, 1.0, 2) - 0.125).abs() < 1e-15);
    }

    /// The mean over n₊ ~ Binomial(n, ½) of the probability for fixed signs.
    #[test]
    fn random_labels_average_over_their_signs() {
        for (n, p) in [(2u32, 3), (7, 10), (20, 13), (50, 16)] {
            let (mut weight, mut mean) = (0.5f64.powi(n as i32), 0.0);
            for positive in 0..=n {
                mean += weight * probability(f64::from(positive), f64::from(n - positive), p);
                weight *= f64::from(n - positive) / f64::from(positive + 1);
            }
            let found = probability_of_random_labels(f64::from(n), p);
            assert!((found - mean).abs() < 1e-12, "n = {n}: {found} {mean}");
        }
    }

    #[test]
    fn exact_probability_lies_between_its_bounds() {
        for n in [1.0, 2.0, 10.0, 1e3, 1e6, 1e9] {
            for p in [1, 2, 5, 20, 37, 80, 200, 10_000] {
                for share in [0.0, 0.1, 0.5] {
                    let negative = f64::floor(share * n);
                    let positive = n - negative;
                    let exact = probability(positive, negative, p);
                    let low = probability_at_least(n, p as f64);
                    let high = probability_at_most(positive, negative, p as f64);
                    assert!(exact.is_finite() && exact >= 0.0);
                    assert!(
                        low <= exact + 1e-11 && exact <= high + 1e-11,
                        "n {n} p {p}: {low} {exact} {high}"
                    );
                }
            }
        }
    }

    /// At n = 10⁹ the union bound's width does with probability 1 − ε, and the necessary width is below it.
    #[test]
    fn widths_bracket_the_level() {
        for n in [100usize, 10_000, 1_000_000_000] {
            let (half, epsilon) = (n as f64 / 2.0, 0.05);
            let enough = width(n, epsilon);
            assert!(probability(half, half, enough) >= 1.0 - epsilon);
            let needed = necessary_width(half, half, epsilon);
            assert!(needed < enough as f64);
            let below = needed.ceil() as usize - 1;
            assert!(
                probability(half, half, below) < 1.0 - epsilon,
                "n = {n}, p = {below}"
            );
        }
    }
}
