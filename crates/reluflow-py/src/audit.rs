//! Holds the statements against the flow: of one problem, or of the draws of an experiment's cell.

use std::sync::{Arc, mpsc};
use std::thread;

use pyo3::prelude::*;
use pythonize::pythonize;
use reluflow::audit::Audit;

use crate::dataset::Dataset;
use crate::errors;
use crate::experiment::Experiment;
use crate::network::Network;
use crate::watch::PERIOD;

/// A dictionary with the method in words and the rows.
///
/// An audit cannot be stopped, but its caller can: after Ctrl-C the thread continues to its end, which its budget of
/// evaluations bounds, and what it finds is dropped.
#[pyfunction]
pub(crate) fn audit<'py>(
    py: Python<'py>,
    data: &Bound<'py, Dataset>,
    network: &Bound<'py, Network>,
) -> PyResult<Bound<'py, PyAny>> {
    let (data, network) = (Arc::clone(&data.get().0), Arc::clone(&network.get().0));
    attend(py, move || {
        reluflow::audit::problem(&data, &network).map_err(|error| errors::core(&error))
    })
}

/// As [`audit`], of a cell of an experiment: a statement's worst draw.
#[pyfunction]
pub(crate) fn audit_experiment<'py>(
    py: Python<'py>,
    experiment: &Bound<'py, Experiment>,
    cell: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let experiment = Arc::clone(&experiment.get().0);
    attend(py, move || {
        reluflow_lab::audit(&experiment, &experiment.cells[cell]).map_err(|error| errors::lab(&error))
    })
}

/// Waits for an audit on a thread of its own, and for Ctrl-C.
fn attend(
    py: Python<'_>,
    audit: impl FnOnce() -> PyResult<Audit> + Send + 'static,
) -> PyResult<Bound<'_, PyAny>> {
    let (sender, mut receiver) = mpsc::sync_channel(1);
    thread::spawn(move || sender.send(audit()));
    loop {
        // The receiver goes along, because it may be used by one thread at a time only.
        let (found, back) = py.detach(move || (receiver.recv_timeout(PERIOD), receiver));
        receiver = back;
        match found {
            Ok(audit) => return Ok(pythonize(py, &audit?)?),
            Err(mpsc::RecvTimeoutError::Timeout) => py.check_signals()?,
            // What it said is on the standard error.
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(errors::panic(&"the audit panicked"));
            }
        }
    }
}
