//! Holds every statement of the paper against the flow of an experiment's draws.

use reluflow::audit::{self, Audit, Plan, draws_in_words};
use reluflow::{Setting, Units};

use crate::error::{Error, Result};
use crate::experiment::{Cell, DataSource, Experiment, NetworkSource};
use crate::trial;

/// Audits a cell over its draws: with the statements about laws where it has laws in the core's units, else the
/// statements about problems alone. [`Audit::audited`] says what was drawn.
///
/// # Errors
/// When the model is not the paper's, a law cannot be drawn, or a flow cannot be run.
pub fn audit(experiment: &Experiment, cell: &Cell) -> Result<Audit> {
    let failed = |source| Error::Trial {
        cell: experiment.describe(cell),
        draw: 0,
        source,
    };
    if matches!(cell.spec.data, DataSource::Population(_)) {
        return Err(failed(reluflow::Error::OutOfRange {
            quantity: "data.law",
            expected: "a law of examples, which the statements are about".to_owned(),
            found: "gaussian-population".to_owned(),
        }));
    }
    if !cell.spec.model.is_the_papers() {
        return Err(failed(reluflow::Error::OutOfRange {
            quantity: "model",
            expected: "the paper's, which the statements are about: ReLU, square loss, both layers at rate 1, no decay".to_owned(),
            found: cell.spec.model.to_string(),
        }));
    }
    let (data, initialisation) = (&cell.spec.data, &cell.spec.initialisation);
    if let (DataSource::Law(data), NetworkSource::Law(initialisation), true) =
        (data, initialisation, cell.spec.units == Units::default())
    {
        let plan = Plan {
            setting: Setting {
                n: cell.n as usize,
                d: cell.d as usize,
                p: cell.p as usize,
                data: data.clone(),
                initialisation: initialisation.clone(),
            },
            draws: experiment.draws,
            seed: experiment.seed,
        };
        return audit::laws(&plan).map_err(failed);
    }
    let same_data = matches!(data, DataSource::File(data) if data.known().rows as u64 == cell.n);
    let same_network = matches!(initialisation, NetworkSource::File(_));
    let draws = if same_data && same_network {
        1
    } else {
        experiment.draws
    };
    let what = match (same_data, same_network) {
        (true, true) => "the file's data and network, which are the same in every draw",
        (true, false) => "the file's data, with an initialisation each",
        (false, true) => "data each, with the file's network",
        (false, false) => "each of data and initialisation",
    };
    let audited = if draws == 1 && same_data && same_network {
        what.to_owned()
    } else {
        format!("{}: {what}", draws_in_words(draws))
    };
    let audited = format!("{audited}; statements about laws are left out");
    // The first draw that cannot be drawn says so in the lab's words.
    let mut error = None;
    let found = audit::problems(audited, draws, |draw| match trial::draw(experiment, cell, draw) {
        Ok(problem) => Ok(problem),
        Err(Error::Trial { source, .. } | Error::Undrawable { source, .. }) => Err(source),
        Err(other) => {
            let source = reluflow::Error::OutOfRange {
                quantity: "draw",
                expected: "a problem".to_owned(),
                found: other.to_string(),
            };
            error = Some(other);
            Err(source)
        }
    });
    match error {
        Some(error) => Err(error),
        None => found.map_err(failed),
    }
}
