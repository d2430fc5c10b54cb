//! Writes what a study found: JSON and Parquet.

use std::path::{Path, PathBuf};

use reluflow_statistics::Estimate;
use serde_json::{Map, Value, json};

use super::searched::DRAWS;
use super::{Column, Study};
use crate::error::{Error, Result};
use crate::experiment::AxisValue;
use crate::table::{self, Columns, RecordBatch};

impl Study<'_> {
    /// Where along the axis the fitted probability is 3/4 and 1/4; none for a step or without a curve.
    pub fn quartiles(&self, column: &Column) -> Option<(f64, f64)> {
        let answer = column.found();
        column
            .search
            .place_of(&answer, 0.75)
            .zip(column.search.place_of(&answer, 0.25))
    }

    /// One JSON object for a column; a number that does not exist is null.
    pub fn to_json(&self, column: &Column) -> Value {
        let answer = column.found();
        let Estimate { value, low, high } = answer.estimate;
        let mut object = Map::new();
        for (name, value) in self.names().into_iter().zip(self.place_of(column)) {
            let value = match value {
                AxisValue::Number(number) if number.fract() == 0.0 => json!(number as i64),
                AxisValue::Number(number) => json!(number),
                AxisValue::Text(text) => json!(text),
            };
            object.insert(name, value);
        }
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("axis", json!(self.question.axis));
        put("target", json!(self.question.target));
        put("threshold", json!(value));
        put("ci_low", json!(low));
        put("ci_high", json!(high));
        put("precision", json!(answer.precision()));
        put("slope", json!(answer.slope));
        put("three_quarters", json!(self.quartiles(column).map(|ends| ends.0)));
        put("one_quarter", json!(self.quartiles(column).map(|ends| ends.1)));
        put("trials", json!(answer.trials));
        put("grid_trials", json!(column.grid_trials()));
        put("end", json!(answer.end.word()));
        Value::Object(object)
    }

    /// Writes `NAME.parquet`, one row a column, and `NAME-draws.parquet`, one row a place, into `threshold/` of the
    /// run's folder. Returns the name with its folder.
    ///
    /// # Errors
    /// When something cannot be written.
    pub fn save(&self, folder: &Path) -> Result<PathBuf> {
        let folder = folder.join("threshold");
        std::fs::create_dir_all(&folder).map_err(|error| Error::file("making", &folder, error))?;
        let name = format!("{}-{}", self.question.axis, self.question.target);
        let write = |name: &str, table: &RecordBatch| {
            let path = folder.join(format!("{name}.parquet"));
            table::write(&path, table).map_err(|source| Error::Parquet { path, source })
        };
        write(&name, &self.thresholds())?;
        write(&format!("{name}{DRAWS}"), &self.draws())?;
        Ok(folder.join(name))
    }

    /// The columns' thresholds as a table: `NAME.parquet`.
    pub fn thresholds(&self) -> RecordBatch {
        let rows: Vec<_> = self
            .columns
            .iter()
            .map(|column| (column, column.found()))
            .collect();
        let mut table = Columns::of(&rows);
        self.put_identity(&mut table, |row| row.0);
        table
            .numbers("threshold", |(_, answer)| answer.estimate.value)
            .numbers("ci_low", |(_, answer)| answer.estimate.low)
            .numbers("ci_high", |(_, answer)| answer.estimate.high)
            .numbers("slope", |(_, answer)| answer.slope)
            .integers("trials", |(_, answer)| answer.trials as i64)
            .optional_numbers("grid_trials", |(column, _)| column.grid_trials())
            .texts("end", |(_, answer)| answer.end.word())
            .table()
    }

    /// The columns' draws as a table: `NAME-draws.parquet`.
    pub fn draws(&self) -> RecordBatch {
        let rows: Vec<_> = self
            .columns
            .iter()
            .flat_map(|column| column.drawn.iter().map(move |drawn| (column, drawn)))
            .collect();
        let mut table = Columns::of(&rows);
        self.put_identity(&mut table, |row| row.0);
        table
            .numbers(&self.question.axis, |(_, drawn)| drawn.at)
            .integers("draws", |(_, drawn)| drawn.trials as i64)
            .integers("converged", |(_, drawn)| drawn.successes as i64)
            .table()
    }

    /// Adds what tells the columns of some rows apart.
    fn put_identity<'r, T>(&self, table: &mut Columns<'r, T>, column: impl Fn(&'r T) -> &'r Column) {
        for (k, name) in self.names().into_iter().enumerate() {
            table.axis(name, |row| self.place_of(column(row)).swap_remove(k));
        }
    }
}

/// A number with four significant digits, or all that it has before the point.
pub fn four_digits(value: f64) -> String {
    match value.abs() {
        size if !size.is_finite() => if value > 0.0 { "∞" } else { "–" }.to_owned(),
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 10.0 => format!("{value:.2}"),
        size if size >= 1.0 => format!("{value:.3}"),
        _ => format!("{value:.3e}"),
    }
}
