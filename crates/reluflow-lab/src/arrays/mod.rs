//! Reads the user's own arrays: data from `.npy`, `.npz`, CSV or Parquet, networks from `.npy` or `.npz`.

mod csv;
mod npy;
mod points;

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use reluflow::{Dataset, Network};
use serde::Deserialize;

pub use points::Points;

use crate::store::table::{self, Column};

/// Why an array file cannot be used: in which file, what was expected, what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Unusable {
    /// The file.
    pub path: PathBuf,
    /// What was expected of it.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl Unusable {
    fn new(path: &Path, expected: impl ToString, found: impl ToString) -> Self {
        Self {
            path: path.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

/// `[data] law = "file"`: where inputs and labels are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataFile {
    /// One file with both: `.npz` with arrays `x` and `y`, `.csv` or `.parquet` with a column of labels.
    pub path: Option<PathBuf>,
    /// The inputs alone, an n × d `.npy`.
    pub inputs: Option<PathBuf>,
    /// The labels alone, an `.npy` of length n.
    pub labels: Option<PathBuf>,
    /// The column of labels in a `.csv` or `.parquet`; the last one by default.
    pub label_column: Option<String>,
    /// Whether every input gets a last coordinate 1, the bias.
    pub bias: bool,
}

/// `[init] law = "file"`: where the weights are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkFile {
    /// An `.npz` with arrays `w` (p × d) and `a` (p).
    pub path: Option<PathBuf>,
    /// The hidden weights alone, a p × d `.npy`.
    pub hidden: Option<PathBuf>,
    /// The output weights alone, an `.npy` of length p.
    pub output: Option<PathBuf>,
}

impl DataFile {
    /// Reads the dataset.
    ///
    /// # Errors
    /// When a file cannot be read, has the wrong shape, or holds a number that is not finite.
    pub fn read(&self) -> Result<Dataset, Unusable> {
        let (inputs, labels, path) = match (&self.path, &self.inputs, &self.labels) {
            (Some(path), None, None) => {
                let (inputs, labels) = match extension(path) {
                    "npz" => pair(path, ("x", "y"))?,
                    "csv" => csv::read(path, self.label_column.as_deref())?,
                    "parquet" => parquet(path, self.label_column.as_deref())?,
                    _ => {
                        return Err(Unusable::new(
                            path,
                            "a .npz, .csv or .parquet file",
                            path.display(),
                        ));
                    }
                };
                (inputs, labels, path)
            }
            (None, Some(inputs), Some(labels)) => (matrix(inputs)?, vector(labels)?, inputs),
            _ => {
                return Err(Unusable::new(
                    Path::new("[data]"),
                    "either path, or inputs and labels",
                    "another choice",
                ));
            }
        };
        Dataset::new(with_bias(inputs, self.bias), labels).map_err(|error| refused(path, &error))
    }
}

/// The inputs, each with a last coordinate 1 if asked for.
fn with_bias(inputs: Array2<f64>, bias: bool) -> Array2<f64> {
    if !bias {
        return inputs;
    }
    let (n, d) = inputs.dim();
    Array2::from_shape_fn((n, d + 1), |(i, c)| if c < d { inputs[(i, c)] } else { 1.0 })
}

impl NetworkFile {
    /// Reads the network.
    ///
    /// # Errors
    /// When a file cannot be read, has the wrong shape, or holds a number that is not finite.
    pub fn read(&self) -> Result<Network, Unusable> {
        let (hidden, output, path) = match (&self.path, &self.hidden, &self.output) {
            (Some(path), None, None) => {
                let (hidden, output) = pair(path, ("w", "a"))?;
                (hidden, output, path)
            }
            (None, Some(hidden), Some(output)) => (matrix(hidden)?, vector(output)?, hidden),
            _ => {
                return Err(Unusable::new(
                    Path::new("[init]"),
                    "either path, or hidden and output",
                    "another choice",
                ));
            }
        };
        Network::new(hidden, output).map_err(|error| refused(path, &error))
    }
}

fn extension(path: &Path) -> &str {
    path.extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("")
}

