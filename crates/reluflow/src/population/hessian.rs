//! Writes out the Hessian p ∇²L over the layers that move: the rates of the flow near a stationary point.
//!
//! ```text
//! p ∂²L/∂w_j∂w_l = (1/p) a_j a_l ∂₁₂G(w_j,w_l)                                                          j ≠ l
//! p ∂²L/∂w_j²    = a_j ( (1/p) Σ_{l≠j} a_l ∂₁₁G(w_j,w_l) + (1/p) a_j (1+γ²)/2 I − Σ_k b_k ∂₁₁G(w_j,v_k) )
//! p ∂²L/∂w_j∂a_l = (1/p) a_j ∂₁G(w_j,w_l) + δ_jl R_j        p ∂²L/∂a_j∂a_l = (1/p) G(w_j,w_l)
//! ```
//!
//! In unscaled units this is ∇²L itself. Its eigenvalues do not say how fast a frozen or slowed layer moves: rates of layers
//! are left out. Where a hidden weight is 0 or two neurons are opposite L has no second derivative; there
//! the limits or conventions of [`super::kernel`] stand.

use faer::Mat;

use super::field::PopulationField;
use super::kernel::{Angle, Length};
use crate::linear::{dot, norm};

/// A pair of vectors with what its second derivatives need.
struct Curved<'a> {
    w: &'a [f64],
    v: &'a [f64],
    lengths: [Length; 2],
    angle: Angle,
}

impl<'a> Curved<'a> {
    fn new(w: &'a [f64], v: &'a [f64]) -> Self {
        let lengths = [Length::of(w), Length::of(v)];
        let angle = Angle::between(w, v, lengths, dot(w, v));
        Self { w, v, lengths, angle }
    }

    fn is_zero(&self) -> bool {
        self.lengths.iter().any(|length| length.norm == 0.0)
    }

    /// The unit vectors ŵ, v̂, n and m; the last two are 0 where the vectors are parallel.
    fn frame(&self) -> [Vec<f64>; 4] {
        let unit = |u: &[f64], to: Length| -> Vec<f64> { u.iter().map(|u| u * to.inverse).collect() };
        let (w, v) = (unit(self.w, self.lengths[0]), unit(self.v, self.lengths[1]));
        let across = |from: &[f64], to: &[f64]| -> Vec<f64> {
            let mut n: Vec<f64> = from
                .iter()
                .zip(to)
                .map(|(from, to)| to - self.angle.cosine * from)
                .collect();
            // What rounding left along `from` is large beside n where θ is small.
            let along = dot(&n, from);
            n.iter_mut().zip(from).for_each(|(n, from)| *n -= along * from);
            let length = norm(&n);
            n.iter_mut()
                .for_each(|n| *n = if length > 0.0 { *n / length } else { 0.0 });
            n
        };
        let (n, m) = (across(&w, &v), across(&v, &w));
        [w, v, n, m]
    }
}

impl PopulationField {
    /// The number of parameters that move.
    pub fn moving(&self) -> usize {
        let (rates, p, m) = (self.rates(), self.neurons(), self.coordinates());
        let count = |rate: f64, count: usize| if rate > 0.0 { count } else { 0 };
        count(rates.hidden, p * m) + count(rates.output, p)
    }

    /// Where the parameters that move lie in a state.
    pub(super) fn moving_range(&self) -> std::ops::Range<usize> {
        let hidden = self.neurons() * self.coordinates();
        let start = if self.rates().hidden > 0.0 { 0 } else { hidden };
        start..start + self.moving()
    }

