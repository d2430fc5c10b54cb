//! Cuts rows of a table into vectors, so that loops over them check no bounds and end where the rows do.

use pulp::Simd;

use super::super::Real;

/// R rows of equal length.
#[inline(always)]
pub(super) fn rows<T, const R: usize>(group: &[T]) -> [&[T]; R] {
    let n = group.len() / R;
    std::array::from_fn(|k| &group[k * n..(k + 1) * n])
}

/// R rows of equal length, to be written.
#[inline(always)]
pub(super) fn rows_mut<T, const R: usize>(group: &mut [T]) -> [&mut [T]; R] {
    let n = group.len() / R;
    let mut rows = group.chunks_exact_mut(n);
    std::array::from_fn(|_| rows.next().unwrap_or_default())
}

/// Where in a row a vector is: a lane of a whole chunk of K vectors, one of the vectors after them, or what is left.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Whole(usize, usize),
    Tail(usize),
    Rest,
}

/// A row cut into chunks of K vectors, the vectors after them, and what is left over.
pub(super) struct Row<'a, T: Real, S: Simd, const K: usize> {
    pub(super) chunks: &'a [[T::Vector<S>; K]],
    pub(super) tail: &'a [T::Vector<S>],
    pub(super) rest: &'a [T],
}

impl<'a, T: Real, S: Simd, const K: usize> Row<'a, T, S, K> {
    #[inline(always)]
    pub(super) fn new(row: &'a [T]) -> Self {
        let (vectors, rest) = T::cut::<S>(row);
        let (chunks, tail) = vectors.as_chunks();
        Self { chunks, tail, rest }
    }

    #[inline(always)]
    pub(super) fn at(&self, simd: S, place: Place) -> T::Vector<S> {
        match place {
            Place::Whole(chunk, lane) => self.chunks[chunk][lane],
            Place::Tail(lane) => self.tail[lane],
            Place::Rest => T::load(simd, self.rest),
        }
    }
}

/// The same of a row that changes.
pub(super) struct RowMut<'a, T: Real, S: Simd, const K: usize> {
    chunks: &'a mut [[T::Vector<S>; K]],
    tail: &'a mut [T::Vector<S>],
    rest: &'a mut [T],
}

impl<'a, T: Real, S: Simd, const K: usize> RowMut<'a, T, S, K> {
    #[inline(always)]
    pub(super) fn new(row: &'a mut [T]) -> Self {
        let (vectors, rest) = T::cut_mut::<S>(row);
        let (chunks, tail) = vectors.as_chunks_mut();
        Self { chunks, tail, rest }
    }

    #[inline(always)]
    pub(super) fn change<O>(
        &mut self,
        simd: S,
        place: Place,
        lane: impl FnOnce(&mut T::Vector<S>) -> O,
    ) -> O {
        match place {
            Place::Whole(chunk, k) => lane(&mut self.chunks[chunk][k]),
            Place::Tail(k) => lane(&mut self.tail[k]),
            Place::Rest => {
                let mut vector = T::load(simd, self.rest);
                let out = lane(&mut vector);
                T::store(simd, self.rest, vector);
                out
            }
        }
    }
}
