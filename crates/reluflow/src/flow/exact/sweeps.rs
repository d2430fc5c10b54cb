//! Works through rows and columns of coefficients: sums, masks and Cauchy products, in vectors of the machine.
//!
//! What is always inlined is compiled for the machine's vectors where [`pulp::Arch::dispatch`] calls it.

use super::series::VALUES;

/// out = one + γ other.
pub(super) fn blend(out: &mut [f64], one: &[f64], slope: f64, other: &[f64]) {
    for (out, (one, other)) in out.iter_mut().zip(one.iter().zip(other)) {
        *out = one + slope * other;
    }
}

/// Numbers that are worked on side by side.
const LANES: usize = 16;

/// Coefficient k of a product, entry by entry, from those of its factors up to k.
#[inline(always)]
pub(super) fn cauchy_product(product: &mut [f64], left: &[Vec<f64>], right: &[Vec<f64>]) {
    let whole = product.len() - product.len() % LANES;
    for from in (0..whole).step_by(LANES) {
        cauchy_stretch::<LANES>(product, left, right, from);
    }
    for from in whole..product.len() {
        cauchy_stretch::<1>(product, left, right, from);
    }
}

#[inline(always)]
fn cauchy_stretch<const N: usize>(product: &mut [f64], left: &[Vec<f64>], right: &[Vec<f64>], from: usize) {
    let mut sums = [0.0; N];
    for (left, right) in left.iter().zip(right.iter().rev()) {
        let (left, right) = (&left[from..from + N], &right[from..from + N]);
        for lane in 0..N {
            sums[lane] += left[lane] * right[lane];
        }
    }
    product[from..from + N].copy_from_slice(&sums);
}

/// Coefficient k of a, with every a_j as often as w_j has entries, of w and of Pg, up to k.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) output: &'a [Vec<f64>],
    pub(super) hidden: &'a [Vec<f64>],
    pub(super) pull: &'a [Vec<f64>],
}

/// Coefficient k of aPg times a scale, and of the terms of ⟨w, Pg⟩, entry by entry.
#[inline(always)]
pub(super) fn integrate(next: &mut [f64], scale: f64, terms: &mut [f64], known: Known<'_>) {
    let whole = next.len() - next.len() % LANES;
    for from in (0..whole).step_by(LANES) {
        integrate_stretch::<LANES>(next, scale, terms, known, from);
    }
    for from in whole..next.len() {
        integrate_stretch::<1>(next, scale, terms, known, from);
    }
}

#[inline(always)]
fn integrate_stretch<const N: usize>(
    next: &mut [f64],
    scale: f64,
    terms: &mut [f64],
    known: Known<'_>,
    from: usize,
) {
    let (mut sums, mut products) = ([0.0; N], [0.0; N]);
    let factors = known.output.iter().zip(known.hidden);
    for ((output, hidden), pull) in factors.zip(known.pull.iter().rev()) {
        let (output, hidden) = (&output[from..from + N], &hidden[from..from + N]);
        let pull = &pull[from..from + N];
        for lane in 0..N {
            sums[lane] += output[lane] * pull[lane];
            products[lane] += hidden[lane] * pull[lane];
        }
    }
    next[from..from + N].copy_from_slice(&sums.map(|sum| scale * sum));
    terms[from..from + N].copy_from_slice(&products);
}

/// Writes every number as often as a row has entries.
#[inline(always)]
pub(super) fn spread(rows: &mut [f64], width: usize, numbers: &[f64]) {
    for (row, number) in rows.chunks_exact_mut(width).zip(numbers) {
        row.fill(*number);
    }
}

/// Σ_j of coefficient k of a_j u_j, of those a mask lets through, column by column, from the coefficients of both up to k.
#[inline(always)]
pub(super) fn sum_gated_products(sums: &mut [f64], mask: &[f64], values: &[Vec<f64>], output: &[Vec<f64>]) {
    sums.fill(0.0);
    match values.len() {
        1 => sum_gated_rows::<1>(sums, mask, values, output),
        2 => sum_gated_rows::<2>(sums, mask, values, output),
        3 => sum_gated_rows::<3>(sums, mask, values, output),
        _ => sum_gated_rows::<VALUES>(sums, mask, values, output),
    }
}

#[inline(always)]
fn sum_gated_rows<const K: usize>(sums: &mut [f64], mask: &[f64], values: &[Vec<f64>], output: &[Vec<f64>]) {
    let count = sums.len().max(1);
    for (j, mask) in mask.chunks_exact(count).enumerate() {
        let factors: [f64; K] = std::array::from_fn(|l| output[K - 1 - l][j]);
        let rows: [&[f64]; K] = std::array::from_fn(|l| &values[l][j * count..][..count]);
        for (at, (sum, mask)) in sums.iter_mut().zip(mask).enumerate() {
            let mut product = 0.0;
            for l in 0..K {
                product += factors[l] * rows[l][at];
            }
            *sum += mask * product;
        }
    }
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
