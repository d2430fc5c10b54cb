//! Says what was expected and what was found when an input cannot be used.

/// A name as it is written in files, from the name of the variant: `SquaredNorm` is `squared-norm`.
pub(crate) fn as_written(variant: impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for (k, letter) in format!("{variant:?}").chars().enumerate() {
        if letter.is_uppercase() && k > 0 {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// Why a value handed to this crate was refused.
///
/// Outcomes of a run are not errors: see [`crate::Verdict`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number or choice lies outside its range.
    #[error("{quantity}: expected {expected}, found {found}")]
    OutOfRange {
        /// What the number is, in the words of the public interface.
        quantity: &'static str,
        /// The range it must lie in.
        expected: String,
        /// The value found.
        found: String,
    },
    /// Two arrays do not fit together.
    #[error("{array}: expected shape {expected:?}, found {found:?}")]
    Shape {
        /// Which array.
        array: &'static str,
        /// Rows and columns it must have.
        expected: (usize, usize),
        /// Rows and columns it has.
        found: (usize, usize),
    },
    /// An array holds a NaN or an infinity.
    #[error("{array}: expected finite numbers, found {found} at row {row}, column {column}")]
    NotFinite {
        /// Which array.
        array: &'static str,
        /// Row of the first offending entry.
        row: usize,
        /// Column of the first offending entry.
        column: usize,
        /// The entry.
        found: f64,
    },
}

impl Error {
    /// An [`Error::OutOfRange`] from anything that can be printed.
    pub fn out_of_range(quantity: &'static str, expected: impl ToString, found: impl ToString) -> Self {
        Self::OutOfRange {
            quantity,
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

/// The result of an operation that checks its input.
pub type Result<T, E = Error> = std::result::Result<T, E>;
