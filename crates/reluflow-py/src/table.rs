//! Hands columns over as an Arrow stream, through the Arrow PyCapsule interface.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray,
};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors;

/// A capsule "arrow_array_stream" with one batch of named columns: float64, int64, bool or lists of str.
#[pyfunction]
pub(crate) fn arrow_stream<'py>(
    py: Python<'py>,
    columns: Vec<(String, Bound<'py, PyAny>)>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let columns = columns
        .into_iter()
        .map(|(name, values)| Ok((name, column(&values)?)))
        .collect::<PyResult<Vec<_>>>()?;
    let batch = RecordBatch::try_from_iter(columns)
        .map_err(|error| errors::input("columns", "columns of one length", error))?;
    let schema = batch.schema();
    let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

fn column(values: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    if let Ok(values) = values.cast::<PyArray1<f64>>() {
        return Ok(Arc::new(Float64Array::from(values.to_vec()?)));
    }
    if let Ok(values) = values.cast::<PyArray1<i64>>() {
        return Ok(Arc::new(Int64Array::from(values.to_vec()?)));
    }
    if let Ok(values) = values.cast::<PyArray1<bool>>() {
        return Ok(Arc::new(BooleanArray::from(values.to_vec()?)));
    }
    Ok(Arc::new(StringArray::from(values.extract::<Vec<String>>()?)))
}
