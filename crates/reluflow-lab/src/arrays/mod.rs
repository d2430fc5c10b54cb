//! Reads the user's own arrays: data from `.npy`, `.npz`, CSV or Parquet, networks from `.npy` or `.npz`.

mod account;
mod arrow;
mod choice;
mod data_file;
mod npy;
mod number;
mod parquet;
mod points;
mod text;

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use reluflow::Network;
use schemars::JsonSchema;
use serde::Deserialize;

pub use account::Account;
pub(crate) use account::digits;
pub use arrow::read as columns_of_arrow;
pub use choice::{Candidate, Trouble};
pub use data_file::{DataFile, FileData, Inputs};
pub use points::Points;

/// Why an array file cannot be used: in which file, what was expected, what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Unusable {
    /// The file.
    pub path: PathBuf,
    /// What was expected of it.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The key to blame, where one is.
    pub key: Option<&'static str>,
}

impl Unusable {
    fn new(path: &Path, expected: impl ToString, found: impl ToString) -> Self {
        Self {
            path: path.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
            hint: None,
            key: None,
        }
    }

    fn hint(mut self, hint: impl ToString) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }
}

/// Weights of yours, from NumPy files.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkFile {
    /// An `.npz` with arrays `w` (p × d) and `a` (p).
    pub path: Option<PathBuf>,
    /// The hidden weights alone, a p × d `.npy`.
    pub hidden: Option<PathBuf>,
    /// The output weights alone, an `.npy` of length p.
    pub output: Option<PathBuf>,
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

/// All bytes of a file.
fn bytes(path: &Path) -> Result<Vec<u8>, Unusable> {
    std::fs::read(path).map_err(|error| Unusable::new(path, "a readable file", error))
}

fn matrix(path: &Path) -> Result<Array2<f64>, Unusable> {
    as_matrix(path, "the array", npy::parse(&bytes(path)?))
}

fn vector(path: &Path) -> Result<Array1<f64>, Unusable> {
    as_vector(path, "the array", npy::parse(&bytes(path)?))
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

/// Refuses labels of another number than the inputs.
fn same_rows(path: &Path, inputs: &Array2<f64>, labels: &Array1<f64>) -> Result<(), Unusable> {
    if inputs.nrows() == labels.len() {
        return Ok(());
    }
    let expected = format!("labels of shape {:?}", (inputs.nrows(), 1));
    Err(Unusable::new(
        path,
        expected,
        format!("shape {:?}", (labels.len(), 1)),
    ))
}
