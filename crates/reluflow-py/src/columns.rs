//! Turns tables of the laboratory into columns of NumPy.

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use reluflow_lab::experiment::AxisValue;
use reluflow_lab::store::table::{Column, Columns};
use serde_json::Value;

/// A dictionary of arrays, and of lists of str; a number that is missing is NaN.
pub(crate) fn to_python(py: Python<'_>, columns: Columns) -> PyResult<Bound<'_, PyDict>> {
    let table = PyDict::new(py);
    for (name, column) in columns {
        match column {
            Column::Integers(values) => table.set_item(name, PyArray1::from_vec(py, values))?,
            Column::Numbers(values) => table.set_item(name, PyArray1::from_vec(py, values))?,
            Column::Optional(values) => {
                let values = values.into_iter().map(|value| value.unwrap_or(f64::NAN));
                table.set_item(name, PyArray1::from_iter(py, values))?;
            }
            Column::Booleans(values) => table.set_item(name, PyArray1::from_vec(py, values))?,
            Column::Texts(values) => table.set_item(name, values)?,
        }
    }
    Ok(table)
}

/// The columns of JSON objects with the same keys, such as the command prints one a line.
///
/// Numbers are whole where all of a column are; null is NaN; anything else is text, as JSON writes it.
pub(crate) fn of_objects(objects: &[Value]) -> Columns {
    let keys = objects.first().and_then(Value::as_object);
    let keys = keys.into_iter().flat_map(|object| object.keys());
    keys.map(|key| {
        (
            key.clone(),
            column(&objects.iter().map(|object| &object[key]).collect::<Vec<_>>()),
        )
    })
    .collect()
}

fn column(values: &[&Value]) -> Column {
    let whole: Option<Vec<i64>> = values.iter().map(|value| value.as_i64()).collect();
    if let Some(whole) = whole {
        return Column::Integers(whole);
    }
    let number = |value: &&Value| match value {
        Value::Null => Some(f64::NAN),
        value => value.as_f64(),
    };
    let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
    if let Some(numbers) = numbers {
        return Column::Numbers(numbers);
    }
    let text = |value: &&Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    Column::Texts(values.iter().map(text).collect())
}

/// The values of cells on an axis: numbers where all are.
pub(crate) fn axis(values: &[AxisValue]) -> Column {
    let number = |value: &AxisValue| match value {
        AxisValue::Number(value) => Some(*value),
        AxisValue::Text(_) => None,
    };
    let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
    numbers.map_or_else(
        || Column::Texts(values.iter().map(ToString::to_string).collect()),
        Column::Numbers,
    )
}
