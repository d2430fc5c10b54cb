//! Evaluates E σ(⟨w,x⟩) σ(⟨v,x⟩) over Gaussian x, the arc-cosine kernel, with its derivatives and angles that stay accurate.
//!
//! ```text
//! G(w, v) = E σ(⟨w,x⟩) σ(⟨v,x⟩) = γ ⟨w,v⟩ + (1−γ)² ‖w‖‖v‖ ( sin θ + (π−θ) cos θ ) / 2π        x ~ N(0, I)
//! ∂G/∂w   = α w + β v           α = (1−γ)² (‖v‖/‖w‖) sin θ / 2π,   β = γ + (1−γ)² (π−θ) / 2π
//! ∂²G/∂w² = α ( I − ŵŵᵀ + nnᵀ )        n = (v̂ − cos θ ŵ)/sin θ
//! ∂²G/∂w∂v = β I + (1−γ)² sin θ ( ŵv̂ᵀ + n mᵀ ) / 2π        m = (ŵ − cos θ v̂)/sin θ
//! ```
//!
//! θ is the angle of w and v, γ the slope of σ below 0. Source: Cho and Saul 2009 for the value (ReLU); the leaky case
//! writes σ(u) = γu + (1−γ)u⁺. G is homogeneous of degree 1 in each argument, so G = ⟨w, ∂G/∂w⟩.
//!
//! At w = 0 the kernel has no gradient. There the convention σ'(0) = γ of finite samples is kept: ∂G/∂w = E γ x σ(⟨v,x⟩) =
//! γ(1+γ)/2 · v, which is 0 for ReLU.

use std::f64::consts::PI;

use crate::linear::dot;
use crate::model::Activation;

/// Cosines beyond this are not trusted to give their angle: half a chord is measured instead.
pub(super) const STEEP: f64 = 0.9;

/// The norm of a vector, and its inverse: 0 for the zero vector.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Length {
    /// ‖w‖.
    pub norm: f64,
    /// 1/‖w‖.
    pub inverse: f64,
}

impl Length {
    /// The length of a vector.
    pub fn of(w: &[f64]) -> Self {
        let norm = dot(w, w).sqrt();
        let inverse = if norm == 0.0 { 0.0 } else { 1.0 / norm };
        Self { norm, inverse }
    }
}

/// The angle θ ∈ \[0, π\] of two vectors, with what the kernel needs of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angle {
    /// π − θ, accurate relative to itself near θ = π.
    pub supplement: f64,
    /// sin θ, accurate relative to itself near both ends.
    pub sine: f64,
    /// cos θ.
    pub cosine: f64,
}

impl Angle {
    /// The angle of two vectors of these lengths and this inner product; π/2 where one of them is 0. O(d) near 0 and π, else O(1).
    ///
    /// acos of a cosine c near ±1 is off by ε/√(1 − c²). There θ = 2 asin(‖ŵ − v̂‖/2), or π − θ = 2 asin(‖ŵ + v̂‖/2).
    pub fn between(w: &[f64], v: &[f64], [to_w, to_v]: [Length; 2], product: f64) -> Self {
        if to_w.norm == 0.0 || to_v.norm == 0.0 {
            return Self {
                supplement: 0.5 * PI,
                sine: 1.0,
                cosine: 0.0,
            };
        }
        let cosine = product * to_w.inverse * to_v.inverse;
        if cosine.abs() <= STEEP {
            return Self {
                supplement: PI - cosine.acos(),
                sine: (1.0 - cosine * cosine).sqrt(),
                cosine,
            };
        }
        let (by_w, by_v) = (to_w.inverse, cosine.signum() * to_v.inverse);
        let square: f64 = w
            .iter()
            .zip(v)
            .map(|(w, v)| {
                let gap = by_w * w - by_v * v;
                gap * gap
            })
            .sum();
        let half = (0.5 * square.sqrt()).min(1.0);
        let small = 2.0 * half.asin();
        Self {
            supplement: if cosine > 0.0 { PI - small } else { small },
            sine: 2.0 * half * (1.0 - half * half).sqrt(),
            cosine: cosine.signum() * (1.0 - 2.0 * half * half),
        }
    }
}

