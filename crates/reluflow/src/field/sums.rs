//! Adds up in lanes: sums over examples whose bits do not depend on the length of a vector.

use pulp::{Arch, Simd, WithSimd};

use super::real::Real;
use crate::model::Loss;

/// Partial sums of a sum over examples, on every instruction set.
pub(super) const LANES: usize = 16;

/// Adds up the lanes of a sum, halves first.
#[inline(always)]
pub(super) fn total<T: Real>(mut lanes: [T; LANES]) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] += lanes[lane + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// Adds up V vectors that hold the lanes of one sum, halves first.
#[inline(always)]
pub(super) fn total_of<T: Real, S: Simd, const V: usize>(simd: S, mut sum: [T::Vector<S>; V]) -> T {
    let mut half = V / 2;
    while half > 0 {
        for v in 0..half {
            sum[v] = T::sum(simd, sum[v], sum[v + half]);
        }
        half /= 2;
    }
    T::total(simd, sum[0])
}

/// Turns sums Σ_j a_j σ(u_ji) into the forces f_i at h_i = scale_i Σ_j a_j σ(u_ji) and returns, in double precision, what
/// [`Loss::mean`] makes L of: Σ_i r_i² for the square loss, Σ_i ℓ_i for the others.
///
/// One scale holds for all examples or there is one for each.
pub(super) fn close_forces<T: Real>(
    arch: Arch,
    loss: Loss,
    sums: &mut [T],
    labels: &[T],
    scales: Scales<'_, T>,
) -> f64 {
    match loss {
        Loss::Square => arch.dispatch(Close { sums, labels, scales }),
        Loss::Logistic | Loss::Exponential | Loss::Tail(_) => {
            close_by_exponentials(loss, sums, labels, scales)
        }
    }
}

/// [`close_forces`] for losses that take an exponential an example, which is what they cost.
fn close_by_exponentials<T: Real>(loss: Loss, sums: &mut [T], labels: &[T], scales: Scales<'_, T>) -> f64 {
    let mut losses = [0.0; LANES];
    let mut close = |k: usize, h: T, y: T| {
        let (value, force) = loss.value_and_force(h.to_f64(), y.to_f64());
        losses[k % LANES] += value;
        T::from_f64(force)
    };
    let examples = sums.iter_mut().zip(labels).enumerate();
    match scales {
        Scales::Same(scale) => examples.for_each(|(k, (f, y))| *f = close(k, *f * scale, *y)),
        Scales::Each {
            share,
            scales,
            inverse,
            forces,
        } => {
            let examples = examples.zip(scales.iter().zip(forces));
            examples.for_each(|((k, (f, y)), (scale, force))| {
                *f = close(k, *f * *scale * share, *y);
                *force = *f * *scale * inverse;
            });
        }
    }
    total(losses)
}

/// What sums are multiplied with.
#[derive(Debug)]
pub(super) enum Scales<'a, T> {
    /// One number for all.
    Same(T),
    /// One number for all times one for each, which forces times another number for all are multiplied with as well, to
    /// make what coordinates are pushed with.
    Each {
        share: T,
        scales: &'a [T],
        inverse: T,
        forces: &'a mut [T],
    },
}

struct Close<'a, T> {
    sums: &'a mut [T],
    labels: &'a [T],
    scales: Scales<'a, T>,
}

impl<T: Real> WithSimd for Close<'_, T> {
    type Output = f64;
    // Plain loops, compiled once for every instruction set.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let examples = self.sums.iter_mut().zip(self.labels);
        match self.scales {
            Scales::Same(scale) => examples.for_each(
                #[inline(always)]
                |(r, y)| *r = *y - *r * scale,
            ),
            Scales::Each {
                share,
                scales,
                inverse,
                forces,
            } => examples.zip(scales.iter().zip(forces)).for_each(
                #[inline(always)]
                |((r, y), (scale, force))| {
                    *r = *y - *r * *scale * share;
                    *force = *r * *scale * inverse;
                },
            ),
        }
        let (chunks, rest) = self.sums.as_chunks::<LANES>();
        let mut squares = [0.0; LANES];
        for chunk in chunks {
            for lane in 0..LANES {
                squares[lane] += chunk[lane].to_f64() * chunk[lane].to_f64();
            }
        }
        // A copy, since what is indexed by a number not known here does not stay in registers.
        let mut all = squares;
        for (square, r) in all.iter_mut().zip(rest) {
            *square += r.to_f64() * r.to_f64();
        }
        total(all)
    }
}
