//! Reads the record batches of a Parquet file that nobody vouches for: ours, which a disk may have damaged, and other people's.
//!
//! The one place where pages are decoded. What a file claims of itself is looked at before room is made for it: the footer and the headers
//! of pages ([`check_footer`], [`check_pages`]), and the dictionaries ([`CheckedPages`]).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
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

use super::claims::{check_footer, check_pages};
use super::dictionary::CheckedPages;

/// Rows that are decoded at a time.
const BATCH: usize = 8192;

/// Does what reads a file. The library trusts what a file says of itself in places, and panics where that is contradictory.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("the file contradicts itself".into())))
}

/// A file whose footer and pages have been looked at.
pub(crate) struct Checked {
    file: Arc<dyn FileReader>,
    schema: SchemaRef,
}

impl Checked {
    /// Looks at all that a file claims.
    ///
    /// # Errors
    /// When it is cut short, or claims what cannot be.
    pub(crate) fn open(bytes: Bytes) -> Result<Self> {
        check_footer(&bytes)?;
        let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new())?;
        check_pages(&bytes, metadata.metadata())?;
        Ok(Self {
            file: Arc::new(SerializedFileReader::new(bytes)?),
            schema: metadata.schema().clone(),
        })
    }

    /// The columns of the file, by Arrow's types.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Hands over the rows of some columns, a few thousand at a time.
    ///
    /// # Errors
    /// When a page cannot be read, there are fewer rows than the file claims, or `take` refuses a batch.
    pub(crate) fn each_batch(
        &self,
        columns: &[usize],
        mut take: impl FnMut(RecordBatch) -> Result<()>,
    ) -> Result<()> {
        let described = self.file.metadata().file_metadata().schema_descr_ptr();
        let mask = ProjectionMask::roots(&described, columns.iter().copied());
        let levels = parquet_to_arrow_field_levels(&described, mask, Some(self.schema.fields()))?;
        let mut rows = 0;
        for batch in ParquetRecordBatchReader::try_new_with_row_groups(&levels, self, BATCH, None)? {
            let batch = batch.map_err(plain)?;
            rows += batch.num_rows();
            take(batch)?;
        }
        let groups = self.file.metadata().row_groups().iter();
        let claimed: i64 = groups.map(RowGroupMetaData::num_rows).sum();
        if i64::try_from(rows) != Ok(claimed) {
            return Err(ParquetError::General(format!("{rows} rows of {claimed}")));
        }
        Ok(())
    }
}

/// What the reader of pages said, which Arrow wraps.
fn plain(error: ArrowError) -> ParquetError {
    match error {
        ArrowError::ParquetError(text) => {
            let said = text.strip_prefix("Parquet error: ").unwrap_or(&text);
            ParquetError::General(said.to_owned())
        }
        other => other.into(),
    }
}

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
            file: self.file.clone(),
            column,
            group: 0,
            kind,
        }))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(self.metadata().row_groups().iter())
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.file.metadata()
    }
}
