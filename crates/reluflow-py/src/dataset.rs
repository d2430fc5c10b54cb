//! Wraps a dataset.

use std::sync::Arc;

use ndarray::Array1;
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;

use crate::{arrays, errors};

/// A dataset that never changes: its arrays can be lent to NumPy.
#[pyclass(frozen, module = "reluflow._native")]
pub(crate) struct Dataset(pub(crate) Arc<reluflow::Dataset>);

#[pymethods]
impl Dataset {
    #[new]
    fn new(x: &Bound<'_, PyAny>, y: &Bound<'_, PyAny>) -> PyResult<Self> {
        let dataset = reluflow::Dataset::new(arrays::matrix(x)?, arrays::vector(y)?);
        Ok(Self(Arc::new(dataset.map_err(|error| errors::core(&error))?)))
    }

    #[getter]
    #[allow(unsafe_code)]
    fn x<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyArray2<f64>> {
        // SAFETY: `slf` is frozen and owns the dataset, which nobody changes.
        unsafe { arrays::matrix_view(&slf.get().0.inputs(), slf.clone().into_any()) }
    }

    #[getter]
    #[allow(unsafe_code)]
    fn y<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyArray1<f64>> {
        // SAFETY: as in `x`.
        unsafe { arrays::vector_view(&slf.get().0.labels(), slf.clone().into_any()) }
    }

    fn input_norms<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        PyArray1::from_owned_array(py, Array1::from_vec(self.0.input_norms()))
    }

    fn input_norm_bounds(&self) -> (f64, f64) {
        self.0.input_norm_bounds()
    }

    fn label_bounds(&self) -> (f64, f64) {
        self.0.label_bounds()
    }

    fn trap_level(&self) -> f64 {
        self.0.trap_level()
    }

    fn interaction(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.0.interaction())
    }

    /// Zero inputs, rays, opposite pairs, the least loss, and the sentence.
    #[allow(clippy::type_complexity)] // a tuple for Python
    fn conflicts(
        &self,
        py: Python<'_>,
    ) -> (Vec<usize>, Vec<(usize, usize)>, Vec<(usize, usize)>, f64, String) {
        let found = py.detach(|| self.0.conflicts());
        let words = found.to_string();
        (
            found.zero_inputs,
            found.rays,
            found.opposite,
            found.least_loss,
            words,
        )
    }

    fn is_orthogonal(&self, py: Python<'_>) -> bool {
        py.detach(|| self.0.is_orthogonal())
    }
}
