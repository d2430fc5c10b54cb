//! Evaluates the arc-cosine kernel of all students with all vectors, several pairs a processor's instruction.
//!
//! The formulas are those of [`Kernel`](super::Kernel); vectors lie by columns, one coordinate of all of them after another. Pairs whose
//! cosine does not give their angle, and zero vectors, are done one by one as there.

use std::f64::consts::{FRAC_PI_2, PI};

use pulp::Simd;

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

/// All vectors of an evaluation, students first, and the kernel of every student with every vector. A stage is done for all students before
/// the next begins: its steps do not wait for each other.
#[derive(Debug, Clone)]
pub(super) struct Sweep {
    count: usize,
    /// `count`, padded.
    stride: usize,
    coordinates: usize,
    /// Vectors in blocks of [`LANES`], one coordinate of a block after another.
    columns: Vec<f64>,
    /// Coordinates in blocks, one vector's block after another.
    rows: Vec<f64>,
    lengths: Vec<Length>,
    norms: Vec<f64>,
    /// NaN for zero vectors, which have no cosine.
    inverses: Vec<f64>,
    /// Student j with vector l at j · stride + l: inner product and cosine; G, α of the student, and β.
    products: Vec<f64>,
    cosines: Vec<f64>,
    values: Vec<f64>,
    own: Vec<f64>,
    cross: Vec<f64>,
}

impl Sweep {
    /// Room for `students` among `count` vectors.
    pub(super) fn new(students: usize, count: usize, coordinates: usize) -> Self {
        let stride = count.next_multiple_of(LANES);
        let pairs = || vec![0.0; students * stride];
        Self {
            count,
            stride,
            coordinates,
            columns: vec![0.0; stride * coordinates],
            rows: vec![0.0; count * coordinates.next_multiple_of(LANES)],
            lengths: vec![Length::default(); count],
            norms: vec![0.0; stride],
            inverses: vec![0.0; stride],
            products: pairs(),
            cosines: pairs(),
            values: pairs(),
            own: pairs(),
            cross: pairs(),
        }
    }

