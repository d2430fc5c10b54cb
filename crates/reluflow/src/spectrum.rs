//! Finds the extreme eigenvalues of a symmetric matrix known by its action.

use faer::{Mat, Side};

use crate::linear::{dot, ends_of_tridiagonal};

/// Matrices up to this size are written out and diagonalised; larger ones are approached by Lanczos.
const DENSE_UP_TO: usize = 128;
/// Most Lanczos steps; with full reorthogonalisation the cost is O(n·steps²).
const MOST_STEPS: usize = 400;
/// Relative change of both extremes over [`CHECK_EVERY`] steps that counts as converged.
const TOLERANCE: f64 = 1e-10;
/// The same of a largest eigenvalue that need only be good for a bound.
const LOOSE_TOLERANCE: f64 = 1e-6;
const CHECK_EVERY: usize = 8;

/// (λ_min, λ_max) of the symmetric n × n matrix that `apply` multiplies with.
///
/// Up to n = 128 exact to rounding; beyond, Lanczos with full reorthogonalisation from a fixed start, whose
/// λ_max is accurate to about 1e-10 and whose λ_min may be too large when the bottom of the spectrum is dense.
pub(crate) fn extreme_eigenvalues(n: usize, apply: impl FnMut(&[f64], &mut [f64])) -> (f64, f64) {
    extreme_eigenvalues_exact_to(DENSE_UP_TO, n, apply)
}

/// The same, exact to rounding up to n = `dense_up_to` at a cost of n products and O(n³).
pub(crate) fn extreme_eigenvalues_exact_to(
    dense_up_to: usize,
    n: usize,
    mut apply: impl FnMut(&[f64], &mut [f64]),
) -> (f64, f64) {
    if n == 0 {
        return (0.0, 0.0);
    }
    if n <= dense_up_to {
        let mut matrix = Mat::zeros(n, n);
        let (mut unit, mut column) = (vec![0.0; n], vec![0.0; n]);
        for k in 0..n {
            unit[k] = 1.0;
            apply(&unit, &mut column);
            unit[k] = 0.0;
            for (i, value) in column.iter().enumerate() {
                matrix[(i, k)] = *value;
            }
        }
        return ends(&matrix);
    }
    lanczos(n, apply, Basis::Orthogonal, |found, last| {
        let width = found.0.abs().max(found.1.abs());
        (found.0 - last.0).abs().max((found.1 - last.1).abs()) <= TOLERANCE * width
    })
}

/// ‖A‖_op = max(|λ_min|, |λ_max|) of a symmetric n × n matrix, as exact as the ends of its spectrum. The end that is smaller in size need
/// not be known, and where the bottom is dense it takes most of the products.
pub(crate) fn operator_norm(n: usize, apply: impl FnMut(&[f64], &mut [f64])) -> f64 {
    let size = |found: (f64, f64)| found.0.abs().max(found.1.abs());
    if n <= DENSE_UP_TO {
        return size(extreme_eigenvalues(n, apply));
    }
    size(lanczos(n, apply, Basis::Recurrence, |found, last| {
        (size(found) - size(last)).abs() <= TOLERANCE * size(found)
    }))
}

/// λ_max of a symmetric n × n matrix, to about 10⁻⁵ of itself, in a few dozen products.
pub(crate) fn largest_eigenvalue(n: usize, apply: impl FnMut(&[f64], &mut [f64])) -> f64 {
    if n == 0 {
        return 0.0;
    }
    let close =
        |found: (f64, f64), last: (f64, f64)| (found.1 - last.1).abs() <= LOOSE_TOLERANCE * found.1.abs();
    lanczos(n, apply, Basis::Recurrence, close).1
}

/// First and last eigenvalue of a symmetric matrix (its lower half is read).
pub(crate) fn ends(matrix: &Mat<f64>) -> (f64, f64) {
    match matrix.self_adjoint_eigenvalues(Side::Lower) {
        Ok(values) => (
            values.first().copied().unwrap_or(0.0),
            values.last().copied().unwrap_or(0.0),
        ),
        Err(_) => (f64::NAN, f64::NAN),
    }
}

/// How the vectors of a Krylov space are kept orthogonal.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Basis {
    /// Every vector to all before it, twice: O(n) a step and vector.
    Orthogonal,
    /// To the two before it. Roundings bring copies of eigenvalues that have converged; the largest in size is right all the same.
    Recurrence,
}

/// Extremes of the Krylov space that grows until `close(found, found before)`.
fn lanczos(
    n: usize,
    mut apply: impl FnMut(&[f64], &mut [f64]),
    kept: Basis,
    close: impl Fn((f64, f64), (f64, f64)) -> bool,
) -> (f64, f64) {
    let most = MOST_STEPS.min(n);
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(most);
    let (mut diagonal, mut beside): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    let mut next: Vec<f64> = (0..n).map(crate::linear::probe).collect();
    let mut found = (0.0, 0.0);
    let mut scale: f64 = 0.0;
    while diagonal.len() < most {
        let norm = dot(&next, &next).sqrt();
        if !basis.is_empty() {
            if norm <= 1e-13 * scale {
                break; // the Krylov space is invariant: the Ritz values are eigenvalues
            }
            beside.push(norm);
        }
        next.iter_mut().for_each(|v| *v /= norm);
        if kept == Basis::Recurrence && basis.len() == 2 {
            basis.remove(0);
        }
        basis.push(next.clone());
        apply(&basis[basis.len() - 1], &mut next);
        diagonal.push(dot(&next, &basis[basis.len() - 1]));
        scale = scale.max(dot(&next, &next).sqrt());
        for _ in 0..2 {
            for vector in &basis {
                let along = dot(&next, vector);
                next.iter_mut().zip(vector).for_each(|(v, b)| *v -= along * b);
            }
        }
        if diagonal.len().is_multiple_of(CHECK_EVERY) || diagonal.len() == most {
            let last = found;
            found = ends_of_tridiagonal(&diagonal, &beside);
            if close(found, last) {
                return found;
            }
        }
    }
    ends_of_tridiagonal(&diagonal, &beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second-difference matrix has eigenvalues 2 − 2 cos(kπ/(n+1)).
    #[test]
    fn second_differences_have_known_extremes() {
        for n in [1, 2, 7, 128, 129, 300] {
            let apply = |v: &[f64], out: &mut [f64]| {
                for i in 0..n {
                    let left = if i > 0 { v[i - 1] } else { 0.0 };
                    let right = if i + 1 < n { v[i + 1] } else { 0.0 };
                    out[i] = 2.0 * v[i] - left - right;
                }
            };
            let (low, high) = extreme_eigenvalues(n, apply);
            let exact = |k: f64| 2.0 - 2.0 * (k * std::f64::consts::PI / (n as f64 + 1.0)).cos();
            assert!((low - exact(1.0)).abs() < 1e-8, "n = {n}: {low}");
            assert!((high - exact(n as f64)).abs() < 1e-8, "n = {n}: {high}");
            let norm = operator_norm(n, |v, out| {
                apply(v, out);
                out.iter_mut().zip(v).for_each(|(out, v)| *out = 3.0 * v - *out);
            });
            assert!((norm - (3.0 - exact(1.0))).abs() < 1e-8, "n = {n}: {norm}");
            let loose = largest_eigenvalue(n, apply);
            assert!((loose - exact(n as f64)).abs() < 1e-4, "n = {n}: {loose}");
        }
    }
}
