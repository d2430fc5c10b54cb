//! Turns a solution into plain Python values; `reluflow._solution` gives them their names.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use reluflow::flow::{Accuracy, Events, LinearEnd};
use reluflow::observe::{self, Observable, Row, Snapshot};
use reluflow::{Method, Solution, Trajectory};
use reluflow_lab::summary::SLIDES;
use reluflow_lab::table::of_events;

use crate::columns;
use crate::network::Network;

/// A dictionary with verdict, end, counts, columns, network, events, whether the run ended by itself, and what to warn of.
pub(crate) fn to_python(
    py: Python<'_>,
    solution: Solution,
    complete: bool,
    warnings: Vec<String>,
) -> PyResult<Bound<'_, PyAny>> {
    let parts = PyDict::new(py);
    parts.set_item("verdict", pythonize(py, &solution.verdict)?)?;
    parts.set_item("sentence", solution.verdict.to_string())?;
    parts.set_item("end", pythonize(py, &solution.end)?)?;
    parts.set_item("counts", pythonize(py, &solution.counts)?)?;
    let over_time = columns::over_time(solution.trajectory.columns());
    parts.set_item("columns", columns::to_python(py, &over_time)?)?;
    parts.set_item("events", events(py, &solution.events)?)?;
    parts.set_item("checks", pythonize(py, &solution.events.checks)?)?;
    parts.set_item("linear", linear(py, solution.linear)?)?;
    parts.set_item("network", Network(Arc::new(solution.network)))?;
    parts.set_item("path", path(py, &solution.path)?)?;
    parts.set_item("complete", complete)?;
    parts.set_item("warnings", warnings)?;
    Ok(parts.into_any())
}

/// What to warn of where neurons slid along kinks for most of the way.
pub(crate) fn slides(solution: &Solution, method: &Method) -> Option<String> {
    let is_checked = matches!(method, Method::Flow(flow) if flow.accuracy == Accuracy::Checked);
    (solution.end.slides() && !is_checked).then(|| format!("{SLIDES}; compare with reluflow.exact"))
}

/// The networks kept on the way, with their times and losses.
fn path<'py>(py: Python<'py>, path: &[Snapshot]) -> PyResult<Vec<(f64, f64, Bound<'py, Network>)>> {
    let network = |snapshot: &Snapshot| Bound::new(py, Network(Arc::new(snapshot.network.clone())));
    path.iter()
        .map(|snapshot| Ok((snapshot.time, snapshot.loss, network(snapshot)?)))
        .collect()
}

/// The plateaus of a solution's columns of times and losses: (start, end, loss, grown).
#[pyfunction]
pub(crate) fn plateaus(
    times: Vec<f64>,
    losses: Vec<f64>,
    networks: Vec<Bound<'_, Network>>,
    change: f64,
    length: f64,
) -> Vec<(f64, f64, f64, Vec<usize>)> {
    let rows = times.iter().zip(&losses);
    let trajectory: Trajectory = rows.map(|(time, loss)| Row::at(*time, *loss)).collect();
    let path: Vec<Snapshot> = networks
        .iter()
        .zip(times.iter().zip(&losses))
        .map(|(network, (time, loss))| Snapshot {
            time: *time,
            loss: *loss,
            network: reluflow::Network::clone(&network.get().0),
        })
        .collect();
    observe::plateaus(&trajectory, &path, change, length)
        .into_iter()
        .map(|plateau| (plateau.start, plateau.end, plateau.loss, plateau.grown))
        .collect()
}

/// Every column that can be recorded, by observable: (observable, name, label, whether its numbers are whole).
#[pyfunction]
pub(crate) fn recordable(py: Python<'_>) -> PyResult<Vec<(String, &'static str, &'static str, bool)>> {
    let mut all = Vec::new();
    for observable in Observable::ALL {
        let name: String = pythonize(py, observable)?.extract()?;
        for column in observable.columns() {
            all.push((name.clone(), column.name, column.label, column.is_whole()));
        }
    }
    Ok(all)
}

/// To what a linear problem tends, as a dictionary with its sentence; None of others.
fn linear(py: Python<'_>, end: Option<LinearEnd>) -> PyResult<Option<Bound<'_, PyDict>>> {
    end.map(|end| {
        let parts = PyDict::new(py);
        parts.set_item("loss", end.loss)?;
        parts.set_item("rank", end.rank)?;
        parts.set_item("slowest_rate", end.slowest_rate)?;
        parts.set_item("interpolates", end.interpolates)?;
        parts.set_item("sentence", end.to_string())?;
        Ok(parts)
    })
    .transpose()
}

/// A row as a dictionary of what was asked for.
pub(crate) fn row<'py>(py: Python<'py>, row: &Row) -> PyResult<Bound<'py, PyDict>> {
    let values = PyDict::new(py);
    for (name, value) in row.columns().filter(|(_, value)| !value.is_nan()) {
        if columns::is_whole(name) {
            values.set_item(name, value as i64)?;
        } else {
            values.set_item(name, value)?;
        }
    }
    Ok(values)
}

fn events<'py>(py: Python<'py>, events: &Events) -> PyResult<Bound<'py, PyDict>> {
    columns::to_python(py, &of_events(events))
}
