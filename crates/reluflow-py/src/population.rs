//! Solves problems on the population loss, and hands their rows over as arrays.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use numpy::{PyArray1, PyArray2, PyArray3};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use reluflow::population::{PopulationProblem, PopulationSolution, PopulationStops, Teacher, TeacherLaw};
use reluflow::random::Purpose;
use reluflow::{Method, Model, Record, TrialSeed};
use reluflow_lab::table::Columns;

use crate::network::Network;
use crate::watch::Watch;
use crate::{arrays, columns, errors};

/// A Gaussian population with its teacher; never changes.
#[pyclass(frozen, module = "reluflow._native")]
pub(crate) struct Population(pub(crate) Arc<Teacher>);

#[pymethods]
impl Population {
    #[new]
    fn new(v: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<Self> {
        let teacher = Teacher::new(arrays::matrix(v)?, arrays::vector(b)?);
        Ok(Self(Arc::new(teacher.map_err(|error| errors::core(&error))?)))
    }

    #[getter]
    #[allow(unsafe_code)]
    fn v<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyArray2<f64>> {
        // SAFETY: `slf` is frozen and owns the teacher, which nobody changes.
        unsafe { arrays::matrix_view(&slf.get().0.hidden_weights(), slf.clone().into_any()) }
    }

    #[getter]
    #[allow(unsafe_code)]
    fn b<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyArray1<f64>> {
        // SAFETY: as in `v`.
        unsafe { arrays::vector_view(&slf.get().0.output_weights(), slf.clone().into_any()) }
    }
}

/// Draws a teacher in dimension d for a trial (root, n, d, p, draw).
#[pyfunction]
pub(crate) fn sample_population(
    law: &Bound<'_, PyAny>,
    at: (u64, u64, u64, u64, u64),
) -> PyResult<Population> {
    let law: TeacherLaw = errors::read("teacher", law)?;
    let (root, n, d, p, draw) = at;
    let seed = TrialSeed { root, n, d, p, draw };
    let teacher = law.sample(d as usize, &mut seed.generator(Purpose::Data));
    Ok(Population(Arc::new(
        teacher.map_err(|error| errors::core(&error))?,
    )))
}

/// What came of each problem, and the exception that ended the call early.
type Solved<'py> = (Vec<Option<Bound<'py, PyAny>>>, Option<PyErr>);

/// Solves pairs of population and network; as `solve`.
#[pyfunction]
#[pyo3(signature = (pairs, model, method, stops, record, threads, progress=None))]
#[allow(clippy::too_many_arguments)] // the keyword arguments of `reluflow._population`
pub(crate) fn solve_population<'py>(
    py: Python<'py>,
    pairs: Vec<(Bound<'py, Population>, Bound<'py, Network>)>,
    model: &Bound<'py, PyAny>,
    method: &Bound<'py, PyAny>,
    stops: &Bound<'py, PyAny>,
    record: &Bound<'py, PyAny>,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<Solved<'py>> {
    let pairs: Vec<(Arc<Teacher>, Arc<reluflow::Network>)> = pairs
        .iter()
        .map(|(teacher, network)| (Arc::clone(&teacher.get().0), Arc::clone(&network.get().0)))
        .collect();
    let model: Model = errors::read("model", model)?;
    let method: Method = errors::read("method", method)?;
    let stops: PopulationStops = errors::read("stop", stops)?;
    let record: Record = errors::read("record", record)?;
    let watch = Watch::default();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    type Outcome = Option<(reluflow::Result<PopulationSolution>, bool)>;
    let outcomes: Mutex<Vec<Outcome>> = Mutex::new(pairs.iter().map(|_| None).collect());
    let work = || {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            let Some((teacher, network)) = pairs.get(k).filter(|_| !watch.interrupt.requested()) else {
                return;
            };
            let problem = PopulationProblem {
                model,
                method,
                stops,
                record: record.clone(),
                interrupt: watch.interrupt.clone(),
                ..PopulationProblem::new(teacher, network)
            };
            let outcome = problem.solve();
            if outcome.is_err() {
                // The call will raise this: what has not started need not.
                watch.interrupt.request();
            }
            let complete = !watch.interrupt.requested();
            done.fetch_add(usize::from(complete), Ordering::Relaxed);
            outcomes.lock().unwrap_or_else(PoisonError::into_inner)[k] = Some((outcome, complete));
        }
    };
    watch.attend(
        py,
        || {
            std::thread::scope(|scope| {
                for _ in 0..threads.clamp(1, pairs.len().max(1)) {
                    scope.spawn(work);
                }
            });
        },
        |py| {
            let count = done.load(Ordering::Relaxed);
            progress
                .as_ref()
                .map_or(Ok(()), |report| report.call1(py, (count,)).map(drop))
        },
    )?;
    let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    let solutions = outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Some((solution, complete)) => {
                let solution = solution.map_err(|error| errors::core(&error))?;
                to_python(py, &solution, complete).map(Some)
            }
            None => Ok(None),
        })
        .collect::<PyResult<Vec<_>>>()?;
    Ok((solutions, watch.raised()))
}

/// A dictionary with verdict, end, counts, rows as arrays, network, and whether the run ended by itself.
pub(crate) fn to_python<'py>(
    py: Python<'py>,
    solution: &PopulationSolution,
    complete: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let rows = &solution.rows;
    let parts = PyDict::new(py);
    parts.set_item("verdict", pythonize(py, &solution.verdict)?)?;
    parts.set_item("sentence", solution.sentence())?;
    parts.set_item("end", pythonize(py, &solution.end)?)?;
    parts.set_item("counts", pythonize(py, &solution.counts)?)?;
    parts.set_item("network", Network(Arc::new(solution.network.clone())))?;
    parts.set_item("complete", complete)?;
    let table = Columns::of(rows)
        .numbers("time", |row| row.time)
        .integers("step", |row| row.step as i64)
        .integers("evaluations", |row| row.evaluations as i64)
        .numbers("loss", |row| row.loss)
        .numbers("gradient_norm", |row| row.gradient_norm)
        .table();
    parts.set_item("columns", columns::to_python(py, &table)?)?;
    let (p, k) = solution.overlaps.teachers.dim();
    let stacked = |entries: usize, width: usize, of: &dyn Fn(usize) -> Vec<f64>| {
        let values: Vec<f64> = (0..rows.len()).flat_map(of).collect();
        let shape = (rows.len(), entries, width);
        ndarray::Array3::from_shape_vec(shape, values).map_err(|error| errors::panic(&error.to_string()))
    };
    let q = stacked(p, p, &|row| rows[row].overlaps.students.iter().copied().collect())?;
    let m = stacked(p, k, &|row| rows[row].overlaps.teachers.iter().copied().collect())?;
    parts.set_item("q", PyArray3::from_owned_array(py, q))?;
    parts.set_item("m", PyArray3::from_owned_array(py, m))?;
    let a: Vec<Vec<f64>> = rows.iter().map(|row| row.output_weights.clone()).collect();
    let a = PyArray2::from_vec2(py, &a).map_err(|error| errors::panic(&error.to_string()))?;
    parts.set_item("a", a)?;
    Ok(parts.into_any())
}
