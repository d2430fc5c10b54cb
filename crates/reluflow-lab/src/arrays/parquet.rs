//! Reads the columns of a Parquet file through Arrow, by the meaning of their types.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, PrimitiveArray};
use arrow_schema::{DataType, Field, Schema};
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

use super::Unusable;
use super::table::{Column, Trouble};
use crate::store::CheckedPages;

/// Rows that are decoded at a time.
const BATCH: usize = 8192;

/// Reads the columns; those that hold no numbers are there by name only.
pub(super) fn read(path: &Path, bytes: Vec<u8>) -> std::result::Result<Vec<Column>, Unusable> {
    // The library trusts what a file says of itself in places, and panics where that is contradictory.
    let read = catch_unwind(AssertUnwindSafe(|| columns(Bytes::from(bytes))))
        .unwrap_or_else(|_| Err(ParquetError::General("the file contradicts itself".into())));
    read.map_err(|error| match error {
        ParquetError::NYI(text) | ParquetError::General(text) if text.contains("feature") => {
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
        ParquetError::General(text) | ParquetError::NYI(text) => Unusable::new(path, "a Parquet file", text),
        other => Unusable::new(path, "a Parquet file", other),
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
    let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new())?;
    let schema = metadata.schema().clone();
    let file = Checked(Arc::new(SerializedFileReader::new(bytes)?));
    let indices = index_columns(&schema);
    let mut columns: Vec<Column> = schema
        .fields()
        .iter()
        .map(|field| Column {
            name: field.name().clone(),
            trouble: refusal(field),
            aside: indices.contains(field.name()).then_some("pandas' index"),
            ..Column::default()
        })
        .collect();
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
        let batch = batch.map_err(|error| ParquetError::General(error.to_string()))?;
        for (k, array) in usable.iter().zip(batch.columns()) {
            append(&mut columns[*k], array.as_ref(), rows)?;
        }
        rows += batch.num_rows();
    }
    Ok(columns)
}

/// The columns that pandas wrote for its index, as its note in the file says.
fn index_columns(schema: &Schema) -> Vec<String> {
    let note = schema.metadata().get("pandas");
    let note: Option<serde_json::Value> = note.and_then(|text| serde_json::from_str(text).ok());
    let named = note.and_then(|note| note.get("index_columns").cloned());
    let named = named
        .as_ref()
        .and_then(serde_json::Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut indices: Vec<String> = (named.iter())
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let own = |name: &String| name.starts_with("__index_level_") && name.ends_with("__");
    indices.extend(
        schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .filter(own),
    );
    indices
}

/// Why a column of a type is no column of numbers.
fn refusal(field: &Field) -> Option<Trouble> {
    let kind = match values_of(field.data_type()) {
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => return None,
        DataType::Date32 | DataType::Date64 => "dates",
        DataType::Timestamp(..) => "dates with times",
        DataType::Time32(_) | DataType::Time64(_) => "times of day",
        DataType::Duration(_) | DataType::Interval(_) => "lengths of time",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "bytes"
        }
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::Map(..) => {
            "lists"
        }
        DataType::Struct(_) => "several columns in one",
        DataType::Null => "nothing but gaps",
        _ => "values of another type",
    };
    Some(Trouble::Kind(kind.to_owned()))
}

/// The type of a column's values, also where a dictionary stands between.
fn values_of(kind: &DataType) -> &DataType {
    match kind {
        DataType::Dictionary(_, values) => values,
        kind => kind,
    }
}

/// Appends a batch whose first row is row `first` of the file.
fn append(column: &mut Column, array: &dyn Array, first: usize) -> Result<()> {
    let numbers = match array.as_any_dictionary_opt() {
        None => numbers(array)?,
        Some(dictionary) => {
            let values = numbers(dictionary.values().as_ref())?;
            let keys = dictionary.normalized_keys();
            let number = |(k, key): (usize, usize)| {
                let value = dictionary.is_valid(k).then(|| values.get(key).copied().flatten());
                value.flatten()
            };
            keys.into_iter().enumerate().map(number).collect()
        }
    };
    for (k, value) in numbers.into_iter().enumerate() {
        if column.trouble.is_none() && value.is_none_or(f64::is_nan) {
            column.trouble = Some(Trouble::Gap(format!("row {} (from 0)", first + k)));
        }
        column.values.push(value.unwrap_or(f64::NAN));
    }
    Ok(())
}

/// The numbers of an array, each rounded once.
fn numbers(array: &dyn Array) -> Result<Vec<Option<f64>>> {
    fn all<T: ArrowPrimitiveType>(array: &dyn Array, to: impl Fn(T::Native) -> f64) -> Vec<Option<f64>> {
        array
            .as_primitive::<T>()
            .iter()
            .map(|value| value.map(&to))
            .collect()
    }
    fn decimals<T: DecimalType + ArrowPrimitiveType>(array: &dyn Array) -> Vec<Option<f64>> {
        let array: &PrimitiveArray<T> = array.as_primitive();
        let number = |k: usize| array.value_as_string(k).parse().ok();
        (0..array.len())
            .map(|k| array.is_valid(k).then(|| number(k)).flatten())
            .collect()
    }
    Ok(match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean();
            values
                .iter()
                .map(|value| value.map(|yes| f64::from(u8::from(yes))))
                .collect()
        }
        DataType::Int8 => all::<Int8Type>(array, f64::from),
        DataType::Int16 => all::<Int16Type>(array, f64::from),
        DataType::Int32 => all::<Int32Type>(array, f64::from),
        DataType::Int64 => all::<Int64Type>(array, |value| value as f64),
        DataType::UInt8 => all::<UInt8Type>(array, f64::from),
        DataType::UInt16 => all::<UInt16Type>(array, f64::from),
        DataType::UInt32 => all::<UInt32Type>(array, f64::from),
        DataType::UInt64 => all::<UInt64Type>(array, |value| value as f64),
        DataType::Float16 => all::<Float16Type>(array, f64::from),
        DataType::Float32 => all::<Float32Type>(array, f64::from),
        DataType::Float64 => all::<Float64Type>(array, |value| value),
        DataType::Decimal32(..) => decimals::<Decimal32Type>(array),
        DataType::Decimal64(..) => decimals::<Decimal64Type>(array),
        DataType::Decimal128(..) => decimals::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimals::<Decimal256Type>(array),
        other => return Err(ParquetError::General(format!("a column of {other}"))),
    })
}
