//! Holds the few points that are written in the experiment file itself.

use std::fmt;
use std::path::Path;

use ndarray::{Array1, Array2};
use reluflow::Dataset;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::{Account, FileData, Unusable, refused, with_bias};

/// Inputs and labels that are written in the file, as lists.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged, rename = "PointInputs")]
pub enum Inputs {
    /// One number each.
    Scalars(Vec<f64>),
    /// A list each.
    Vectors(Vec<Vec<f64>>),
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Lists;
        impl<'de> Visitor<'de> for Lists {
            type Value = Inputs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of numbers, or of lists of numbers")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Inputs, A::Error> {
                let (mut scalars, mut vectors) = (Vec::new(), Vec::new());
                while let Some(item) = items.next_element::<toml::Value>()? {
                    let mixed =
                        || de::Error::custom("invalid type: numbers mixed with lists, expected one kind");
                    match item {
                        toml::Value::Array(_) if !scalars.is_empty() => return Err(mixed()),
                        toml::Value::Array(_) => {
                            vectors.push(Vec::<f64>::deserialize(item).map_err(de::Error::custom)?)
                        }
                        _ if !vectors.is_empty() => return Err(mixed()),
                        number => scalars.push(f64::deserialize(number).map_err(de::Error::custom)?),
                    }
                }
                Ok(match scalars.is_empty() {
                    true => Inputs::Vectors(vectors),
                    false => Inputs::Scalars(scalars),
                })
            }
        }
        deserializer.deserialize_seq(Lists)
    }
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
    pub fn dataset(&self) -> Result<FileData, Unusable> {
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
        let dataset = Dataset::new(with_bias(inputs, self.bias), Array1::from_vec(self.y.clone()))
            .map_err(|error| refused(place, &error))?;
        // The reader sees the points in the file: there is nothing to tell.
        Ok(FileData {
            dataset,
            account: Account::default(),
        })
    }
}
