//! Holds the few points that are written in the experiment file itself.

use std::path::Path;

use ndarray::{Array1, Array2};
use reluflow::Dataset;
use serde::Deserialize;

use super::{Unusable, refused, with_bias};

/// `[data] law = "points"`: inputs and labels as lists.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// n lists of d numbers; for d = 1 also one list of n numbers.
    pub x: Inputs,
    /// n numbers.
    pub y: Vec<f64>,
    /// Whether every input gets a last coordinate 1, the bias.
    #[serde(default)]
    pub bias: bool,
}

/// Inputs as they are written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Inputs {
    /// One number each.
    Scalars(Vec<f64>),
    /// A list each.
    Vectors(Vec<Vec<f64>>),
}

impl Default for Inputs {
    fn default() -> Self {
        Self::Vectors(Vec::new())
    }
}

impl Points {
    /// The dataset.
    ///
    /// # Errors
    /// When the lists differ in length, or hold a number that is not finite.
    pub fn dataset(&self) -> Result<Dataset, Unusable> {
        let place = Path::new("the points");
        let rows = match &self.x {
            Inputs::Scalars(values) => values.iter().map(|value| vec![*value]).collect(),
            Inputs::Vectors(rows) => rows.clone(),
        };
        let d = rows.first().map_or(0, Vec::len);
        if let Some(row) = rows.iter().find(|row| row.len() != d) {
            let found = format!("one of {}", row.len());
            return Err(Unusable::new(
                place,
                format!("inputs of {d} numbers, as the first"),
                found,
            ));
        }
        if rows.len() != self.y.len() {
            let found = format!("{} of x and {} of y", rows.len(), self.y.len());
            return Err(Unusable::new(place, "as many inputs as labels", found));
        }
        let inputs = Array2::from_shape_fn((rows.len(), d), |(i, c)| rows[i][c]);
        Dataset::new(with_bias(inputs, self.bias), Array1::from_vec(self.y.clone()))
            .map_err(|error| refused(place, &error))
    }
}
