//! Draws datasets and networks from laws, with the numbers that an experiment's trial would see.

use std::sync::Arc;

use ndarray::{Array1, Array2};
use pyo3::prelude::*;
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, TrialSeed};

use crate::dataset::Dataset;
use crate::errors::{self, OutOfMemory};
use crate::network::Network;

/// The coordinates (root, n, d, p, draw) of a trial.
type Coordinates = (u64, u64, u64, u64, u64);

fn seed((root, n, d, p, draw): Coordinates) -> TrialSeed {
    TrialSeed { root, n, d, p, draw }
}

/// Refuses arrays that no memory could hold, before an allocation fails and ends the process.
fn check_memory(name: &str, rows: usize, columns: usize) -> PyResult<()> {
    let entries = rows.checked_mul(columns);
    let fits = entries.is_some_and(|entries| Vec::<f64>::new().try_reserve_exact(entries).is_ok());
    if fits {
        return Ok(());
    }
    Err(OutOfMemory::new_err((
        name.to_owned(),
        "an array that fits into memory".to_owned(),
        format!("{rows} × {columns} numbers of 8 bytes"),
    )))
}

/// Draws a dataset of n examples in dimension d.
#[pyfunction]
pub(crate) fn sample_dataset(py: Python<'_>, law: &Bound<'_, PyAny>, at: Coordinates) -> PyResult<Dataset> {
    let law: DataLaw = errors::read("data", law)?;
    let (n, d) = (at.1 as usize, at.2 as usize);
    law.check(n, d).map_err(|error| errors::core(&error))?;
    check_memory("inputs", n, d)?;
    let dataset = py.detach(|| law.sample(n, d, &mut seed(at).generator(Purpose::Data)));
    Ok(Dataset(Arc::new(dataset.map_err(|error| errors::core(&error))?)))
}

/// Draws a network for a dataset, or for any data in dimension d when the law looks at no more than that.
#[pyfunction]
pub(crate) fn sample_network(
    py: Python<'_>,
    law: &Bound<'_, PyAny>,
    at: Coordinates,
    dataset: Option<&Bound<'_, Dataset>>,
) -> PyResult<Network> {
    let law: InitialisationLaw = errors::read("init", law)?;
    law.check().map_err(|error| errors::core(&error))?;
    let (d, p) = (at.2 as usize, at.3 as usize);
    check_memory("hidden weights", p, d)?;
    let dataset = match dataset {
        Some(dataset) => Arc::clone(&dataset.get().0),
        None => Arc::new(placeholder(&law, d)?),
    };
    let network = py.detach(|| law.sample(p, &dataset, &mut seed(at).generator(Purpose::Initialisation)));
    Ok(Network(Arc::new(network.map_err(|error| errors::core(&error))?)))
}

/// One example in dimension d, for laws that look at d only.
fn placeholder(law: &InitialisationLaw, d: usize) -> PyResult<reluflow::Dataset> {
    if law.looks_at_examples() {
        return Err(errors::input(
            "data",
            "the dataset, which this law looks at",
            "none",
        ));
    }
    reluflow::Dataset::new(Array2::zeros((1, d)), Array1::zeros(1)).map_err(|error| errors::core(&error))
}
