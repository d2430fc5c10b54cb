//! Takes NumPy arrays in by copy and hands Rust arrays out as read-only views.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use numpy::{Element, PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// Copies an aligned two-dimensional array of doubles or singles, whatever its strides.
///
/// A copy, since other threads may write into the caller's array while ours computes: see docs/decisions/python.md#0071.
pub(crate) fn matrix(array: &Bound<'_, PyAny>) -> PyResult<Array2<f64>> {
    if let Ok(array) = array.cast::<PyArray2<f64>>() {
        return Ok(array.try_readonly()?.as_array().to_owned());
    }
    let array = array.cast::<PyArray2<f32>>().map_err(|_| unprepared())?;
    Ok(array.try_readonly()?.as_array().mapv(f64::from))
}

/// As [`matrix`], for one dimension; in the order of its entries, where ndarray would keep a reversed one reversed.
pub(crate) fn vector(array: &Bound<'_, PyAny>) -> PyResult<Array1<f64>> {
    if let Ok(array) = array.cast::<PyArray1<f64>>() {
        return Ok(array.try_readonly()?.as_array().iter().copied().collect());
    }
    let array = array.cast::<PyArray1<f32>>().map_err(|_| unprepared())?;
    Ok(array
        .try_readonly()?
        .as_array()
        .iter()
        .copied()
        .map(f64::from)
        .collect())
}

/// `reluflow._arrays` hands over nothing else.
fn unprepared() -> PyErr {
    PyTypeError::new_err("expected an array of float64 or float32 with the right number of dimensions")
}

/// A read-only NumPy view of a matrix that lives in `owner`.
///
/// # Safety
/// `owner` must keep the memory behind `view` in place and unchanged for as long as it lives itself.
#[allow(unsafe_code)]
pub(crate) unsafe fn matrix_view<'py, T: Element>(
    view: &ArrayView2<'_, T>,
    owner: Bound<'py, PyAny>,
) -> Bound<'py, PyArray2<T>> {
    // SAFETY: the array's base is `owner`, which by this function's contract keeps the memory.
    let array = unsafe { PyArray2::borrow_from_array(view, owner) };
    array.readwrite().make_nonwriteable();
    array
}

/// As [`matrix_view`], for a vector.
///
/// # Safety
/// As [`matrix_view`].
#[allow(unsafe_code)]
pub(crate) unsafe fn vector_view<'py, T: Element>(
    view: &ArrayView1<'_, T>,
    owner: Bound<'py, PyAny>,
) -> Bound<'py, PyArray1<T>> {
    // SAFETY: as in `matrix_view`.
    let array = unsafe { PyArray1::borrow_from_array(view, owner) };
    array.readwrite().make_nonwriteable();
    array
}
