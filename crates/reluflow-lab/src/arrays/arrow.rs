//! Reads the columns of Arrow tables by the meaning of their types.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::choice::{Candidate, Trouble, excerpt};
use crate::table::numbers_of;

type Result<T, E = ArrowError> = std::result::Result<T, E>;

/// The columns of a schema, without numbers yet.
pub(super) fn columns(schema: &Schema) -> Vec<Candidate> {
    let indices = index_columns(schema);
    let column = |field: &std::sync::Arc<Field>| Candidate {
        name: field.name().clone(),
        trouble: refusal(field),
        aside: indices.contains(field.name()).then_some("pandas' index"),
        ..Candidate::default()
    };
    schema.fields().iter().map(column).collect()
}

/// Reads a table that is in memory; columns that hold no numbers are there with what speaks against them.
///
/// # Errors
/// When a batch cannot be had.
pub fn read(
    schema: &Schema,
    batches: impl IntoIterator<Item = Result<RecordBatch>>,
) -> Result<Vec<Candidate>> {
    let mut columns = columns(schema);
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        for (column, array) in columns.iter_mut().zip(batch.columns()) {
            match &column.trouble {
                Some(Trouble::Kind(_)) => first_text(column, array.as_ref(), rows),
                _ => append(column, array.as_ref(), rows)?,
            }
        }
        rows += batch.num_rows();
    }
    Ok(columns)
}

/// Blames the first text of a column of texts.
fn first_text(column: &mut Candidate, array: &dyn Array, first: usize) {
    let text = |k: usize| match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(k).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(k).to_owned(),
        DataType::Utf8View => array.as_string_view().value(k).to_owned(),
        _ => String::new(),
    };
    let texts = matches!(
        array.data_type(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    );
    if let Some(k) = (0..array.len()).find(|k| texts && array.is_valid(*k)) {
        let place = format!("row {} (from 0)", first + k);
        column.trouble = Some(Trouble::Text(place, excerpt(&text(k))));
    }
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
pub(super) fn append(column: &mut Candidate, array: &dyn Array, first: usize) -> Result<()> {
    let numbers = match array.as_any_dictionary_opt() {
        None => numbers_of(array)?,
        Some(dictionary) => {
            let values = numbers_of(dictionary.values().as_ref())?;
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
