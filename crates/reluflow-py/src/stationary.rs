//! Reports on a point: stationary, a saddle or a local minimum, and who could escape.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use reluflow::observe::stationary::Stationarity;

use crate::dataset::Dataset;
use crate::errors;
use crate::network::Network;

/// A dictionary with the report and its sentence.
#[pyfunction]
pub(crate) fn stationarity<'py>(
    py: Python<'py>,
    data: &Bound<'py, Dataset>,
    network: &Bound<'py, Network>,
    tolerance: f64,
) -> PyResult<Bound<'py, PyAny>> {
    let (data, network) = (&data.get().0, &network.get().0);
    let report = py.detach(|| Stationarity::new(data, network, tolerance));
    let report = report.map_err(|error| errors::core(&error))?;
    let parts = PyDict::new(py);
    parts.set_item("sentence", report.to_string())?;
    parts.set_item("report", pythonize(py, &report)?)?;
    Ok(parts.into_any())
}