    /// p ∇²L at a state, over the parameters that move in the state's order: hidden rows, then output weights. O((p² + pk) m²).
    pub fn hessian(&self, state: &[f64]) -> Mat<f64> {
        let (p, m, width) = (self.neurons(), self.coordinates(), self.width());
        let (hidden, output) = state.split_at(p * m);
        let row = |j: usize| &hidden[j * m..(j + 1) * m];
        let (moves_hidden, moves_output) = (self.rates().hidden > 0.0, self.rates().output > 0.0);
        let first_output = if moves_hidden { p * m } else { 0 };
        let size = self.moving();
        let mut whole = Mat::zeros(size, size);
        let share = 1.0 / p.max(1) as f64;
        let kernel = *self.kernel();
        for j in 0..p {
            // R_j, and the diagonal block without a_j.
            let mut slope = vec![0.0; m];
            let mut block = Mat::<f64>::zeros(m, m);
            let own = share * output[j] * kernel.own();
            for c in 0..m {
                slope[c] += own * row(j)[c];
                block[(c, c)] += own;
            }
            for l in (0..p).filter(|l| *l != j) {
                let pair = Curved::new(row(j), row(l));
                self.add_pair(&pair, share * output[l], &mut slope, &mut block);
                if moves_hidden && l < j {
                    let factor = share * output[j] * output[l];
                    let mixed = self.mixed(&pair);
                    for r in 0..m {
                        for c in 0..m {
                            whole[(j * m + r, l * m + c)] = factor * mixed[(r, c)];
                            whole[(l * m + c, j * m + r)] = factor * mixed[(r, c)];
                        }
                    }
                }
                let first = kernel.pair(pair.angle, pair.lengths, dot(row(j), row(l)));
                if moves_output {
                    if l < j {
                        whole[(first_output + j, first_output + l)] = share * first.value;
                        whole[(first_output + l, first_output + j)] = share * first.value;
                    }
                    if moves_hidden {
                        for c in 0..m {
                            let value =
                                share * output[j] * (first.w_on_w * row(j)[c] + first.cross * row(l)[c]);
                            whole[(j * m + c, first_output + l)] = value;
                            whole[(first_output + l, j * m + c)] = value;
                        }
                    }
                }
            }
            for k in 0..width {
                let pair = Curved::new(row(j), self.teacher_row(k));
                self.add_pair(&pair, -self.teacher_output()[k], &mut slope, &mut block);
            }
            if moves_hidden {
                for r in 0..m {
                    for c in 0..m {
                        whole[(j * m + r, j * m + c)] = output[j] * block[(r, c)];
                    }
                }
            }
            if moves_output {
                whole[(first_output + j, first_output + j)] = share * kernel.own() * dot(row(j), row(j));
                if moves_hidden {
                    for c in 0..m {
                        let value = slope[c] + share * output[j] * kernel.own() * row(j)[c];
                        whole[(j * m + c, first_output + j)] = value;
                        whole[(first_output + j, j * m + c)] = value;
                    }
                }
            }
        }
        whole
    }

    /// Adds `factor` ∂₁G and `factor` ∂₁₁G of a pair.
    fn add_pair(&self, pair: &Curved<'_>, factor: f64, slope: &mut [f64], block: &mut Mat<f64>) {
        let first = self.kernel().pair(pair.angle, pair.lengths, dot(pair.w, pair.v));
        for ((slope, w), v) in slope.iter_mut().zip(pair.w).zip(pair.v) {
            *slope += factor * (first.w_on_w * w + first.cross * v);
        }
        if pair.is_zero() {
            return;
        }
        let [w, _, n, _] = pair.frame();
        let alpha = factor * first.w_on_w;
        for r in 0..w.len() {
            block[(r, r)] += alpha;
            for c in 0..w.len() {
                block[(r, c)] += alpha * (n[r] * n[c] - w[r] * w[c]);
            }
        }
    }

    /// ∂₁₂G of a pair: rows for w, columns for v.
    fn mixed(&self, pair: &Curved<'_>) -> Mat<f64> {
        let m = pair.w.len();
        if pair.is_zero() {
            let cross = self.kernel().at_zero();
            return Mat::from_fn(m, m, |r, c| if r == c { cross } else { 0.0 });
        }
        let [w, v, n, across] = pair.frame();
        let cross = self.kernel().cross(pair.angle);
        let bent = self.kernel().bend() * pair.angle.sine;
        Mat::from_fn(m, m, |r, c| {
            let straight = if r == c { cross } else { 0.0 };
            straight + bent * (w[r] * v[c] + n[r] * across[c])
        })
    }
}