/// The kernel of an activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kernel {
    /// γ.
    slope: f64,
    /// (1 − γ)²/2π.
    bend: f64,
}

/// The kernel at a pair (w, v), for its first derivatives: ∂G/∂w = `w_on_w` · w + `cross` · v, ∂G/∂v = `v_on_v` · v + `cross` · w.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// G(w, v).
    pub value: f64,
    /// α of w.
    pub w_on_w: f64,
    /// α of v.
    pub v_on_v: f64,
    /// β.
    pub cross: f64,
}

impl Kernel {
    /// The kernel of σ.
    pub fn new(activation: Activation) -> Self {
        let slope = activation.slope();
        Self {
            slope,
            bend: (1.0 - slope) * (1.0 - slope) / (2.0 * PI),
        }
    }

    /// G(w, w)/‖w‖² = (1 + γ²)/2.
    pub fn own(&self) -> f64 {
        0.5 * (1.0 + self.slope * self.slope)
    }

    /// β where one of the two vectors is 0, by σ'(0) = γ: γ(1+γ)/2.
    pub(crate) fn at_zero(&self) -> f64 {
        0.5 * self.slope * (1.0 + self.slope)
    }

    /// γ.
    pub(super) fn slope(&self) -> f64 {
        self.slope
    }

    /// (1 − γ)²/2π, the factor of what is not linear.
    pub(super) fn bend(&self) -> f64 {
        self.bend
    }

    /// β = γ + (1−γ)² (π−θ)/2π.
    pub(super) fn cross(&self, angle: Angle) -> f64 {
        self.slope + self.bend * angle.supplement
    }

    /// Value and first derivatives at vectors of these lengths and this inner product.
    pub fn pair(&self, angle: Angle, [w, v]: [Length; 2], product: f64) -> Pair {
        if w.norm == 0.0 || v.norm == 0.0 {
            return Pair {
                value: 0.0,
                w_on_w: 0.0,
                v_on_v: 0.0,
                cross: self.at_zero(),
            };
        }
        let bent = self.bend * angle.sine;
        let cross = self.cross(angle);
        Pair {
            value: bent * w.norm * v.norm + cross * product,
            w_on_w: bent * v.norm * w.inverse,
            v_on_v: bent * w.norm * v.inverse,
            cross,
        }
    }

