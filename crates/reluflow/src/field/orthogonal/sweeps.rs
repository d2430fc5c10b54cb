//! Sweeps over the p × n table of coordinates v_ji, four neurons at a time.
//!
//! What a sweep costs is the table's way through the caches, so a sweep does all that can be done with an entry while
//! it is in a register: a step adds it to the slopes s_j = Σ_i f_i σ(v_ji) of the state it leaves, gates it and moves
//! it. After four rows their new output weights are known, and the rows, in a cache by then, are added to the outputs
//! of the state they arrive at.

use pulp::Simd;

use super::super::Real;
use super::super::sigma::{Sigma, WithSigma};
use super::super::sums::{LANES, total_of};
use super::rows::{Place, Row, RowMut, rows, rows_mut};

/// Neurons that share one reading of what belongs to the examples.
const ROWS: usize = 4;

/// What a sweep makes of a table v and its weights a, given one force f_i an example.
#[derive(Debug)]
pub(super) enum Job<'a, T> {
    /// sums_i = Σ_j a_j σ(v_ji).
    Outputs(&'a [T], &'a [T]),
    /// sums_i = Σ_j (η_w a_j² f_i σ'(v_ji)² + η_a s_j σ(v_ji)).
    Kernel(&'a [T], &'a [T]),
    /// Writes dv_ji/dt = η_w a_j f_i σ'(v_ji) and da_j/dt = η_a s_j into the second pair.
    Velocity([&'a [T]; 2], [&'a mut [T]; 2]),
    /// Moves the pair by `rate` along its velocity; sums_i as for outputs, of where it arrives.
    Descend([&'a mut [T]; 2], T),
    /// Second pair ← α · first + β · second + γ · velocity of the first, for factors (α, β, γ); sums_i as for outputs,
    /// of the second.
    Combine([&'a [T]; 2], [&'a mut [T]; 2], [T; 3]),
}

/// A job with what belongs to the examples: forces f_i and sums, both of length n > 0.
#[derive(Debug)]
pub(super) struct Sweep<'a, T> {
    pub(super) job: Job<'a, T>,
    /// (η_w, η_a).
    pub(super) rates: [T; 2],
    pub(super) forces: &'a [T],
    pub(super) sums: &'a mut [T],
}

impl<T: Real> WithSigma<T> for Sweep<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_sigma<A: Sigma<T>, S: Simd>(self, sigma: A, simd: S) {
        let Self {
            job,
            rates,
            forces,
            sums,
        } = self;
        // LANES partial sums make so many vectors. A match on a constant compiles the one branch that is taken.
        match const { size_of::<T::Vector<S>>() / size_of::<T>() } {
            1 => Sweeper::<A, T, S, LANES>::new(sigma, simd, rates).run(job, forces, sums),
            2 => Sweeper::<A, T, S, { LANES / 2 }>::new(sigma, simd, rates).run(job, forces, sums),
            4 => Sweeper::<A, T, S, { LANES / 4 }>::new(sigma, simd, rates).run(job, forces, sums),
            8 => Sweeper::<A, T, S, { LANES / 8 }>::new(sigma, simd, rates).run(job, forces, sums),
            _ => Sweeper::<A, T, S, { LANES / 16 }>::new(sigma, simd, rates).run(job, forces, sums),
        }
    }
}

/// An instruction set, K of whose vectors hold the partial sums of a reduction, with an activation and rates.
#[derive(Debug, Clone, Copy)]
struct Sweeper<A, T, S, const K: usize> {
    simd: S,
    sigma: A,
    rates: [T; 2],
}

impl<T: Real, A: Sigma<T>, S: Simd, const K: usize> Sweeper<A, T, S, K> {
    #[inline(always)]
    fn new(sigma: A, simd: S, rates: [T; 2]) -> Self {
        Self { simd, sigma, rates }
    }

