//! Reads a dataset from the files that `[data] law = "file"` names.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use reluflow::Dataset;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use super::choice::{Candidate, Choice, Chosen, set_row_numbers_aside};
use super::text::{Layout, Separator};
use super::{Account, Unusable, choice, matrix, parquet, refused, same_rows, text, vector, with_bias};

/// Rows of a file of yours: CSV, Parquet or NumPy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataFile {
    /// One file with both: `.npz` with arrays `x` and `y`, or a table, `.csv`, `.tsv`, `.txt` (also `….gz`) or `.parquet`.
    pub path: Option<PathBuf>,
    /// The inputs alone, an n × d `.npy`; or the names of their columns in the table.
    pub inputs: Option<Inputs>,
    /// The labels alone, an `.npy` of length n.
    pub labels: Option<PathBuf>,
    /// The column of labels of a table; the last one by default.
    #[serde(alias = "label_column")]
    #[schemars(extend("x-aliases" = ["label_column"]))]
    pub label: Option<String>,
    /// Columns of a table that are left out.
    pub drop: Vec<String>,
    /// Whether the first line of a text holds names; told from the file by default.
    pub header: Option<bool>,
    /// What stands between the fields of a text; told from the file by default.
    pub separator: Option<String>,
    /// What marks decimals in a text: a point by default.
    pub decimal: Option<String>,
    /// Whether every input gets mean 0 and variance 1 over the rows.
    pub standardize: bool,
    /// Whether every input gets a last coordinate 1, the bias.
    pub bias: bool,
}

/// The key `inputs`: a file, or columns.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged, rename = "FileInputs")]
pub enum Inputs {
    /// An n × d `.npy`.
    File(PathBuf),
    /// Names of columns.
    Columns(Vec<String>),
}