    /// Takes `row` as vector l.
    #[inline(always)]
    pub(super) fn set(&mut self, l: usize, row: &[f64]) {
        let block = l / LANES * LANES * self.coordinates + l % LANES;
        for (c, value) in row.iter().enumerate() {
            self.columns[block + c * LANES] = *value;
        }
        for (block, values) in row.chunks(LANES).enumerate() {
            self.rows[(block * self.count + l) * LANES..][..values.len()].copy_from_slice(values);
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

    /// G and β of student j with every vector, and α of the student.
    #[inline(always)]
    pub(super) fn of(&self, j: usize) -> (&[f64], &[f64], &[f64]) {
        let here = j * self.stride..j * self.stride + self.count;
        (
            &self.values[here.clone()],
            &self.cross[here.clone()],
            &self.own[here],
        )
    }

    /// Evaluates the kernel of every student, the rows of `hidden`, with every vector; `teacher` has the rows of the others.
    #[inline(always)]
    pub(super) fn evaluate<S: Simd>(&mut self, simd: S, kernel: &Kernel, [hidden, teacher]: [&[f64]; 2]) {
        let (m, stride) = (self.coordinates, self.stride);
        let students = self.products.len() / stride.max(1);
        for j in 0..students {
            let row = &hidden[j * m..(j + 1) * m];
            let products = &mut self.products[j * stride..(j + 1) * stride];
            let blocks = self.columns.chunks_exact(LANES * m.max(1));
            for (products, block) in products.chunks_exact_mut(LANES).zip(blocks) {
                let lanes = S::as_mut_simd_f64s(products).0;
                lanes.fill(simd.splat_f64s(0.0));
                for (value, column) in row.iter().zip(block.chunks_exact(LANES)) {
                    let value = simd.splat_f64s(*value);
                    for (sum, column) in lanes.iter_mut().zip(S::as_simd_f64s(column).0) {
                        *sum = simd.mul_add_f64s(value, *column, *sum);
                    }
                }
            }
        }
        let norms = S::as_simd_f64s(&self.norms).0;
        let inverses = S::as_simd_f64s(&self.inverses).0;
        let constants = Constants::new(simd, kernel);
        for j in 0..students {
            let line = j * stride..(j + 1) * stride;
            let products = S::as_simd_f64s(&self.products[line.clone()]).0;
            let cosines = S::as_mut_simd_f64s(&mut self.cosines[line.clone()]).0;
            let values = S::as_mut_simd_f64s(&mut self.values[line.clone()]).0;
            let own = S::as_mut_simd_f64s(&mut self.own[line.clone()]).0;
            let cross = S::as_mut_simd_f64s(&mut self.cross[line]).0;
            let (norm, inverse) = (simd.splat_f64s(self.norms[j]), simd.splat_f64s(self.inverses[j]));
            let seen = products.iter().zip(norms).zip(inverses);
            let shown = cosines.iter_mut().zip(values).zip(own).zip(cross);
            for (((product, other), to_other), (((cosine, value), own), cross)) in seen.zip(shown) {
                *cosine = simd.mul_f64s(simd.mul_f64s(*product, inverse), *to_other);
                let (bent, crossed) = constants.bent_and_cross(simd, *cosine);
                let sine = simd.mul_f64s(bent, *other);
                *cross = crossed;
                *value = simd.mul_add_f64s(crossed, *product, simd.mul_f64s(sine, norm));
                *own = simd.mul_f64s(sine, inverse);
            }
        }
        for j in 0..students {
            // A neuron with itself as with an equal one: equal students stay equal to the bit.
            let (at, cross) = (j * stride + j, kernel.slope() + kernel.bend() * PI);
            (self.cosines[at], self.own[at], self.cross[at]) = (0.0, 0.0, cross);
            self.values[at] = cross * self.products[at];
            for block in 0..stride / LANES {
                let first = j * stride + block * LANES;
                // NaN, too: one of the two is zero.
                let trusted = |cosine: &f64| cosine.abs() <= STEEP;
                if !self.cosines[first..first + LANES].iter().all(trusted) {
                    self.one_by_one(kernel, j, block * LANES, [hidden, teacher]);
                }
            }
        }
    }

    /// Pairs of student j with vectors of a block whose angle is not given by the cosine.
    fn one_by_one(&mut self, kernel: &Kernel, j: usize, first: usize, [hidden, teacher]: [&[f64]; 2]) {
        let m = self.coordinates;
        let row = |l: usize| match (l * m).checked_sub(hidden.len()) {
            Some(at) if m > 0 => &teacher[at..at + m],
            _ => &hidden[l * m..(l + 1) * m],
        };
        for l in (first..self.count.min(first + LANES)).filter(|l| *l != j) {
            let at = j * self.stride + l;
            if self.cosines[at].is_nan() || self.cosines[at].abs() > STEEP {
                let lengths = [self.lengths[j], self.lengths[l]];
                let angle = Angle::between(row(j), row(l), lengths, self.products[at]);
                let pair = kernel.pair(angle, lengths, self.products[at]);
                (self.values[at], self.own[at], self.cross[at]) = (pair.value, pair.w_on_w, pair.cross);
            }
        }
    }

    /// Σ_l factors_l v_l into `sum`, over all vectors.
    #[inline(always)]
    pub(super) fn combine<S: Simd>(&self, simd: S, factors: &[f64], sum: &mut [f64]) {
        let blocks = self.rows.chunks_exact(LANES * self.count.max(1));
        for (sum, block) in sum.chunks_mut(LANES).zip(blocks) {
            let mut sums = [0.0; LANES];
            let lanes = S::as_mut_simd_f64s(&mut sums).0;
            for (factor, row) in factors.iter().zip(block.chunks_exact(LANES)) {
                let factor = simd.splat_f64s(*factor);
                for (sum, row) in lanes.iter_mut().zip(S::as_simd_f64s(row).0) {
                    *sum = simd.mul_add_f64s(factor, *row, *sum);
                }
            }
            sum.copy_from_slice(&sums[..sum.len()]);
        }
    }
}

/// The numbers of the kernel, one in every lane.
struct Constants<S: Simd> {
    slope: S::f64s,
    bend: S::f64s,
    zero: S::f64s,
    half: S::f64s,
    one: S::f64s,
    right: S::f64s,
    straight: S::f64s,
    arcsine: [S::f64s; ARCSINE.len()],
}

impl<S: Simd> Constants<S> {
    #[inline(always)]
    fn new(simd: S, kernel: &Kernel) -> Self {
        let mut arcsine = [simd.splat_f64s(0.0); ARCSINE.len()];
        for (lanes, coefficient) in arcsine.iter_mut().zip(ARCSINE) {
            *lanes = simd.splat_f64s(coefficient);
        }
        Self {
            slope: simd.splat_f64s(kernel.slope()),
            bend: simd.splat_f64s(kernel.bend()),
            zero: simd.splat_f64s(0.0),
            half: simd.splat_f64s(0.5),
            one: simd.splat_f64s(1.0),
            right: simd.splat_f64s(FRAC_PI_2),
            straight: simd.splat_f64s(PI),
            arcsine,
        }
    }

    /// (1−γ)² sin θ/2π and β at cos θ.
    #[inline(always)]
    fn bent_and_cross(&self, simd: S, cosine: S::f64s) -> (S::f64s, S::f64s) {
        let square = simd.max_f64s(simd.sub_f64s(self.one, simd.mul_f64s(cosine, cosine)), self.zero);
        let supplement = self.supplement(simd, cosine);
        (
            simd.mul_f64s(self.bend, simd.sqrt_f64s(square)),
            simd.mul_add_f64s(self.bend, supplement, self.slope),
        )
    }

    /// π − acos(c) without a branch, for |c| ≤ 1.
    #[inline(always)]
    fn supplement(&self, simd: S, c: S::f64s) -> S::f64s {
        let size = simd.abs_f64s(c);
        let near = simd.less_than_f64s(size, self.half);
        // asin of a number of at most a half: |c| itself, or √((1 − |c|)/2), twice which is acos |c|.
        let half = simd.max_f64s(simd.mul_f64s(self.half, simd.sub_f64s(self.one, size)), self.zero);
        let square = simd.select_f64s(near, simd.mul_f64s(size, size), half);
        let root = simd.select_f64s(near, size, simd.sqrt_f64s(half));
        let mut series = self.arcsine[ARCSINE.len() - 1];
        for coefficient in self.arcsine[..ARCSINE.len() - 1].iter().rev() {
            series = simd.mul_add_f64s(series, square, *coefficient);
        }
        let arcsine = simd.mul_add_f64s(simd.mul_f64s(root, square), series, root);
        let near_angle = simd.sub_f64s(self.right, arcsine);
        let angle = simd.select_f64s(near, near_angle, simd.add_f64s(arcsine, arcsine));
        simd.select_f64s(
            simd.less_than_f64s(c, self.zero),
            angle,
            simd.sub_f64s(self.straight, angle),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Supplement(f64);

    impl pulp::WithSimd for Supplement {
        type Output = f64;

        fn with_simd<S: Simd>(self, simd: S) -> f64 {
            let constants = Constants::new(simd, &Kernel::new(crate::model::Activation::Relu));
            let mut lanes = [0.0; LANES];
            S::as_mut_simd_f64s(&mut lanes).0[0] = constants.supplement(simd, simd.splat_f64s(self.0));
            lanes[0]
        }
    }

    fn supplement(c: f64) -> f64 {
        pulp::Arch::new().dispatch(Supplement(c))
    }

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
