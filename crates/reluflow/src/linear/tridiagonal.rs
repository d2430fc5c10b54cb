//! Finds the first and last eigenvalue of a symmetric tridiagonal matrix by counting signs (Sturm).
//!
//! The numbers q_1 = d_1 − λ, q_k = d_k − λ − e²_{k−1}/q_{k−1} are the pivots of T − λ, so as many of them are negative as T has
//! eigenvalues below λ (Sylvester's law of inertia). Each pass counts at several λ at once, which is what a processor does well:
//! one division waits for the one before it, several do not wait for each other.

/// Counts taken at once.
const LANES: usize = 8;

/// (λ_min, λ_max) of the matrix with this diagonal and these off-diagonal entries, each to a few roundings of the larger in size;
/// (NaN, NaN) unless every entry is finite, and (0, 0) without any.
pub(crate) fn ends_of_tridiagonal(diagonal: &[f64], off_diagonal: &[f64]) -> (f64, f64) {
    let n = diagonal.len();
    if n == 0 {
        return (0.0, 0.0);
    }
    // Gershgorin: every eigenvalue lies within |e_{k−1}| + |e_k| of some d_k.
    let reach = |k: usize| {
        let before = if k > 0 { off_diagonal[k - 1].abs() } else { 0.0 };
        before + off_diagonal.get(k).map_or(0.0, |e| e.abs())
    };
    let low = (0..n)
        .map(|k| diagonal[k] - reach(k))
        .fold(f64::INFINITY, f64::min);
    let high = (0..n)
        .map(|k| diagonal[k] + reach(k))
        .fold(f64::NEG_INFINITY, f64::max);
    let size = low.abs().max(high.abs());
    if !size.is_finite() || diagonal.iter().chain(off_diagonal).any(|entry| entry.is_nan()) {
        return (f64::NAN, f64::NAN);
    }
    // In units of the largest, squares neither overflow nor vanish.
    let unit = if size > 0.0 { size } else { 1.0 };
    let scaled: Vec<f64> = diagonal.iter().map(|d| d / unit).collect();
    let squares: Vec<f64> = off_diagonal.iter().map(|e| (e / unit) * (e / unit)).collect();
    let (low, high) = (low / unit, high / unit);
    let first = narrow(low, high, |counts| counts >= 1, &scaled, &squares);
    let last = narrow(low, high, |counts| counts >= n, &scaled, &squares);
    (unit * first, unit * last)
}

/// Where the count first satisfies `enough`, between `low` and `high`.
fn narrow(
    mut low: f64,
    mut high: f64,
    enough: impl Fn(usize) -> bool,
    diagonal: &[f64],
    squares: &[f64],
) -> f64 {
    loop {
        let step = (high - low) / (LANES + 1) as f64;
        let points: [f64; LANES] = std::array::from_fn(|lane| low + (lane + 1) as f64 * step);
        if step <= 0.25 * f64::EPSILON || points[0] <= low || points[LANES - 1] >= high {
            return low + 0.5 * (high - low);
        }
        let counts = below(&points, diagonal, squares);
        match counts.iter().position(|count| enough(*count)) {
            Some(0) => high = points[0],
            Some(lane) => (low, high) = (points[lane - 1], points[lane]),
            None => low = points[LANES - 1],
        }
    }
}

/// How many eigenvalues lie below each of some numbers.
fn below(points: &[f64; LANES], diagonal: &[f64], squares: &[f64]) -> [usize; LANES] {
    let mut counts = [0.0; LANES];
    let mut pivots = [1.0; LANES];
    for (k, d) in diagonal.iter().enumerate() {
        let square = if k > 0 { squares[k - 1] } else { 0.0 };
        for lane in 0..LANES {
            let pivot = d - points[lane] - square / pivots[lane];
            // A pivot of 0 stands for a small negative one: the point is moved up by less than a rounding.
            pivots[lane] = if pivot.abs() < f64::MIN_POSITIVE {
                -f64::MIN_POSITIVE
            } else {
                pivot
            };
            counts[lane] += if pivots[lane] < 0.0 { 1.0 } else { 0.0 };
        }
    }
    counts.map(|count: f64| count as usize)
}

#[cfg(test)]
mod tests {
    use faer::{Mat, Side};

    use super::*;

    /// The same ends as a full decomposition, on random matrices of many scales, with gaps, repeated entries and a dense bottom.
    #[test]
    fn ends_are_those_of_a_full_decomposition() {
        let mut seed = 0;
        let mut entry = |scale: f64| {
            seed += 1;
            scale * crate::linear::probe(seed)
        };
        for n in [1, 2, 3, 8, 9, 40, 150] {
            for scale in [1e-200, 1e-9, 1.0, 1e12, 1e150] {
                for (kind, graded) in [("random", 1.0_f64), ("graded", 0.7), ("split", 1.0)] {
                    let diagonal: Vec<f64> = (0..n).map(|k| entry(scale * graded.powi(k))).collect();
                    let off_diagonal: Vec<f64> = (1..n)
                        .map(|k| {
                            if kind == "split" && k % 3 == 0 {
                                0.0
                            } else {
                                entry(scale * graded.powi(k))
                            }
                        })
                        .collect();
                    let matrix = Mat::from_fn(n as usize, n as usize, |i, k| match i.abs_diff(k) {
                        0 => diagonal[i] / scale,
                        1 => off_diagonal[i.min(k)] / scale,
                        _ => 0.0,
                    });
                    let expected = matrix.self_adjoint_eigenvalues(Side::Lower).unwrap();
                    let (low, high) = ends_of_tridiagonal(&diagonal, &off_diagonal);
                    let size = expected[0].abs().max(expected[n as usize - 1].abs());
                    let wrong = |found: f64, value: f64| (found / scale - value).abs() > 1e-14 * size;
                    assert!(
                        !wrong(low, expected[0]),
                        "{kind}, n = {n}, {scale:e}: {low:e}, {expected:?}"
                    );
                    assert!(
                        !wrong(high, expected[n as usize - 1]),
                        "{kind}, n = {n}, {scale:e}: {high:e}"
                    );
                }
            }
        }
    }

    /// A matrix of zeros, of one entry, and one that is not finite.
    #[test]
    fn small_and_broken_matrices_have_an_answer() {
        assert_eq!(ends_of_tridiagonal(&[], &[]), (0.0, 0.0));
        assert_eq!(ends_of_tridiagonal(&[0.0, 0.0], &[0.0]), (0.0, 0.0));
        assert_eq!(ends_of_tridiagonal(&[3.0], &[]), (3.0, 3.0));
        assert!(ends_of_tridiagonal(&[1.0, f64::NAN], &[0.0]).0.is_nan());
        assert!(ends_of_tridiagonal(&[1.0, f64::INFINITY], &[0.0]).1.is_nan());
        assert!(ends_of_tridiagonal(&[1.0, 1.0], &[f64::NAN]).1.is_nan());
    }
}
