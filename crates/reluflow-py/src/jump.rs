//! The jump process of a problem, as plain Python values; `reluflow._jump` gives them their names.

use pyo3::prelude::*;
use pythonize::pythonize;
use reluflow::flow::JumpProcess;

use crate::dataset::Dataset;
use crate::errors;
use crate::network::Network;

/// The jumps of a network on orthogonal inputs, and the network of the limit.
#[pyfunction]
pub(crate) fn jump<'py>(
    py: Python<'py>,
    dataset: &Bound<'py, Dataset>,
    network: &Bound<'py, Network>,
) -> PyResult<(Bound<'py, PyAny>, Network)> {
    let (data, start) = (dataset.get().0.clone(), network.get().0.clone());
    let found = py.detach(|| {
        JumpProcess::new(&data, &start).map(|process| {
            let end = process.network(&data, &start, process.events.len());
            (process, end)
        })
    });
    let (process, end) = found.map_err(|error| errors::core(&error))?;
    Ok((pythonize(py, &process)?, Network(end.into())))
}
