//! Reads a run's folder: trials, summary, status, thresholds, figures. At any time, also while it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use reluflow_lab::store::{Found, rows};
use reluflow_lab::table::Columns;
use reluflow_lab::{Experiment, Result, RunFolder, summarize};
use reluflow_report::grid::{Along, grid_thresholds};
use reluflow_report::{choose, write_run_report};
use serde_json::{Value, json};

use crate::{columns, errors, experiment};

/// Reads a folder with the GIL released.
fn read<T: Send>(py: Python<'_>, read: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    py.detach(read).map_err(|error| errors::lab(&error))
}

fn open(path: &Path) -> Result<(Experiment, Found)> {
    let (folder, experiment) = RunFolder::open(path)?;
    let found = folder.read(&experiment)?;
    Ok((experiment, found))
}

/// What is left out of what was read.
fn left_out(found: &Found) -> Vec<String> {
    let damaged = found.damaged.iter();
    let mut words: Vec<String> = damaged
        .map(|damage| format!("{damage}; its trials are left out"))
        .collect();
    if !found.failed.is_empty() {
        let failed = found.failed.len();
        words.push(format!(
            "{failed} trials failed and are left out; status().failed_trials lists them"
        ));
    }
    words
}

/// The experiment of a folder.
#[pyfunction]
pub(crate) fn folder_experiment(py: Python<'_>, path: PathBuf) -> PyResult<experiment::Experiment> {
    let (_, found) = read(py, || RunFolder::open(&path))?;
    Ok(experiment::Experiment(Arc::new(found)))
}

/// A row a trial, failed ones last, and what to warn of.
#[pyfunction]
pub(crate) fn trials(py: Python<'_>, path: PathBuf) -> PyResult<(Bound<'_, PyDict>, Vec<String>)> {
    let (table, damaged) = read(py, || {
        let (experiment, mut found) = open(&path)?;
        let table = rows::to_table(&experiment, &found.trials, &found.failed);
        found.failed.clear();
        Ok((table, left_out(&found)))
    })?;
    Ok((columns::to_python(py, &table)?, damaged))
}

/// A row a cell, as `reluflow summarize` gives it, and what to warn of.
#[pyfunction]
pub(crate) fn summary(py: Python<'_>, path: PathBuf) -> PyResult<(Bound<'_, PyDict>, Vec<String>)> {
    let (table, words) = read(py, || {
        let (experiment, found) = open(&path)?;
        let cells = summarize(&experiment, &found.trials);
        let objects: Vec<Value> = cells.iter().map(|cell| cell.to_json()).collect();
        Ok((columns::of_objects(&objects), left_out(&found)))
    })?;
    Ok((columns::to_python(py, &table)?, words))
}

/// A row a threshold along an axis, and what to warn of.
#[pyfunction]
pub(crate) fn thresholds(
    py: Python<'_>,
    path: PathBuf,
    axis: String,
    rises: Option<bool>,
    level: f64,
) -> PyResult<(Bound<'_, PyDict>, Vec<String>)> {
    let (table, words) = read(py, || {
        let (experiment, found) = open(&path)?;
        let fits = grid_thresholds(&experiment, &found.trials, &Along { axis, rises }, level)?;
        let mut table = Columns::of(&fits);
        let place = fits.first().map_or(&[][..], |first| &first.place);
        for (k, (name, _)) in place.iter().enumerate() {
            table.axis(name, |fit| fit.place[k].1.clone());
        }
        table
            .numbers("threshold", |fit| fit.threshold.estimate.value)
            .numbers("ci_low", |fit| fit.threshold.estimate.low)
            .numbers("ci_high", |fit| fit.threshold.estimate.high)
            .numbers("slope", |fit| fit.threshold.slope)
            .integers("draws", |fit| fit.draws as i64)
            .texts("shape", |fit| fit.threshold.shape.word());
        let table = table.table();
        Ok((table, left_out(&found)))
    })?;
    Ok((columns::to_python(py, &table)?, words))
}

/// What is done, running, waiting, missing, failed: of every cell, and in all.
#[pyfunction]
pub(crate) fn status(py: Python<'_>, path: PathBuf, shards: Option<u32>) -> PyResult<Bound<'_, PyAny>> {
    let status = read(py, || {
        let (folder, experiment) = RunFolder::open(&path)?;
        let status = reluflow_lab::status(&folder, &experiment, shards)?;
        let failed = status.failed.iter().map(|trial| {
            let cell = experiment.describe(&experiment.cells[trial.cell]);
            format!("{cell}, draw {}: {}", trial.draw, trial.message)
        });
        let workers = status.workers.iter().map(|worker| {
            json!({
                "host": worker.report.process.host,
                "pid": worker.report.process.pid,
                "shard": worker.report.shard.to_string(),
                "state": worker.report.state,
                "alive": worker.alive,
                "done": worker.report.done,
            })
        });
        Ok(json!({
            "cells": status.cells,
            "whole": status.whole,
            "workers": workers.collect::<Vec<_>>(),
            "failed_trials": failed.collect::<Vec<_>>(),
            "damaged": status.damaged.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "repeated": status.repeated,
            "searched": status.searched.draws,
            "searches": status.searched.studies,
            "shards": status.count,
            "missing_shards": status.missing_shards,
        }))
    })?;
    Ok(pythonize(py, &status)?)
}

/// File and trials finished of every process that worked in a folder.
#[pyfunction]
pub(crate) fn processes(py: Python<'_>, path: PathBuf) -> PyResult<Vec<(PathBuf, u64)>> {
    let workers = read(py, || RunFolder::open(&path)?.0.workers())?;
    Ok(workers
        .into_iter()
        .map(|worker| (worker.path, worker.report.done))
        .collect())
}

/// Name, caption and SVG of the figures that fit the run's axes.
#[pyfunction]
pub(crate) fn figures(py: Python<'_>, path: PathBuf) -> PyResult<Vec<(String, String, String)>> {
    read(py, || {
        let (experiment, found) = open(&path)?;
        let figures = choose::figures(&experiment, &found.trials)?.into_iter();
        Ok(figures
            .map(|named| (named.name, named.caption, named.chart.draw().svg()))
            .collect())
    })
}

/// Writes the page and the figures of a run; returns the page's path.
#[pyfunction]
pub(crate) fn report(py: Python<'_>, path: PathBuf) -> PyResult<PathBuf> {
    read(py, || write_run_report(&path))
}