    #[inline(always)]
    fn run(self, job: Job<'_, T>, forces: &[T], sums: &mut [T]) {
        let n = forces.len();
        // Rows in fours first, then those that are left one by one.
        let fours = |weights: &[T]| weights.len() - weights.len() % ROWS;
        match job {
            Job::Outputs(v, a) => {
                sums.fill(T::ZERO);
                let ((v, v1), (a, a1)) = (v.split_at(fours(a) * n), a.split_at(fours(a)));
                self.outputs::<ROWS>(v, a, sums);
                self.outputs::<1>(v1, a1, sums);
            }
            Job::Kernel(v, a) => {
                sums.fill(T::ZERO);
                let ((v, v1), (a, a1)) = (v.split_at(fours(a) * n), a.split_at(fours(a)));
                self.kernel::<ROWS>(v, a, forces, sums);
                self.kernel::<1>(v1, a1, forces, sums);
            }
            Job::Velocity([v, a], [dv, da]) => {
                let ((v, v1), (dv, dv1)) = (v.split_at(fours(a) * n), dv.split_at_mut(fours(a) * n));
                let ((a, a1), (da, da1)) = (a.split_at(fours(a)), da.split_at_mut(fours(a)));
                self.velocity::<ROWS>([v, a], [dv, da], forces);
                self.velocity::<1>([v1, a1], [dv1, da1], forces);
            }
            Job::Descend([v, a], rate) => {
                sums.fill(T::ZERO);
                let ((v, v1), (a, a1)) = (v.split_at_mut(fours(a) * n), a.split_at_mut(fours(a)));
                self.descend::<ROWS>([v, a], rate, forces, sums);
                self.descend::<1>([v1, a1], rate, forces, sums);
            }
            Job::Combine([v, a], [w, b], factors) => {
                sums.fill(T::ZERO);
                let ((v, v1), (w, w1)) = (v.split_at(fours(a) * n), w.split_at_mut(fours(a) * n));
                let ((a, a1), (b, b1)) = (a.split_at(fours(a)), b.split_at_mut(fours(a)));
                self.combine::<ROWS>([v, a], [w, b], factors, forces, sums);
                self.combine::<1>([v1, a1], [w1, b1], factors, forces, sums);
            }
        }
    }

    #[inline(always)]
    fn outputs<const R: usize>(self, table: &[T], weights: &[T], sums: &mut [T]) {
        let groups = table.chunks_exact(R * sums.len());
        for (group, a) in groups.zip(weights.as_chunks::<R>().0) {
            self.add_outputs(rows::<T, R>(group), *a, sums);
        }
    }

    #[inline(always)]
    fn kernel<const R: usize>(self, table: &[T], weights: &[T], forces: &[T], sums: &mut [T]) {
        let [hidden, output] = self.rates;
        let groups = table.chunks_exact(R * sums.len());
        for (group, a) in groups.zip(weights.as_chunks::<R>().0) {
            let rows = rows::<T, R>(group);
            let (a, s) = (*a, self.slopes(rows, forces));
            let squares = a.map(|a| self.splat(hidden * a * a));
            let s = s.map(|s| self.splat(output * s));
            self.read(
                rows,
                forces,
                sums,
                #[inline(always)]
                |k, v, f, sum| {
                    let own =
                        T::multiply_add(self.simd, squares[k], self.sigma.gate_twice(self.simd, v, f), sum);
                    T::multiply_add(self.simd, s[k], self.sigma.value(self.simd, v), own)
                },
            );
        }
    }

    #[inline(always)]
    fn velocity<const R: usize>(
        self,
        [table, weights]: [&[T]; 2],
        [velocity, slopes]: [&mut [T]; 2],
        forces: &[T],
    ) {
        let length = R * forces.len();
        let groups = table.chunks_exact(length).zip(velocity.chunks_exact_mut(length));
        let weights = weights
            .as_chunks::<R>()
            .0
            .iter()
            .zip(slopes.as_chunks_mut::<R>().0);
        let [hidden, output] = self.rates;
        for ((group, moved), (a, s)) in groups.zip(weights) {
            let a = a.map(|a| self.splat(hidden * a));
            let slopes = self.carry(
                rows::<T, R>(group),
                rows_mut(moved),
                forces,
                #[inline(always)]
                |k, v, moved, f| *moved = T::multiply(self.simd, a[k], self.sigma.gate(self.simd, v, f)),
            );
            *s = slopes.map(|s| output * s);
        }
    }

