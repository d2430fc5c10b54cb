//! Holds n labelled examples, and the constants of the paper's hypotheses on them.

mod conflicts;
mod inputs;

use std::sync::{Arc, OnceLock};

use faer::{Accum, Mat, MatMut, MatRef, Par, linalg::matmul::matmul};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

pub use conflicts::Conflicts;
use inputs::Inputs;

use crate::Network;
use crate::error::{Error, Result};
use crate::model::Activation;
use crate::network::check_finite;
use crate::vectors::in_vectors;

/// Inputs x_i ∈ R^d and labels y_i ∈ R, i = 1..n.
///
/// | symbol | meaning | shape | accessor |
/// | --- | --- | --- | --- |
/// | x_i | inputs | n × d | [`Dataset::inputs`] |
/// | y_i | labels | n | [`Dataset::labels`] |
/// | C_x^−, C_x^+ | smallest and largest ‖x_i‖ | | [`Dataset::input_norm_bounds`] |
/// | C_y^−, C_y^+ | smallest and largest \|y_i\| | | [`Dataset::label_bounds`] |
/// | ‖XᵀX − D_X‖_op | interaction of the inputs | | [`Dataset::interaction`] |
#[derive(Debug, Clone)]
pub struct Dataset {
    inputs: Inputs,
    labels: Array1<f64>,
    /// Whether the inputs are orthogonal, once somebody has asked.
    orthogonal: OnceLock<bool>,
}

impl PartialEq for Dataset {
    /// Equal inputs and labels.
    fn eq(&self, other: &Self) -> bool {
        self.inputs == other.inputs && self.labels == other.labels
    }
}

/// Relative size of ‖(XᵀX − D_X) z‖ below which inputs count as orthogonal: a thousand roundings.
const ORTHOGONALITY_TOLERANCE: f64 = 1e-12;

/// Gram matrices up to this size are written out and diagonalised.
const SMALL_GRAM: usize = 256;

impl Dataset {
    /// A dataset from inputs (n × d) and labels (n).
    ///
    /// # Errors
    /// When it is empty, when the lengths disagree, or when an entry is not finite.
    pub fn new(inputs: Array2<f64>, labels: Array1<f64>) -> Result<Self> {
        check_shape(inputs.dim(), &labels)?;
        check_finite("inputs", inputs.view())?;
        check_finite("labels", labels.view().insert_axis(ndarray::Axis(1)))?;
        let inputs = Inputs::Rows(Arc::new(crate::network::standard(inputs)));
        Ok(Self::from_parts(inputs, labels))
    }

    /// A dataset whose inputs lie along the first n coordinate axes, x_i = scales_i e_i.
    ///
    /// It holds n numbers rather than n·d. The flow on it, its coverage and its constants need no more; only
    /// [`Dataset::inputs`] and what looks at single coordinates make the n × d array.
    ///
    /// # Errors
    /// As [`Dataset::new`], and when d < n.
    pub fn along_axes(scales: Vec<f64>, labels: Array1<f64>, dimension: usize) -> Result<Self> {
        check_shape((scales.len(), dimension), &labels)?;
        if dimension < scales.len() {
            let expected = format!("at least n = {}", scales.len());
            return Err(Error::out_of_range("dimension d", expected, dimension));
        }
        check_finite(
            "inputs",
            Array1::from(scales.clone()).view().insert_axis(ndarray::Axis(1)),
        )?;
        check_finite("labels", labels.view().insert_axis(ndarray::Axis(1)))?;
        let inputs = Inputs::Axes {
            scales,
            dimension,
            rows: OnceLock::new(),
        };
        Ok(Self::from_parts(inputs, labels))
    }

    /// The same inputs with other labels.
    ///
    /// # Errors
    /// When there is not one finite label an input.
    pub fn with_labels(&self, labels: Array1<f64>) -> Result<Self> {
        check_shape(self.inputs.dim(), &labels)?;
        check_finite("labels", labels.view().insert_axis(ndarray::Axis(1)))?;
        Ok(Self {
            inputs: self.inputs.clone(),
            labels,
            orthogonal: self.orthogonal.clone(),
        })
    }

    fn from_parts(inputs: Inputs, labels: Array1<f64>) -> Self {
        Self {
            inputs,
            labels,
            orthogonal: OnceLock::new(),
        }
    }

    /// Number of examples n.
    pub fn examples(&self) -> usize {
        self.inputs.dim().0
    }

