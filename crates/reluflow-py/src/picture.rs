//! Draws pictures and films of runs.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use reluflow::model::Activation;
use reluflow::observe::Snapshot;
use reluflow_lab::{Error, RunFolder};
use reluflow_plot::Chart;
use reluflow_report::film::{self, film};
use reluflow_report::path::{Along, Direction, Happening, Path};
use reluflow_report::pictures::{self, Curve, Kind, Wish};

use crate::dataset::Dataset;
use crate::errors;
use crate::network::Network;

/// A chart as SVG, PNG and PDF.
type Drawn = (String, Vec<u8>, Vec<u8>);

/// Time, loss and network of a row.
type Row<'py> = (f64, f64, Bound<'py, Network>);

/// What `reluflow._plot` knows of a path besides its rows: name, verdict, slope of the activation at u ≤ 0, factor of the
/// sum over neurons, and its events, (time, neuron, example, kind).
type Facts = (String, String, f64, f64, Vec<(f64, usize, usize, String)>);

/// An error of drawing: bad input says of what.
fn refused(error: &Error) -> PyErr {
    match error {
        Error::BadInput(bad) => errors::input(&bad.problem, &bad.expected, &bad.found),
        _ => errors::lab(error),
    }
}

fn path(dataset: &Bound<'_, Dataset>, rows: &[Row<'_>], facts: Facts) -> Path {
    let (name, verdict, slope, output_factor, events) = facts;
    let snapshot = |(time, loss, network): &Row<'_>| Snapshot {
        time: *time,
        loss: *loss,
        network: reluflow::Network::clone(&network.get().0),
    };
    let happening = |(time, neuron, example, kind)| Happening {
        time,
        neuron,
        example,
        kind,
    };
    Path {
        name,
        verdict,
        dataset: reluflow::Dataset::clone(&Arc::clone(&dataset.get().0)),
        activation: if slope == 0.0 {
            Activation::Relu
        } else {
            Activation::Leaky(slope)
        },
        output_factor,
        snapshots: rows.iter().map(snapshot).collect(),
        events: events.into_iter().map(happening).collect(),
    }
}

/// Two directions: words such as `gamma`, or vectors.
#[derive(FromPyObject)]
pub(crate) enum Towards {
    Word(String),
    Vector(Vec<f64>),
}

fn along(given: Option<(Towards, Towards)>) -> PyResult<Along> {
    let read = |towards| match towards {
        Towards::Vector(vector) => Ok(Direction::Vector(vector)),
        Towards::Word(word) => word.parse().map_err(|_| {
            let expected =
                "an axis such as \"e0\", an input such as \"x0\", \"gamma\", or a vector of d numbers";
            errors::input("along", expected, word)
        }),
    };
    Ok(match given {
        None => Along::Leading,
        Some((first, second)) => Along::Given(read(first)?, read(second)?),
    })
}

fn drawn(chart: &Chart) -> Drawn {
    let kinds = |kind| reluflow_plot::bytes(kind, chart).unwrap_or_default();
    (chart.draw().svg(), kinds("png"), kinds("pdf"))
}

/// A picture of a run's path by its name.
#[pyfunction]
pub(crate) fn path_picture(
    py: Python<'_>,
    kind: &str,
    dataset: &Bound<'_, Dataset>,
    rows: Vec<Row<'_>>,
    facts: Facts,
    directions: Option<(Towards, Towards)>,
) -> PyResult<Drawn> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    let kind = Kind::from_name(kind).ok_or_else(|| errors::input("kind", known(), kind))?;
    let (path, along) = (path(dataset, &rows, facts), along(directions)?);
    py.detach(|| pictures::picture(kind, &path, &along).map(|chart| drawn(&chart)))
        .map_err(|error| refused(&error))
}

/// A run's film, an HTML page.
#[pyfunction]
pub(crate) fn path_film(
    py: Python<'_>,
    dataset: &Bound<'_, Dataset>,
    rows: Vec<Row<'_>>,
    facts: Facts,
    directions: Option<(Towards, Towards)>,
    frames: usize,
) -> PyResult<String> {
    let path = path(dataset, &rows, facts);
    let options = film::Options {
        frames,
        along: along(directions)?,
    };
    py.detach(|| film(&path, &options))
        .map_err(|error| refused(&error))
}

/// The losses of runs, (times, losses, succeeded) each, with median and band.
#[pyfunction]
pub(crate) fn losses(py: Python<'_>, runs: Vec<(Vec<f64>, Vec<f64>, bool)>) -> Drawn {
    py.detach(|| {
        let curve = |(times, losses, succeeded): (Vec<f64>, Vec<f64>, bool)| Curve {
            group: 0,
            points: times.into_iter().zip(losses).collect(),
            succeeded,
        };
        let curves: Vec<Curve> = runs.into_iter().map(curve).collect();
        drawn(&pictures::losses(&curves, &[String::new()]))
    })
}

/// A column of the trials in a run's folder: along an axis, over two, or as a histogram.
#[pyfunction]
pub(crate) fn folder_picture(
    py: Python<'_>,
    folder: PathBuf,
    kind: &str,
    column: &str,
    x: Option<String>,
    y: Option<String>,
    by: Option<String>,
) -> PyResult<Drawn> {
    let wish = match kind {
        "column" => Wish::Column { x, by },
        "map" => Wish::Map { x, y },
        _ => Wish::Histogram { by },
    };
    py.detach(|| {
        let (folder, experiment) = RunFolder::open(&folder)?;
        let trials = folder.read(&experiment)?.trials;
        pictures::table_picture(&experiment, &trials, column, &wish).map(|chart| drawn(&chart))
    })
    .map_err(|error| refused(&error))
}
