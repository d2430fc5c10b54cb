//! Holds every statement of the paper against the flow of an experiment's draws.

use reluflow::audit::{self, Audit, Plan};
use reluflow::{Setting, Units};

use crate::error::{Error, Result};
use crate::experiment::{Cell, DataSource, Experiment, NetworkSource};
use crate::trial;

/// Audits a cell: over its draws where it has laws in the core's units, else its first draw alone.
///
/// # Errors
/// When a law cannot be drawn, or a flow cannot be run.
pub fn audit(experiment: &Experiment, cell: &Cell) -> Result<Audit> {
    let failed = |source| Error::Trial {
        cell: experiment.describe(cell),
        draw: 0,
        source,
    };
    if let (DataSource::Law(data), NetworkSource::Law(initialisation), true) = (
        &cell.spec.data,
        &cell.spec.initialisation,
        cell.spec.units == Units::default(),
    ) {
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
    let (dataset, network) = trial::draw(experiment, cell, 0)?;
    audit::problem(&dataset, &network).map_err(failed)
}
