//! The events of an exact flow, and the jumps of its limit from vanishing starts, as tables.

use std::path::Path;

use reluflow::flow::{Events, JumpProcess};
use reluflow::{Dataset, Network};
use reluflow_lab::Error;
use reluflow_lab::store::table::{Column, Columns};

use crate::file::save as save_table;

/// Writes time, neuron, example, kind and side of every event, to a `.parquet` or as comma-separated values.
pub(crate) fn save(path: &Path, events: &Events) -> Result<(), Error> {
    let rows = events.rows();
    let columns: Columns = vec![
        (
            "time".into(),
            Column::Numbers(rows.iter().map(|e| e.time).collect()),
        ),
        (
            "neuron".into(),
            Column::Integers(rows.iter().map(|e| e.neuron as i64).collect()),
        ),
        (
            "example".into(),
            Column::Integers(rows.iter().map(|e| e.example as i64).collect()),
        ),
        (
            "event".into(),
            Column::Texts(rows.iter().map(|e| e.kind.name().to_owned()).collect()),
        ),
        (
            "active".into(),
            Column::Booleans(rows.iter().map(|e| e.active).collect()),
        ),
    ];
    save_table(path, &columns)
}

/// Writes s, neuron, number of examples fitted, loss and norm of every jump.
pub(crate) fn save_jumps(path: &Path, data: &Dataset, network: &Network) -> Result<(), Error> {
    let process = JumpProcess::new(data, network).map_err(|source| Error::Trial {
        cell: "the jump process".into(),
        draw: 0,
        source,
    })?;
    let numbers = |value: &dyn Fn(&reluflow::flow::Jump) -> f64| {
        Column::Numbers(process.events.iter().map(value).collect())
    };
    let counts = |value: &dyn Fn(&reluflow::flow::Jump) -> usize| {
        Column::Integers(process.events.iter().map(|jump| value(jump) as i64).collect())
    };
    let columns: Columns = vec![
        ("s".into(), numbers(&|jump| jump.s)),
        ("neuron".into(), counts(&|jump| jump.neuron)),
        ("fitted".into(), counts(&|jump| jump.fitted.len())),
        ("loss".into(), numbers(&|jump| jump.loss)),
        ("norm".into(), numbers(&|jump| jump.norm)),
    ];
    save_table(path, &columns)
}