    #[inline(always)]
    fn descend<const R: usize>(self, [table, weights]: [&mut [T]; 2], rate: T, forces: &[T], sums: &mut [T]) {
        let [hidden, output] = self.rates.map(|layer| rate * layer);
        let groups = table.chunks_exact_mut(R * forces.len());
        for (group, a) in groups.zip(weights.as_chunks_mut::<R>().0) {
            let push = a.map(|a| self.splat(hidden * a));
            let s = self.shift(
                rows_mut::<T, R>(group),
                forces,
                #[inline(always)]
                |k, v, f| self.sigma.multiply_add_where(self.simd, v, push[k], f, v),
            );
            for (a, s) in a.iter_mut().zip(s) {
                *a += output * s;
            }
            self.add_outputs(rows::<T, R>(group), *a, sums);
        }
    }

    #[inline(always)]
    fn combine<const R: usize>(
        self,
        [table, weights]: [&[T]; 2],
        [new_table, new_weights]: [&mut [T]; 2],
        [alpha, beta, gamma]: [T; 3],
        forces: &[T],
        sums: &mut [T],
    ) {
        let length = R * forces.len();
        let groups = table.chunks_exact(length).zip(new_table.chunks_exact_mut(length));
        let weights = (weights.as_chunks::<R>().0.iter()).zip(new_weights.as_chunks_mut::<R>().0);
        let (keep, go_on) = (self.splat(alpha), self.splat(beta));
        let [hidden, output] = self.rates.map(|layer| gamma * layer);
        for ((group, new), (a, b)) in groups.zip(weights) {
            let push = a.map(|a| self.splat(hidden * a));
            let s = self.carry(
                rows::<T, R>(group),
                rows_mut(new),
                forces,
                #[inline(always)]
                |k, v, new, f| {
                    let pushed = T::multiply(self.simd, push[k], self.sigma.gate(self.simd, v, f));
                    let carried = T::multiply_add(self.simd, go_on, *new, pushed);
                    *new = T::multiply_add(self.simd, keep, v, carried);
                },
            );
            for ((b, a), s) in b.iter_mut().zip(a).zip(s) {
                *b = alpha * *a + beta * *b + output * s;
            }
            self.add_outputs(rows::<T, R>(new), *b, sums);
        }
    }

    /// sums_i += Σ_j a_j σ(v_ji) over R rows.
    #[inline(always)]
    fn add_outputs<const R: usize>(self, rows: [&[T]; R], weights: [T; R], sums: &mut [T]) {
        let a = weights.map(|a| self.splat(a));
        self.read(
            rows,
            rows[0],
            sums,
            #[inline(always)]
            |k, v, _, sum| T::multiply_add(self.simd, a[k], self.sigma.value(self.simd, v), sum),
        );
    }

    /// s_j = Σ_i f_i σ(v_ji) of R rows.
    #[inline(always)]
    fn slopes<const R: usize>(self, rows: [&[T]; R], forces: &[T]) -> [T; R] {
        let rows = rows.map(|row| Row::<T, S, K>::new(&row[..forces.len()]));
        self.reduce(
            forces,
            #[inline(always)]
            |j, place, _| rows[j].at(self.simd, place),
        )
    }

