//! The events of an exact flow, and the jumps of its limit from vanishing starts, as tables.

use std::path::Path;

use reluflow::flow::{Events, JumpProcess};
use reluflow::{Dataset, Network};
use reluflow_lab::Error;
use reluflow_lab::table::{Columns, of_events};

use crate::file::save as save_table;

/// Writes time, neuron, example, kind and side of every event, to a `.parquet` or as comma-separated values.
pub(crate) fn save(path: &Path, events: &Events) -> Result<(), Error> {
    save_table(path, &of_events(events))
}

/// Writes s, neuron, number of examples fitted, loss and norm of every jump.
pub(crate) fn save_jumps(path: &Path, data: &Dataset, network: &Network) -> Result<(), Error> {
    let process = JumpProcess::new(data, network).map_err(|source| Error::Trial {
        cell: "the jump process".into(),
        draw: 0,
        source,
    })?;
    let table = Columns::of(&process.events)
        .numbers("s", |jump| jump.s)
        .integers("neuron", |jump| jump.neuron as i64)
        .integers("fitted", |jump| jump.fitted.len() as i64)
        .numbers("loss", |jump| jump.loss)
        .numbers("norm", |jump| jump.norm)
        .table();
    save_table(path, &table)
}
