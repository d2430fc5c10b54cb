//! Reads datasets from files and from tables that live in Python.

use std::sync::Arc;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use reluflow_lab::arrays::{Candidate, DataFile, FileData, Trouble, Unusable, columns_of_arrow};

use crate::dataset::Dataset;
use crate::errors;

/// Name, numbers, what speaks against the column, and whether it is an index.
type Given<'py> = (
    String,
    Bound<'py, PyArray1<f64>>,
    Option<(String, String, String)>,
    bool,
);

/// What messages call the table, and the columns.
fn found(read: Result<FileData, Unusable>) -> PyResult<(Dataset, String)> {
    let data = read.map_err(|refusal| {
        let found = match &refusal.hint {
            Some(hint) => format!("{}; {hint}", refusal.found),
            None => refusal.found.clone(),
        };
        errors::input(&refusal.path.display().to_string(), &refusal.expected, found)
    })?;
    Ok((Dataset(Arc::new(data.dataset)), data.account.to_string()))
}

/// Reads a file.
#[pyfunction]
pub(crate) fn read_file(py: Python<'_>, keys: &Bound<'_, PyAny>) -> PyResult<(Dataset, String)> {
    let file: DataFile = errors::read("the keys", keys)?;
    found(py.detach(|| file.read()))
}

/// Reads a table from the capsule of an Arrow stream.
#[pyfunction]
#[allow(unsafe_code)]
pub(crate) fn read_arrow(
    name: &str,
    stream: &Bound<'_, PyCapsule>,
    keys: &Bound<'_, PyAny>,
) -> PyResult<(Dataset, String)> {
    let file: DataFile = errors::read("the keys", keys)?;
    let broken = |error: &dyn std::fmt::Display| errors::input(name, "an Arrow table", error);
    let place = stream.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: by the Arrow PyCapsule interface a capsule of this name holds a stream, which is ours to take; what is left in
    // its place is a released stream.
    let reader = unsafe { RecordBatchStreamReader::from_raw(place.cast::<FFI_ArrowArrayStream>().as_ptr()) };
    let reader = reader.map_err(|error| broken(&error))?;
    let schema = reader.schema();
    let columns = columns_of_arrow(&schema, reader).map_err(|error| broken(&error))?;
    found(file.of_columns(name, columns))
}

/// Reads columns that Python has taken apart.
#[pyfunction]
pub(crate) fn read_columns(
    name: &str,
    columns: Vec<Given<'_>>,
    keys: &Bound<'_, PyAny>,
) -> PyResult<(Dataset, String)> {
    let file: DataFile = errors::read("the keys", keys)?;
    let column = |(name, values, trouble, index): Given<'_>| {
        let trouble = trouble.map(|(kind, place, text)| match kind.as_str() {
            "gap" => Trouble::Gap(place),
            "text" => Trouble::Text(place, text),
            _ => Trouble::Kind(place),
        });
        Ok(Candidate {
            name,
            values: values.to_vec()?,
            trouble,
            aside: index.then_some("the frame's index"),
        })
    };
    let columns = columns.into_iter().map(column).collect::<PyResult<Vec<_>>>()?;
    found(file.of_columns(name, columns))
}
