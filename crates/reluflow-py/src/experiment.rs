//! Wraps a checked experiment.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use reluflow::Scaling;
use reluflow_lab::table::Columns;
use reluflow_lab::{Override, population, trial};

use crate::dataset::Dataset;
use crate::network::Network;
use crate::population::Population;
use crate::watch::Watch;
use crate::{columns, errors, outcome};

/// The factor of losses over the core's, the slope of the activation, and the factor of the sum over neurons (none: 1/p).
type Units = (f64, f64, Option<f64>);

/// An experiment that never changes.
#[pyclass(frozen, module = "reluflow._native")]
pub(crate) struct Experiment(pub(crate) Arc<reluflow_lab::Experiment>);

#[pymethods]
impl Experiment {
    /// From a file's text; `settings` are (what to call it in messages, key, value in TOML).
    #[new]
    fn new(
        py: Python<'_>,
        source: &str,
        name: &str,
        text: &str,
        base: PathBuf,
        settings: Vec<(String, String, String)>,
    ) -> PyResult<Self> {
        let settings: Vec<Override> = settings
            .into_iter()
            .map(|(flag, key, value)| Override { flag, key, value })
            .collect();
        let experiment =
            py.detach(|| reluflow_lab::Experiment::from_text(source, name, text, &settings, &base));
        Ok(Self(Arc::new(experiment.map_err(|error| errors::lab(&error))?)))
    }

    #[getter]
    fn draws(&self) -> u64 {
        self.0.draws
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.0.seed
    }

    #[getter]
    fn axes(&self) -> Vec<String> {
        self.0.axes.clone()
    }

    #[getter]
    fn trials(&self) -> u64 {
        self.0.trials()
    }

    /// What to know before a run, and whether to warn of it.
    fn notes(&self) -> Vec<(String, bool)> {
        let notes = self.0.notes().into_iter();
        notes.map(|note| (note.text, note.warning)).collect()
    }

    fn to_toml(&self) -> String {
        self.0.to_toml(self.0.draws)
    }

    /// The values of every cell, as columns.
    fn cells<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let mut table = Columns::of(&self.0.cells);
        table
            .integers("d", |cell| cell.d as i64)
            .integers("n", |cell| cell.n as i64)
            .integers("p", |cell| cell.p as i64);
        for (k, name) in self.0.axes.iter().enumerate() {
            table.axis(name, |cell| cell.axes[k].clone());
        }
        columns::to_python(py, &table.table())
    }

    /// One trial with rows over time: its parts, its units, and the exception that ended it early, if one did.
    fn trajectory<'py>(
        &self,
        py: Python<'py>,
        cell: usize,
        draw: u64,
    ) -> PyResult<(Bound<'py, PyAny>, Units, Option<PyErr>)> {
        let (watch, cell) = (Watch::default(), &self.0.cells[cell]);
        let solution = watch
            .attend(
                py,
                || trial::follow(&self.0, cell, draw, &[], &watch.interrupt),
                |_| Ok(()),
            )?
            .map_err(|error| errors::lab(&error))?;
        let spec = &cell.spec;
        let warnings = outcome::slides(&solution, &spec.method).into_iter().collect();
        let parts = outcome::to_python(py, solution, !watch.interrupt.requested(), warnings)?;
        let sum = match spec.units.scaling {
            Scaling::MeanField => None,
            Scaling::Unscaled => Some(1.0),
        };
        let factor = spec.units.loss.factor(cell.n as usize);
        Ok((
            parts,
            (factor, spec.model.activation.slope(), sum),
            watch.raised(),
        ))
    }

    /// As `trajectory`, of a trial on a population.
    fn population_trajectory<'py>(
        &self,
        py: Python<'py>,
        cell: usize,
        draw: u64,
    ) -> PyResult<(Bound<'py, PyAny>, Option<PyErr>)> {
        let (watch, cell) = (Watch::default(), &self.0.cells[cell]);
        let follow = || population::follow(&self.0, cell, draw, &watch.interrupt);
        let solution = watch
            .attend(py, follow, |_| Ok(()))?
            .map_err(|error| errors::lab(&error))?;
        let parts = crate::population::to_python(py, &solution, !watch.interrupt.requested())?;
        Ok((parts, watch.raised()))
    }

    /// The population and the network of one trial, in the core's units.
    fn population_problem(&self, py: Python<'_>, cell: usize, draw: u64) -> PyResult<(Population, Network)> {
        let (teacher, network) = py
            .detach(|| population::draw(&self.0, &self.0.cells[cell], draw))
            .map_err(|error| errors::lab(&error))?;
        Ok((Population(Arc::new(teacher)), Network(Arc::new(network))))
    }

    /// The data and the network of one trial, in the core's units.
    fn problem(&self, py: Python<'_>, cell: usize, draw: u64) -> PyResult<(Dataset, Network)> {
        let (data, network) = py
            .detach(|| trial::draw(&self.0, &self.0.cells[cell], draw))
            .map_err(|error| errors::lab(&error))?;
        Ok((Dataset(Arc::new(data)), Network(Arc::new(network))))
    }
}
