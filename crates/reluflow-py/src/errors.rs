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
    pyo3::import_exception!(reluflow.errors, ExperimentError);
    pyo3::import_exception!(reluflow.errors, FileError);
}
pub(crate) use exceptions::{
    ExperimentError, FileError, InputError, InternalError, OutOfMemory, ReluflowError,
};

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

/// An error of an experiment or its run.
pub(crate) fn lab(error: &reluflow_lab::Error) -> PyErr {
    use reluflow_lab::Error;
    let text = error.to_string();
    match error {
        Error::BadInput(bad) => ExperimentError::new_err((
            text,
            bad.problem.to_string(),
            bad.expected.to_string(),
            bad.found.to_string(),
        )),
        Error::File { source, .. } => file(text, source.raw_os_error()),
        Error::Unwritable { source, .. } => match source.as_ref() {
            Error::File { source, .. } => file(text, source.raw_os_error()),
            _ => file(text, None),
        },
        Error::Parquet { .. } => file(text, None),
        _ => ReluflowError::new_err(text),
    }
}

/// With the system's number for what happened where it has one, as every `OSError` of Python.
fn file(text: String, number: Option<i32>) -> PyErr {
    match number {
        Some(number) => FileError::new_err((number, text)),
        None => FileError::new_err((text,)),
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
        let (expected, found) = reluflow_lab::experiment::in_plain_words(&error.to_string());
        let given = value
            .repr()
            .map_or_else(|_| String::new(), |text| text.to_string());
        input(name, expected, format!("{found} in {given}"))
    })
}
