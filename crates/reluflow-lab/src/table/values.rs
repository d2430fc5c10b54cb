//! Reads the columns of a table by their names, as what they are meant to hold.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use thiserror::Error;

use super::numbers::numbers_of;

/// Why a column cannot be read as asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfit {
    /// There is none of this name.
    #[error("no column {0}")]
    Missing(String),
    /// It holds something else.
    #[error("column {column} holds no {expected}")]
    Kind {
        /// Its name.
        column: String,
        /// What was asked for.
        expected: &'static str,
    },
    /// It has a gap where none may be.
    #[error("column {column} has a gap in row {row} (from 0)")]
    Gap {
        /// Its name.
        column: String,
        /// The first row without a value.
        row: usize,
    },
}

type Result<T> = std::result::Result<T, Unfit>;

/// The names of all columns, in their order.
pub fn names(table: &RecordBatch) -> Vec<String> {
    let fields = table.schema_ref().fields().iter();
    fields.map(|field| field.name().clone()).collect()
}

/// A column of whole numbers; narrow ones are widened.
///
/// # Errors
/// When there is no such column, or it holds something else, or has a gap.
pub fn integers(table: &RecordBatch, name: &str) -> Result<Vec<i64>> {
    fn all<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> Vec<i64> {
        let values = array.as_primitive::<T>().values();
        values.iter().map(|value| (*value).into()).collect()
    }
    let array = without_gaps(table, name)?;
    Ok(match array.data_type() {
        DataType::Int8 => all::<Int8Type>(array),
        DataType::Int16 => all::<Int16Type>(array),
        DataType::Int32 => all::<Int32Type>(array),
        DataType::Int64 => all::<Int64Type>(array),
        DataType::UInt8 => all::<UInt8Type>(array),
        DataType::UInt16 => all::<UInt16Type>(array),
        DataType::UInt32 => all::<UInt32Type>(array),
        _ => return unfit(name, "whole numbers"),
    })
}

/// A column of numbers; narrow ones are widened.
///
/// # Errors
/// When there is no such column, or it holds something else, or has a gap.
pub fn numbers(table: &RecordBatch, name: &str) -> Result<Vec<f64>> {
    without_gaps(table, name)?;
    Ok(optional_numbers(table, name)?.into_iter().flatten().collect())
}

/// A column of numbers of which some may be missing; narrow ones are widened.
///
/// # Errors
/// When there is no such column, or it holds something else.
pub fn optional_numbers(table: &RecordBatch, name: &str) -> Result<Vec<Option<f64>>> {
    let array = column(table, name)?;
    Ok(match array.data_type() {
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>().iter();
            values.map(|value| value.map(f64::from)).collect()
        }
        DataType::Float64 => array.as_primitive::<Float64Type>().iter().collect(),
        _ => return unfit(name, "numbers"),
    })
}

/// A column of yes or no.
///
/// # Errors
/// When there is no such column, or it holds something else, or has a gap.
pub fn booleans(table: &RecordBatch, name: &str) -> Result<Vec<bool>> {
    let array = without_gaps(table, name)?;
    match array.as_boolean_opt() {
        Some(values) => Ok(values.values().iter().collect()),
        None => unfit(name, "yes or no"),
    }
}

/// A column of words.
///
/// # Errors
/// When there is no such column, or it holds something else, or has a gap.
pub fn texts<'a>(table: &'a RecordBatch, name: &str) -> Result<Vec<&'a str>> {
    let array = without_gaps(table, name)?;
    Ok(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().flatten().collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().flatten().collect(),
        DataType::Utf8View => array.as_string_view().iter().flatten().collect(),
        _ => return unfit(name, "words"),
    })
}

/// A column of anything that is a number, as such: yes is 1 and no 0; NaN where it is missing.
///
/// # Errors
/// When there is no such column, or it holds no numbers.
pub fn all_numbers(table: &RecordBatch, name: &str) -> Result<Vec<f64>> {
    match numbers_of(column(table, name)?) {
        Ok(values) => Ok(values
            .into_iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect()),
        Err(_) => unfit(name, "numbers"),
    }
}

/// What was read of a column that need not be there.
///
/// # Errors
/// When it is there and cannot be read.
pub fn if_there<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(values) => Ok(Some(values)),
        Err(Unfit::Missing(_)) => Ok(None),
        Err(unfit) => Err(unfit),
    }
}

fn column<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    table
        .column_by_name(name)
        .ok_or_else(|| Unfit::Missing(name.to_owned()))
}

fn without_gaps<'a>(table: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    let array = column(table, name)?;
    let gap = (array.null_count() > 0).then(|| (0..array.len()).find(|row| array.is_null(*row)));
    match gap.flatten() {
        Some(row) => Err(Unfit::Gap {
            column: name.to_owned(),
            row,
        }),
        None => Ok(array),
    }
}

fn unfit<T>(name: &str, expected: &'static str) -> Result<T> {
    Err(Unfit::Kind {
        column: name.to_owned(),
        expected,
    })
}
