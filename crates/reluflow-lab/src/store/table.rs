//! Writes and reads flat tables as Parquet, column by column.

use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::{CheckedPages, check_footer, check_pages};

/// A column of a flat table.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Whole numbers.
    Integers(Vec<i64>),
    /// Numbers.
    Numbers(Vec<f64>),
    /// Numbers, some missing.
    Optional(Vec<Option<f64>>),
    /// Yes or no.
    Booleans(Vec<bool>),
    /// Words.
    Texts(Vec<String>),
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Optional(values) => values.len(),
            Self::Booleans(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Named columns of one length.
pub type Columns = Vec<(String, Column)>;

/// Writes a table to a file; it is complete and on disk when this returns.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, columns: &Columns) -> Result<()> {
    let file = std::fs::File::create(path)?;
    std::io::Write::write_all(&mut &file, &encode(columns)?)?;
    file.sync_all()?;
    Ok(())
}

/// The bytes of a table as a Parquet file of one row group.
///
/// # Errors
/// When columns differ in length.
pub fn encode(columns: &Columns) -> Result<Vec<u8>> {
    let fields = columns
        .iter()
        .map(|(name, column)| field(name, column).map(Arc::new))
        .collect::<Result<Vec<_>>>()?;
    let schema = Type::group_type_builder("table").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (_, column) in columns {
        write_column(&mut group, column)?;
    }
    group.close()?;
    writer.into_inner()
}

fn field(name: &str, column: &Column) -> Result<Type> {
    let (physical, repetition) = match column {
        Column::Integers(_) => (Physical::INT64, Repetition::REQUIRED),
        Column::Numbers(_) => (Physical::DOUBLE, Repetition::REQUIRED),
        Column::Optional(_) => (Physical::DOUBLE, Repetition::OPTIONAL),
        Column::Booleans(_) => (Physical::BOOLEAN, Repetition::REQUIRED),
        Column::Texts(_) => (Physical::BYTE_ARRAY, Repetition::REQUIRED),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    match column {
        Column::Texts(_) => builder.with_converted_type(ConvertedType::UTF8).build(),
        _ => builder.build(),
    }
}

fn write_column<W: std::io::Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column,
) -> Result<()> {
    let Some(mut writer) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the schema has".into()));
    };
    match column {
        Column::Integers(values) => {
            writer.typed::<Int64Type>().write_batch(values, None, None)?;
        }
        Column::Numbers(values) => {
            writer.typed::<DoubleType>().write_batch(values, None, None)?;
        }
        Column::Optional(values) => {
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            let present: Vec<f64> = values.iter().flatten().copied().collect();
            writer
                .typed::<DoubleType>()
                .write_batch(&present, Some(&levels), None)?;
        }
        Column::Booleans(values) => {
            writer.typed::<BoolType>().write_batch(values, None, None)?;
        }
        Column::Texts(values) => {
            let bytes: Vec<ByteArray> = values.iter().map(|text| text.as_str().into()).collect();
            writer.typed::<ByteArrayType>().write_batch(&bytes, None, None)?;
        }
    }
    writer.close()
}

/// Reads a table of flat columns; narrow numbers are widened.
///
/// # Errors
/// When the file cannot be read, is cut short, or holds nested or unsupported columns.
pub fn read(path: &Path) -> Result<Columns> {
    decode(std::fs::read(path)?)
}

/// Reads a table from the bytes of a Parquet file, as [`read`].
///
/// # Errors
/// As [`read`].
pub fn decode(bytes: Vec<u8>) -> Result<Columns> {
    // The library trusts what a file says of itself in places, and panics where that is contradictory.
    catch_unwind(|| decode_trusting(bytes))
        .unwrap_or_else(|_| Err(ParquetError::General("the file contradicts itself".into())))
}

fn decode_trusting(bytes: Vec<u8>) -> Result<Columns> {
    let bytes = Bytes::from(bytes);
    check_footer(&bytes)?;
    let reader = SerializedFileReader::new(bytes.clone())?;
    check_pages(&bytes, reader.metadata())?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let mut columns: Columns = Vec::new();
    for index in 0..schema.num_columns() {
        let name = schema.column(index).path().string();
        let mut whole: Option<Column> = None;
        for k in 0..reader.num_row_groups() {
            let group = reader.get_row_group(k)?;
            let rows = group.metadata().num_rows() as usize;
            let column = schema.column(index);
            let pages = CheckedPages::new(group.get_column_page_reader(index)?, column.physical_type());
            let part = read_column(get_column_reader(column, Box::new(pages)), rows, &name)?;
            whole = Some(match whole {
                None => part,
                Some(before) => append(before, part),
            });
        }
        if let Some(column) = whole {
            columns.push((name, column));
        }
    }
    Ok(columns)
}

