//! Brackets the ends of the spectrum of the kernel M on orthogonal inputs, where M is a diagonal plus p rank-one terms.
//!
//! With v_ji = ⟨w_j, x_i⟩/‖x_i‖, all pairs of different examples meet only through the neurons:
//!
//! ```text
//! M = Δ + U Uᵀ          Δ_i = ‖x_i‖² e_i,   e_i = (1/p) Σ_j a_j² 1_ji          U_ij = ‖x_i‖ v_ji^+/√p   (n × p)
//! ```
//!
//! For λ no entry of Δ, the block matrix \[\[Δ − λ, U\], \[Uᵀ, −I\]\] has the inertia of −I and M − λ (eliminating −I), and that
//! of Δ − λ and −S(λ) (eliminating Δ − λ), S(λ) = I + Uᵀ(Δ − λ)⁻¹U, p × p. Sylvester's law of inertia therefore counts,
//!
//! ```text
//! eigenvalues of M below λ  =  entries of Δ below λ  −  negative eigenvalues of S(λ)
//! ```
//!
//! and bisection on that count encloses each end of the spectrum: no start vector, no criterion of convergence, and no
//! n × n matrix. O(np²) a count.

use faer::{Accum, Mat, MatMut, MatRef, Par, linalg::matmul::matmul};

use crate::field::{Real, split_state};
use crate::{Dataset, Network};

/// Relative width of the brackets at which bisection stops.
const WIDTH: f64 = 1e-12;
/// Examples whose columns are taken into S at a time.
const BLOCK: usize = 2048;

/// M on orthogonal inputs: Δ (length n) and the columns of U.
#[derive(Debug, Clone)]
pub struct OrthogonalKernel {
    /// Δ_i = ‖x_i‖² e_i, length n.
    own: Vec<f64>,
    /// ‖x_i‖ v_ji^+/√p, neuron by neuron: p × n.
    factors: Vec<f64>,
    neurons: usize,
}

impl OrthogonalKernel {
    /// The kernel of a network, in O(np), or O(ndp) when the inputs do not lie along axes; `None` unless the inputs are
    /// orthogonal.
    ///
    /// ```
    /// use ndarray::array;
    /// // One neuron, a = 2, v = (1, 0) on inputs of norms 1 and 3: M = diag(4 + 1, 0).
    /// let data = reluflow::Dataset::along_axes(vec![1.0, 3.0], array![1.0, 1.0], 2).unwrap();
    /// let network = reluflow::Network::new(array![[1.0, -1.0]], array![2.0]).unwrap();
    /// let (low, high) = reluflow::observe::OrthogonalKernel::new(&data, &network).unwrap().ends();
    /// assert_eq!(low, 0.0);
    /// assert!((high - 5.0).abs() < 1e-10);
    /// ```
    ///
    /// # Panics
    /// When network and data differ in dimension.
    pub fn new(dataset: &Dataset, network: &Network) -> Option<Self> {
        if !dataset.is_orthogonal() {
            return None;
        }
        let values = dataset.preactivations(network.hidden_weights());
        let output: Vec<f64> = network.output_weights().to_vec();
        let ones: Vec<f64> = vec![1.0; dataset.examples()];
        Some(Self::build(
            &dataset.input_norms(),
            &ones,
            values.iter().copied(),
            &output,
        ))
    }

    /// The kernel at a state of the orthogonal field: p rows of v_ji, then a.
    pub(crate) fn at<T: Real>(norms: &[f64], state: &[T], neurons: usize) -> Self {
        let (hidden, output) = split_state(state, neurons);
        let output: Vec<f64> = output.iter().map(|a| a.to_f64()).collect();
        Self::build(norms, norms, hidden.iter().map(|v| v.to_f64()), &output)
    }

    /// From what has the signs of v_ji, and with it times `factor_i` = ‖x_i‖ v_ji.
    fn build(norms: &[f64], factor: &[f64], values: impl Iterator<Item = f64>, output: &[f64]) -> Self {
        let (n, p) = (norms.len(), output.len());
        let root = (p as f64).sqrt();
        let mut factors: Vec<f64> = values.collect();
        let mut own = vec![0.0; n];
        for (row, a) in factors.chunks_exact_mut(n).zip(output) {
            let weight = a * a / p as f64;
            for (((value, factor), norm), sum) in row.iter_mut().zip(factor).zip(norms).zip(&mut own) {
                if *value > 0.0 {
                    *sum += norm * norm * weight;
                }
                *value = factor * value.max(0.0) / root;
            }
        }
        Self {
            own,
            factors,
            neurons: p,
        }
    }

