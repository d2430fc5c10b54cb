//! Multiplies rows by panels, tile by tile: the microkernel of both products of an evaluation, of the first alone where
//! coordinates are [few](super::dots).
//!
//! A tile is R rows by C vectors of sums that stay in registers while t runs,
//!
//! ```text
//! out[j][k] += Σ_t left[j][t] panel[t][k]        R ≤ 6, C ≤ 2 or R ≤ 3, C = 3 of 16 registers;  R ≤ 6, C ≤ 4 of 32
//! ```
//!
//! with one number of each row broadcast and C vectors of the panel loaded at every t. Every sum is taken in the
//! order of t, one fused operation a term, so its bits depend neither on the tile nor on the instruction set
//! (the plain one, which does not fuse, aside).

use pulp::{Simd, WithSimd};

use super::super::Real;

/// Most rows of a tile: with two vectors a row, 12 sums, 2 vectors and a broadcast of 16 registers.
const ROWS: usize = 6;

/// A row's share of all rows is kept as so many bits: a division for every tile would cost small problems 3 %.
const SHARE_BITS: u32 = 20;

/// Most rows of a tile of three vectors a row where registers are few: 9 sums, 3 vectors and a broadcast. A fourth
/// row would need all sixteen, and the compiler finds no way to do with them.
const ROWS_OF_THREE: usize = 3;

/// Whether an instruction set has registers for four vectors a row.
const fn has_many_registers<S: Simd>() -> bool {
    S::REGISTER_COUNT >= 32
}

/// Most rows of a tile with C vectors a row.
const fn most_rows<S: Simd, const C: usize>() -> usize {
    if C <= 2 || has_many_registers::<S>() {
        ROWS
    } else {
        ROWS_OF_THREE
    }
}

/// A stretch of columns of the right factor, packed so that a tile reads it from one end to the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel {
    /// First column of the result.
    pub(super) column: usize,
    /// Columns, a whole number of vectors.
    pub(super) width: usize,
    /// First t.
    pub(super) from: usize,
    /// Number of t.
    pub(super) depth: usize,
    /// Where its `depth` rows of `width` numbers start among the packed ones.
    pub(super) start: usize,
    /// Whether the sums go on from those of a panel before.
    pub(super) go_on: bool,
}

/// The widths an instruction set cuts panels to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Widths {
    /// Numbers of a vector.
    pub(super) lanes: usize,
    /// Numbers of a whole panel's row.
    pub(super) panel: usize,
    /// Most numbers of the last panel's row: one vector alone would make tiles that wait for their own sums.
    pub(super) last: usize,
}

/// Asks an instruction set for its widths.
pub(super) struct AskWidths<T>(std::marker::PhantomData<T>);

impl<T: Real> AskWidths<T> {
    pub(super) fn of(arch: pulp::Arch) -> Widths {
        arch.dispatch(Self(std::marker::PhantomData))
    }
}

impl<T: Real> WithSimd for AskWidths<T> {
    type Output = Widths;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Widths {
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        let (panel, last) = if has_many_registers::<S>() { (4, 4) } else { (2, 3) };
        Widths {
            lanes,
            panel: lanes * panel,
            last: lanes * last,
        }
    }
}

/// Asks for a cache line ahead of its use, where there is an instruction for it; any address will do.
#[inline(always)]
fn fetch<T>(place: *const T) {
    #[cfg(target_arch = "x86_64")]
    if let Some(sse) = pulp::core_arch::x86::Sse::try_new() {
        sse._mm_prefetch::<2>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// out (rows × …) = or += left (rows × …) times some panels.
pub(super) struct Product<'a, T> {
    pub(super) panels: &'a [Panel],
    pub(super) packed: &'a [T],
    pub(super) left: &'a [T],
    pub(super) left_stride: usize,
    pub(super) rows: usize,
    pub(super) out: &'a mut [T],
    pub(super) out_stride: usize,
    /// Whether panels that go on do: otherwise what `out` holds is forgotten.
    pub(super) add: bool,
}

impl<T: Real> WithSimd for Product<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        let share = (1 << SHARE_BITS) / self.rows.max(1);
        for panel in self.panels {
            match panel.width / lanes {
                1 => self.panel::<S, 1>(simd, panel, share),
                2 => self.panel::<S, 2>(simd, panel, share),
                3 => self.panel::<S, 3>(simd, panel, share),
                _ if const { has_many_registers::<S>() } => self.panel::<S, 4>(simd, panel, share),
                _ => {}
            }
        }
    }
}

impl<T: Real> Product<'_, T> {
    /// All rows by one panel, in groups as equal as can be: a group of few rows would wait for its own sums.
    #[inline(always)]
    fn panel<S: Simd, const C: usize>(&mut self, simd: S, panel: &Panel, share: usize) {
        let most = most_rows::<S, C>();
        let groups = self.rows.div_ceil(most);
        let mut row = 0;
        for left in (1..=groups).rev() {
            let rows = (self.rows - row).div_ceil(left);
            match rows {
                1 => self.tile::<S, 1, C>(simd, panel, row, share),
                2 => self.tile::<S, 2, C>(simd, panel, row, share),
                3 => self.tile::<S, 3, C>(simd, panel, row, share),
                4 if const { most_rows::<S, C>() >= 4 } => self.tile::<S, 4, C>(simd, panel, row, share),
                5 if const { most_rows::<S, C>() >= 5 } => self.tile::<S, 5, C>(simd, panel, row, share),
                _ if const { most_rows::<S, C>() >= 6 } => self.tile::<S, 6, C>(simd, panel, row, share),
                _ => {}
            }
            row += rows;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(
        &mut self,
        simd: S,
        panel: &Panel,
        row: usize,
        share: usize,
    ) {
        let packed = &self.packed[panel.start..][..panel.depth * panel.width];
        let (steps, _) = T::vectors::<S>(packed).as_chunks::<C>();
        let left: [&[T]; R] =
            std::array::from_fn(|r| &self.left[(row + r) * self.left_stride + panel.from..][..steps.len()]);
        let place = |r: usize| (row + r) * self.out_stride + panel.column;
        let mut sums = [[T::splat(simd, T::ZERO); C]; R];
        if self.add && panel.go_on {
            for (r, sums) in sums.iter_mut().enumerate() {
                let out = T::vectors::<S>(&self.out[place(r)..][..panel.width]);
                sums.copy_from_slice(&out[..C]);
            }
        }
        // Every group of rows asks for its part of the panel that comes next.
        let part = |numbers: usize, rows: usize| (numbers * rows * share) >> SHARE_BITS;
        let ahead = panel.start + packed.len() + part(packed.len(), row);
        let ahead = self.packed.as_ptr().wrapping_add(ahead);
        let skip = part(panel.width, R) + 1;
        for (t, step) in steps.iter().enumerate() {
            fetch(ahead.wrapping_add(t * skip));
            for r in 0..R {
                let factor = T::splat(simd, left[r][t]);
                for c in 0..C {
                    sums[r][c] = T::multiply_add(simd, factor, step[c], sums[r][c]);
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let out = T::vectors_mut::<S>(&mut self.out[place(r)..][..panel.width]);
            out[..C].copy_from_slice(sums);
        }
    }
}
