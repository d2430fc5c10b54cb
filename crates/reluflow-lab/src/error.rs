//! Says what went wrong in an experiment: bad input, which the user can mend, or a failure of the run.

use std::path::{Path, PathBuf};

use crate::experiment::bad_input::BadInput;

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
    /// The folder of a run could not be written for longer than the run would wait.
    #[error("{}", unwritable(source, *trials, rescued.as_deref(), parts))]
    Unwritable {
        /// Why the last attempt failed.
        source: Box<Error>,
        /// How many finished trials were not on disk.
        trials: usize,
        /// The part they were put into instead, if that could be done.
        rescued: Option<PathBuf>,
        /// The folder of parts that it belongs in.
        parts: PathBuf,
    },
    /// A trial of a threshold failed after it was drawn.
    #[error(
        "draw {draw} of the cell {cell} failed: {message}\n = help: a threshold cannot leave such a draw out without a bias; \
         what was finished is kept, and the same command tries this draw again"
    )]
    Uncounted {
        /// The cell, in words.
        cell: String,
        /// Which draw.
        draw: u64,
        /// Why it failed.
        message: String,
    },
    /// A threshold needs draws at a place where hardly one can be drawn.
    #[error(
        "{void} of the first {tried} draws of the cell {cell} {message}\n = help: a search leaves such draws \
         out, but needs others; keep it where most can be drawn, by --within LOW..HIGH or by the law"
    )]
    Barren {
        /// The cell, in words.
        cell: String,
        /// How many cannot be drawn.
        void: u64,
        /// Of how many.
        tried: u64,
        /// That the last cannot be drawn, and why.
        message: String,
    },
    /// A trial's data or network cannot be drawn: nor can they the next time.
    #[error("draw {draw} of the cell {cell}: {source}")]
    Undrawable {
        /// The cell, in words.
        cell: String,
        /// Which draw.
        draw: u64,
        /// Why not.
        source: reluflow::Error,
    },
    /// A trial failed.
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

/// What happened, where the trials are, and what to do.
fn unwritable(source: &Error, trials: usize, rescued: Option<&Path>, parts: &Path) -> String {
    let mut text = format!("{source}\n");
    match rescued {
        Some(part) => {
            text += &format!(
                "  = {trials} finished trials were kept in {} instead\n",
                part.display()
            );
            text += &format!(
                "  = help: {}, move that file into {}",
                source.advice(),
                parts.display()
            );
            text += ", and give the same command: it resumes";
        }
        None => {
            text += &format!("  = {trials} finished trials could be kept nowhere\n");
            text += &format!("  = help: {}, and give the same command: it", source.advice());
            text += " computes them again and resumes";
        }
    }
    text
}

impl Error {
    /// What to do about a file that cannot be written.
    pub fn advice(&self) -> &'static str {
        use std::io::ErrorKind;
        let kind = match self {
            Self::File { source, .. } => source.kind(),
            _ => ErrorKind::Other,
        };
        match kind {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => "make the folder writable",
            ErrorKind::FileTooLarge => "raise the limit on the size of files",
            _ => "see to the folder",
        }
    }

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
