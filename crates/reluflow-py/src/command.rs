//! Runs the command line inside the interpreter.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs `reluflow` with these arguments, the program's name first; returns its exit code.
///
/// Wants a process of its own, since it takes Ctrl-C over for good: only `reluflow/_command.py`, which gives SIGINT back to
/// the system first, calls it.
#[pyfunction]
pub(crate) fn command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| reluflow_cli::main_from(arguments))
}
