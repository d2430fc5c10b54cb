//! The ends of the spectrum of the kernel M, and its diagonal: the limit of μ is generically (2/n) λ_min(M(∞)).
//!
//! Where neurons slide in the exact flow, M is that of the multipliers they move with, so that μ lies between its ends there too.

use crate::field::{Real, VectorField};
use crate::spectrum::extreme_eigenvalues_exact_to;

/// Kernels up to this size are written out and diagonalised.
const DENSE_UP_TO: usize = 2048;

/// (λ_min(M), λ_max(M)) at a state of a field.
///
/// Up to n = 2048 by n products with M and a dense eigenvalue decomposition, O(n²dp + n³), exact to rounding of
/// the field's scalar type. Beyond, by Lanczos with full reorthogonalisation: λ_max to about 1e-10, λ_min an
/// upper bound that may be loose when the bottom of the spectrum is dense.
///
/// Source: dr/dt = −(1/n) M r, so μ = (2/n) rᵀMr/‖r‖² lies between (2/n) λ_min and (2/n) λ_max, and tends to
/// (2/n) λ_min(M(∞)) unless r(0) misses the bottom eigenvector.
pub fn extreme_eigenvalues<T: Real>(field: &mut dyn VectorField<T>, state: &[T]) -> (f64, f64) {
    let n = field.examples();
    let (mut vector, mut image) = (vec![T::ZERO; n], vec![T::ZERO; n]);
    extreme_eigenvalues_exact_to(DENSE_UP_TO, n, |v, out| {
        for (slot, v) in vector.iter_mut().zip(v) {
            *slot = T::from_f64(*v);
        }
        field.apply_kernel(state, &vector, &mut image);
        for (out, value) in out.iter_mut().zip(&image) {
            *out = value.to_f64();
        }
    })
}

/// The diagonal M_ii at a state of a field, by n products with M, O(n²dp). λ_min(M) ≤ min_i M_ii.
pub fn diagonal<T: Real>(field: &mut dyn VectorField<T>, state: &[T]) -> Vec<f64> {
    let n = field.examples();
    let (mut vector, mut image) = (vec![T::ZERO; n], vec![T::ZERO; n]);
    let entry = |i: usize| {
        vector[i] = T::from_f64(1.0);
        field.apply_kernel(state, &vector, &mut image);
        vector[i] = T::ZERO;
        image[i].to_f64()
    };
    (0..n).map(entry).collect()
}
