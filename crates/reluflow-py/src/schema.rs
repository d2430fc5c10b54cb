//! Describes experiment files.

use pyo3::prelude::*;
use pythonize::pythonize;

/// The JSON Schema of experiment files, as a dictionary.
#[pyfunction]
pub(crate) fn schema(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    Ok(pythonize(py, &reluflow_lab::schema::schema())?)
}
