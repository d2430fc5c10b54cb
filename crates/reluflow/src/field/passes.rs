//! Sweeps over the p × n table of preactivations, between the matrix products.
//!
//! Each sweep is compiled once for every instruction set that matters and picked at run time (`pulp`). Sums run
//! in a fixed number of lanes and nothing is contracted, so the bits do not depend on which one was picked.

use pulp::Arch;

use super::Real;

/// Examples handled together, so that their residuals stay in the first-level cache.
const BLOCK: usize = 512;
/// Independent partial sums of a reduction.
const LANES: usize = 16;

/// σ(u) = max(u, 0).
#[inline(always)]
fn positive<T: Real>(u: T) -> T {
    if u > T::ZERO { u } else { T::ZERO }
}

/// sums_i = Σ_j a_j σ(u_ji), with u the p × n table (n > 0).
pub(super) fn weighted_activations<T: Real>(table: &[T], weights: &[T], sums: &mut [T]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let n = sums.len();
            for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                sums.fill(T::ZERO);
                let columns = block * BLOCK..block * BLOCK + sums.len();
                let mut rows = table.chunks_exact(n).zip(weights);
                // Two neurons at a time halve the traffic of the sums.
                while let Some((first, a)) = rows.next() {
                    let first = &first[columns.clone()];
                    if let Some((second, b)) = rows.next() {
                        for ((sum, u), v) in sums.iter_mut().zip(first).zip(&second[columns.clone()]) {
                            *sum = *sum + *a * positive(*u) + *b * positive(*v);
                        }
                    } else {
                        for (sum, u) in sums.iter_mut().zip(first) {
                            *sum += *a * positive(*u);
                        }
                    }
                }
            }
        },
    );
}

/// Some lanes of a row: a f 1[u > 0], with f σ(u) added to the partial sums.
///
/// Whole arrays are copied before they are compared: a load under a condition becomes a branch, and a branch on
/// the sign of a preactivation costs twenty times the rest.
#[inline(always)]
fn gate_lanes<T: Real, const N: usize>(u: [T; N], f: [T; N], a: T, partial: &mut [T; N]) -> [T; N] {
    let on: [T; N] = std::array::from_fn(|lane| if u[lane] > T::ZERO { f[lane] } else { T::ZERO });
    for lane in 0..N {
        partial[lane] += on[lane] * u[lane];
    }
    on.map(|on| a * on)
}

/// Writes a_j f_i 1[u_ji > 0] and s_j = Σ_i f_i σ(u_ji) beside the table u, which stays as it is (n > 0).
pub(super) fn gate<T: Real>(table: &[T], weights: &[T], forces: &[T], gates: &mut [T], sums: &mut [T]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let (force_blocks, force_rest) = forces.as_chunks::<LANES>();
            let n = forces.len();
            let rows = table.chunks_exact(n).zip(gates.chunks_exact_mut(n));
            for (((row, gates), a), sum) in rows.zip(weights).zip(sums) {
                let mut partial = [T::ZERO; LANES];
                let mut partial_rest = [T::ZERO];
                let (blocks, rest) = row.as_chunks::<LANES>();
                let (gate_blocks, gate_rest) = gates.as_chunks_mut::<LANES>();
                for ((u, f), gate) in blocks.iter().zip(force_blocks).zip(gate_blocks) {
                    *gate = gate_lanes(*u, *f, *a, &mut partial);
                }
                for ((u, f), gate) in rest.iter().zip(force_rest).zip(gate_rest) {
                    [*gate] = gate_lanes([*u], [*f], *a, &mut partial_rest);
                }
                *sum = total(&partial) + partial_rest[0];
            }
        },
    );
}

/// sums_i += Σ_j (a_j 1[u_ji > 0] moved_ji + s_j σ(u_ji)): the tangent of the output along (dw, da) (n > 0).
pub(super) fn tangent_of_output<T: Real>(
    table: &[T],
    moved: &[T],
    weights: &[T],
    slopes: &[T],
    sums: &mut [T],
) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let n = sums.len();
            for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                let columns = block * BLOCK..block * BLOCK + sums.len();
                let rows = table.chunks_exact(n).zip(moved.chunks_exact(n));
                for (((u, moved), a), slope) in rows.zip(weights).zip(slopes) {
                    let (u, moved) = (&u[columns.clone()], &moved[columns.clone()]);
                    for ((sum, u), moved) in sums.iter_mut().zip(u).zip(moved) {
                        let along = *a * *moved + *slope * *u;
                        *sum += if *u > T::ZERO { along } else { T::ZERO };
                    }
                }
            }
        },
    );
}

/// Turns Σ_j a_j σ(u_ji) into r_i = y_i − (scale_i/p) Σ_j a_j σ(u_ji) and returns L = (1/2n) Σ_i r_i².
pub(super) fn close_residuals<T: Real>(residuals: &mut [T], labels: &[T], neurons: usize) -> f64 {
    let inverse = T::from_f64(1.0 / neurons.max(1) as f64);
    let mut sum = 0.0;
    for (r, y) in residuals.iter_mut().zip(labels) {
        *r = *y - *r * inverse;
        sum += r.to_f64() * r.to_f64();
    }
    sum / (2.0 * labels.len() as f64)
}

#[inline(always)]
fn total<T: Real>(partial: &[T; LANES]) -> T {
    partial.iter().fold(T::ZERO, |sum, lane| sum + *lane)
}
