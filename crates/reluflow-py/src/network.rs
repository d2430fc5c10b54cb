//! Wraps a network.

use std::sync::Arc;

use ndarray::Array1;
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

use crate::{arrays, errors};

/// A network that never changes: its arrays can be lent to NumPy.
#[pyclass(frozen, module = "reluflow._native")]
pub(crate) struct Network(pub(crate) Arc<reluflow::Network>);

#[pymethods]
impl Network {
    #[new]
    fn new(w: &Bound<'_, PyAny>, a: &Bound<'_, PyAny>) -> PyResult<Self> {
        let network = reluflow::Network::new(arrays::matrix(w)?, arrays::vector(a)?);
        Ok(Self(Arc::new(network.map_err(|error| errors::core(&error))?)))
    }

    /// A network as a run left it: its weights may have ceased to be finite.
    #[staticmethod]
    fn from_state(w: &Bound<'_, PyAny>, a: &Bound<'_, PyAny>) -> PyResult<Self> {
        let network = reluflow::Network::from_state(arrays::matrix(w)?, arrays::vector(a)?);
        Ok(Self(Arc::new(network.map_err(|error| errors::core(&error))?)))
    }

    #[getter]
    #[allow(unsafe_code)]
    fn w<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyArray2<f64>> {
        // SAFETY: `slf` is frozen and owns the network, which nobody changes.
        unsafe { arrays::matrix_view(&slf.get().0.hidden_weights(), slf.clone().into_any()) }
    }

    #[getter]
    #[allow(unsafe_code)]
    fn a<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyArray1<f64>> {
        // SAFETY: as in `w`.
        unsafe { arrays::vector_view(&slf.get().0.output_weights(), slf.clone().into_any()) }
    }

    /// h(x) for every row of x, m × d.
    #[pyo3(signature = (x, slope=0.0))]
    fn output<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        slope: f64,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let x = arrays::matrix(x)?;
        let (found, d) = (x.ncols(), self.0.dimension());
        if found != d {
            return Err(errors::input("x", format!("{d} columns"), format!("{found}")));
        }
        let values: Array1<f64> = py.detach(|| {
            let rows = x.rows();
            let activation = reluflow::model::Activation::Leaky(slope);
            let value = |x: ndarray::ArrayView1<'_, f64>| self.0.output_with(activation, &x.to_vec());
            rows.into_iter().map(value).collect()
        });
        Ok(PyArray1::from_owned_array(py, values))
    }

    fn balances<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_owned_array(py, Array1::from_vec(self.0.balances()))
    }

    fn asymmetry_margin(&self) -> f64 {
        self.0.asymmetry_margin()
    }
}