    /// Dimension d of the inputs.
    pub fn dimension(&self) -> usize {
        self.inputs.dim().1
    }

    /// Inputs, n × d, row i is x_i.
    pub fn inputs(&self) -> ArrayView2<'_, f64> {
        self.inputs.rows().view()
    }

    /// Inputs as one row-major slice of length n·d.
    pub fn inputs_flat(&self) -> &[f64] {
        self.inputs.rows().as_slice().unwrap_or(&[])
    }

    /// Labels y, length n.
    pub fn labels(&self) -> ArrayView1<'_, f64> {
        self.labels.view()
    }

    /// The norms ‖x_i‖, length n.
    pub fn input_norms(&self) -> Vec<f64> {
        self.inputs.norms()
    }

    /// The preactivations u_ji = ⟨w_j, x_i⟩ of hidden weights W (p × d), p × n.
    pub fn preactivations(&self, hidden_weights: ArrayView2<'_, f64>) -> Array2<f64> {
        let mut table = Array2::zeros((hidden_weights.nrows(), self.examples()));
        self.write_preactivations(hidden_weights, &mut table);
        table
    }

    /// Writes them over a table, p × n.
    pub(crate) fn write_preactivations(&self, hidden_weights: ArrayView2<'_, f64>, table: &mut Array2<f64>) {
        self.inputs.write_products(hidden_weights, table);
    }

    /// The outputs h(x_i) = (1/p) Σ_j a_j σ(⟨w_j, x_i⟩) of a network, length n, in O(ndp).
    pub fn outputs(&self, activation: Activation, network: &Network) -> Array1<f64> {
        self.outputs_at(
            activation,
            network,
            &self.preactivations(network.hidden_weights()),
        )
    }

    /// The outputs of a network whose preactivations are known, in O(np).
    pub(crate) fn outputs_at(
        &self,
        activation: Activation,
        network: &Network,
        preactivations: &Array2<f64>,
    ) -> Array1<f64> {
        let mut outputs = Array1::zeros(self.examples());
        let slope = activation.slope();
        if let Some(outputs) = outputs.as_slice_mut() {
            in_vectors!(pulp::Arch::new(), {
                for (row, a) in preactivations.rows().into_iter().zip(network.output_weights()) {
                    if let Some(row) = row.as_slice() {
                        add_activations(outputs, *a, row, slope);
                    }
                }
            });
        }
        outputs / network.neurons() as f64
    }

    /// Adds C X, combinations of the inputs with coefficients C (p × n), to W (p × d, row by row).
    pub(crate) fn add_combinations(&self, coefficients: &Array2<f64>, hidden_weights: &mut Array2<f64>) {
        self.inputs.add_combinations(coefficients, hidden_weights);
    }

    /// (C_x^−, C_x^+): the smallest and the largest ‖x_i‖.
    pub fn input_norm_bounds(&self) -> (f64, f64) {
        bounds(self.input_norms())
    }

    /// (C_y^−, C_y^+): the smallest and the largest |y_i|.
    pub fn label_bounds(&self) -> (f64, f64) {
        bounds(self.labels.iter().map(|y| y.abs()))
    }

    /// ‖XXᵀ‖_op = λ_max of the Gram matrix ⟨x_i, x_k⟩, in O(nd min(n, d)) up to min(n, d) = 256 and to about 10⁻⁵ of
    /// itself in O(nd) beyond.
    pub(crate) fn gram_norm(&self) -> f64 {
        let (n, d) = self.inputs.dim();
        let norms = self.input_norms();
        if self.is_orthogonal() {
            return norms.iter().fold(0.0, |most: f64, norm| most.max(norm * norm));
        }
        if n.min(d) > SMALL_GRAM {
            return crate::spectrum::largest_eigenvalue(n, |v, out| {
                self.apply_interaction(v, out);
                for ((out, v), norm) in out.iter_mut().zip(v).zip(&norms) {
                    *out += norm * norm * v;
                }
            });
        }
        // XXᵀ and XᵀX have the same eigenvalues but for zeros.
        let x = MatRef::from_row_major_slice(self.inputs_flat(), n, d);
        let (left, right) = if d <= n {
            (x.transpose(), x)
        } else {
            (x, x.transpose())
        };
        let mut gram = Mat::zeros(n.min(d), n.min(d));
        matmul(gram.as_mut(), Accum::Replace, left, right, 1.0, Par::Seq);
        crate::spectrum::ends(&gram).1
    }

    /// (XᵀX − D_X) v, the action of the interaction matrix on v ∈ R^n, in O(nd).
    pub(crate) fn apply_interaction(&self, v: &[f64], out: &mut [f64]) {
        let n = self.examples();
        assert_eq!(v.len(), n, "v must have length n");
        assert_eq!(out.len(), n, "out must have length n");
        if matches!(self.inputs, Inputs::Axes { .. }) {
            out.fill(0.0);
            return;
        }
        self.apply_gram_less(&self.squared_input_norms(), v, out);
    }

    /// (XᵀX − diag(squares)) v.
    fn apply_gram_less(&self, squares: &[f64], v: &[f64], out: &mut [f64]) {
        let (n, d) = self.inputs.dim();
        let x = MatRef::from_row_major_slice(self.inputs_flat(), n, d);
        let mut sum = vec![0.0; d];
        matmul(
            MatMut::from_row_major_slice_mut(&mut sum, 1, d),
            Accum::Replace,
            MatRef::from_row_major_slice(v, 1, n),
            x,
            1.0,
            Par::Seq,
        );
        matmul(
            MatMut::from_row_major_slice_mut(out, n, 1),
            Accum::Replace,
            x,
            MatRef::from_row_major_slice(&sum, d, 1),
            1.0,
            Par::Seq,
        );
        for ((out, square), v) in out.iter_mut().zip(squares).zip(v) {
            *out -= square * v;
        }
    }

    fn squared_input_norms(&self) -> Vec<f64> {
        self.inputs().rows().into_iter().map(|x| x.dot(&x)).collect()
    }

    /// ‖XᵀX − D_X‖_op, the largest interaction of the inputs; 0 when they are orthogonal.
    pub fn interaction(&self) -> f64 {
        if self.is_orthogonal() {
            return 0.0;
        }
        let squares = self.squared_input_norms();
        crate::spectrum::operator_norm(self.examples(), |v, out| self.apply_gram_less(&squares, v, out))
    }

    /// Whether ⟨x_i, x_k⟩ = 0 for all i ≠ k, to rounding; O(nd) when first asked, remembered afterwards.
    ///
    /// (XᵀX − D_X) z vanishes for a fixed pseudo-random z: for matrices that do not know z this fails to
    /// notice an interaction with probability zero.
    pub fn is_orthogonal(&self) -> bool {
        *self.orthogonal.get_or_init(|| self.find_orthogonal())
    }

    fn find_orthogonal(&self) -> bool {
        let n = self.examples();
        if n > self.dimension() {
            // More vectors than dimensions: orthogonal only if some are zero, which no law draws.
            return false;
        }
        let z: Vec<f64> = (0..n).map(crate::linear::probe).collect();
        let mut image = vec![0.0; n];
        self.apply_interaction(&z, &mut image);
        let norms = self.input_norms();
        let largest = norms.iter().fold(0.0, |m: f64, v| m.max(*v));
        image
            .iter()
            .zip(&norms)
            .all(|(r, norm)| r.abs() <= ORTHOGONALITY_TOLERANCE * norm * largest * (n as f64).sqrt())
    }
}

