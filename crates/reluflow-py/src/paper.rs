//! Plans the paper's figures as experiments, and writes up their runs.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use reluflow_report::paper::{PaperFigure, Preset, plan, write_up};

use crate::errors;
use crate::experiment::Experiment;

fn figures(names: &[String]) -> Vec<PaperFigure> {
    names
        .iter()
        .filter_map(|name| PaperFigure::from_name(name))
        .collect()
}

fn preset(full: bool) -> Preset {
    if full { Preset::Full } else { Preset::Quick }
}

/// Name of the folder and experiment of every run that the figures need, in order.
#[pyfunction]
pub(crate) fn paper_plan(names: Vec<String>, full: bool) -> PyResult<Vec<(String, Experiment)>> {
    let studies = plan(&figures(&names), preset(full)).map_err(|error| errors::lab(&error))?;
    let named = studies
        .into_iter()
        .map(|study| (study.name, Experiment(Arc::new(study.experiment))));
    Ok(named.collect())
}

/// Writes the figures and the page from the runs in a folder; returns the page's path, and name and headline of the figures.
#[pyfunction]
pub(crate) fn paper_write(
    py: Python<'_>,
    names: Vec<String>,
    full: bool,
    folder: PathBuf,
) -> PyResult<(PathBuf, Vec<(&'static str, String)>)> {
    let outcome = py.detach(|| {
        let figures = figures(&names);
        let studies = plan(&figures, preset(full))?;
        write_up(&folder, &figures, preset(full), &studies)
    });
    let outcome = outcome.map_err(|error| errors::lab(&error))?;
    let headlines = outcome.headlines.into_iter();
    Ok((
        outcome.report,
        headlines
            .map(|headline| (headline.figure.name(), headline.text))
            .collect(),
    ))
}
