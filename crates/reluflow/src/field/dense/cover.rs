//! Sweeps over a block's table for how well the correct neurons cover its examples.

use pulp::{Arch, Simd, WithSimd};

use super::super::{Cover, Real};

/// Adds a block, whose first example has the number `first` in `cover`.
pub(super) fn add_cover<T: Real>(
    arch: Arch,
    table: &[T],
    stride: usize,
    output: &[T],
    labels: &[T],
    first: usize,
    cover: &mut Cover<T>,
) {
    arch.dispatch(AddCover {
        table,
        stride,
        output,
        labels,
        first,
        cover,
    });
}

struct AddCover<'a, T> {
    table: &'a [T],
    stride: usize,
    output: &'a [T],
    labels: &'a [T],
    first: usize,
    cover: &'a mut Cover<T>,
}

impl<T: Real> WithSimd for AddCover<'_, T> {
    type Output = ();
    // Plain loops: compiled for each instruction set, they become vectors by themselves.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (j, (row, a)) in self.table.chunks_exact(self.stride).zip(self.output).enumerate() {
            self.cover.add(self.first, j, *a, self.labels, row);
        }
    }
}
