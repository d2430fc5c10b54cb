//! Runs the command line inside the interpreter.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs `reluflow` with these arguments, the program's name first; returns its exit code.
///
/// The caller has given SIGINT back to the system: see `reluflow/_command.py`.
#[pyfunction]
pub(crate) fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| reluflow_cli::main_from(arguments))
}
