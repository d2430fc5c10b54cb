//! Multiplies with the inputs, cut into blocks and packed once a run.

use std::ops::Range;
use std::sync::Arc;

use pulp::Arch;

use super::super::Real;
use super::super::sums::LANES;
use super::dots::Dots;
use super::pack::{Packed, Shape, range_of};
use super::tile::{AskWidths, Product};
use crate::aligned::Aligned;

/// Examples that are taken through both products together: long enough to pay for the ends of a tile, short enough
/// that they stay in the second-level cache.
const BLOCK: usize = 128;
/// Terms n m p that make a chunk of their own worth the adding up.
const TERMS_OF_A_CHUNK: usize = 500_000;
/// Most chunks: as many threads can share an evaluation, and as many partial sums are kept.
const MOST_CHUNKS: usize = 16;

/// Most coordinates that are few: padded to vectors, they would waste a third of the second product.
const NARROW: usize = 24;

/// How the examples are cut. It depends on the shape of the problem alone: bits depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// Examples of a block, a multiple of 16.
    pub(crate) block: usize,
    /// Most blocks of a chunk.
    pub(crate) chunk: usize,
}

impl Cut {
    /// The cut for n examples, m coordinates and p neurons.
    pub(crate) fn of(examples: usize, coordinates: usize, neurons: usize) -> Self {
        let terms = examples.saturating_mul(coordinates).saturating_mul(neurons);
        let chunks = (terms / TERMS_OF_A_CHUNK).clamp(1, MOST_CHUNKS);
        let longest = if coordinates <= NARROW { 2 * BLOCK } else { BLOCK };
        // Blocks as equal as can be: a short one costs as many ends of tiles as a long one.
        let blocks = examples.div_ceil(longest).max(1);
        let block = examples.div_ceil(blocks).next_multiple_of(LANES).max(LANES);
        Self {
            block,
            chunk: examples.div_ceil(block).div_ceil(chunks).max(1),
        }
    }
}

/// The inputs X (n × m), packed for U = W Xᵀ and for dW = G X.
#[derive(Debug, Clone)]
pub(super) struct Inputs<T> {
    arch: Arch,
    examples: usize,
    coordinates: usize,
    cut: Cut,
    triangular: bool,
    /// Numbers of a vector.
    lanes: usize,
    /// Lanes are examples, t runs through coordinates.
    across: Arc<Packed<T>>,
    along: Along<T>,
}

/// The inputs as the second product reads them.
#[derive(Debug, Clone)]
enum Along<T> {
    /// Lanes are coordinates, t runs through examples.
    Panels(Arc<Packed<T>>),
    /// Lanes are examples: a row for every coordinate of every block, filled up with zeros.
    Rows(Arc<Aligned<T>>),
}

impl<T: Real> Inputs<T> {
    /// Packs inputs row by row (n × m). Of a `triangular` X, x_ik = 0 for k > i, the zeros are left out.
    pub(super) fn new(
        rows: &[T],
        (examples, coordinates): (usize, usize),
        triangular: bool,
        cut: Cut,
        arch: Arch,
    ) -> Self {
        let widths = AskWidths::<T>::of(arch);
        let shape = Shape {
            rows,
            examples,
            coordinates,
            block: cut.block,
            triangular,
            widths,
        };
        Self {
            arch,
            examples,
            coordinates,
            cut,
            triangular,
            lanes: widths.lanes,
            across: Arc::new(shape.pack_across()),
            along: if coordinates <= NARROW && !triangular {
                Along::Rows(Arc::new(shape.pack_rows()))
            } else {
                Along::Panels(Arc::new(shape.pack_along()))
            },
        }
    }

    pub(super) fn arch(&self) -> Arch {
        self.arch
    }
    pub(super) fn coordinates(&self) -> usize {
        self.coordinates
    }

    /// The examples of a block.
    pub(super) fn examples_of(&self, block: usize) -> Range<usize> {
        range_of(block, self.cut.block, self.examples)
    }

    /// Most examples of a block.
    pub(super) fn block(&self) -> usize {
        self.cut.block.min(self.examples)
    }

    /// The blocks of every chunk.
    pub(super) fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let blocks = self.blocks();
        let chunk = self.cut.chunk;
        (0..blocks)
            .step_by(chunk)
            .map(move |first| first..(first + chunk).min(blocks))
    }

    /// Number of blocks.
    fn blocks(&self) -> usize {
        self.across.blocks()
    }

    /// U = W Xᵀ on a block: `hidden` is p × m, `table` p rows of `stride` ≥ the block's examples, which is not 0.
    ///
    /// What lies between examples and `stride` is set to 0.
    pub(super) fn preactivate(&self, block: usize, hidden: &[T], table: &mut [T], stride: usize) {
        let panels = self.across.panels(block);
        self.arch.dispatch(Product {
            panels,
            packed: &self.across.values,
            left: hidden,
            left_stride: self.coordinates,
            rows: table.len() / stride,
            out: table,
            out_stride: stride,
            add: true,
        });
        // Panels are packed with zeros up to a whole vector.
        let written = self.examples_of(block).len().next_multiple_of(self.lanes);
        if written < stride {
            for row in table.chunks_exact_mut(stride) {
                row[written..].fill(T::ZERO);
            }
        }
    }

    /// dW = or += G X on a block: `gates` is p rows of `gate_stride`, `sums` p rows of [`Inputs::sum_stride`].
    ///
    /// On the `first` block of a chunk what was in `sums` is forgotten, as far as the block [reaches](Inputs::reach).
    pub(super) fn combine(&self, block: usize, gates: &[T], gate_stride: usize, sums: &mut [T], first: bool) {
        match &self.along {
            Along::Panels(along) => self.arch.dispatch(Product {
                panels: along.panels(block),
                packed: &along.values,
                left: gates,
                left_stride: gate_stride,
                rows: gates.len() / gate_stride,
                out_stride: self.sum_stride(),
                out: sums,
                add: !first,
            }),
            Along::Rows(rows) => {
                let before = self.coordinates * block * self.cut.block;
                self.arch.dispatch(Dots {
                    left: gates,
                    right: &rows[before..][..self.coordinates * gate_stride],
                    stride: gate_stride,
                    out_stride: self.sum_stride(),
                    out: sums,
                    add: !first,
                });
            }
        }
    }

    /// Coordinates that examples up to a block's have: all, or as many as there are examples.
    pub(super) fn reach(&self, block: usize) -> usize {
        if self.triangular {
            self.coordinates.min(self.examples_of(block).end)
        } else {
            self.coordinates
        }
    }

    /// Length of a row of sums: m, rounded up to a cache line's worth of either scalar.
    pub(super) fn sum_stride(&self) -> usize {
        self.coordinates.next_multiple_of(16)
    }
}
