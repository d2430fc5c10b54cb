//! Holds a one-hidden-layer ReLU network, h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩).

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::error::{Error, Result};
use crate::model::Activation;

/// The parameters θ = (W, a) of a network of p neurons in dimension d.
///
/// | symbol | meaning | shape | accessor |
/// | --- | --- | --- | --- |
/// | w_j | hidden weights of neuron j | p × d | [`Network::hidden_weights`] |
/// | a_j | output weight of neuron j | p | [`Network::output_weights`] |
///
/// ```
/// use ndarray::array;
/// let network = reluflow::Network::new(array![[1.0, 0.0], [0.0, -1.0]], array![2.0, 4.0]).unwrap();
/// // h(x) = (2 σ(3) + 4 σ(-1)) / 2 = 3
/// assert_eq!(network.output(&[3.0, 1.0]), 3.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    hidden_weights: Array2<f64>,
    output_weights: Array1<f64>,
}

impl Network {
    /// A network from its weights.
    ///
    /// # Errors
    /// When there is no neuron or no dimension, when the lengths disagree, or when a weight is not finite.
    pub fn new(hidden_weights: Array2<f64>, output_weights: Array1<f64>) -> Result<Self> {
        check_shapes(&hidden_weights, &output_weights)?;
        check_finite("hidden weights", hidden_weights.view())?;
        check_finite(
            "output weights",
            output_weights.view().insert_axis(ndarray::Axis(1)),
        )?;
        Ok(Self::trusted(hidden_weights, output_weights))
    }

    /// A network as a run left it: its weights may have ceased to be finite ([`crate::Verdict::NotFinite`]).
    ///
    /// # Errors
    /// As [`Network::new`], but for weights that are not finite.
    pub fn from_state(hidden_weights: Array2<f64>, output_weights: Array1<f64>) -> Result<Self> {
        check_shapes(&hidden_weights, &output_weights)?;
        Ok(Self::trusted(hidden_weights, output_weights))
    }

    /// A network the flow itself produced.
    pub(crate) fn trusted(hidden_weights: Array2<f64>, output_weights: Array1<f64>) -> Self {
        debug_assert_eq!(hidden_weights.nrows(), output_weights.len());
        Self {
            hidden_weights: standard(hidden_weights),
            output_weights,
        }
    }

    /// Number of neurons p.
    pub fn neurons(&self) -> usize {
        self.hidden_weights.nrows()
    }

    /// Dimension d of the inputs.
    pub fn dimension(&self) -> usize {
        self.hidden_weights.ncols()
    }

    /// Hidden weights W, p × d, row j is w_j.
    pub fn hidden_weights(&self) -> ArrayView2<'_, f64> {
        self.hidden_weights.view()
    }

    /// Output weights a, length p.
    pub fn output_weights(&self) -> ArrayView1<'_, f64> {
        self.output_weights.view()
    }

    /// The network's value h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩), in O(pd).
    ///
    /// # Panics
    /// When `x` does not have length d.
    pub fn output(&self, x: &[f64]) -> f64 {
        self.output_with(Activation::Relu, x)
    }

    /// As [`Network::output`], for another activation σ.
    ///
    /// # Panics
    /// When `x` does not have length d.
    pub fn output_with(&self, activation: Activation, x: &[f64]) -> f64 {
        assert_eq!(x.len(), self.dimension(), "x must have length d");
        let sum: f64 = self
            .hidden_weights
            .rows()
            .into_iter()
            .zip(&self.output_weights)
            .map(|(w, a)| {
                let preactivation: f64 = w.iter().zip(x).map(|(w, x)| w * x).sum();
                a * activation.value(preactivation)
            })
            .sum();
        sum / self.neurons() as f64
    }

    /// The conserved balances a_j² − ‖w_j‖² (Lemma 1), length p.
    pub fn balances(&self) -> Vec<f64> {
        self.hidden_weights
            .rows()
            .into_iter()
            .zip(&self.output_weights)
            .map(|(w, a)| a * a - w.dot(&w))
            .collect()
    }

    /// The margin of Assumption 1, min_j (|a_j| − ‖w_j‖): non-negative when it holds.
    pub fn asymmetry_margin(&self) -> f64 {
        self.hidden_weights
            .rows()
            .into_iter()
            .zip(&self.output_weights)
            .map(|(w, a)| a.abs() - w.dot(&w).sqrt())
            .fold(f64::INFINITY, f64::min)
    }
}

/// The same matrix row by row, copied only if it is not already.
pub(crate) fn standard(matrix: Array2<f64>) -> Array2<f64> {
    if matrix.is_standard_layout() {
        matrix
    } else {
        matrix.as_standard_layout().into_owned()
    }
}

/// Refuses a network without neurons or dimension, or one whose two layers differ in width.
fn check_shapes(hidden_weights: &Array2<f64>, output_weights: &Array1<f64>) -> Result<()> {
    let (p, d) = hidden_weights.dim();
    if p == 0 {
        return Err(Error::out_of_range("number of neurons p", "at least 1", p));
    }
    if d == 0 {
        return Err(Error::out_of_range("dimension d", "at least 1", d));
    }
    if output_weights.len() != p {
        return Err(Error::Shape {
            array: "output weights",
            expected: (p, 1),
            found: (output_weights.len(), 1),
        });
    }
    Ok(())
}

/// Refuses an array with an entry that is not finite, naming the first.
pub(crate) fn check_finite(array: &'static str, values: ArrayView2<'_, f64>) -> Result<()> {
    match values.indexed_iter().find(|(_, v)| !v.is_finite()) {
        None => Ok(()),
        Some(((row, column), &found)) => Err(Error::NotFinite {
            array,
            row,
            column,
            found,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn refuses_what_is_not_a_network() {
        let error = Network::new(Array2::zeros((0, 3)), Array1::zeros(0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "number of neurons p: expected at least 1, found 0"
        );
        let error = Network::new(Array2::zeros((2, 3)), Array1::zeros(3)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "output weights: expected shape (2, 1), found (3, 1)"
        );
        let error = Network::new(array![[0.0, f64::NAN]], array![1.0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "hidden weights: expected finite numbers, found NaN at row 0, column 1"
        );
    }

    #[test]
    fn asymmetry_margin_is_the_smallest() {
        let network = Network::new(array![[3.0, 4.0], [0.0, 1.0]], array![-6.0, 0.5]).unwrap();
        assert_eq!(network.asymmetry_margin(), -0.5);
        assert_eq!(network.balances(), vec![11.0, -0.75]);
    }
}
