//! Sweeps over a block's table of preactivations, between the two products.
//!
//! A table has one row of `stride` numbers a neuron, with `stride` a multiple of [`LANES`] and zeros beyond the
//! examples. Sums over neurons run in their order; sums over examples run in [`LANES`] lanes, whatever the length
//! of a vector, so the bits are the same on every instruction set that fuses.

use pulp::{Arch, Simd};

use super::super::Real;
use super::super::sigma::{Sigma, WithSigma, dispatch};
use super::super::sums::LANES;
use crate::model::Activation;

/// sums_i = Σ_j a_j σ(u_ji).
pub(super) fn weigh<T: Real>(arch: Arch, activation: Activation, table: &[T], weights: &[T], sums: &mut [T]) {
    dispatch(arch, activation, Weigh { table, weights, sums });
}

struct Weigh<'a, T> {
    table: &'a [T],
    weights: &'a [T],
    sums: &'a mut [T],
}

impl<T: Real> WithSigma<T> for Weigh<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_sigma<A: Sigma<T>, S: Simd>(mut self, sigma: A, simd: S) {
        let done = self.together::<A, S, 8>(sigma, simd, 0);
        let done = self.together::<A, S, 4>(sigma, simd, done);
        let done = self.together::<A, S, 2>(sigma, simd, done);
        self.together::<A, S, 1>(sigma, simd, done);
    }
}

impl<T: Real> Weigh<'_, T> {
    /// G vectors of sums at a time, which wait for each other's additions and not for their own, from the vector
    /// `first` on. Returns the first vector that is left.
    #[inline(always)]
    fn together<A: Sigma<T>, S: Simd, const G: usize>(&mut self, sigma: A, simd: S, first: usize) -> usize {
        let stride = self.sums.len();
        let lanes = T::lanes::<S>();
        let groups = T::vectors_mut::<S>(&mut self.sums[first * lanes..])
            .as_chunks_mut::<G>()
            .0;
        for (index, group) in groups.iter_mut().enumerate() {
            let from = (first + index * G) * lanes;
            let mut sums = [T::splat(simd, T::ZERO); G];
            for (row, a) in self.table.chunks_exact(stride).zip(self.weights) {
                let a = T::splat(simd, *a);
                let u = T::vectors::<S>(&row[from..][..G * lanes]);
                for (sum, u) in sums.iter_mut().zip(u) {
                    *sum = T::multiply_add(simd, a, sigma.value(simd, *u), *sum);
                }
            }
            *group = sums;
        }
        first + groups.len() * G
    }
}

/// Replaces u_ji by g_ji = a_j f_i σ'(u_ji), and adds Σ_i f_i σ(u_ji) to `slopes`, p sums in [`LANES`] lanes.
pub(super) fn gate<T: Real>(
    arch: Arch,
    activation: Activation,
    table: &mut [T],
    weights: &[T],
    forces: &[T],
    slopes: &mut [T],
) {
    let sweep = Gate {
        table,
        weights,
        forces,
        slopes,
    };
    dispatch(arch, activation, sweep);
}

struct Gate<'a, T> {
    table: &'a mut [T],
    weights: &'a [T],
    forces: &'a [T],
    slopes: &'a mut [T],
}

impl<T: Real> WithSigma<T> for Gate<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_sigma<A: Sigma<T>, S: Simd>(self, sigma: A, simd: S) {
        let stride = self.forces.len();
        let forces = T::vectors::<S>(self.forces);
        let count = LANES * size_of::<T>() / size_of::<T::Vector<S>>();
        let rows = self.table.chunks_exact_mut(stride).zip(self.weights);
        for ((row, a), slopes) in rows.zip(self.slopes.chunks_exact_mut(LANES)) {
            let a = T::splat(simd, *a);
            let mut sums = [T::splat(simd, T::ZERO); LANES];
            let slopes = T::vectors_mut::<S>(slopes);
            sums[..count].copy_from_slice(slopes);
            let groups = T::vectors_mut::<S>(row).chunks_exact_mut(count);
            for (u, f) in groups.zip(forces.chunks_exact(count)) {
                for lane in 0..count {
                    let (on, sum) = sigma.gate_and_sum(simd, u[lane], f[lane], sums[lane]);
                    sums[lane] = sum;
                    u[lane] = T::multiply(simd, a, on);
                }
            }
            slopes.copy_from_slice(&sums[..count]);
        }
    }
}

/// sums_i = Σ_j (a_j σ'(u_ji) moved_ji + s_j σ(u_ji)): the tangent of the output along (dw, da), p times.
pub(super) fn tangent_of_output<T: Real>(
    arch: Arch,
    activation: Activation,
    table: &[T],
    moved: &[T],
    weights: &[T],
    slopes: &[T],
    sums: &mut [T],
) {
    sums.fill(T::ZERO);
    let sweep = Tangent {
        table,
        moved,
        weights,
        slopes,
        sums,
    };
    dispatch(arch, activation, sweep);
}

struct Tangent<'a, T> {
    table: &'a [T],
    moved: &'a [T],
    weights: &'a [T],
    slopes: &'a [T],
    sums: &'a mut [T],
}

impl<T: Real> WithSigma<T> for Tangent<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_sigma<A: Sigma<T>, S: Simd>(self, sigma: A, simd: S) {
        let stride = self.sums.len();
        let sums = T::vectors_mut::<S>(self.sums);
        let rows = self
            .table
            .chunks_exact(stride)
            .zip(self.moved.chunks_exact(stride));
        for (((row, moved), a), slope) in rows.zip(self.weights).zip(self.slopes) {
            let (a, slope) = (T::splat(simd, *a), T::splat(simd, *slope));
            let vectors = T::vectors::<S>(row).iter().zip(T::vectors::<S>(moved));
            for (sum, (u, moved)) in sums.iter_mut().zip(vectors) {
                *sum = T::sum(simd, *sum, sigma.tangent(simd, *u, a, [*moved, slope]));
            }
        }
    }
}
