//! Writes a table to a `.parquet`, or to any other name as comma-separated values.

use std::fs::File;
use std::path::Path;

use reluflow_lab::Error;
use reluflow_lab::table::{RecordBatch, write, write_csv};

/// Whether a file's name asks for Parquet.
pub(crate) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "parquet")
}

/// Writes a table.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn save(path: &Path, table: &RecordBatch) -> Result<(), Error> {
    if is_parquet(path) {
        return write(path, table).map_err(|source| Error::Parquet {
            path: path.to_owned(),
            source,
        });
    }
    File::create(path)
        .and_then(|file| write_csv(table, file))
        .map_err(|error| Error::file("writing", path, error))
}
