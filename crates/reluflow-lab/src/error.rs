//! Says what went wrong in an experiment: bad input, which the user can mend, or a failure of the run.

use std::path::PathBuf;

use crate::experiment::BadInput;

/// Why an experiment was refused or broke off.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be used; nothing was written.
    #[error(transparent)]
    BadInput(#[from] Box<BadInput>),
    /// A file could not be read or written.
    #[error("{action} {path}: {source}", path = path.display())]
    File {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A Parquet file could not be written or read.
    #[error("{path}: {source}", path = path.display())]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// Why it failed.
        source: parquet::errors::ParquetError,
    },
    /// A trial could not be drawn.
    #[error("draw {draw} of the cell {cell}: {source}")]
    Trial {
        /// The cell, in words.
        cell: String,
        /// Which draw.
        draw: u64,
        /// Why it failed.
        source: reluflow::Error,
    },
}

impl Error {
    /// An [`Error::File`].
    pub fn file(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File {
            action,
            path: path.into(),
            source,
        }
    }

    /// Whether the user's input is to blame.
    pub fn is_bad_input(&self) -> bool {
        matches!(self, Self::BadInput(_))
    }
}

impl From<BadInput> for Error {
    fn from(bad: BadInput) -> Self {
        Self::BadInput(Box::new(bad))
    }
}

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