fn read_column(reader: ColumnReader, rows: usize, name: &str) -> Result<Column> {
    /// All values of a column, `None` where missing.
    fn all<T: DataType>(
        mut reader: parquet::column::reader::ColumnReaderImpl<T>,
        rows: usize,
    ) -> Result<Vec<Option<T::T>>> {
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        let (records, _, _) = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
        if records != rows {
            return Err(ParquetError::General(format!("{records} rows of {rows}")));
        }
        if levels.is_empty() {
            return Ok(values.into_iter().map(Some).collect());
        }
        let mut values = values.into_iter();
        Ok(levels
            .into_iter()
            .map(|level| if level > 0 { values.next() } else { None })
            .collect())
    }
    let numbers = |values: Vec<Option<f64>>| {
        if values.iter().all(Option::is_some) {
            Column::Numbers(values.into_iter().flatten().collect())
        } else {
            Column::Optional(values)
        }
    };
    Ok(match reader {
        ColumnReader::DoubleColumnReader(reader) => numbers(all(reader, rows)?),
        ColumnReader::FloatColumnReader(reader) => {
            let values = all::<FloatType>(reader, rows)?;
            numbers(values.into_iter().map(|v| v.map(f64::from)).collect())
        }
        ColumnReader::Int64ColumnReader(reader) => {
            Column::Integers(all(reader, rows)?.into_iter().flatten().collect())
        }
        ColumnReader::Int32ColumnReader(reader) => {
            let values = all::<Int32Type>(reader, rows)?;
            Column::Integers(values.into_iter().flatten().map(i64::from).collect())
        }
        ColumnReader::BoolColumnReader(reader) => {
            Column::Booleans(all(reader, rows)?.into_iter().flatten().collect())
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            let values = all::<ByteArrayType>(reader, rows)?;
            let text = |bytes: ByteArray| bytes.as_utf8().map(str::to_owned);
            Column::Texts(values.into_iter().flatten().map(text).collect::<Result<_>>()?)
        }
        _ => return Err(ParquetError::NYI(format!("the type of column {name}"))),
    })
}

fn append(before: Column, after: Column) -> Column {
    fn optional(column: Column) -> Vec<Option<f64>> {
        match column {
            Column::Optional(values) => values,
            Column::Numbers(values) => values.into_iter().map(Some).collect(),
            _ => Vec::new(),
        }
    }
    match (before, after) {
        (Column::Integers(mut a), Column::Integers(b)) => {
            a.extend(b);
            Column::Integers(a)
        }
        (Column::Numbers(mut a), Column::Numbers(b)) => {
            a.extend(b);
            Column::Numbers(a)
        }
        (Column::Booleans(mut a), Column::Booleans(b)) => {
            a.extend(b);
            Column::Booleans(a)
        }
        (Column::Texts(mut a), Column::Texts(b)) => {
            a.extend(b);
            Column::Texts(a)
        }
        (a, b) => {
            let mut values = optional(a);
            values.extend(optional(b));
            Column::Optional(values)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_column_comes_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        let columns: Columns = vec![
            ("n".into(), Column::Integers(vec![1, -2, i64::MAX])),
            ("x".into(), Column::Numbers(vec![0.1, f64::INFINITY, -0.0])),
            (
                "gap".into(),
                Column::Optional(vec![None, Some(f64::MIN_POSITIVE), None]),
            ),
            ("yes".into(), Column::Booleans(vec![true, false, true])),
            (
                "init.law".into(),
                Column::Texts(vec!["a".into(), String::new(), "é".into()]),
            ),
        ];
        write(&path, &columns).unwrap();
        assert_eq!(read(&path).unwrap(), columns);
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        write(&path, &vec![("x".into(), Column::Numbers(vec![0.1; 100]))]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(
                read(&path).is_err(),
                "{length} bytes of {} were read",
                whole.len()
            );
        }
    }

    #[test]
    fn a_dictionary_larger_than_its_bytes_is_refused() {
        let columns: Columns = vec![("x".into(), Column::Numbers(vec![0.1, 0.2, 0.3]))];
        let mut bytes = encode(&columns).unwrap();
        // Field 7 of the page's header is the dictionary's, its field 1 the number of values: 3, doubled.
        let at = (bytes.windows(3).position(|bytes| bytes == [0x4c, 0x15, 0x06])).unwrap();
        assert_eq!(decode(bytes.clone()).unwrap(), columns);
        bytes[at + 2] = 0x7e;
        let error = decode(bytes).unwrap_err().to_string();
        assert!(error.contains("a dictionary of 63 values"), "{error}");
    }
}
