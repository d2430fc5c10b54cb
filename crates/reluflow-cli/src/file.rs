//! Writes a table to a `.parquet`, or to any other name as comma-separated values.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use reluflow_lab::Error;
use reluflow_lab::store::table::{Column, Columns, write};

/// Whether a file's name asks for Parquet.
pub(crate) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "parquet")
}

/// A number as text; nothing for NaN.
fn number(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        value.to_string()
    }
}

/// Writes a table.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn save(path: &Path, columns: &Columns) -> Result<(), Error> {
    if is_parquet(path) {
        return write(path, columns).map_err(|source| Error::Parquet {
            path: path.to_owned(),
            source,
        });
    }
    let failed = |error| Error::file("writing", path, error);
    let mut out = BufWriter::new(File::create(path).map_err(failed)?);
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(out, "{}", names.join(",")).map_err(failed)?;
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    for row in 0..rows {
        let fields: Vec<String> = columns
            .iter()
            .map(|(_, column)| match column {
                Column::Integers(values) => values[row].to_string(),
                Column::Numbers(values) => number(values[row]),
                Column::Optional(values) => values[row].map_or_else(String::new, number),
                Column::Texts(values) => values[row].clone(),
                Column::Booleans(values) => values[row].to_string(),
            })
            .collect();
        writeln!(out, "{}", fields.join(",")).map_err(failed)?;
    }
    out.flush().map_err(failed)
}
