//! Chooses coordinates for the hidden weights: those of the span of teacher and start, where that is smaller than the space.

use ndarray::{Array2, ArrayView2};

use crate::linear::{add_scaled, dot, norm};

/// Part of a row beside which what is left of it outside the span so far is rounding.
const NOTHING: f64 = 1e-13;

/// Orthonormal coordinates of hidden weights.
///
/// Neurons never leave the span of teacher and start. Where it is smaller than the space by more than one dimension, its own
/// coordinates are used, and one more, which stays 0: it stands for all directions outside, which are alike to the
/// Hessian.
#[derive(Debug, Clone)]
pub(super) struct Coordinates {
    dimension: usize,
    /// The basis, r × d; none where all of the space is used.
    basis: Option<Vec<f64>>,
}

impl Coordinates {
    /// Coordinates for the rows of two matrices of d columns.
    pub(super) fn new(teacher: ArrayView2<'_, f64>, start: ArrayView2<'_, f64>) -> Self {
        let dimension = teacher.ncols();
        let whole = Self {
            dimension,
            basis: None,
        };
        if teacher.nrows() + start.nrows() + 1 >= dimension {
            return whole;
        }
        let mut basis: Vec<f64> = Vec::new();
        for row in teacher.rows().into_iter().chain(start.rows()) {
            let mut rest = row.to_vec();
            let size = norm(&rest);
            // Twice is enough for orthogonality to rounding.
            for _ in 0..2 {
                for known in basis.chunks_exact(dimension) {
                    let along = dot(&rest, known);
                    add_scaled(&mut rest, -along, known);
                }
            }
            let left = norm(&rest);
            if left > NOTHING * size {
                basis.extend(rest.iter().map(|value| value / left));
            }
        }
        Self {
            dimension,
            basis: Some(basis),
        }
    }

    /// Number m of coordinates.
    pub(super) fn count(&self) -> usize {
        match &self.basis {
            Some(basis) => basis.len() / self.dimension + 1,
            None => self.dimension,
        }
    }

    /// The coordinates of rows, one after the other.
    pub(super) fn of(&self, rows: ArrayView2<'_, f64>) -> Vec<f64> {
        let Some(basis) = &self.basis else {
            return rows.iter().copied().collect();
        };
        let mut out = Vec::with_capacity(rows.nrows() * self.count());
        for row in rows.rows() {
            let row = row.to_vec();
            out.extend(basis.chunks_exact(self.dimension).map(|known| dot(&row, known)));
            out.push(0.0);
        }
        out
    }

    /// The rows of these coordinates, p × d.
    pub(super) fn rows(&self, coordinates: &[f64]) -> Array2<f64> {
        let (m, d) = (self.count(), self.dimension);
        let count = coordinates.len() / m;
        let Some(basis) = &self.basis else {
            return Array2::from_shape_fn((count, d), |(j, c)| coordinates[j * m + c]);
        };
        let mut out = Array2::zeros((count, d));
        for (mut row, values) in out.rows_mut().into_iter().zip(coordinates.chunks_exact(m)) {
            for (value, known) in values.iter().zip(basis.chunks_exact(d)) {
                row.iter_mut()
                    .zip(known)
                    .for_each(|(row, known)| *row += value * known);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_come_back_from_the_span() {
        let teacher = array![[1.0, 2.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0]];
        let start = array![
            [0.0, 1.0, 0.0, 3.0, 0.0, 0.0, 0.0, -1.0],
            [2.0, 4.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
        ];
        let coordinates = Coordinates::new(teacher.view(), start.view());
        // The second student is twice the teacher: two directions, and one for what is outside.
        assert_eq!(coordinates.count(), 3);
        let back = coordinates.rows(&coordinates.of(start.view()));
        assert!((&back - &start).iter().all(|gap| gap.abs() < 1e-15 * 8.0));
        assert_eq!(
            Coordinates::new(start.view(), teacher.slice(ndarray::s![..0, ..])).count(),
            3
        );
    }

    #[test]
    fn all_of_the_space_where_the_span_is_not_smaller() {
        let teacher = array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        let coordinates = Coordinates::new(teacher.view(), teacher.view());
        assert_eq!((coordinates.count(), coordinates.of(teacher.view())[4]), (3, 1.0));
    }
}
