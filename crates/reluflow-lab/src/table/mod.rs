//! Holds the project's one table, Arrow's record batch: built from rows, read by the names of its columns, kept as Parquet.
//!
//! ```text
//! rows ─Columns→ RecordBatch ─write→ Parquet file ─read→ RecordBatch ─integers, numbers, texts, …→ values
//!                            ─write_csv→ text       and to Python, as NumPy columns
//! ```
//!
//! Files are plain Parquet, without a note of Arrow's types, as they have been since before there was Arrow here: whole numbers are INT64,
//! numbers DOUBLE, those that may be missing OPTIONAL DOUBLE, texts BYTE_ARRAY (UTF8). So folders of all versions are read alike.

mod claims;
mod columns;
mod csv;
mod dictionary;
mod numbers;
pub(crate) mod parquet;
mod values;

use std::path::Path;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::Compression;
use ::parquet::errors::Result;
use ::parquet::file::properties::WriterProperties;
pub use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use bytes::Bytes;

pub use self::columns::{Columns, of_events};
pub use self::csv::write_csv;
pub(crate) use self::numbers::numbers_of;
pub use self::values::{
    Unfit, all_numbers, booleans, if_there, integers, names, numbers, optional_numbers, texts,
};

/// Writes a table to a file; it is complete and on disk when this returns.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, table: &RecordBatch) -> Result<()> {
    let file = std::fs::File::create(path)?;
    std::io::Write::write_all(&mut &file, &encode(table)?)?;
    file.sync_all()?;
    Ok(())
}

/// The bytes of a table as a Parquet file of one row group.
///
/// # Errors
/// When a column is of a type that Parquet does not have.
pub fn encode(table: &RecordBatch) -> Result<Vec<u8>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(None)
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_schema_root("table".to_owned())
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), table.schema(), options)?;
    writer.write(table)?;
    writer.into_inner()
}

/// Reads a table.
///
/// # Errors
/// When the file cannot be read, is cut short, or claims what cannot be.
pub fn read(path: &Path) -> Result<RecordBatch> {
    decode(std::fs::read(path)?)
}

/// Reads a table from the bytes of a Parquet file, as [`read`].
///
/// # Errors
/// As [`read`].
pub fn decode(bytes: Vec<u8>) -> Result<RecordBatch> {
    parquet::guarded(|| {
        let file = parquet::Checked::open(Bytes::from(bytes))?;
        let every: Vec<usize> = (0..file.schema().fields().len()).collect();
        let mut batches = Vec::new();
        file.each_batch(&every, |batch| {
            batches.push(batch);
            Ok(())
        })?;
        let schema = batches.first().map_or(file.schema().clone(), RecordBatch::schema);
        Ok(concat_batches(&schema, &batches)?)
    })
}