    /// Value and first derivatives at (w, v).
    ///
    /// ```
    /// use reluflow::{model::Activation, population::Kernel};
    /// // E σ(x_1) σ(x_2) = (E σ(x_1))² = 1/2π.
    /// let pair = Kernel::new(Activation::Relu).at(&[1.0, 0.0], &[0.0, 1.0]);
    /// assert!((pair.value - 0.5 / std::f64::consts::PI).abs() < 1e-16);
    /// ```
    pub fn at(&self, w: &[f64], v: &[f64]) -> Pair {
        let lengths = [Length::of(w), Length::of(v)];
        let product = dot(w, v);
        self.pair(Angle::between(w, v, lengths, product), lengths, product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(slope: f64, w: &[f64], v: &[f64]) -> Pair {
        Kernel::new(Activation::Leaky(slope)).at(w, v)
    }

    /// Angles from 10⁻¹² to π − 10⁻¹²: vectors (1, 0) and (cos θ, sin θ), whose angle is θ to rounding, longer and shorter.
    #[test]
    fn angles_are_accurate_near_both_ends() {
        let near_pi = |x: f64| (-(x.cos()), x.sin());
        let between = |c: f64, s: f64| {
            let (w, v) = ([2.0, 0.0], [3.0 * c, 3.0 * s]);
            Angle::between(&w, &v, [Length::of(&w), Length::of(&v)], 6.0 * c)
        };
        for exponent in 0..=12 {
            let x = 10f64.powi(-exponent);
            let (c, s) = (x.cos(), x.sin());
            let small = between(c, s);
            assert!((small.sine / s - 1.0).abs() < 1e-15 * 8.0, "{x}: {small:?}");
            assert!((PI - small.supplement - x).abs() < 1e-15, "{x}: {small:?}");
            let (c, s) = near_pi(x);
            let large = between(c, s);
            assert!((large.sine / s - 1.0).abs() < 1e-15 * 8.0, "{x}: {large:?}");
            assert!((large.supplement / x - 1.0).abs() < 1e-15 * 8.0, "{x}: {large:?}");
        }
    }

    /// σ(u) σ(cu) = σ(u)² c for c > 0, and E σ(u)² = (1+γ²)/2; for c < 0, σ(u) σ(cu) = γ c u² either side.
    #[test]
    fn parallel_and_opposite_vectors() {
        let w = [0.3, -1.2, 0.7];
        let square: f64 = w.iter().map(|w| w * w).sum();
        for slope in [0.0, 0.1, 0.5, 1.0, -1.0] {
            for factor in [1.0, 3.0, 1e-8, -1.0, -0.2, -1e8] {
                let v: Vec<f64> = w.iter().map(|w| factor * w).collect();
                let pair = at(slope, &w, &v);
                let mean = if factor > 0.0 {
                    0.5 * (1.0 + slope * slope)
                } else {
                    slope
                };
                let expected = mean * factor * square;
                let close = |found: f64, expected: f64, scale: f64| (found - expected).abs() < 1e-14 * scale;
                assert!(
                    close(pair.value, expected, factor.abs() * square),
                    "{slope} {factor}"
                );
                assert!(close(pair.cross, mean, 1.0), "{slope} {factor}: {pair:?}");
                assert!(pair.w_on_w.abs() < 1e-14 * factor.abs() && pair.v_on_v.is_finite());
            }
        }
    }

    #[test]
    fn a_zero_vector_gives_numbers() {
        for slope in [0.0, 0.3, -1.0] {
            for (w, v) in [
                ([0.0, 0.0], [1.0, 2.0]),
                ([1.0, 2.0], [0.0, 0.0]),
                ([0.0; 2], [0.0; 2]),
            ] {
                let pair = at(slope, &w, &v);
                let expected = 0.5 * slope * (1.0 + slope);
                assert_eq!((pair.value, pair.w_on_w, pair.v_on_v), (0.0, 0.0, 0.0));
                assert_eq!(pair.cross, expected);
            }
        }
    }

    /// Central differences of the value, step 10⁻⁵: error of order 10⁻¹⁰ from the step and 10⁻¹¹ from rounding.
    #[test]
    fn derivatives_are_those_of_the_value() {
        let (w, v) = ([0.5, -0.3, 1.1], [-0.9, 0.4, 0.2]);
        for slope in [0.0, 0.1, 0.5, 1.0, -1.0] {
            let pair = at(slope, &w, &v);
            for k in 0..3 {
                let (mut up, mut down) = (w, w);
                up[k] += 1e-5;
                down[k] -= 1e-5;
                let slope_w = (at(slope, &up, &v).value - at(slope, &down, &v).value) / 2e-5;
                assert!((slope_w - (pair.w_on_w * w[k] + pair.cross * v[k])).abs() < 1e-9);
                let (mut up, mut down) = (v, v);
                up[k] += 1e-5;
                down[k] -= 1e-5;
                let slope_v = (at(slope, &w, &up).value - at(slope, &w, &down).value) / 2e-5;
                assert!((slope_v - (pair.v_on_v * v[k] + pair.cross * w[k])).abs() < 1e-9);
            }
        }
    }
}
