//! Writes the events of an exact flow as a table.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use reluflow::flow::Events;
use reluflow_lab::Error;
use reluflow_lab::store::table::{Column, write};

/// Writes time, neuron, example, kind and side of every event, to a `.parquet` or as comma-separated values.
pub(crate) fn save(path: &Path, events: &Events, parquet: bool) -> Result<(), Error> {
    let rows = events.rows();
    if parquet {
        let columns = vec![
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
        return write(path, &columns).map_err(|source| Error::Parquet {
            path: path.to_owned(),
            source,
        });
    }
    let failed = |error| Error::file("writing", path, error);
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    writeln!(out, "time,neuron,example,event,active").map_err(failed)?;
    for event in rows {
        let (neuron, example, active) = (event.neuron, event.example, event.active);
        writeln!(
            out,
            "{},{neuron},{example},{},{active}",
            event.time,
            event.kind.name()
        )
        .map_err(failed)?;
    }
    out.flush().map_err(failed)
}
