//! Takes extremes of measurements so that a NaN among them is not lost.

/// The smaller of two; NaN if either is.
pub(super) fn lowest(a: f64, b: f64) -> f64 {
    if a.is_nan() || a <= b { a } else { b }
}

/// The larger of two; NaN if either is.
pub(super) fn highest(a: f64, b: f64) -> f64 {
    if a.is_nan() || a >= b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_is_not_lost() {
        for values in [[f64::NAN, 1.0, 2.0], [1.0, f64::NAN, 2.0], [1.0, 2.0, f64::NAN]] {
            assert!(values.into_iter().fold(f64::INFINITY, lowest).is_nan());
            assert!(values.into_iter().fold(0.0, highest).is_nan());
        }
        assert_eq!([3.0, 1.0, 2.0].into_iter().fold(f64::INFINITY, lowest), 1.0);
        assert_eq!([3.0, 1.0, 2.0].into_iter().fold(0.0, highest), 3.0);
    }
}
