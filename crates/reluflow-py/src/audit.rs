//! Holds the statements against the flow of one problem.

use std::sync::{Arc, mpsc};
use std::thread;

use pyo3::prelude::*;
use pythonize::pythonize;

use crate::dataset::Dataset;
use crate::errors;
use crate::network::Network;
use crate::watch::PERIOD;

/// A dictionary with the method in words and the rows.
///
/// An audit cannot be stopped, but its caller can: after Ctrl-C the thread goes on to its end, which its budget of
/// evaluations bounds, and what it finds is dropped.
#[pyfunction]
pub(crate) fn audit<'py>(
    py: Python<'py>,
    data: &Bound<'py, Dataset>,
    network: &Bound<'py, Network>,
) -> PyResult<Bound<'py, PyAny>> {
    let (data, network) = (Arc::clone(&data.get().0), Arc::clone(&network.get().0));
    let (sender, mut receiver) = mpsc::sync_channel(1);
    thread::spawn(move || sender.send(reluflow::theory::audit::problem(&data, &network)));
    loop {
        // The receiver goes along, because it may be used by one thread at a time only.
        let (found, back) = py.detach(move || (receiver.recv_timeout(PERIOD), receiver));
        receiver = back;
        match found {
            Ok(audit) => return Ok(pythonize(py, &audit.map_err(|error| errors::core(&error))?)?),
            Err(mpsc::RecvTimeoutError::Timeout) => py.check_signals()?,
            // What it said is on the standard error.
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(errors::panic(&"the audit panicked"));
            }
        }
    }
}
