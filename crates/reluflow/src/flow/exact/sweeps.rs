//! Works through rows and columns of coefficients: sums, masks and Cauchy products, in vectors of the machine.
//!
//! What is always inlined is compiled for the machine's vectors where [`pulp::Arch::dispatch`] calls it.

use super::bernstein::MAX_DEGREE;

/// out = one + γ other.
pub(super) fn blend(out: &mut [f64], one: &[f64], slope: f64, other: &[f64]) {
    for (out, (one, other)) in out.iter_mut().zip(one.iter().zip(other)) {
        *out = one + slope * other;
    }
}

/// Coefficient k of a_j w_j, or of a_j ⟨w_j, x⟩, row by row, from those of both up to k.
#[inline(always)]
pub(super) fn cauchy_product(product: &mut [f64], width: usize, rows: &[Vec<f64>], output: &[Vec<f64>]) {
    product.fill(0.0);
    for (w, a) in rows.iter().rev().zip(output) {
        let rows = w.chunks_exact(width);
        for ((product, w), a) in product.chunks_exact_mut(width).zip(rows).zip(a) {
            crate::linear::add_scaled(product, *a, w);
        }
    }
}

/// Coefficient k of aPg and of ⟨w, Pg⟩, times their scales, from those of w, a and Pg up to k.
#[inline(always)]
pub(super) fn integrate(
    (next, scale): (&mut [f64], f64),
    (next_output, scale_output): (&mut [f64], f64),
    d: usize,
    (hidden, output): (&[Vec<f64>], &[Vec<f64>]),
    pull: &[Vec<f64>],
) {
    let k = pull.len() - 1;
    let mut terms = [Term::default(); MAX_DEGREE + 1];
    let terms = &mut terms[..=k];
    for (j, (next, next_output)) in next.chunks_exact_mut(d).zip(next_output).enumerate() {
        for (l, term) in terms.iter_mut().enumerate() {
            term.factor = output[l][j];
            term.row = &pull[k - l][j * d..(j + 1) * d];
            term.other = &hidden[l][j * d..(j + 1) * d];
        }
        *next_output = scale_output * combine(next, scale, terms);
    }
}

/// A term of a sum of rows: factor · row, and ⟨other, row⟩ where there is another.
#[derive(Clone, Copy, Default)]
struct Term<'a> {
    factor: f64,
    row: &'a [f64],
    other: &'a [f64],
}

/// Numbers that are worked on side by side.
const LANES: usize = 8;

/// out = scale Σ factor · row, eight numbers at a time; returns Σ ⟨other, row⟩.
#[inline(always)]
fn combine(out: &mut [f64], scale: f64, terms: &[Term<'_>]) -> f64 {
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    let whole = blocks.len() * LANES;
    let mut products = [0.0; LANES];
    for (block, out) in blocks.iter_mut().enumerate() {
        let (from, to) = (block * LANES, (block + 1) * LANES);
        let mut sums = [0.0; LANES];
        for term in terms {
            let (row, other) = (&term.row[from..to], &term.other[from..to]);
            for lane in 0..LANES {
                sums[lane] += term.factor * row[lane];
                products[lane] += other[lane] * row[lane];
            }
        }
        for lane in 0..LANES {
            out[lane] = scale * sums[lane];
        }
    }
    let mut more = [0.0; LANES / 2];
    let (halves, rest) = rest.as_chunks_mut::<{ LANES / 2 }>();
    let mut from = whole;
    for out in halves {
        let to = from + LANES / 2;
        let mut sums = [0.0; LANES / 2];
        for term in terms {
            let (row, other) = (&term.row[from..to], &term.other[from..to]);
            for lane in 0..LANES / 2 {
                sums[lane] += term.factor * row[lane];
                more[lane] += other[lane] * row[lane];
            }
        }
        for lane in 0..LANES / 2 {
            out[lane] = scale * sums[lane];
        }
        from = to;
    }
    let mut product = 0.0;
    for (at, out) in rest.iter_mut().enumerate() {
        let mut sum = 0.0;
        for term in terms {
            sum += term.factor * term.row[from + at];
            product += term.other[from + at] * term.row[from + at];
        }
        *out = scale * sum;
    }
    for lane in 0..LANES / 2 {
        more[lane] += products[lane] + products[lane + LANES / 2];
    }
    (more[0] + more[1]) + (more[2] + more[3]) + product
}

/// Σ_j of the entries a mask lets through, column by column, four rows at a time.
#[inline(always)]
pub(super) fn sum_gated(sums: &mut [f64], table: &[f64], mask: &[f64]) {
    sums.fill(0.0);
    let count = sums.len().max(1);
    for (rows, masks) in table.chunks(4 * count).zip(mask.chunks(4 * count)) {
        if rows.len() < 4 * count {
            for (row, mask) in rows.chunks_exact(count).zip(masks.chunks_exact(count)) {
                for ((sum, value), mask) in sums.iter_mut().zip(row).zip(mask) {
                    *sum += mask * value;
                }
            }
            continue;
        }
        let (a, others) = rows.split_at(count);
        let (b, others) = others.split_at(count);
        let (c, e) = others.split_at(count);
        let (mask_a, others) = masks.split_at(count);
        let (mask_b, others) = others.split_at(count);
        let (mask_c, mask_e) = others.split_at(count);
        let first = a.iter().zip(mask_a).zip(b.iter().zip(mask_b));
        let second = c.iter().zip(mask_c).zip(e.iter().zip(mask_e));
        for (sum, (((a, ma), (b, mb)), ((c, mc), (e, me)))) in sums.iter_mut().zip(first.zip(second)) {
            *sum += (ma * a + mb * b) + (mc * c + me * e);
        }
    }
}

/// Writes one number a column through a mask.
#[inline(always)]
pub(super) fn gate(table: &mut [f64], mask: &[f64], numbers: &[f64]) {
    let count = numbers.len().max(1);
    for (row, mask) in table.chunks_exact_mut(count).zip(mask.chunks_exact(count)) {
        for ((entry, mask), number) in row.iter_mut().zip(mask).zip(numbers) {
            *entry = mask * number;
        }
    }
}

/// Adds one number a column through a mask.
#[inline(always)]
pub(super) fn add_gated(table: &mut [f64], mask: &[f64], numbers: &[f64]) {
    let count = numbers.len().max(1);
    for (row, mask) in table.chunks_exact_mut(count).zip(mask.chunks_exact(count)) {
        for ((entry, mask), number) in row.iter_mut().zip(mask).zip(numbers) {
            *entry += mask * number;
        }
    }
}

/// Σ_k c_k τ^k, entry by entry.
#[inline(always)]
pub(super) fn evaluate(coefficients: &[Vec<f64>], tau: f64, out: &mut [f64]) {
    out.fill(0.0);
    for values in coefficients.iter().rev() {
        for (out, value) in out.iter_mut().zip(values) {
            *out = *out * tau + value;
        }
    }
}
