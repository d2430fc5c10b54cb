//! Writes a table as comma-separated values.

use std::io::{Error, Result, Write};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use csv::Writer;

/// Writes a header and a line a row; a number that is missing or NaN leaves its place empty.
///
/// # Errors
/// When `out` does not take it, or a column is none that [`Columns`](super::Columns) makes.
pub fn write_csv(table: &RecordBatch, out: impl Write) -> Result<()> {
    let mut writer = Writer::from_writer(out);
    let schema = table.schema_ref();
    writer.write_record(schema.fields().iter().map(|field| field.name()))?;
    let fields = table.columns().iter().map(|array| field(array.as_ref()));
    let fields: Vec<Field<'_>> = fields.collect::<Result<_>>()?;
    for row in 0..table.num_rows() {
        writer.write_record(fields.iter().map(|field| field(row)))?;
    }
    writer.flush()
}

/// What stands in a column's place in a row.
type Field<'a> = Box<dyn Fn(usize) -> String + 'a>;

fn field(array: &dyn Array) -> Result<Field<'_>> {
    let text: Field<'_> = match array.data_type() {
        DataType::Int64 => {
            let values = array.as_primitive::<Int64Type>();
            Box::new(move |row| values.value(row).to_string())
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            Box::new(move |row| match values.value(row) {
                value if value.is_nan() => String::new(),
                value => value.to_string(),
            })
        }
        DataType::Boolean => {
            let values = array.as_boolean();
            Box::new(move |row| values.value(row).to_string())
        }
        DataType::Utf8 => {
            let values = array.as_string::<i32>();
            Box::new(move |row| values.value(row).to_owned())
        }
        other => return Err(Error::other(format!("a column of {other}"))),
    };
    Ok(Box::new(move |row| match array.is_null(row) {
        true => String::new(),
        false => text(row),
    }))
}
