//! Isolates the first root of a polynomial on an interval, with a proof when there is none.
//!
//! A polynomial on [0, 1] lies in the convex hull of its Bernstein coefficients: if all are positive it has no
//! root there, and if their signs change once it has exactly one (Descartes). Otherwise the interval is
//! halved by de Casteljau's algorithm. So no pair of close roots inside a step goes unseen.

/// The largest degree a polynomial may have here.
pub(super) const MAX_DEGREE: usize = 24;

/// Halvings after which an interval counts as a point: its length is below a rounding of 1.
const MOST_HALVINGS: u32 = 54;

/// A few roundings.
const ROUNDING: f64 = 1e-15;

/// Coefficients of a polynomial.
pub(super) type Coefficients = [f64; MAX_DEGREE + 1];

/// The first τ in [0, length] at which Σ_k c_k τ^k, positive at 0, becomes negative; O(degree²) for each halving.
///
/// A double root at which the sign does not change is no crossing and is passed over.
pub(super) fn first_crossing(coefficients: &[f64], length: f64) -> Option<f64> {
    let degree = coefficients.len() - 1;
    let mut scaled: Coefficients = [0.0; MAX_DEGREE + 1];
    let mut power = 1.0;
    let mut rest = 0.0;
    for (k, c) in coefficients.iter().enumerate() {
        scaled[k] = c * power;
        power *= length;
        if k > 0 {
            rest += scaled[k].min(0.0);
        }
    }
    if scaled[0] + rest > 0.0 {
        return None;
    }
    // Below this a value is rounding: halving a piece further would tell nothing.
    let noise = ROUNDING * scaled[..=degree].iter().map(|c| c.abs()).sum::<f64>();
    if !noise.is_finite() {
        return None; // nothing is known of what leaves the range of doubles, and no halving would tell
    }
    let mut stack = vec![Piece {
        values: bernstein(&scaled, degree),
        from: 0.0,
        to: 1.0,
        halvings: 0,
    }];
    while let Some(piece) = stack.pop() {
        let values = &piece.values[..=degree];
        if values[0] < -noise || (values[0] == 0.0 && piece.leaves_downwards(degree)) {
            return Some(piece.from * length);
        }
        if values.iter().all(|value| *value >= -noise) {
            continue;
        }
        let changes = sign_changes(values);
        if changes == 1 && values[0] > 0.0 && values[degree] < 0.0 {
            return Some(bracketed_root(&scaled[..=degree], piece.from, piece.to) * length);
        }
        if piece.halvings == MOST_HALVINGS {
            // Too short to tell apart from a point: a touch within rounding, unless the end is negative.
            if values[degree] < 0.0 {
                return Some(piece.from * length);
            }
            continue;
        }
        let (left, right) = piece.halves(degree);
        stack.push(right);
        stack.push(left);
    }
    None
}

/// A piece of [0, 1] with the Bernstein coefficients of the polynomial on it.
struct Piece {
    values: Coefficients,
    from: f64,
    to: f64,
    halvings: u32,
}

impl Piece {
    /// Whether the first coefficient that is not zero is negative.
    fn leaves_downwards(&self, degree: usize) -> bool {
        self.values[..=degree]
            .iter()
            .find(|value| **value != 0.0)
            .is_some_and(|value| *value < 0.0)
    }

    fn halves(&self, degree: usize) -> (Self, Self) {
        let middle = 0.5 * (self.from + self.to);
        let mut right = self.values;
        let mut left: Coefficients = [0.0; MAX_DEGREE + 1];
        for (level, left) in left[..=degree].iter_mut().enumerate() {
            *left = right[0];
            for i in 0..degree - level {
                right[i] = 0.5 * (right[i] + right[i + 1]);
            }
        }
        let halvings = self.halvings + 1;
        let piece = |values, from, to| Self {
            values,
            from,
            to,
            halvings,
        };
        (piece(left, self.from, middle), piece(right, middle, self.to))
    }
}

