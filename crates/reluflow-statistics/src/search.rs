//! Finds roots and maxima of functions of one variable by bracketing.

/// A root of a function between two points where its signs differ, by bisection to the last bits; the end
/// whose value is nearer to zero when they do not. O(100) evaluations.
pub(crate) fn root(mut f: impl FnMut(f64) -> f64, mut a: f64, mut b: f64) -> f64 {
    let (fa, fb) = (f(a), f(b));
    if fa == 0.0 || fb == 0.0 || fa.signum() == fb.signum() {
        return if fa.abs() <= fb.abs() { a } else { b };
    }
    for _ in 0..100 {
        let middle = 0.5 * (a + b);
        if middle <= a.min(b) || middle >= a.max(b) || (b - a).abs() <= 1e-10 * middle.abs() {
            break;
        }
        if f(middle).signum() == fa.signum() {
            a = middle;
        } else {
            b = middle;
        }
    }
    0.5 * (a + b)
}

/// The place and value of the maximum of a unimodal function on an interval, by golden sections.
pub fn maximum(mut f: impl FnMut(f64) -> f64, a: f64, b: f64, tolerance: f64) -> (f64, f64) {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut a, mut b) = (a, b);
    let (mut left, mut right) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut at_left, mut at_right) = (f(left), f(right));
    while b - a > tolerance {
        if at_left >= at_right {
            (b, right, at_right) = (right, left, at_left);
            left = b - ratio * (b - a);
            at_left = f(left);
        } else {
            (a, left, at_left) = (left, right, at_right);
            right = a + ratio * (b - a);
            at_right = f(right);
        }
    }
    if at_left >= at_right {
        (left, at_left)
    } else {
        (right, at_right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_square_root_of_two_and_the_top_of_a_parabola() {
        assert!((root(|x| x * x - 2.0, 0.0, 2.0) - 2f64.sqrt()).abs() < 1e-9);
        let (place, value) = maximum(|x| 3.0 - (x - 0.7).powi(2), -4.0, 5.0, 1e-6);
        // The maximum is flat to √ε in its place.
        assert!((place - 0.7).abs() < 1e-5 && (value - 3.0).abs() < 1e-10);
    }
}
