//! The products of matrices that a step over kinks is made of.

use crate::field::VectorField;
use crate::linear::multiply;

/// Most examples: K takes n² numbers.
const MOST_EXAMPLES: usize = 2048;

/// X and K = η_w XXᵀ/n, with room for a product.
#[derive(Debug)]
pub(super) struct Kernel {
    neurons: usize,
    /// η_w/n.
    scale: f64,
    /// X in the field's coordinates, n × m, and its transpose.
    inputs: Vec<f64>,
    transposed: Vec<f64>,
    /// K, n × n.
    pub(super) matrix: Vec<f64>,
    /// The last [`Kernel::combine`], p × m.
    pub(super) product: Vec<f64>,
}

impl Kernel {
    /// Those of a field; none where its inputs are too many or not at hand.
    pub(super) fn new(field: &dyn VectorField<f64>) -> Option<Self> {
        let (n, p, m) = (field.examples(), field.neurons(), field.hidden_coordinates());
        let scale = field.model().rates().hidden / n as f64;
        if !(1..=MOST_EXAMPLES).contains(&n) {
            return None;
        }
        let inputs = field.input_rows()?;
        let mut transposed = vec![0.0; n * m];
        for (i, row) in inputs.chunks_exact(m).enumerate() {
            for (k, x) in row.iter().enumerate() {
                transposed[k * n + i] = *x;
            }
        }
        let mut matrix = vec![0.0; n * n];
        multiply(&mut matrix, (n, n), (&inputs, &transposed), m, scale);
        let is_finite = matrix.iter().all(|value| value.is_finite());
        is_finite.then(|| Self {
            neurons: p,
            scale,
            inputs,
            transposed,
            matrix,
            product: vec![0.0; p * m],
        })
    }

    pub(super) fn coordinates(&self) -> usize {
        self.product.len() / self.neurons
    }

    fn examples(&self) -> usize {
        self.inputs.len() / self.coordinates()
    }

    /// u_ji of hidden weights, p × n.
    pub(super) fn preactivations(&self, hidden: &[f64], values: &mut [f64]) {
        let (p, n, m) = (self.neurons, self.examples(), self.coordinates());
        multiply(values, (p, n), (hidden, &self.transposed), m, 1.0);
    }

    /// `product` = factor (η_w/n) `gated` X.
    pub(super) fn combine(&mut self, gated: &[f64], factor: f64) {
        let (p, n, m) = (self.neurons, self.examples(), self.coordinates());
        let scale = factor * self.scale;
        multiply(&mut self.product, (p, m), (gated, &self.inputs), n, scale);
    }

    /// `image` = `gated` K, the shorter way.
    pub(super) fn push(&mut self, gated: &[f64], image: &mut [f64]) {
        let (p, n, m) = (self.neurons, self.examples(), self.coordinates());
        if n <= 2 * m {
            multiply(image, (p, n), (gated, &self.matrix), n, 1.0);
        } else {
            self.combine(gated, 1.0);
            multiply(image, (p, n), (&self.product, &self.transposed), m, 1.0);
        }
    }
}
