//! Holds the typed sections of one cell: what to draw, how time passes, when to stop, what to record.

use serde::de::DeserializeOwned;

use reluflow::{DataLaw, InitialisationLaw, Method, Record, Stops};

use super::bad_input::BadInput;
use super::complaint::{Complaint, read_section};
use super::document::{Entry, Origin, Table};

/// The sections of an experiment as the core understands them.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `[data]`.
    pub data: DataLaw,
    /// `[init]`.
    pub initialisation: InitialisationLaw,
    /// `[flow]`.
    pub method: Method,
    /// `[stop]`.
    pub stops: Stops,
    /// `[record]`.
    pub record: Record,
}

/// What a section that is left out stands for: the paper's protocol.
pub const DEFAULTS: &str = "\
[data]\nlaw = \"isotropic\"\n
[init]\nlaw = \"asymmetric\"\n
[flow]\nmethod = \"gradient-descent\"\nlearning_rate = 1.0\nprecision = \"f32\"\n
[stop]\ntrap = true\ntransitions = 1.5\n
[record]\n";

fn plain<T: DeserializeOwned>(table: &Table) -> Result<T, Complaint> {
    Ok(toml::Value::Table(table.to_toml()).try_into()?)
}

impl Spec {
    /// Reads the five sections of a tree that has them all.
    ///
    /// # Errors
    /// Naming key and line.
    pub fn read(tree: &Table) -> Result<Self, BadInput> {
        Ok(Self {
            data: read_section("data", section(tree, "data")?, "law", None, plain)?,
            initialisation: read_section("init", section(tree, "init")?, "law", None, |table| {
                let law: InitialisationLaw = plain(table)?;
                law.check()?;
                Ok(law)
            })?,
            method: read_section("flow", section(tree, "flow")?, "method", None, |table| {
                let method: Method = plain(table)?;
                method.check()?;
                Ok(method)
            })?,
            stops: read_section("stop", section(tree, "stop")?, "", None, |table| {
                let stops: Stops = plain(table)?;
                stops.check()?;
                Ok(stops)
            })?,
            record: read_section("record", section(tree, "record")?, "", None, |table| {
                let record: Record = plain(table)?;
                record.check()?;
                Ok(record)
            })?,
        })
    }

    /// Checks that the data law can draw n examples in dimension d.
    ///
    /// # Errors
    /// Naming the key of the law, or n, whichever is to blame.
    pub fn check_sizes(&self, tree: &Table, n: u64, d: u64, n_origin: &Origin) -> Result<(), BadInput> {
        /// Sizes up to this are tried to see whether n is to blame.
        const TRIED: usize = 64;
        let (n, d) = (n as usize, d as usize);
        if self.data.check(n, d).is_ok() {
            return Ok(());
        }
        let possible = (1..=TRIED).any(|m| self.data.check(m, d).is_ok());
        let elsewhere = possible.then_some(n_origin);
        read_section("data", section(tree, "data")?, "law", elsewhere, |table| {
            let law: DataLaw = plain(table)?;
            Ok(law.check(n, d)?)
        })
    }
}

/// A section of a tree into which the defaults were merged.
fn section<'a>(tree: &'a Table, name: &str) -> Result<&'a Entry, BadInput> {
    tree.entry(name).ok_or_else(|| {
        BadInput::new(
            super::Place::Flag(name.to_owned()),
            "section missing",
            "a section",
            "none",
        )
    })
}
