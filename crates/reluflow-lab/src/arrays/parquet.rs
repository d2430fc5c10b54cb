//! Reads the columns of a Parquet file through Arrow, by the meaning of their types.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowGroups,
};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::Type as Physical;
use parquet::column::page::{PageIterator, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::table::{Column, set_row_numbers_aside};
use super::{Unusable, arrow};
use crate::store::{CheckedPages, check_footer, check_pages};

/// Rows that are decoded at a time.
const BATCH: usize = 8192;

/// Reads the columns; those that hold no numbers are there by name only.
pub(super) fn read(path: &Path, bytes: Vec<u8>) -> std::result::Result<Vec<Column>, Unusable> {
    // The library trusts what a file says of itself in places, and panics where that is contradictory.
    let read = catch_unwind(AssertUnwindSafe(|| columns(Bytes::from(bytes))))
        .unwrap_or_else(|_| Err(ParquetError::General("the file contradicts itself".into())));
    // Arrow wraps what the reader of pages says.
    read.map_err(|error| match (error.to_string(), error) {
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

/// A file whose pages are looked at before anyone believes them.
struct Checked(Arc<dyn FileReader>);

/// The pages of one column in all row groups.
struct Pages {
    file: Arc<dyn FileReader>,
    column: usize,
    group: usize,
    kind: Physical,
}

impl Iterator for Pages {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let k = self.group;
        self.group += 1;
        (k < self.file.num_row_groups()).then(|| {
            let pages = self.file.get_row_group(k)?.get_column_page_reader(self.column)?;
            Ok(Box::new(CheckedPages::new(pages, self.kind)) as Box<dyn PageReader>)
        })
    }
}

impl PageIterator for Pages {}

impl RowGroups for Checked {
    fn num_rows(&self) -> usize {
        usize::try_from(self.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let kind = self
            .metadata()
            .file_metadata()
            .schema_descr()
            .column(column)
            .physical_type();
        Ok(Box::new(Pages {
            file: self.0.clone(),
            column,
            group: 0,
            kind,
        }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata().row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.0.metadata()
    }
}

fn columns(bytes: Bytes) -> Result<Vec<Column>> {
    check_footer(&bytes)?;
    let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new())?;
    check_pages(&bytes, metadata.metadata())?;
    let schema = metadata.schema().clone();
    let file = Checked(Arc::new(SerializedFileReader::new(bytes)?));
    let mut columns = arrow::columns(&schema);
    let usable: Vec<usize> = (0..columns.len())
        .filter(|k| columns[*k].trouble.is_none())
        .collect();
    if usable.is_empty() {
        return Ok(columns);
    }
    let described = file.metadata().file_metadata().schema_descr_ptr();
    let mask = ProjectionMask::roots(&described, usable.iter().copied());
    let levels = parquet_to_arrow_field_levels(&described, mask, Some(schema.fields()))?;
    let mut rows = 0;
    for batch in ParquetRecordBatchReader::try_new_with_row_groups(&levels, &file, BATCH, None)? {
        let batch = batch?;
        for (k, array) in usable.iter().zip(batch.columns()) {
            arrow::append(&mut columns[*k], array.as_ref(), rows)?;
        }
        rows += batch.num_rows();
    }
    set_row_numbers_aside(&mut columns);
    Ok(columns)
}
