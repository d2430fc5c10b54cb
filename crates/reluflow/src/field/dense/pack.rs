//! Packs the inputs in the orders in which tiles read them.

use std::ops::Range;

use super::super::Real;
use super::super::sums::LANES;
use super::tile::{Panel, Widths};
use crate::aligned::Aligned;

/// Most coordinates a tile runs through at once, so that its panel stays in the first-level cache.
const DEPTH: usize = 256;

/// Panels of every block of examples, and their numbers.
#[derive(Debug)]
pub(super) struct Packed<T> {
    pub(super) values: Aligned<T>,
    panels: Vec<Panel>,
    /// Number of the first panel of every block, and of all.
    blocks: Vec<usize>,
}

impl<T> Packed<T> {
    pub(super) fn panels(&self, block: usize) -> &[Panel] {
        &self.panels[self.blocks[block]..self.blocks[block + 1]]
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.blocks.len() - 1
    }
}

/// The examples of a block.
pub(super) fn range_of(block: usize, length: usize, examples: usize) -> Range<usize> {
    block * length..((block + 1) * length).min(examples)
}

/// What is packed, and how.
pub(super) struct Shape<'a, T> {
    /// X, row by row.
    pub(super) rows: &'a [T],
    pub(super) examples: usize,
    pub(super) coordinates: usize,
    /// Examples of a block.
    pub(super) block: usize,
    pub(super) triangular: bool,
    pub(super) widths: Widths,
}

impl<T: Real> Shape<'_, T> {
    /// Puts one coordinate of some examples, as far as there are such, at the start of a row.
    fn column(&self, first: usize, coordinate: usize, row: &mut [T]) {
        let examples = self.rows[first * self.coordinates..].chunks_exact(self.coordinates);
        for (value, example) in row.iter_mut().zip(examples) {
            *value = example[coordinate];
        }
    }

    /// Cuts `range` into whole panels and one of the vectors that are left: where each begins, and its width.
    fn cut(&self, range: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        let Widths { lanes, panel, last } = self.widths;
        let mut first = range.start;
        std::iter::from_fn(move || {
            let left = range.end.saturating_sub(first).next_multiple_of(lanes);
            // Two last panels as equal as can be.
            let width = match left {
                _ if left <= last => left,
                _ if left < 2 * panel => (left / lanes).div_ceil(2) * lanes,
                _ => panel,
            };
            first += width;
            (width > 0).then_some((first - width, width))
        })
    }

    /// Panels whose lanes are examples: for U = W Xᵀ.
    pub(super) fn pack_across(&self) -> Packed<T> {
        self.pack(|block, panels| {
            let examples = range_of(block, self.block, self.examples);
            for from in (0..self.coordinates.max(1)).step_by(DEPTH) {
                for (first, width) in self.cut(examples.clone()) {
                    let last = if self.triangular {
                        self.coordinates.min(first + width)
                    } else {
                        self.coordinates
                    };
                    if from == 0 || from < last {
                        panels.push(Panel {
                            column: first - examples.start,
                            width,
                            from,
                            depth: last.min(from + DEPTH).saturating_sub(from),
                            start: 0,
                            go_on: from > 0,
                        });
                    }
                }
            }
        })
        .fill(|block, panel, t, row| {
            let first = range_of(block, self.block, self.examples).start;
            self.column(first + panel.column, panel.from + t, row);
        })
    }

    /// Panels whose lanes are coordinates: for dW = G X.
    pub(super) fn pack_along(&self) -> Packed<T> {
        self.pack(|block, panels| {
            let examples = range_of(block, self.block, self.examples);
            for (column, width) in self.cut(0..self.coordinates) {
                let first = if self.triangular {
                    examples.start.max(column)
                } else {
                    examples.start
                };
                if first < examples.end {
                    panels.push(Panel {
                        column,
                        width,
                        from: first - examples.start,
                        depth: examples.end - first,
                        start: 0,
                        go_on: block > 0 && (!self.triangular || column < examples.start),
                    });
                }
            }
        })
        .fill(|block, panel, t, row| {
            let first = range_of(block, self.block, self.examples).start;
            let example = &self.rows[(first + panel.from + t) * self.coordinates..][..self.coordinates];
            let part = &example[panel.column..(panel.column + row.len()).min(self.coordinates)];
            row[..part.len()].copy_from_slice(part);
        })
    }

    /// A row for every coordinate of every block, filled up with zeros to whole cache lines.
    pub(super) fn pack_rows(&self) -> Aligned<T> {
        let blocks = (0..self.examples).step_by(self.block);
        let stride = |first: usize| self.block.min(self.examples - first).next_multiple_of(LANES);
        let mut rows = Aligned::zeros(self.coordinates * blocks.clone().map(stride).sum::<usize>());
        for first in blocks {
            let stride = stride(first);
            for k in 0..self.coordinates {
                let row = &mut rows[self.coordinates * first + k * stride..][..stride];
                self.column(first, k, row);
            }
        }
        rows
    }

    /// Lists the panels of every block, and gives them their places.
    fn pack(&self, list: impl Fn(usize, &mut Vec<Panel>)) -> Packed<T> {
        let (mut panels, mut blocks) = (Vec::new(), vec![0]);
        for block in 0..self.examples.div_ceil(self.block) {
            list(block, &mut panels);
            blocks.push(panels.len());
        }
        let mut length = 0;
        for panel in &mut panels {
            panel.start = length;
            length += panel.depth * panel.width;
        }
        Packed {
            values: Aligned::zeros(length),
            panels,
            blocks,
        }
    }
}

impl<T: Real> Packed<T> {
    /// Writes every panel, whose rows are zero so far: `write(block, panel, t, row)`.
    fn fill(mut self, write: impl Fn(usize, &Panel, usize, &mut [T])) -> Self {
        for block in 0..self.blocks() {
            for index in self.blocks[block]..self.blocks[block + 1] {
                let panel = self.panels[index];
                let values = &mut self.values[panel.start..][..panel.depth * panel.width];
                for (t, row) in values.chunks_exact_mut(panel.width).enumerate() {
                    write(block, &panel, t, row);
                }
            }
        }
        self
    }
}
