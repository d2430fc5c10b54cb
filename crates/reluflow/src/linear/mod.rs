//! Dot products, norms, a fixed probing vector, and the box-constrained least-norm problem: the small linear algebra that
//! several rooms share.

mod least_norm;
mod tridiagonal;

use std::borrow::Cow;

use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use ndarray::{ArrayBase, Data, Dimension};

pub(crate) use least_norm::{Bound, least_norm};
pub(crate) use tridiagonal::ends_of_tridiagonal;

/// ⟨u, v⟩, in four lanes so that it vectorises and its order does not depend on the machine.
#[inline(always)]
pub(crate) fn dot(u: &[f64], v: &[f64]) -> f64 {
    let (u_blocks, u_rest) = u.as_chunks::<4>();
    let (v_blocks, v_rest) = v.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for (u, v) in u_blocks.iter().zip(v_blocks) {
        for lane in 0..4 {
            lanes[lane] += u[lane] * v[lane];
        }
    }
    let rest: f64 = u_rest.iter().zip(v_rest).map(|(u, v)| u * v).sum();
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest
}

/// Σ v, in four lanes like [`dot`].
#[inline(always)]
pub(crate) fn sum(v: &[f64]) -> f64 {
    let (blocks, rest) = v.as_chunks::<4>();
    let mut lanes = [0.0; 4];
    for block in blocks {
        for lane in 0..4 {
            lanes[lane] += block[lane];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest.iter().sum::<f64>()
}

/// target += factor · v.
#[inline(always)]
pub(crate) fn add_scaled(target: &mut [f64], factor: f64, v: &[f64]) {
    for (target, v) in target.iter_mut().zip(v) {
        *target += factor * v;
    }
}

/// out (rows × columns) = scale · left (rows × inner) · right (inner × columns), all row by row.
pub(crate) fn multiply(
    out: &mut [f64],
    (rows, columns): (usize, usize),
    (left, right): (&[f64], &[f64]),
    inner: usize,
    scale: f64,
) {
    matmul(
        MatMut::from_row_major_slice_mut(out, rows, columns),
        Accum::Replace,
        MatRef::from_row_major_slice(left, rows, inner),
        MatRef::from_row_major_slice(right, inner, columns),
        scale,
        Par::Seq,
    );
}

/// ‖v‖.
#[inline(always)]
pub(crate) fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

/// max |v|; 0 of an empty slice. NaN is passed over.
#[inline(always)]
pub(crate) fn max_abs(values: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for block in blocks {
        for lane in 0..LANES {
            let size = block[lane].abs();
            lanes[lane] = if size > lanes[lane] { size } else { lanes[lane] };
        }
    }
    let mut most = 0.0;
    for size in lanes.iter().chain(rest) {
        if size.abs() > most {
            most = size.abs();
        }
    }
    most
}

/// min v; infinite of an empty slice. NaN is passed over.
#[inline(always)]
pub(crate) fn least(numbers: &[f64]) -> f64 {
    const LANES: usize = 8;
    let (blocks, rest) = numbers.as_chunks::<LANES>();
    let mut lanes = [f64::INFINITY; LANES];
    for block in blocks {
        for lane in 0..LANES {
            lanes[lane] = if block[lane] < lanes[lane] {
                block[lane]
            } else {
                lanes[lane]
            };
        }
    }
    lanes.iter().chain(rest).copied().fold(f64::INFINITY, f64::min)
}

/// Σ v².
pub(crate) fn squared_norm(values: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane] * block[lane];
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|v| v * v).sum::<f64>()
}

/// The numbers of an array in one piece, copied where they are not.
pub(crate) fn in_one_piece<S, D>(array: &ArrayBase<S, D>) -> Cow<'_, [f64]>
where
    S: Data<Elem = f64>,
    D: Dimension,
{
    let copied = || Cow::Owned(array.iter().copied().collect());
    array.as_slice().map_or_else(copied, Cow::Borrowed)
}

/// Σ (a − b)².
pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            let gap = a[lane] - b[lane];
            sums[lane] += gap * gap;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum();
    sums.iter().sum::<f64>() + rest
}

/// Entry i of a fixed vector with entries in ±[1/2, 3/2) and no structure.
pub(crate) fn probe(i: usize) -> f64 {
    let mut z = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    let size = 0.5 + (z >> 11) as f64 / (1u64 << 53) as f64;
    if z & 1 == 0 { size } else { -size }
}