fn refused(path: &Path, error: &reluflow::Error) -> Unusable {
    match error {
        reluflow::Error::NotFinite {
            array,
            row,
            column,
            found,
        } => Unusable::new(
            path,
            format!("finite {array}"),
            format!("{found} at row {row}, column {column} (from 0)"),
        ),
        reluflow::Error::Shape {
            array,
            expected,
            found,
        } => Unusable::new(
            path,
            format!("{array} of shape {expected:?}"),
            format!("shape {found:?}"),
        ),
        other => Unusable::new(path, "arrays that fit", other),
    }
}

fn matrix(path: &Path) -> Result<Array2<f64>, Unusable> {
    let bytes = std::fs::read(path).map_err(|error| Unusable::new(path, "a readable file", error))?;
    as_matrix(path, "the array", npy::parse(&bytes))
}

fn vector(path: &Path) -> Result<Array1<f64>, Unusable> {
    let bytes = std::fs::read(path).map_err(|error| Unusable::new(path, "a readable file", error))?;
    as_vector(path, "the array", npy::parse(&bytes))
}

fn as_matrix(path: &Path, name: &str, parsed: Result<npy::Array, String>) -> Result<Array2<f64>, Unusable> {
    let array = parsed.map_err(|found| Unusable::new(path, "a NumPy array", found))?;
    let shape = format!("{:?}", array.shape);
    match array.shape[..] {
        [rows, columns] => Array2::from_shape_vec((rows, columns), array.values)
            .map_err(|error| Unusable::new(path, "a whole array", error)),
        _ => Err(Unusable::new(
            path,
            format!("{name} to have two dimensions"),
            format!("shape {shape}"),
        )),
    }
}

fn as_vector(path: &Path, name: &str, parsed: Result<npy::Array, String>) -> Result<Array1<f64>, Unusable> {
    let array = parsed.map_err(|found| Unusable::new(path, "a NumPy array", found))?;
    match array.shape[..] {
        [_] | [_, 1] => Ok(Array1::from_vec(array.values)),
        _ => Err(Unusable::new(
            path,
            format!("{name} to have one dimension"),
            format!("shape {:?}", array.shape),
        )),
    }
}

/// A matrix and a vector of an `.npz`, by name.
fn pair(path: &Path, names: (&str, &str)) -> Result<(Array2<f64>, Array1<f64>), Unusable> {
    if extension(path) != "npz" {
        return Err(Unusable::new(path, "an .npz file", path.display()));
    }
    let (matrix, vector) = names;
    Ok((
        as_matrix(path, matrix, npy::read_member(path, matrix))?,
        as_vector(path, vector, npy::read_member(path, vector))?,
    ))
}

/// Inputs and labels from the columns of a Parquet file.
fn parquet(path: &Path, label: Option<&str>) -> Result<(Array2<f64>, Array1<f64>), Unusable> {
    let columns = table::read(path).map_err(|error| Unusable::new(path, "a Parquet file", error))?;
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (name, column) in columns {
        values.push(match column {
            Column::Numbers(values) => values,
            Column::Integers(values) => values.into_iter().map(|v| v as f64).collect(),
            Column::Optional(values) => values.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect(),
            _ => {
                let found = format!("column `{name}` of another type");
                return Err(Unusable::new(path, "columns of numbers", found));
            }
        });
        names.push(name);
    }
    split_label(path, &names, &values, label)
}

/// Parts columns into inputs and labels.
fn split_label(
    path: &Path,
    names: &[String],
    columns: &[Vec<f64>],
    label: Option<&str>,
) -> Result<(Array2<f64>, Array1<f64>), Unusable> {
    let at = match label {
        Some(label) => names.iter().position(|name| name == label),
        None => columns.len().checked_sub(1),
    };
    let Some(at) = at else {
        let found = format!("columns {}", names.join(", "));
        let expected = format!("a column `{}`", label.unwrap_or("of labels"));
        return Err(Unusable::new(path, expected, found));
    };
    let rows = columns[at].len();
    let inputs: Vec<&Vec<f64>> = (0..columns.len())
        .filter(|k| *k != at)
        .map(|k| &columns[k])
        .collect();
    if let Some(short) = inputs.iter().find(|column| column.len() != rows) {
        let found = format!("one of {} beside one of {rows}", short.len());
        return Err(Unusable::new(path, "columns of one length", found));
    }
    let matrix = Array2::from_shape_fn((rows, inputs.len()), |(i, k)| inputs[k][i]);
    Ok((matrix, Array1::from_vec(columns[at].clone())))
}
