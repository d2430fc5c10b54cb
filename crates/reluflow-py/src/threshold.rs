//! Searches for thresholds by sequential design, while the caller waits for them and for Ctrl-C.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use reluflow_lab::threshold::{Question, Study};
use reluflow_lab::{RunFolder, machine_memory};
use reluflow_report::threshold::{picture, save_study};

use crate::experiment::Experiment;
use crate::watch::Watch;
use crate::{columns, errors};

/// What a search found: thresholds, draws, picture as SVG, and what to say of the draws.
type Found<'py> = (Bound<'py, PyDict>, Bound<'py, PyDict>, String, Vec<String>);

/// Searches in the run's folder `out`, where it writes what `reluflow threshold` writes.
///
/// `progress(done, total)` is called now and then with the draws used and those that are planned so far. Returns what
/// was found, nothing after an interrupt; the trials computed; and the exception that ended the call early, if one did.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the keyword arguments of `Experiment.threshold`
pub(crate) fn threshold<'py>(
    py: Python<'py>,
    experiment: &Bound<'py, Experiment>,
    out: PathBuf,
    axis: String,
    target: f64,
    precision: f64,
    within: Option<(f64, f64)>,
    rises: Option<bool>,
    most_trials: u64,
    batch: u64,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<(Option<Found<'py>>, usize, Option<PyErr>)> {
    let experiment = Arc::clone(&experiment.get().0);
    let question = Question {
        axis,
        target,
        precision,
        most_trials,
        batch,
        within,
        rises,
    };
    let watch = Watch::default();
    let (used, planned) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let folder = RunFolder::check(&out, &experiment)?;
        let mut study = Study::open(&experiment, folder, question, machine_memory() / threads as f64)?;
        let ended = study.execute(threads, &watch.interrupt, |progress| {
            used.store(progress.trials, Ordering::Relaxed);
            planned.store(progress.trials + progress.next, Ordering::Relaxed);
        })?;
        if !ended {
            return Ok((None, study.computed()));
        }
        save_study(&study, &out)?;
        let notes: Vec<String> = study.void().into_iter().collect();
        let svg = picture(&study).draw().svg();
        let found = (study.thresholds(), study.draws(), svg, notes);
        Ok((Some(found), study.computed()))
    };
    let (found, computed) = watch
        .attend(py, work, |py| {
            let seen = (used.load(Ordering::Relaxed), planned.load(Ordering::Relaxed));
            progress
                .as_ref()
                .map_or(Ok(()), |report| report.call1(py, seen).map(drop))
        })?
        .map_err(|error| errors::lab(&error))?;
    let found = match found {
        Some((thresholds, draws, svg, notes)) => Some((
            columns::to_python(py, &thresholds)?,
            columns::to_python(py, &draws)?,
            svg,
            notes,
        )),
        None => None,
    };
    Ok((found, computed, watch.raised()))
}
