//! Says once what was read from a file: rows, inputs, label, what was left out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was read from a data file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Account {
    /// Number of rows.
    pub rows: usize,
    /// Names of the inputs; empty where the file names none.
    pub inputs: Vec<String>,
    /// The label's name; empty where the file names none.
    pub label: String,
    /// The columns left out, each with the reason.
    pub left_out: Vec<String>,
    /// An input that is the number of its row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_rows: Option<String>,
    /// Whether the first line was taken for names; none where that cannot be asked.
    pub header: Option<bool>,
    /// Whether the inputs were standardised.
    pub standardized: bool,
    /// Whether a coordinate 1 was appended.
    pub bias: bool,
    /// Smallest and largest norm of the inputs, as the flow sees them.
    pub norms: (f64, f64),
}

/// Names in words: all of a few, the ends of many.
fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("input {one}"),
        [first, second] => format!("inputs {first}, {second}"),
        [first, .., last] => format!("{} inputs {first} … {last}", names.len()),
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.rows)?;
        if self.header == Some(false) {
            write!(f, ", no line of names")?;
        }
        if !self.inputs.is_empty() {
            write!(f, ", {}, label {}", names(&self.inputs), self.label)?;
        }
        write!(f, ", no gaps")?;
        if self.standardized {
            write!(f, ", inputs standardised")?;
        }
        if self.bias {
            write!(f, ", a last coordinate 1")?;
        }
        write!(f, ", norms {} … {}", digits(self.norms.0), digits(self.norms.1))?;
        if !self.left_out.is_empty() {
            write!(f, "; left out: {}", self.left_out.join(", "))?;
        }
        if let Some(name) = &self.counts_rows {
            write!(
                f,
                "; input {name} is the number of its row: drop = [{name:?}] leaves it out"
            )?;
        }
        Ok(())
    }
}

/// A number to two digits or so.
pub(crate) fn digits(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (0.01..100.0).contains(&size) => {
            let places = (1.0 - size.log10().floor()).max(0.0) as usize;
            format!("{value:.places$}")
        }
        size if (100.0..1e5).contains(&size) => format!("{value:.0}"),
        _ => format!("{value:.1e}"),
    }
}
