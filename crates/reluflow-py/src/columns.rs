//! Turns tables into columns of NumPy, and what has no table yet into one.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use reluflow::observe;
use reluflow_lab::table::Columns;
use serde_json::Value;

use crate::errors;

/// A dictionary of arrays, and of lists of str; a number that is missing is NaN.
pub(crate) fn to_python<'py>(py: Python<'py>, table: &RecordBatch) -> PyResult<Bound<'py, PyDict>> {
    let columns = PyDict::new(py);
    for (field, array) in table.schema_ref().fields().iter().zip(table.columns()) {
        let name = field.name();
        if let Some(values) = array.as_primitive_opt::<Int64Type>() {
            columns.set_item(name, PyArray1::from_slice(py, values.values()))?;
        } else if let Some(values) = array.as_primitive_opt::<Float64Type>() {
            let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
            columns.set_item(name, PyArray1::from_iter(py, values.iter().map(number)))?;
        } else if let Some(values) = array.as_boolean_opt() {
            columns.set_item(name, PyArray1::from_iter(py, values.values().iter()))?;
        } else if let Some(values) = array.as_string_opt::<i32>() {
            columns.set_item(name, values.iter().flatten().collect::<Vec<_>>())?;
        } else {
            let expected = "whole numbers, numbers, yes or no, or words";
            return Err(errors::input(name, expected, array.data_type()));
        }
    }
    Ok(columns)
}

/// The table of a run over time from the names and the values of its columns; counts are whole, and below 2^53.
pub(crate) fn over_time<'a>(columns: impl IntoIterator<Item = (&'a str, Vec<f64>)>) -> RecordBatch {
    let columns: Vec<(&str, Vec<f64>)> = columns.into_iter().collect();
    let rows: Vec<usize> = (0..columns.first().map_or(0, |(_, values)| values.len())).collect();
    let mut table = Columns::of(&rows);
    for (name, values) in &columns {
        if is_whole(name) {
            table.integers(*name, |row| values[*row] as i64);
        } else {
            table.numbers(*name, |row| values[*row]);
        }
    }
    table.table()
}

/// Whether the numbers of a column over time are whole.
pub(crate) fn is_whole(name: &str) -> bool {
    observe::column(name).is_some_and(observe::Column::is_whole)
}

/// The table of JSON objects with the same keys, such as the command prints one a line.
///
/// Numbers are whole where all of a column are; null is NaN; anything else is text, as JSON writes it.
pub(crate) fn of_objects(objects: &[Value]) -> RecordBatch {
    let mut table = Columns::of(objects);
    let keys = objects.first().and_then(Value::as_object);
    for key in keys.into_iter().flat_map(|object| object.keys()) {
        let number = |object: &Value| match &object[key] {
            Value::Null => Some(f64::NAN),
            value => value.as_f64(),
        };
        if objects.iter().all(|object| object[key].is_i64()) {
            table.integers(key, |object| object[key].as_i64().unwrap_or_default());
        } else if objects.iter().all(|object| number(object).is_some()) {
            table.numbers(key, |object| number(object).unwrap_or(f64::NAN));
        } else {
            table.texts(key, |object| match &object[key] {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            });
        }
    }
    table.table()
}