    /// The same, while v_ji ← lane(row, v_ji, f_i).
    #[inline(always)]
    fn shift<const R: usize>(
        self,
        rows: [&mut [T]; R],
        forces: &[T],
        lane: impl Fn(usize, T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
    ) -> [T; R] {
        let mut rows = rows.map(|row| RowMut::<T, S, K>::new(&mut row[..forces.len()]));
        self.reduce(
            forces,
            #[inline(always)]
            |j, place, f| {
                rows[j].change(
                    self.simd,
                    place,
                    #[inline(always)]
                    |v| std::mem::replace(v, lane(j, *v, f)),
                )
            },
        )
    }

    /// The same, while what is at its place in R other rows becomes lane(row, v_ji, &mut new_ji, f_i).
    #[inline(always)]
    fn carry<const R: usize>(
        self,
        rows: [&[T]; R],
        new: [&mut [T]; R],
        forces: &[T],
        lane: impl Fn(usize, T::Vector<S>, &mut T::Vector<S>, T::Vector<S>),
    ) -> [T; R] {
        let rows = rows.map(|row| Row::<T, S, K>::new(&row[..forces.len()]));
        let mut new = new.map(|row| RowMut::<T, S, K>::new(&mut row[..forces.len()]));
        self.reduce(
            forces,
            #[inline(always)]
            |j, place, f| {
                let v = rows[j].at(self.simd, place);
                new[j].change(
                    self.simd,
                    place,
                    #[inline(always)]
                    |new| lane(j, v, new, f),
                );
                v
            },
        )
    }

    /// Σ_i f_i σ(v_ji) of R rows, v_ji = visit(j, place, f_i), which is asked for every entry once.
    #[inline(always)]
    #[allow(clippy::redundant_closure)] // a reference to a closure would be called, not inlined
    fn reduce<const R: usize>(
        self,
        forces: &[T],
        mut visit: impl FnMut(usize, Place, T::Vector<S>) -> T::Vector<S>,
    ) -> [T; R] {
        let mut slopes = [T::ZERO; R];
        // More than two rows of four partial sums are more than sixteen registers hold.
        if const { K > 2 && R == ROWS } {
            slopes[..2].copy_from_slice(&self.reduce_at_once::<2>(
                forces,
                #[inline(always)]
                |j, place, f| visit(j, place, f),
            ));
            slopes[2..].copy_from_slice(&self.reduce_at_once::<2>(
                forces,
                #[inline(always)]
                |j, place, f| visit(j + 2, place, f),
            ));
        } else {
            slopes = self.reduce_at_once(forces, visit);
        }
        slopes
    }

    #[inline(always)]
    fn reduce_at_once<const R: usize>(
        self,
        forces: &[T],
        mut visit: impl FnMut(usize, Place, T::Vector<S>) -> T::Vector<S>,
    ) -> [T; R] {
        let forces = Row::<T, S, K>::new(forces);
        let mut whole = [[self.splat(T::ZERO); K]; R];
        for (chunk, f) in forces.chunks.iter().enumerate() {
            let f = *f;
            for (j, sums) in whole.iter_mut().enumerate() {
                for (lane, (f, sum)) in f.iter().zip(sums).enumerate() {
                    let v = self
                        .sigma
                        .value(self.simd, visit(j, Place::Whole(chunk, lane), *f));
                    *sum = T::multiply_add(self.simd, *f, v, *sum);
                }
            }
        }
        // A copy, since what is indexed by a number not known here does not stay in registers.
        let mut sums = whole;
        for (j, sums) in sums.iter_mut().enumerate() {
            for (lane, (f, sum)) in forces.tail.iter().zip(sums.iter_mut()).enumerate() {
                let v = self.sigma.value(self.simd, visit(j, Place::Tail(lane), *f));
                *sum = T::multiply_add(self.simd, *f, v, *sum);
            }
            if !forces.rest.is_empty() {
                let f = forces.at(self.simd, Place::Rest);
                let v = self.sigma.value(self.simd, visit(j, Place::Rest, f));
                let sum = &mut sums[forces.tail.len()];
                *sum = T::multiply_add(self.simd, f, v, *sum);
            }
        }
        let mut slopes = [T::ZERO; R];
        for (slope, sums) in slopes.iter_mut().zip(sums) {
            *slope = total_of::<T, S, K>(self.simd, sums);
        }
        slopes
    }

    /// Goes along R rows: sum_i ← lane(row, v_ji, f_i, sum_i).
    #[inline(always)]
    fn read<const R: usize>(
        self,
        rows: [&[T]; R],
        forces: &[T],
        sums: &mut [T],
        lane: impl Fn(usize, T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
    ) {
        let rows = rows.map(|row| T::cut::<S>(row));
        let ((f, f_rest), (sums, sums_rest)) = (T::cut::<S>(forces), T::cut_mut::<S>(sums));
        // Backwards: the ends of rows that were just gone along are still in the cache that the rows exceed.
        for (i, (f, slot)) in f.iter().zip(sums).enumerate().rev() {
            let mut sum = *slot;
            for (k, row) in rows.iter().enumerate() {
                sum = lane(k, row.0[i], *f, sum);
            }
            *slot = sum;
        }
        if !f_rest.is_empty() {
            let (f, mut sum) = (T::load(self.simd, f_rest), T::load(self.simd, sums_rest));
            for (k, row) in rows.iter().enumerate() {
                sum = lane(k, T::load(self.simd, row.1), f, sum);
            }
            T::store(self.simd, sums_rest, sum);
        }
    }

    #[inline(always)]
    fn splat(self, value: T) -> T::Vector<S> {
        T::splat(self.simd, value)
    }
}
