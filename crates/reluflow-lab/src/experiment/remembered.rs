//! Remembers of data and networks from files what a run's folder needs to be read without them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ndarray::{ArrayView1, ArrayView2};
use reluflow::{Dataset, Error, Network, Result};
use serde::{Deserialize, Serialize};

use super::digest::sha256_of;
use super::notes::Facts;
use crate::arrays::{Account, FileData, Unusable};

/// The name of the file that holds [`Memory`] in a run's folder.
pub(crate) const NAME: &str = "inputs.json";

/// What is known of an array file: two lengths, the digest of the numbers, and what was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// SHA-256 of the numbers, `sha256_of`.
    pub sha256: String,
    /// Rows of the matrix: examples, or neurons.
    pub rows: usize,
    /// Columns of the matrix: the dimension.
    pub columns: usize,
    /// What was read, of data.
    #[serde(default)]
    pub account: Account,
    /// What was looked at, of data.
    #[serde(default)]
    pub facts: Facts,
}

/// What a folder remembers, by the section's settings.
pub type Memory = BTreeMap<String, Remembered>;

/// The memory kept in a folder; empty where there is none.
pub(crate) fn memory(folder: &Path) -> Memory {
    let text = std::fs::read_to_string(folder.join(NAME)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

type Loader<T> = Box<dyn Fn() -> Result<T, Unusable> + Send + Sync>;

/// An array file: read, or remembered and read when its numbers are asked for.
pub struct Kept<T> {
    known: Remembered,
    numbers: OnceLock<Result<T, String>>,
    load: Option<Loader<T>>,
}

/// What an array file holds.
pub trait Arrays {
    /// Its matrix and its vector.
    fn parts(&self) -> (ArrayView2<'_, f64>, ArrayView1<'_, f64>);
    /// What was read.
    fn account(&self) -> Account {
        Account::default()
    }
    /// What is to be said of it before a run.
    fn facts(&self) -> Facts {
        Facts::default()
    }
}

impl Arrays for FileData {
    fn parts(&self) -> (ArrayView2<'_, f64>, ArrayView1<'_, f64>) {
        (self.dataset.inputs(), self.dataset.labels())
    }
    fn account(&self) -> Account {
        self.account.clone()
    }
    fn facts(&self) -> Facts {
        Facts::of(&self.dataset)
    }
}

impl Arrays for Network {
    fn parts(&self) -> (ArrayView2<'_, f64>, ArrayView1<'_, f64>) {
        (self.hidden_weights(), self.output_weights())
    }
}

impl<T: Arrays> Kept<T> {
    /// What was just read.
    pub(super) fn read(numbers: T) -> Arc<Self> {
        let (matrix, vector) = numbers.parts();
        let known = Remembered {
            sha256: sha256_of(matrix, vector),
            rows: matrix.nrows(),
            columns: matrix.ncols(),
            account: numbers.account(),
            facts: numbers.facts(),
        };
        Arc::new(Self {
            known,
            numbers: OnceLock::from(Ok(numbers)),
            load: None,
        })
    }

    /// What a folder remembers, to be read by `load` when somebody needs the numbers.
    pub(super) fn remembered(known: Remembered, load: Loader<T>) -> Arc<Self> {
        Arc::new(Self {
            known,
            numbers: OnceLock::new(),
            load: Some(load),
        })
    }

    /// What is known without the numbers.
    pub fn known(&self) -> &Remembered {
        &self.known
    }

    /// The numbers, where they were read already.
    pub(super) fn numbers_if_read(&self) -> Option<&T> {
        self.numbers.get()?.as_ref().ok()
    }

    /// SHA-256 of the numbers.
    pub fn digest(&self) -> &str {
        &self.known.sha256
    }

    /// The numbers.
    ///
    /// # Errors
    /// When they were remembered only, and the file cannot be read any more or holds other numbers.
    pub fn numbers(&self) -> Result<&T> {
        let found = self.numbers.get_or_init(|| {
            let Some(load) = &self.load else {
                return Err("no file".to_owned());
            };
            let read = load().map_err(|refusal| format!("{}: {}", refusal.path.display(), refusal.found))?;
            let (matrix, vector) = read.parts();
            match sha256_of(matrix, vector) {
                digest if digest == self.known.sha256 => Ok(read),
                digest => Err(format!("numbers with SHA-256 {}…", &digest[..16])),
            }
        });
        found.as_ref().map_err(|found| Error::OutOfRange {
            quantity: "the array file",
            expected: format!(
                "{} × {} numbers with SHA-256 {}…, as in this folder",
                self.known.rows,
                self.known.columns,
                self.known.sha256.get(..16).unwrap_or_default()
            ),
            found: found.clone(),
        })
    }
}

impl<T> std::fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept")
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}

/// The dataset of a file.
pub(super) fn dataset(data: &Kept<FileData>) -> Result<&Dataset> {
    Ok(&data.numbers()?.dataset)
}