/// h += a σ(u), example by example; σ as in `Activation::value`, without a branch.
#[inline(always)]
fn add_activations(outputs: &mut [f64], a: f64, preactivations: &[f64], slope: f64) {
    for (h, u) in outputs.iter_mut().zip(preactivations) {
        *h += a * if *u > 0.0 { *u } else { slope * u };
    }
}

/// Refuses an empty dataset, and labels of another number than the inputs.
fn check_shape((n, d): (usize, usize), labels: &Array1<f64>) -> Result<()> {
    if n == 0 {
        return Err(Error::out_of_range("number of examples n", "at least 1", n));
    }
    if d == 0 {
        return Err(Error::out_of_range("dimension d", "at least 1", d));
    }
    if labels.len() != n {
        return Err(Error::Shape {
            array: "labels",
            expected: (n, 1),
            found: (labels.len(), 1),
        });
    }
    Ok(())
}

fn bounds(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    values
        .into_iter()
        .fold((f64::INFINITY, 0.0), |(low, high), v| (low.min(v), high.max(v)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::probe;
    use ndarray::array;

    #[test]
    fn constants_of_a_small_dataset() {
        let data = Dataset::new(array![[3.0, 4.0], [0.0, 1.0]], array![-2.0, 0.5]).unwrap();
        assert_eq!(data.input_norm_bounds(), (1.0, 5.0));
        assert_eq!(data.label_bounds(), (0.5, 2.0));
        assert_eq!(data.trap_level(), 0.25 / 4.0);
        let mut out = [0.0; 2];
        data.apply_interaction(&[1.0, 10.0], &mut out);
        assert_eq!(out, [40.0, 4.0]);
        assert!(!data.is_orthogonal());
    }

    #[test]
    fn orthogonal_inputs_are_recognised() {
        let data = Dataset::new(array![[0.0, 2.0, 0.0], [1.0, 0.0, 1.0]], array![1.0, 1.0]).unwrap();
        assert!(data.is_orthogonal());
        // The answer is remembered, and belongs to neither equality nor content.
        let fresh = Dataset::new(data.inputs().to_owned(), data.labels().to_owned()).unwrap();
        assert_eq!(data, fresh);
        assert!(data.clone().is_orthogonal() && fresh.is_orthogonal());
        let nearly = Dataset::new(array![[0.0, 2.0, 0.0], [1.0, 1e-9, 1.0]], array![1.0, 1.0]).unwrap();
        assert!(!nearly.is_orthogonal());
    }

    /// What is told of inputs along axes without their array is what the array tells.
    #[test]
    fn inputs_along_axes_are_their_array() {
        let axes = Dataset::along_axes(vec![2.0, -0.5], array![1.0, -1.0], 3).unwrap();
        let rows = Dataset::new(array![[2.0, 0.0, 0.0], [0.0, -0.5, 0.0]], array![1.0, -1.0]).unwrap();
        assert_eq!(axes, rows);
        assert_eq!(axes.inputs(), rows.inputs());
        assert_eq!(axes.input_norms(), rows.input_norms());
        assert_eq!(axes.input_norm_bounds(), (0.5, 2.0));
        assert_eq!((axes.interaction(), axes.is_orthogonal()), (0.0, true));
        let weights = array![[1.0, 2.0, 3.0], [-4.0, 5.0, -6.0]];
        let expected = array![[2.0, -1.0], [-8.0, -2.5]];
        assert_eq!(axes.preactivations(weights.view()), expected);
        assert_eq!(rows.preactivations(weights.view()), expected);
        let moved = |data: &Dataset| {
            let mut weights = weights.clone();
            data.add_combinations(&array![[1.0, 0.0], [3.0, 2.0]], &mut weights);
            weights
        };
        assert_eq!(moved(&axes), array![[3.0, 2.0, 3.0], [2.0, 4.0, -6.0]]);
        assert_eq!(moved(&axes), moved(&rows));
        assert_ne!(
            axes,
            Dataset::along_axes(vec![2.0, -0.5], array![1.0, -1.0], 4).unwrap()
        );
        let error = Dataset::along_axes(vec![1.0, 1.0], array![1.0, 1.0], 1).unwrap_err();
        assert_eq!(error.to_string(), "dimension d: expected at least n = 2, found 1");
    }

    #[test]
    fn refuses_what_is_not_a_dataset() {
        let error = Dataset::new(Array2::zeros((0, 2)), Array1::zeros(0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "number of examples n: expected at least 1, found 0"
        );
        let error = Dataset::new(array![[1.0]], array![1.0, 2.0]).unwrap_err();
        assert_eq!(error.to_string(), "labels: expected shape (1, 1), found (2, 1)");
        let error = Dataset::new(array![[1.0]], array![f64::INFINITY]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "labels: expected finite numbers, found inf at row 0, column 0"
        );
    }

    /// λ_max by power iteration on the rows themselves, where there are fewer examples than coordinates, more, and so
    /// many of both that the Gram matrix is not written out.
    #[test]
    fn the_gram_norm_is_the_largest_eigenvalue() {
        for (n, d) in [(30, 5), (5, 30), (300, 270)] {
            let x = Array2::from_shape_fn((n, d), |(i, k)| probe(i * d + k) - 0.3);
            let data = Dataset::new(x.clone(), Array1::ones(n)).unwrap();
            let mut v = Array1::from_shape_fn(d, probe);
            let mut largest = 0.0;
            for _ in 0..2000 {
                let image = x.t().dot(&x.dot(&v));
                largest = image.dot(&image).sqrt();
                v = image / largest;
            }
            let found = data.gram_norm();
            assert!(
                (found - largest).abs() < 1e-4 * largest,
                "({n}, {d}): {found}, expected {largest}"
            );
        }
    }
}
