//! Multiplies rows by rows: the second product of an evaluation where there are few coordinates.
//!
//! ```text
//! out[j][k] += Σ_i left[j][i] right[k][i]        a tile: R rows of the left by C of the right
//! ```
//!
//! Lanes are examples, so that a dozen coordinates need not be padded to vectors, and a vector that is loaded serves R
//! or C sums; what it costs is that a tile's sums have to be added up over their lanes. Every sum runs in a cache line
//! of lanes, whatever the length of a vector, and lanes are added halves first: the bits are the same on every
//! instruction set that fuses.

use pulp::{Simd, WithSimd};

use super::super::Real;
use super::super::sums::total_of;

/// Bytes of the lanes of a sum.
const LINE: usize = 64;

/// out (rows × right rows) = or += left · rightᵀ.
pub(super) struct Dots<'a, T> {
    /// Rows of `stride` numbers.
    pub(super) left: &'a [T],
    /// Rows of `stride` numbers.
    pub(super) right: &'a [T],
    /// A whole number of cache lines.
    pub(super) stride: usize,
    pub(super) out: &'a mut [T],
    pub(super) out_stride: usize,
    /// Whether what `out` holds is added to, or forgotten.
    pub(super) add: bool,
}

impl<T: Real> WithSimd for Dots<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // As many vectors as make a cache line, and a tile whose sums fill three quarters of the registers.
        // A match on a constant compiles the one branch that is taken.
        match const { LINE / size_of::<T::Vector<S>>() } {
            1 => self.tiles::<S, 1, 4, 6>(simd),
            2 => self.tiles::<S, 2, 2, 3>(simd),
            4 if const { S::REGISTER_COUNT >= 32 } => self.tiles::<S, 4, 2, 3>(simd),
            4 => self.tiles::<S, 4, 1, 2>(simd),
            8 => self.tiles::<S, 8, 1, 1>(simd),
            _ => self.tiles::<S, 16, 1, 1>(simd),
        }
    }
}

impl<T: Real> Dots<'_, T> {
    /// All rows of the left in groups of at most R, all of the right in groups of at most C, as equal as can be.
    #[inline(always)]
    fn tiles<S: Simd, const V: usize, const R: usize, const C: usize>(&mut self, simd: S) {
        let (rows, columns) = (self.left.len() / self.stride, self.right.len() / self.stride);
        let mut row = 0;
        for left in (1..=rows.div_ceil(R)).rev() {
            let height = (rows - row).div_ceil(left);
            let mut column = 0;
            for left in (1..=columns.div_ceil(C)).rev() {
                let width = (columns - column).div_ceil(left);
                let at = (row, column);
                match height {
                    1 => self.tile_of_rows::<S, V, 1, C>(simd, at, width),
                    2 if const { R >= 2 } => self.tile_of_rows::<S, V, 2, C>(simd, at, width),
                    3 if const { R >= 3 } => self.tile_of_rows::<S, V, 3, C>(simd, at, width),
                    _ if const { R >= 4 } => self.tile_of_rows::<S, V, 4, C>(simd, at, width),
                    _ => {}
                }
                column += width;
            }
            row += height;
        }
    }

    #[inline(always)]
    fn tile_of_rows<S: Simd, const V: usize, const R: usize, const C: usize>(
        &mut self,
        simd: S,
        at: (usize, usize),
        width: usize,
    ) {
        match width {
            1 => self.tile::<S, V, R, 1>(simd, at),
            2 if const { C >= 2 } => self.tile::<S, V, R, 2>(simd, at),
            3 if const { C >= 3 } => self.tile::<S, V, R, 3>(simd, at),
            4 if const { C >= 4 } => self.tile::<S, V, R, 4>(simd, at),
            5 if const { C >= 5 } => self.tile::<S, V, R, 5>(simd, at),
            _ if const { C >= 6 } => self.tile::<S, V, R, 6>(simd, at),
            _ => {}
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const V: usize, const R: usize, const C: usize>(
        &mut self,
        simd: S,
        (row, column): (usize, usize),
    ) {
        let lines = self.stride * size_of::<T>() / LINE;
        let left: [&[[T::Vector<S>; V]]; R] =
            std::array::from_fn(|r| lines_of::<T, S, V>(self.left, row + r, self.stride, lines));
        let right: [&[[T::Vector<S>; V]]; C] =
            std::array::from_fn(|c| lines_of::<T, S, V>(self.right, column + c, self.stride, lines));
        let mut sums = [[[T::splat(simd, T::ZERO); V]; C]; R];
        for line in 0..lines {
            for v in 0..V {
                for (left, sums) in left.iter().zip(&mut sums) {
                    for (right, sum) in right.iter().zip(sums) {
                        sum[v] = T::multiply_add(simd, left[line][v], right[line][v], sum[v]);
                    }
                }
            }
        }
        // A copy, since what is indexed by a number not known here does not stay in registers.
        let done = sums;
        for (r, sums) in done.into_iter().enumerate() {
            let out = &mut self.out[(row + r) * self.out_stride + column..][..C];
            for (out, sum) in out.iter_mut().zip(sums) {
                let total = total_of::<T, S, V>(simd, sum);
                *out = if self.add { *out + total } else { total };
            }
        }
    }
}

/// A row as vectors, a cache line's worth together.
#[inline(always)]
fn lines_of<T: Real, S: Simd, const V: usize>(
    rows: &[T],
    row: usize,
    stride: usize,
    lines: usize,
) -> &[[T::Vector<S>; V]] {
    &T::vectors::<S>(&rows[row * stride..][..stride])
        .as_chunks::<V>()
        .0[..lines]
}
