//! Builds a table column by column from the rows that it is of.

use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, StructArray,
};
use arrow_schema::Field;

use reluflow::flow::Events;

use crate::experiment::AxisValue;

/// The events of an exact flow: `time`, `neuron`, `example`, `kind`, `active`.
pub fn of_events(events: &Events) -> RecordBatch {
    Columns::of(events.rows())
        .numbers("time", |event| event.time)
        .integers("neuron", |event| event.neuron as i64)
        .integers("example", |event| event.example as i64)
        .texts("kind", |event| event.kind.name())
        .booleans("active", |event| event.active)
        .table()
}

/// Columns of the same rows: each is a function of a row, so that all are of one length.
///
/// ```
/// use reluflow_lab::table::{Columns, integers};
/// let table = Columns::of(&["one", "three"])
///     .texts("word", |word| *word)
///     .integers("letters", |word| word.len() as i64)
///     .table();
/// assert_eq!(integers(&table, "letters")?, [3, 5]);
/// # Ok::<(), reluflow_lab::table::Unfit>(())
/// ```
#[derive(Debug, Clone)]
pub struct Columns<'a, T> {
    rows: &'a [T],
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl<'a, T> Columns<'a, T> {
    /// No columns yet, of these rows.
    pub fn of(rows: &'a [T]) -> Self {
        Self {
            rows,
            fields: Vec::new(),
            arrays: Vec::new(),
        }
    }

    /// A column of whole numbers.
    pub fn integers(&mut self, name: impl Into<String>, value: impl Fn(&'a T) -> i64) -> &mut Self {
        let array = Int64Array::from_iter_values(self.rows.iter().map(value));
        self.put(name, array, false)
    }

    /// A column of numbers.
    pub fn numbers(&mut self, name: impl Into<String>, value: impl Fn(&'a T) -> f64) -> &mut Self {
        let array = Float64Array::from_iter_values(self.rows.iter().map(value));
        self.put(name, array, false)
    }

    /// A column of numbers of which some may be missing.
    pub fn optional_numbers(
        &mut self,
        name: impl Into<String>,
        value: impl Fn(&'a T) -> Option<f64>,
    ) -> &mut Self {
        let array: Float64Array = self.rows.iter().map(value).collect();
        self.put(name, array, true)
    }

    /// A column of yes or no.
    pub fn booleans(&mut self, name: impl Into<String>, value: impl Fn(&'a T) -> bool) -> &mut Self {
        let values: Vec<bool> = self.rows.iter().map(value).collect();
        self.put(name, BooleanArray::from(values), false)
    }

    /// A column of words.
    pub fn texts<S: AsRef<str>>(&mut self, name: impl Into<String>, value: impl Fn(&'a T) -> S) -> &mut Self {
        let array = StringArray::from_iter_values(self.rows.iter().map(value));
        self.put(name, array, false)
    }

    /// A column of an axis: numbers where all of its values are, else words.
    pub fn axis(&mut self, name: impl Into<String>, value: impl Fn(&'a T) -> AxisValue) -> &mut Self {
        let values: Vec<AxisValue> = self.rows.iter().map(value).collect();
        let number = |value: &AxisValue| match value {
            AxisValue::Number(value) => Some(*value),
            AxisValue::Text(_) => None,
        };
        let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
        match numbers {
            Some(numbers) => self.put(name, Float64Array::from(numbers), false),
            None => {
                let words = values.iter().map(ToString::to_string);
                self.put(name, StringArray::from_iter_values(words), false)
            }
        }
    }

    /// The table of all columns so far.
    pub fn table(&self) -> RecordBatch {
        RecordBatch::from(match self.fields.is_empty() {
            true => StructArray::new_empty_fields(self.rows.len(), None),
            // Every array has the type of its field and the length of the rows: it cannot be refused.
            false => StructArray::new(self.fields.clone().into(), self.arrays.clone(), None),
        })
    }

    fn put(
        &mut self,
        name: impl Into<String>,
        array: impl Array + 'static,
        may_be_missing: bool,
    ) -> &mut Self {
        self.fields
            .push(Field::new(name, array.data_type().clone(), may_be_missing));
        self.arrays.push(Arc::new(array));
        self
    }
}
