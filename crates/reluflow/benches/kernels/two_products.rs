//! Evaluates the field in two products by faer and loops between them: the rival of the fused pass.

use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use pulp::{Arch, Simd, WithSimd};
use reluflow::Dataset;
use reluflow::field::{Real, split_state, split_state_mut};

/// Partial sums of a sum over examples.
const LANES: usize = 16;

/// U = W Xᵀ, residuals, gates G, dW = G X, each over all examples before the next.
pub(crate) struct TwoProducts<T> {
    rows: Vec<T>,
    columns: Vec<T>,
    labels: Vec<T>,
    table: Vec<T>,
    residuals: Vec<T>,
    /// n, d, p.
    sizes: (usize, usize, usize),
}

/// What lies between the products: loops that the compiler turns into vectors of the instruction set at hand.
struct Sweep<'a, T>(&'a mut TwoProducts<T>, &'a [T], &'a mut [T]);

impl<T: Real + ComplexField> WithSimd for Sweep<'_, T> {
    type Output = f64;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        self.0.sweep(self.1, self.2)
    }
}

impl<T: Real + ComplexField> TwoProducts<T> {
    pub(crate) fn new(dataset: &Dataset, p: usize) -> Self {
        let inputs = dataset.inputs();
        let cast = |values: ndarray::ArrayView2<'_, f64>| values.iter().map(|v| T::from_f64(*v)).collect();
        Self {
            rows: cast(inputs.view()),
            columns: cast(inputs.t()),
            labels: dataset.labels().iter().map(|y| T::from_f64(*y)).collect(),
            table: vec![T::ZERO; p * dataset.examples()],
            residuals: vec![T::ZERO; dataset.examples()],
            sizes: (dataset.examples(), dataset.dimension(), p),
        }
    }

    /// dθ/dt, and L.
    pub(crate) fn velocity(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let (hidden, _) = split_state(state, self.sizes.2);
        self.preactivate(hidden);
        let squares = Arch::new().dispatch(Sweep(self, state, velocity));
        let (sums, _) = split_state_mut(velocity, self.sizes.2);
        self.combine(sums);
        squares / (2.0 * self.sizes.0 as f64)
    }

    /// The two products alone.
    pub(crate) fn multiply(&mut self, state: &[T], velocity: &mut [T]) {
        self.preactivate(split_state(state, self.sizes.2).0);
        self.combine(split_state_mut(velocity, self.sizes.2).0);
    }

    fn preactivate(&mut self, hidden: &[T]) {
        let (n, d, p) = self.sizes;
        matmul(
            MatMut::from_row_major_slice_mut(&mut self.table, p, n),
            Accum::Replace,
            MatRef::from_row_major_slice(hidden, p, d),
            MatRef::from_row_major_slice(&self.columns, d, n),
            T::ONE,
            Par::Seq,
        );
    }

    fn combine(&mut self, sums: &mut [T]) {
        let (n, d, p) = self.sizes;
        matmul(
            MatMut::from_row_major_slice_mut(sums, p, d),
            Accum::Replace,
            MatRef::from_row_major_slice(&self.table, p, n),
            MatRef::from_row_major_slice(&self.rows, n, d),
            T::from_f64(1.0 / n as f64),
            Par::Seq,
        );
    }

    /// Residuals, slopes, and gates in the place of preactivations; Σ_i r_i².
    #[inline(always)]
    fn sweep(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let (n, _, p) = self.sizes;
        let (_, output) = split_state(state, p);
        let (_, slopes) = split_state_mut(velocity, p);
        self.residuals.fill(T::ZERO);
        for (row, a) in self.table.chunks_exact(n).zip(output) {
            for (sum, u) in self.residuals.iter_mut().zip(row) {
                *sum += *a * if *u > T::ZERO { *u } else { T::ZERO };
            }
        }
        let share = T::from_f64(1.0 / p as f64);
        for (r, y) in self.residuals.iter_mut().zip(&self.labels) {
            *r = *y - *r * share;
        }
        let (chunks, rest) = self.residuals.as_chunks::<LANES>();
        let mut squares = [0.0; LANES];
        for chunk in chunks {
            for lane in 0..LANES {
                squares[lane] += chunk[lane].to_f64() * chunk[lane].to_f64();
            }
        }
        let squares = squares.iter().sum::<f64>() + rest.iter().map(|r| r.to_f64() * r.to_f64()).sum::<f64>();
        let inverse = T::from_f64(1.0 / n as f64);
        for ((row, a), slope) in self.table.chunks_exact_mut(n).zip(output).zip(slopes) {
            let mut sums = [T::ZERO; LANES];
            let (chunks, rest) = row.as_chunks_mut::<LANES>();
            let (residuals, last) = self.residuals.as_chunks::<LANES>();
            for (u, r) in chunks.iter_mut().zip(residuals) {
                let (was, r) = (*u, *r);
                for lane in 0..LANES {
                    let on = if was[lane] > T::ZERO { r[lane] } else { T::ZERO };
                    sums[lane] += on * was[lane];
                    u[lane] = *a * on;
                }
            }
            let mut total = T::ZERO;
            for lane in sums {
                total += lane;
            }
            for (u, r) in rest.iter_mut().zip(last) {
                let on = if *u > T::ZERO { *r } else { T::ZERO };
                total += on * *u;
                *u = *a * on;
            }
            *slope = total * inverse;
        }
        squares
    }
}
