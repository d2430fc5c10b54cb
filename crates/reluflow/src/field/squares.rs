//! Sums of squares in single or double precision.

use super::real::Real;

/// Σ v², in double precision.
pub(crate) fn squared_norm<T: Real>(values: &[T]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            let value = block[lane].to_f64();
            sums[lane] += value * value;
        }
    }
    let rest: f64 = rest.iter().map(|v| v.to_f64() * v.to_f64()).sum();
    sums.iter().sum::<f64>() + rest
}