    /// How many eigenvalues of M lie below λ, in O(np² + p³); λ equal to an entry of Δ is moved up by a rounding.
    pub fn below(&self, mut lambda: f64) -> usize {
        while self.own.contains(&lambda) {
            lambda = lambda.next_up();
        }
        let entries = self.own.iter().filter(|entry| **entry < lambda).count();
        let (n, p) = (self.own.len(), self.neurons);
        let mut sum = vec![0.0; p * p];
        let (mut plain, mut divided) = (vec![0.0; p * BLOCK.min(n)], vec![0.0; p * BLOCK.min(n)]);
        for start in (0..n).step_by(BLOCK) {
            let width = BLOCK.min(n - start);
            for (j, row) in self.factors.chunks_exact(n).enumerate() {
                let row = &row[start..start + width];
                plain[j * width..][..width].copy_from_slice(row);
                let entries = &self.own[start..];
                for ((slot, u), entry) in divided[j * width..][..width].iter_mut().zip(row).zip(entries) {
                    *slot = u / (entry - lambda);
                }
            }
            matmul(
                MatMut::from_row_major_slice_mut(&mut sum, p, p),
                Accum::Add,
                MatRef::from_row_major_slice(&plain[..p * width], p, width),
                MatRef::from_row_major_slice(&divided[..p * width], p, width).transpose(),
                1.0,
                Par::Seq,
            );
        }
        let reduced = Mat::from_fn(p, p, |j, k| sum[j * p + k] + f64::from(u8::from(j == k)));
        let values = reduced
            .self_adjoint_eigenvalues(faer::Side::Lower)
            .unwrap_or_default();
        entries - values.iter().filter(|value| **value < 0.0).count().min(entries)
    }

    /// (λ_min(M), λ_max(M)), each in the middle of a bracket of relative width 10⁻¹², in some eighty counts.
    ///
    /// λ_min ≥ min_i Δ_i since M − Δ is positive semi-definite, and ≤ min_i M_ii; λ_max ≥ max_i M_ii, and
    /// ≤ max_i Δ_i + ‖U‖_F². An example on which nobody is active gives λ_min = 0, exactly.
    pub fn ends(&self) -> (f64, f64) {
        (self.smallest(), self.largest())
    }

    /// λ_min(M); see [`OrthogonalKernel::ends`].
    pub fn smallest(&self) -> f64 {
        let low = self.own.iter().copied().fold(f64::INFINITY, f64::min);
        let high = self.diagonal().fold(f64::INFINITY, f64::min);
        bisect(low, high, |lambda| self.below(lambda) > 0)
    }

    /// λ_max(M); see [`OrthogonalKernel::ends`].
    pub fn largest(&self) -> f64 {
        let n = self.own.len();
        let low = self.diagonal().fold(0.0, f64::max);
        let norm: f64 = self.factors.iter().map(|u| u * u).sum();
        let high = self.own.iter().copied().fold(0.0, f64::max) + norm;
        bisect(low, high, |lambda| self.below(lambda) == n)
    }

    /// The diagonal M_ii = Δ_i + Σ_j U_ij² = ‖x_i‖² (1/p) Σ_{j∋i} (a_j² + v_ji²), length n, in O(np).
    pub fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        let mut entries = self.own.clone();
        for row in self.factors.chunks_exact(self.own.len()) {
            entries.iter_mut().zip(row).for_each(|(entry, u)| *entry += u * u);
        }
        entries.into_iter()
    }
}

/// Where `above` turns true between `low` and `high`.
fn bisect(mut low: f64, mut high: f64, above: impl Fn(f64) -> bool) -> f64 {
    while high - low > WIDTH * high {
        let middle = low + 0.5 * (high - low);
        if above(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    low + 0.5 * (high - low)
}