/// b_i = Σ_{k ≤ i} C(i, k)/C(n, k) c_k, by repeated differences run backwards.
fn bernstein(power: &Coefficients, degree: usize) -> Coefficients {
    let mut values = *power;
    let mut binomial = 1.0;
    for (k, value) in values[..=degree].iter_mut().enumerate() {
        *value /= binomial;
        binomial *= (degree - k) as f64 / (k + 1) as f64;
    }
    for round in 1..=degree {
        for i in (round..=degree).rev() {
            values[i] += values[i - 1];
        }
    }
    values
}

fn sign_changes(values: &[f64]) -> usize {
    let mut last = 0.0;
    let mut changes = 0;
    for value in values.iter().filter(|value| **value != 0.0) {
        if last * value < 0.0 {
            changes += 1;
        }
        last = value.signum();
    }
    changes
}

/// The only root in [from, to] of a polynomial that falls from positive to negative: Newton kept in a bracket.
fn bracketed_root(coefficients: &[f64], from: f64, to: f64) -> f64 {
    let (mut low, mut high) = (from, to);
    let mut x = 0.5 * (low + high);
    for _ in 0..80 {
        let (value, slope) = horner(coefficients, x);
        if value > 0.0 {
            low = x;
        } else {
            high = x;
        }
        let newton = x - value / slope;
        let next = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        if (next - x).abs() <= f64::EPSILON * next.abs() || high - low <= f64::EPSILON * high {
            return next;
        }
        x = next;
    }
    x
}

/// Σ_k c_k x^k and its derivative.
pub(super) fn horner(coefficients: &[f64], x: f64) -> (f64, f64) {
    let (mut value, mut slope) = (0.0, 0.0);
    for c in coefficients.iter().rev() {
        slope = slope * x + value;
        value = value * x + c;
    }
    (value, slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Π (root − x) expanded, leading sign so that the value at 0 is positive for positive roots.
    fn with_roots(roots: &[f64]) -> Vec<f64> {
        let mut coefficients = vec![1.0];
        for root in roots {
            let mut next = vec![0.0; coefficients.len() + 1];
            for (k, c) in coefficients.iter().enumerate() {
                next[k] += root * c;
                next[k + 1] -= c;
            }
            coefficients = next;
        }
        coefficients
    }

    #[test]
    fn the_first_of_many_roots_is_found() {
        // Roots chosen here; ascending, all inside (0, 2). The first two are 1e-5 apart: between them the polynomial
        // is −1e-11, a hundred roundings of its terms, which move the root by 1e-16·172/5e-6 = 4e-9.
        let roots = [0.3, 0.30001, 0.7, 1.1, 1.9];
        let found = first_crossing(&with_roots(&roots), 2.0).unwrap();
        assert!((found - 0.3).abs() < 1e-7, "{found}");
        assert_eq!(first_crossing(&with_roots(&roots), 0.29), None);
    }

    #[test]
    fn a_touch_is_no_crossing_and_two_close_roots_are_seen() {
        // (x − 1/2)² + e has no root for e > 0, a touch for e = 0 and two at 1/2 ± √−e for e < 0.
        for (e, expected) in [
            (1e-9, None),
            (0.0, None),
            (1e-17, None),
            (-1e-10, Some(0.5 - 1e-5)),
        ] {
            let found = first_crossing(&[0.25 + e, -1.0, 1.0], 1.0);
            match (found, expected) {
                (None, None) => {}
                (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-10),
                other => panic!("{e}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_root_at_the_far_end_and_one_at_zero() {
        assert_eq!(first_crossing(&[1.0, -1.0], 0.999), None);
        let root = first_crossing(&[1.0, -1.0], 1.5).unwrap();
        assert!((root - 1.0).abs() <= 2.0 * f64::EPSILON, "{root}");
        assert_eq!(first_crossing(&[0.0, -1.0], 1.0), Some(0.0));
        assert_eq!(first_crossing(&[0.0, 1.0], 1.0), None);
    }
}
