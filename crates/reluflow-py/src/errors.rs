//! Maps errors to the exceptions of `reluflow.errors`.

use std::any::Any;

use pyo3::prelude::*;
use pythonize::depythonize;
use serde::de::DeserializeOwned;

/// The exceptions, as Python defines them.
mod exceptions {
    #![allow(missing_docs)]
    pyo3::import_exception!(reluflow.errors, ReluflowError);
    pyo3::import_exception!(reluflow.errors, InputError);
    pyo3::import_exception!(reluflow.errors, InternalError);
    pyo3::import_exception!(reluflow.errors, OutOfMemory);
}
pub(crate) use exceptions::{InputError, InternalError, OutOfMemory, ReluflowError};

/// An input that cannot be used: what it is, what was expected, what was found.
pub(crate) fn input(quantity: &str, expected: impl ToString, found: impl ToString) -> PyErr {
    InputError::new_err((quantity.to_owned(), expected.to_string(), found.to_string()))
}

/// An error of the core.
pub(crate) fn core(error: &reluflow::Error) -> PyErr {
    match error {
        reluflow::Error::OutOfRange {
            quantity,
            expected,
            found,
        } => input(quantity, expected, found),
        reluflow::Error::Shape {
            array,
            expected,
            found,
        } => input(array, format!("shape {expected:?}"), format!("shape {found:?}")),
        reluflow::Error::NotFinite {
            array,
            row,
            column,
            found,
        } => input(
            array,
            "finite numbers",
            format!("{found} at row {row}, column {column}"),
        ),
        other => ReluflowError::new_err(other.to_string()),
    }
}

/// A panic caught on another thread: a mistake of ours, not of the user's.
pub(crate) fn panic(payload: &(dyn Any + Send)) -> PyErr {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    InternalError::new_err(text.unwrap_or_else(|| "a panic without a message".to_owned()))
}

/// A value of the core from the Python value that an experiment file would hold in its place.
pub(crate) fn read<T: DeserializeOwned>(name: &str, value: &Bound<'_, PyAny>) -> PyResult<T> {
    depythonize(value).map_err(|error| {
        let found = value
            .repr()
            .map_or_else(|_| String::new(), |text| text.to_string());
        input(name, format!("what an experiment file may say ({error})"), found)
    })
}
