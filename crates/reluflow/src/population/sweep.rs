//! Evaluates the arc-cosine kernel of one neuron with all vectors at once, many a processor's instruction.
//!
//! The formulas are those of [`Kernel`](super::Kernel); vectors lie by columns, one coordinate of all of them after another. Pairs whose
//! cosine does not give their angle, and zero vectors, are done one by one as there.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::linear::{add_scaled, dot};

use super::kernel::{Angle, Kernel, Length, STEEP};

/// Vectors are padded to a multiple of this.
const LANES: usize = 8;

/// asin(s) = s + s z R(z) with z = s² ≤ 1/4: R by interpolation at Chebyshev's points of \[0, 1/4\], z R off by less than 4·10⁻¹⁸.
const ARCSINE: [f64; 13] = [
    0.166_666_666_666_666_69,
    0.074_999_999_999_984_33,
    0.044_642_857_146_355_43,
    0.030_381_944_138_531_247,
    0.022_372_172_942_149_89,
    0.017_352_392_720_869_973,
    0.013_971_212_973_552_933,
    0.011_479_177_415_184_906,
    0.010_322_814_350_185_78,
    0.005_457_506_718_640_358,
    0.017_400_879_442_694_02,
    -0.014_851_887_071_247_204,
    0.028_757_851_367_421_566,
];

/// All vectors of an evaluation, students first, and what one student sees of them.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    count: usize,
    /// `count`, padded.
    stride: usize,
    coordinates: usize,
    /// Coordinate c of vector l at c · stride + l.
    columns: Vec<f64>,
    lengths: Vec<Length>,
    norms: Vec<f64>,
    /// NaN for zero vectors, which have no cosine.
    inverses: Vec<f64>,
    products: Vec<f64>,
    cosines: Vec<f64>,
    /// G, and α of the student, and β.
    pub values: Vec<f64>,
    pub own: Vec<f64>,
    pub cross: Vec<f64>,
}

impl Sweep {
    /// Room for `count` vectors.
    pub(super) fn new(count: usize, coordinates: usize) -> Self {
        let stride = count.next_multiple_of(LANES);
        let line = || vec![0.0; stride];
        Self {
            count,
            stride,
            coordinates,
            columns: vec![0.0; stride * coordinates],
            lengths: vec![Length::default(); count],
            norms: line(),
            inverses: line(),
            products: line(),
            cosines: line(),
            values: line(),
            own: line(),
            cross: line(),
        }
    }

    /// Takes row `row` as vector l.
    #[inline(always)]
    pub(super) fn set(&mut self, l: usize, row: &[f64]) {
        for (c, value) in row.iter().enumerate() {
            self.columns[c * self.stride + l] = *value;
        }
        let length = Length::of(row);
        let inverse = if length.norm == 0.0 {
            f64::NAN
        } else {
            length.inverse
        };
        (self.norms[l], self.inverses[l]) = (length.norm, inverse);
        self.lengths[l] = length;
    }

    /// ‖w_l‖.
    #[inline(always)]
    pub(super) fn norm(&self, l: usize) -> f64 {
        self.norms[l]
    }

    /// Fills `values`, `own` and `cross` with the kernel of vector j, which is `row`, and every vector; its own place holds
    /// numbers of no meaning. `other` gives the vectors as rows.
    #[inline(always)]
    pub(super) fn of<'a>(
        &mut self,
        kernel: &Kernel,
        j: usize,
        row: &[f64],
        other: impl Fn(usize) -> &'a [f64],
    ) {
        self.products.fill(0.0);
        for (c, value) in row.iter().enumerate().take(self.coordinates) {
            add_scaled(
                &mut self.products,
                *value,
                &self.columns[c * self.stride..(c + 1) * self.stride],
            );
        }
        let (norm, inverse) = (self.norms[j], self.inverses[j]);
        let (bend, slope) = (kernel.bend(), kernel.slope());
        for l in 0..self.stride {
            let cosine = self.products[l] * inverse * self.inverses[l];
            self.cosines[l] = cosine;
            let supplement = supplement(cosine);
            let sine = (1.0 - cosine * cosine).max(0.0).sqrt();
            let cross = slope + bend * supplement;
            self.values[l] = bend * sine * norm * self.norms[l] + cross * self.products[l];
            self.own[l] = bend * sine * self.norms[l] * inverse;
            self.cross[l] = cross;
        }
        for l in (0..self.count).filter(|l| *l != j) {
            // NaN: one of the two is zero.
            if self.cosines[l].is_nan() || self.cosines[l].abs() > STEEP {
                let lengths = [self.lengths[j], self.lengths[l]];
                let angle = Angle::between(row, other(l), lengths, self.products[l]);
                let pair = kernel.pair(angle, lengths, self.products[l]);
                (self.values[l], self.own[l], self.cross[l]) = (pair.value, pair.w_on_w, pair.cross);
            }
        }
    }

    /// Σ_l factors_l v_l into `sum`, over all vectors.
    #[inline(always)]
    pub(super) fn combine(&self, factors: &[f64], sum: &mut [f64]) {
        for (c, sum) in sum.iter_mut().enumerate() {
            let column = &self.columns[c * self.stride..(c + 1) * self.stride];
            *sum = dot(factors, &column[..self.count]);
        }
    }
}

/// π − acos(c) without a branch, for |c| ≤ 1.
#[inline(always)]
fn supplement(c: f64) -> f64 {
    let size = c.abs();
    let far = size >= 0.5;
    // asin of a number of at most a half: |c| itself, or √((1 − |c|)/2), twice which is acos |c|.
    let square = if far { 0.5 * (1.0 - size) } else { size * size };
    let square = square.max(0.0);
    let root = if far { square.sqrt() } else { size };
    let mut series = 0.0;
    for coefficient in ARCSINE.iter().rev() {
        series = series * square + coefficient;
    }
    let arcsine = root + root * (square * series);
    let angle = if far { 2.0 * arcsine } else { FRAC_PI_2 - arcsine };
    if c < 0.0 { angle } else { PI - angle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_supplement_is_that_of_the_library() {
        for k in 0..=200_000 {
            let c = f64::from(k) / 100_000.0 - 1.0;
            let (found, expected) = (supplement(c), PI - c.acos());
            let relative = if c < 0.0 {
                (found / (-c).acos() - 1.0).abs()
            } else {
                (found - expected).abs()
            };
            assert!(c == -1.0 || relative <= 5e-16, "{c}: {found} {expected}");
        }
        assert_eq!(
            (supplement(-1.0), supplement(1.0), supplement(0.0)),
            (0.0, PI, FRAC_PI_2)
        );
    }
}
