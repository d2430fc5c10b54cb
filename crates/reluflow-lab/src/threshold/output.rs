//! Writes what a study found: JSON and Parquet.

use std::path::{Path, PathBuf};

use reluflow_statistics::Estimate;
use serde_json::{Map, Value, json};

use super::searched::DRAWS;
use super::{Column, Study};
use crate::error::{Error, Result};
use crate::experiment::AxisValue;
use crate::store::table::Column as Field;
use crate::store::table::{self, Columns};

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
        let write = |name: &str, columns: &Columns| {
            let path = folder.join(format!("{name}.parquet"));
            table::write(&path, columns).map_err(|source| Error::Parquet { path, source })
        };
        write(&name, &self.thresholds())?;
        write(&format!("{name}{DRAWS}"), &self.draws())?;
        Ok(folder.join(name))
    }

    /// The columns' thresholds as a table: `NAME.parquet`.
    pub fn thresholds(&self) -> Columns {
        let answers: Vec<_> = self.columns.iter().map(Column::found).collect();
        let mut columns = self.identity(&self.columns.iter().collect::<Vec<_>>());
        let numbers = |values: Vec<f64>| Field::Numbers(values);
        let each = |read: fn(&Estimate) -> f64| answers.iter().map(|answer| read(&answer.estimate)).collect();
        columns.push(("threshold".into(), numbers(each(|estimate| estimate.value))));
        columns.push(("ci_low".into(), numbers(each(|estimate| estimate.low))));
        columns.push(("ci_high".into(), numbers(each(|estimate| estimate.high))));
        let slopes = answers.iter().map(|answer| answer.slope).collect();
        columns.push(("slope".into(), numbers(slopes)));
        let trials = answers.iter().map(|answer| answer.trials as i64).collect();
        columns.push(("trials".into(), Field::Integers(trials)));
        let grids = self.columns.iter().map(Column::grid_trials).collect();
        columns.push(("grid_trials".into(), Field::Optional(grids)));
        let ends = answers
            .iter()
            .map(|answer| answer.end.word().to_owned())
            .collect();
        columns.push(("end".into(), Field::Texts(ends)));
        columns
    }

    /// The columns' draws as a table: `NAME-draws.parquet`.
    pub fn draws(&self) -> Columns {
        let rows: Vec<_> = self
            .columns
            .iter()
            .flat_map(|column| column.drawn.iter().map(move |drawn| (column, drawn)))
            .collect();
        let mut columns = self.identity(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
        let at = rows.iter().map(|row| row.1.at).collect();
        columns.push((self.question.axis.clone(), Field::Numbers(at)));
        let count =
            |read: fn(&super::column::Drawn) -> u64| rows.iter().map(|row| read(row.1) as i64).collect();
        columns.push(("draws".into(), Field::Integers(count(|drawn| drawn.trials))));
        columns.push((
            "converged".into(),
            Field::Integers(count(|drawn| drawn.successes)),
        ));
        columns
    }

    /// What tells the columns of some rows apart.
    fn identity(&self, rows: &[&Column]) -> Columns {
        let places: Vec<_> = rows.iter().map(|column| self.place_of(column)).collect();
        let field = |k: usize| {
            let numbers: Option<Vec<f64>> = places
                .iter()
                .map(|place| match place[k] {
                    AxisValue::Number(number) => Some(number),
                    AxisValue::Text(_) => None,
                })
                .collect();
            match numbers {
                Some(numbers) => Field::Numbers(numbers),
                None => Field::Texts(places.iter().map(|place| place[k].to_string()).collect()),
            }
        };
        self.names()
            .into_iter()
            .enumerate()
            .map(|(k, name)| (name, field(k)))
            .collect()
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
