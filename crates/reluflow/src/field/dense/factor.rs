//! Multiplies with one matrix again and again: packs it once, as [tiles](super::tile) read it.

use std::sync::Arc;

use pulp::Arch;

use super::pack::{Packed, Shape};
use super::tile::{AskWidths, Panel, Product};

/// A matrix M (inner × columns), packed for out = left · M.
///
/// A general product packs M on every call; with a few dozen rows on the left that costs as much as the product itself.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    arch: Arch,
    inner: usize,
    columns: usize,
    packed: Arc<Packed<f64>>,
    /// Panels whose vectors all lie within the rows of the result.
    whole: Vec<Panel>,
    /// Those of the last columns, which are padded to whole vectors; counted from `edge` on.
    padded: Vec<Panel>,
    /// First of the last columns.
    edge: usize,
}

impl Factor {
    /// Packs a matrix that is given by its columns, one after the other: Mᵀ row by row (columns × inner).
    pub(crate) fn from_columns(transposed: &[f64], (inner, columns): (usize, usize)) -> Self {
        debug_assert_eq!(transposed.len(), inner * columns);
        let arch = Arch::new();
        let widths = AskWidths::<f64>::of(arch);
        let packed = Shape {
            rows: transposed,
            examples: columns,
            coordinates: inner,
            block: columns.max(1),
            triangular: false,
            widths,
        }
        .pack_across();
        let panels = if columns == 0 { &[] } else { packed.panels(0) };
        let (whole, mut padded): (Vec<Panel>, Vec<Panel>) = panels
            .iter()
            .partition(|panel| panel.column + panel.width <= columns);
        let edge = padded.first().map_or(columns, |panel| panel.column);
        for panel in &mut padded {
            panel.column -= edge;
        }
        Self {
            arch,
            inner,
            columns,
            whole,
            padded,
            edge,
            packed: Arc::new(packed),
        }
    }

    /// out (rows × columns) = left (rows × inner) · M, both row by row.
    ///
    /// # Panics
    /// When the shapes do not fit.
    pub(crate) fn multiply(&self, left: &[f64], out: &mut [f64]) {
        if self.columns == 0 || self.inner == 0 {
            out.fill(0.0);
            return;
        }
        let rows = out.len() / self.columns;
        assert_eq!(
            (out.len(), left.len()),
            (rows * self.columns, rows * self.inner),
            "shape"
        );
        self.take(&self.whole, left, (&mut *out, self.columns));
        let Some(last) = self.padded.first() else { return };
        let mut edge = vec![0.0; rows * last.width];
        self.take(&self.padded, left, (&mut edge, last.width));
        let width = self.columns - self.edge;
        for (row, edge) in out
            .chunks_exact_mut(self.columns)
            .zip(edge.chunks_exact(last.width))
        {
            row[self.edge..].copy_from_slice(&edge[..width]);
        }
    }

    fn take(&self, panels: &[Panel], left: &[f64], (out, out_stride): (&mut [f64], usize)) {
        self.arch.dispatch(Product {
            panels,
            packed: &self.packed.values,
            left,
            left_stride: self.inner,
            rows: left.len() / self.inner,
            out,
            out_stride,
            add: true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against sums in the order of the terms, for shapes around those of vectors, tiles and panels.
    #[test]
    fn products_are_sums_of_products() {
        let number = |k: usize| ((k * 2_654_435_761) % 1009) as f64 / 500.0 - 1.0;
        for (rows, inner, columns) in [
            (1, 1, 1),
            (3, 5, 7),
            (6, 8, 8),
            (7, 20, 33),
            (13, 257, 40),
            (5, 600, 31),
            (20, 64, 96),
            (2, 3, 0),
            (2, 0, 3),
            (0, 4, 5),
        ] {
            let left: Vec<f64> = (0..rows * inner).map(number).collect();
            let transposed: Vec<f64> = (0..inner * columns).map(|k| number(k + 7)).collect();
            let mut out = vec![f64::NAN; rows * columns];
            Factor::from_columns(&transposed, (inner, columns)).multiply(&left, &mut out);
            for (at, found) in out.iter().enumerate() {
                let (j, k) = (at / columns, at % columns);
                let terms = (0..inner).map(|t| left[j * inner + t] * transposed[k * inner + t]);
                let expected: f64 = terms.sum();
                assert!(
                    (found - expected).abs() <= 1e-13 * inner as f64,
                    "({rows}, {inner}, {columns}) at {at}: {found} for {expected}"
                );
            }
        }
    }
}
