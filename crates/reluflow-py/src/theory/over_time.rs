//! Statements that are functions of time: Theorem 1's bounds and Proposition 2's closed form.
//!
//! Each method takes an array of times and returns an array of values.

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use reluflow::theory::{proposition_2, theorem_1, theorem_2};

use super::hypotheses;
use crate::dataset::Dataset;
use crate::network::Network;
use crate::{arrays, errors};

fn over<'py>(times: &Bound<'py, PyAny>, value: impl Fn(f64) -> f64) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let values = arrays::vector(times)?.mapv_into(value);
    Ok(PyArray1::from_owned_array(times.py(), values))
}

/// What Theorem 1 promises for one problem.
#[pyclass(frozen, module = "reluflow._native.theory")]
pub(crate) struct Guarantee(theorem_1::Guarantee);

#[pymethods]
impl Guarantee {
    #[new]
    fn new(py: Python<'_>, data: &Dataset, network: &Network) -> Self {
        Self(py.detach(|| theorem_1::Guarantee::new(&data.0, &network.0)))
    }

    fn hypotheses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        hypotheses(py, &self.0.hypotheses)
    }

    fn asymptotic_rate(&self) -> f64 {
        self.0.asymptotic_rate()
    }

    fn constant(&self) -> f64 {
        self.0.constant()
    }

    fn entry_time(&self) -> f64 {
        self.0.entry_time()
    }

    fn rate<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.rate(time))
    }

    fn average_rate<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.average_rate(time))
    }

    fn log_loss<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.log_loss(time))
    }
}

/// One group of Proposition 2.
#[pyclass(frozen, module = "reluflow._native.theory")]
pub(crate) struct Group(pub(crate) proposition_2::Group);

#[pymethods]
impl Group {
    #[new]
    fn new(n: f64, p: f64, target: f64, alignment: f64, squared_norm: f64) -> PyResult<Self> {
        let group = proposition_2::Group::new(n, p, target, alignment, squared_norm);
        Ok(Self(group.map_err(|error| errors::core(&error))?))
    }

    /// n, p, ‖D‖, c_0, q_0.
    fn parameters(&self) -> [f64; 5] {
        let group = &self.0;
        [
            group.examples(),
            group.neurons(),
            group.target(),
            group.initial_alignment(),
            group.squared_norm(0.0),
        ]
    }

    fn alignment<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.alignment(time))
    }

    fn squared_norm<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.squared_norm(time))
    }

    fn loss<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.loss(time))
    }

    fn log_loss<'py>(&self, times: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        over(times, |time| self.0.log_loss(time))
    }

    fn transition_time(&self) -> f64 {
        theorem_2::transition_time(&self.0)
    }

    /// When the loss has fallen to this share of its start.
    fn crossing_time(&self, level: f64) -> PyResult<f64> {
        theorem_2::crossing_time(&self.0, level).map_err(|error| errors::core(&error))
    }

    /// A bound on the window's width over the transition time.
    fn width_bound(&self, epsilon: f64) -> f64 {
        theorem_2::width_bound(&self.0, epsilon)
    }

    /// (start, end) of the window in which the loss falls from 1 − ε to ε of its start.
    fn window(&self, epsilon: f64) -> PyResult<(f64, f64)> {
        let window = theorem_2::window(&self.0, epsilon).map_err(|error| errors::core(&error))?;
        Ok((window.start, window.end))
    }
}

/// From, to and level of the plateaus of the loss, in order.
#[pyfunction]
pub(crate) fn plateaus(groups: Vec<PyRef<'_, Group>>) -> Vec<(f64, f64, f64)> {
    let plateaus = theorem_2::plateaus(&copied(&groups));
    let parts = plateaus
        .iter()
        .map(|plateau| (plateau.from, plateau.to, plateau.level));
    parts.collect()
}

/// The closed-form loss as columns, and the share that each group has left.
#[pyfunction]
pub(crate) fn transition<'py>(
    py: Python<'py>,
    groups: Vec<PyRef<'py, Group>>,
    rows: usize,
    reach: f64,
) -> PyResult<Bound<'py, PyDict>> {
    let rows = theorem_2::trajectory(&copied(&groups), rows, reach).map_err(|error| errors::core(&error))?;
    let columns = PyDict::new(py);
    let put = |name: &str, read: &dyn Fn(&theorem_2::TransitionRow) -> f64| {
        columns.set_item(name, PyArray1::from_iter(py, rows.iter().map(read)))
    };
    put("time", &|row| row.time)?;
    put("rescaled_time", &|row| row.rescaled_time)?;
    put("loss", &|row| row.loss)?;
    put("relative_loss", &|row| row.relative_loss)?;
    put("log10_relative_loss", &|row| row.log10_relative_loss)?;
    for k in 0..groups.len() {
        put(&format!("group_{}", k + 1), &|row| row.groups[k])?;
    }
    Ok(columns)
}

fn copied(groups: &[PyRef<'_, Group>]) -> Vec<proposition_2::Group> {
    groups.iter().map(|group| group.0).collect()
}
