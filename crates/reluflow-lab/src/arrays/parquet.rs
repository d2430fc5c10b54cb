//! Reads the columns of a Parquet file through Arrow, by the meaning of their types.

use std::path::Path;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};

use super::choice::{Candidate, set_row_numbers_aside};
use super::{Unusable, arrow};
use crate::table::parquet::{Checked, guarded};

/// Reads the columns; those that hold no numbers are there by name only.
pub(super) fn read(path: &Path, bytes: Vec<u8>) -> std::result::Result<Vec<Candidate>, Unusable> {
    guarded(|| columns(Bytes::from(bytes))).map_err(|error| match (error.to_string(), error) {
        (text, _) if text.contains("feature") => {
            let codec = ["BROTLI", "LZO"]
                .into_iter()
                .find(|codec| text.to_uppercase().contains(codec));
            Unusable::new(
                path,
                "pages without compression, or by snappy, zstd, gzip or lz4",
                format!(
                    "pages compressed by {}",
                    codec.unwrap_or("another codec").to_lowercase()
                ),
            )
            .hint("write it again: df.to_parquet(path, compression=\"zstd\")")
        }
        (_, ParquetError::General(text) | ParquetError::NYI(text)) => {
            Unusable::new(path, "a Parquet file", text)
        }
        (text, _) => Unusable::new(path, "a Parquet file", text),
    })
}

fn columns(bytes: Bytes) -> Result<Vec<Candidate>> {
    let file = Checked::open(bytes)?;
    let mut columns = arrow::columns(file.schema());
    let usable: Vec<usize> = (0..columns.len())
        .filter(|k| columns[*k].trouble.is_none())
        .collect();
    if usable.is_empty() {
        return Ok(columns);
    }
    let mut rows = 0;
    file.each_batch(&usable, |batch| {
        for (k, array) in usable.iter().zip(batch.columns()) {
            arrow::append(&mut columns[*k], array.as_ref(), rows)?;
        }
        rows += batch.num_rows();
        Ok(())
    })?;
    set_row_numbers_aside(&mut columns);
    Ok(columns)
}