/// A dataset with an account of how it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct FileData {
    /// The dataset.
    pub dataset: Dataset,
    /// What was read.
    pub account: Account,
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Inputs;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a file, or a list of names of columns")
            }
            fn visit_str<E: de::Error>(self, path: &str) -> Result<Inputs, E> {
                Ok(Inputs::File(path.into()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Inputs, A::Error> {
                let mut columns = Vec::new();
                while let Some(name) = names.next_element()? {
                    columns.push(name);
                }
                Ok(Inputs::Columns(columns))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl DataFile {
    /// Reads the dataset, with an account of what was read.
    ///
    /// # Errors
    /// When a file cannot be read, has the wrong shape, leaves open which column is what, or holds something that is no
    /// finite number; the refusal names the key that settles it.
    pub fn read(&self) -> Result<FileData, Unusable> {
        let mut account = Account::default();
        let here = Path::new("[data]");
        let (inputs, labels, path) = match (&self.path, &self.inputs, &self.labels) {
            (Some(path), None | Some(Inputs::Columns(_)), None) => {
                let (inputs, labels) = self.one_file(path, &mut account)?;
                (inputs, labels, path)
            }
            (None, Some(Inputs::File(inputs)), Some(labels)) => {
                self.no_table_keys(inputs)?;
                (
                    matrix(inputs).map_err(|refusal| refusal.key("inputs"))?,
                    vector(labels).map_err(|refusal| refusal.key("labels"))?,
                    inputs,
                )
            }
            (None, Some(Inputs::Columns(_)), _) => {
                return Err(Unusable::new(
                    here,
                    "path = \"….csv\" or \"….parquet\" beside names of columns",
                    "none",
                )
                .key("inputs"));
            }
            _ => {
                return Err(Unusable::new(
                    here,
                    "either path, or inputs and labels",
                    "another choice",
                ));
            }
        };
        self.finish(path, inputs, labels, account)
    }

    /// The dataset of a table in memory, which messages call `name`, by the keys that tables have.
    ///
    /// # Errors
    /// As [`DataFile::read`].
    pub fn of_columns(&self, name: &str, mut columns: Vec<Candidate>) -> Result<FileData, Unusable> {
        let path = Path::new(name);
        set_row_numbers_aside(&mut columns);
        self.no_text_keys(path)?;
        let mut account = Account::default();
        let (inputs, labels) = take(choice::choose(path, &columns, self.choice())?, &mut account);
        self.finish(path, inputs, labels, account)
    }

    /// Checks inputs and labels, and prepares them as the keys ask.
    fn finish(
        &self,
        path: &Path,
        inputs: Array2<f64>,
        labels: Array1<f64>,
        mut account: Account,
    ) -> Result<FileData, Unusable> {
        if let Some(bad) = labels.iter().position(|label| !label.is_finite()) {
            let found = format!("{} in row {bad} (from 0)", labels[bad]);
            let refusal = Unusable::new(self.labels.as_deref().unwrap_or(path), "finite labels", found);
            return Err(match self.labels {
                Some(_) => refusal.key("labels"),
                None => refusal,
            });
        }
        if let Some(((row, column), value)) = inputs.indexed_iter().find(|(_, value)| !value.is_finite()) {
            let name = account
                .inputs
                .get(column)
                .map_or(format!("{column} (from 0)"), |name| format!("`{name}`"));
            let found = format!("{value} in row {row} (from 0), column {name}");
            return Err(Unusable::new(path, "finite inputs", found));
        }
        same_rows(path, &inputs, &labels)?;
        let inputs = match self.standardize {
            true => standardized(path, inputs, &account)?,
            false => inputs,
        };
        let dataset =
            Dataset::new(with_bias(inputs, self.bias), labels).map_err(|error| refused(path, &error))?;
        account.rows = dataset.examples();
        (account.standardized, account.bias) = (self.standardize, self.bias);
        account.norms = dataset.input_norm_bounds();
        Ok(FileData { dataset, account })
    }

    /// Inputs and labels of one file with both.
    fn one_file(&self, path: &Path, account: &mut Account) -> Result<(Array2<f64>, Array1<f64>), Unusable> {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let inner = name.strip_suffix(".gz").unwrap_or(&name);
        let chosen = match inner.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "npz" => {
                self.no_table_keys(path)?;
                return super::pair(path, ("x", "y"));
            }
            "parquet" | "pq" => {
                self.no_text_keys(path)?;
                let bytes = super::bytes(path)?;
                choice::choose(path, &parquet::read(path, bytes)?, self.choice())?
            }
            "csv" | "tsv" | "tab" | "txt" | "dat" | "data" => {
                let text = decode(path, unpacked(path, super::bytes(path)?)?)?;
                let text = text::read(path, &text, self.layout(path)?)?;
                account.header = Some(text.header);
                choice::choose(path, &text.columns, self.choice())?
            }
            _ => {
                let expected = "a .npz, .csv, .tsv, .txt (also .gz) or .parquet file";
                return Err(Unusable::new(path, expected, path.display()));
            }
        };
        Ok(take(chosen, account))
    }

    fn choice(&self) -> Choice<'_> {
        Choice {
            label: self.label.as_deref(),
            inputs: match &self.inputs {
                Some(Inputs::Columns(names)) => Some(names),
                _ => None,
            },
            drop: &self.drop,
        }
    }

    fn layout(&self, path: &Path) -> Result<Layout, Unusable> {
        let separator = match &self.separator {
            None => None,
            Some(name) => Some(Separator::named(name).ok_or_else(|| {
                Unusable::new(path, "one character, \"tab\" or \"space\"", name).key("separator")
            })?),
        };
        let point = match self.decimal.as_deref() {
            None => None,
            Some(".") => Some('.'),
            Some(",") => Some(','),
            Some(other) => return Err(Unusable::new(path, "\".\" or \",\"", other).key("decimal")),
        };
        Ok(Layout {
            header: self.header,
            separator,
            point,
        })
    }

    /// Refuses keys that only a text understands.
    fn no_text_keys(&self, path: &Path) -> Result<(), Unusable> {
        let keys = [
            ("header", self.header.is_some()),
            ("separator", self.separator.is_some()),
            ("decimal", self.decimal.is_some()),
        ];
        only_for(path, "a text, such as a .csv", &keys)
    }

    /// Refuses keys that only a table understands.
    fn no_table_keys(&self, path: &Path) -> Result<(), Unusable> {
        self.no_text_keys(path)?;
        let keys = [
            ("label", self.label.is_some()),
            ("drop", !self.drop.is_empty()),
            ("inputs", matches!(self.inputs, Some(Inputs::Columns(_)))),
        ];
        only_for(path, "a table with names, a .csv or .parquet", &keys)
    }
}

/// Inputs and labels, with their names entered into the account.
fn take(chosen: Chosen, account: &mut Account) -> (Array2<f64>, Array1<f64>) {
    (account.inputs, account.label, account.left_out) = (chosen.names, chosen.label, chosen.left_out);
    account.counts_rows = chosen.counts_rows;
    (chosen.inputs, chosen.labels)
}

fn only_for(path: &Path, what: &str, keys: &[(&'static str, bool)]) -> Result<(), Unusable> {
    match keys.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((key, _)) => {
            Err(Unusable::new(path, format!("{what}, for the key {key}"), path.display()).key(key))
        }
    }
}

/// Bytes, unpacked where they are gzip's.
fn unpacked(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, Unusable> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice())
        .read_to_end(&mut out)
        .map_err(|error| Unusable::new(path, "a whole gzip file", error))?;
    Ok(out)
}

/// Bytes as text: UTF-8, or UTF-16 where a byte-order mark says so; the mark is no part of the text.
fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, Unusable> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes[2..].as_chunks::<2>();
        let units = pairs.iter().map(|pair| from(*pair));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok()
            .filter(|_| rest.is_empty())
            .ok_or_else(|| Unusable::new(path, "text in UTF-16", "broken text"))
    };
    match bytes[..] {
        [0xff, 0xfe, ..] => return wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => return wide(u16::from_be_bytes),
        _ => {}
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..good]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Unusable::new(
            path,
            "text in UTF-8",
            format!("the byte {:#04x} in line {line}", error.as_bytes()[good]),
        )
        .hint("save it as UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Every column with mean 0 and variance 1 (divided by n) over the rows.
fn standardized(path: &Path, mut inputs: Array2<f64>, account: &Account) -> Result<Array2<f64>, Unusable> {
    for (k, mut column) in inputs.columns_mut().into_iter().enumerate() {
        let n = column.len() as f64;
        let first = column.first().copied().unwrap_or(0.0);
        if column.iter().all(|value| *value == first) {
            let name = account
                .inputs
                .get(k)
                .map_or(format!("{k} (from 0)"), |name| format!("`{name}`"));
            return Err(Unusable::new(
                path,
                "columns that vary, to standardise them",
                format!("column {name}, always {first}"),
            )
            .key("standardize")
            .hint(match account.inputs.get(k) {
                Some(name) => format!("drop = [{name:?}] leaves it out; bias = true appends a coordinate 1"),
                None => "leave it out; bias = true appends a coordinate 1".to_owned(),
            }));
        }
        // Twice: the second pass takes away what rounding left of a mean far from 0.
        for _ in 0..2 {
            let mean = column.sum() / n;
            column.mapv_inplace(|value| value - mean);
        }
        let deviation = (column.dot(&column) / n).sqrt();
        column.mapv_inplace(|value| value / deviation);
    }
    Ok(inputs)
}
