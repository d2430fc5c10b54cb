//! Reads experiment files: TOML in, checked cells out.
//!
//! ```toml
//! [sweep]                                   # which cells; axes multiply, or advance together with zip = ["n", "p"]
//! d = 100                                   # a number, a list, or { from, to, step }
//! n = { from = 1300, to = 2100, step = 50 } # or { per_d = … }, { per_pd = … }, with bounds at_least, at_most
//! p = { lemma5 = 0.05, times = 1 }          # or as d; here times · ⌊log(n/0.05)/log(4/3)⌋ + 1
//! "init.hidden_scale" = [1.0, 0.1]          # any key of another section may be an axis
//! draws = 80
//! seed = 0
//! [data]                                    # law = … and its parameters
//! [init]                                    # law = … and its parameters
//! [model]                                   # activation, loss, train or rates, weight_decay, decay_bias
//! [flow]                                    # method = … and its parameters
//! [stop]                                    # trap, transitions, time, loss, steps, evaluations: whichever comes first
//! [record]                                  # observables = […], when = …
//! [units]                                   # scaling = "mean-field" | "unscaled", loss = "half-mean" | "mean" | "half-sum" | "sum"
//! ```
//!
//! A section that is left out stands for what [`spec::DEFAULTS`] says, and a `[flow]` without a method is the flow.
//!
//! Weights, times and losses of a file, and of everything that is reported of it, are in its [`reluflow::Units`].

mod along;
mod axis;
pub(crate) mod bad_input;
mod classes;
mod complaint;
mod digest;
mod document;
mod grow;
mod identity;
mod notes;
mod origin;
mod overrides;
mod plan;
mod remembered;
mod shard;
mod source;
pub mod spec;
pub mod sweep;
pub(crate) mod test;
mod values;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::error::Result;
pub use axis::Axis;
pub(crate) use bad_input::nearest;
pub use bad_input::{BadInput, Place};
pub use complaint::in_plain_words;
pub use document::{Node, Table};
pub use identity::Difference;
pub use notes::{Facts, Note, unfittable};
pub use origin::Origin;
pub use remembered::{Arrays, Kept, Memory, Remembered};
pub(crate) use remembered::{NAME as INPUTS, memory as remembered_in};
pub use shard::Shard;
pub(crate) use shard::{cost, order, shards, share};
pub use source::{DataSource, NetworkSource, Provenance};
pub use spec::Spec;
use sweep::{SECTIONS, Sweep};
pub use test::TestSource;

/// A value that the command line sets over the file's.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// The flag as the user typed it, for messages.
    pub flag: String,
    /// The dotted key, `sweep.n`.
    pub key: String,
    /// The value, in TOML.
    pub value: String,
}

/// Adds the default method or law, the key `tag`, to a section that has keys but not that one, such as `tolerance` alone.
fn name_default(tree: &mut Table, default: &document::Entry, tag: &str) {
    let section = tree.get(&default.key).and_then(Node::as_table);
    let value = default.node.as_table().and_then(|table| table.get(tag));
    if let (Some(section), Some(value)) = (section, value)
        && section.get(tag).is_none()
    {
        tree.set(&[&default.key, tag], &default.origin, value.clone());
    }
}

/// The value of a cell on an axis other than d, n, p.
#[derive(Debug, Clone, PartialEq)]
pub enum AxisValue {
    /// A number.
    Number(f64),
    /// Anything else: a string as it is, the rest as TOML.
    Text(String),
}

impl Override {
    /// A setting that comes with this crate, from key and value in TOML.
    pub fn new((key, value): &(&str, &str)) -> Self {
        Self {
            flag: format!("{key} = {value}"),
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        }
    }
}

impl AxisValue {
    /// The value that a node of a file stands for.
    fn of(node: &Node) -> Self {
        match (node.as_number(), node.as_str()) {
            (Some(number), _) => Self::Number(number),
            (None, Some(text)) => Self::Text(text.to_owned()),
            (None, None) => Self::Text(node.to_toml().to_string()),
        }
    }
}

impl std::fmt::Display for AxisValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // 1e-140 in five letters, not in 142; a file reads both.
            Self::Number(value) if *value != 0.0 && !(1e-4..1e15).contains(&value.abs()) => {
                write!(f, "{value:e}")
            }
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{text}"),
        }
    }
}

/// One point of the sweep: everything a trial needs but its draw.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Number of examples.
    pub n: u64,
    /// Dimension.
    pub d: u64,
    /// Number of neurons.
    pub p: u64,
    /// Values on the experiment's other axes, in their order.
    pub axes: Vec<AxisValue>,
    /// The laws, method, stops and records.
    pub spec: Arc<Spec>,
    /// Where n was read, for messages.
    n_origin: Origin,
}

impl Cell {
    /// What tells this cell from the others, as one text: the key of its trials in a store.
    pub fn key(&self) -> String {
        let mut key = format!("{} {} {}", self.d, self.n, self.p);
        for value in &self.axes {
            key.push('\t');
            key.push_str(&value.to_string());
        }
        key
    }
}

/// A checked experiment.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// The name: the file's stem.
    pub name: String,
    /// Names of the axes other than d, n, p.
    pub axes: Vec<String>,
    /// The cells, n varying fastest.
    pub cells: Vec<Cell>,
    /// Draws of every cell.
    pub draws: u64,
    /// The root of all random numbers.
    pub seed: u64,
    /// Cells of the sweep that are equal to others, and left out.
    equal_cells: u64,
    /// What the folder that this was read from remembers of array files.
    memory: Memory,
    tree: Table,
}

impl Experiment {
    /// Reads and checks a file, with the command line's values set over it.
    ///
    /// # Errors
    /// [`crate::Error::BadInput`] with file and line, or flag.
    pub fn from_file(path: &Path, overrides: &[Override]) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            BadInput::new(
                Place::Path(path.to_owned()),
                "cannot be read",
                "an experiment file",
                error,
            )
        })?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let parent = path.parent().unwrap_or(Path::new(""));
        let base = std::path::absolute(parent.join(".")).unwrap_or_else(|_| parent.to_owned());
        Self::from_text(&path.display().to_string(), &stem, &text, overrides, &base)
    }

    /// Reads and checks an experiment from its text; array files are looked for from the folder `base` on.
    ///
    /// # Errors
    /// As [`Experiment::from_file`].
    pub fn from_text(
        source: &str,
        name: &str,
        text: &str,
        overrides: &[Override],
        base: &Path,
    ) -> Result<Self> {
        let mut tree = Table::parse_file(source, text)?;
        let in_file: HashSet<String> = tree.entries().iter().map(|entry| entry.key.clone()).collect();
        for setting in overrides {
            overrides::apply(&mut tree, setting)?;
        }
        let known: Vec<&str> = ["sweep"].into_iter().chain(SECTIONS).collect();
        if let Some(entry) = tree
            .entries()
            .iter()
            .find(|entry| !known.contains(&entry.key.as_str()))
        {
            return Err(values::unknown_key(&entry.origin, &entry.key, "the file", &known).into());
        }
        spec::resolve_paths(&mut tree, base);
        let Some(entry) = tree.entry("sweep") else {
            return Err(BadInput::new(
                Place::Path(source.into()),
                "section missing",
                "a section [sweep] with d, n and p",
                "none",
            )
            .into());
        };
        let sweep = Sweep::read(entry)?;
        let also = sweep.read_also(entry)?;
        for sweep in also.iter().chain([&sweep]) {
            plan::check_size(sweep)?;
        }
        for axis in &sweep.axes {
            plan::check_given_once(&tree, axis)?;
        }
        let defaults = Table::parse_file("the defaults", spec::defaults(&tree))?;
        for entry in defaults.entries() {
            if tree.entry(&entry.key).is_none() {
                tree.set(&[&entry.key], &entry.origin, entry.node.clone());
            }
            if entry.key == "flow" {
                name_default(&mut tree, entry, "method");
            }
            // A file's own [data] and [init] name their law; what is set over a section left out is set over its default.
            if !in_file.contains(&entry.key) {
                name_default(&mut tree, entry, "law");
            }
        }
        for axis in &sweep.axes {
            // Only a default can be there still, and the axis takes its place.
            tree.remove_path(&axis.name.split('.').collect::<Vec<_>>());
        }
        let memory = remembered::memory(base);
        let mut cells = Vec::new();
        for sweep in [&sweep].into_iter().chain(&also) {
            let planned = plan::plan(&tree, sweep, &memory);
            cells.extend(planned.map_err(|bad| overrides::explain(bad, overrides))?);
        }
        let planned = cells.len();
        plan::keep_first(&mut cells);
        Ok(Self {
            name: name.to_owned(),
            axes: sweep.axes.iter().map(|axis| axis.name.clone()).collect(),
            equal_cells: (planned - cells.len()) as u64,
            cells,
            draws: sweep.draws,
            seed: sweep.seed,
            memory,
            tree,
        })
    }

    /// The experiment as a file: overrides and defaults filled in, `draws` as given.
    pub fn to_toml(&self, draws: u64) -> String {
        let mut table = self.tree.to_toml();
        if let Some(toml::Value::Table(sweep)) = table.get_mut("sweep") {
            sweep.insert("draws".into(), toml::Value::Integer(draws as i64));
            sweep.insert("seed".into(), toml::Value::Integer(self.seed as i64));
        }
        toml::to_string(&table).unwrap_or_default()
    }

    /// Refuses an experiment whose trials, `threads` at a time, need more memory than there is.
    ///
    /// # Errors
    /// [`crate::Error::BadInput`] at the n of the largest cell.
    pub fn check_memory(&self, threads: usize, available: f64) -> Result<()> {
        let Some(cell) = self.cells.iter().max_by(|a, b| memory(a).total_cmp(&memory(b))) else {
            return Ok(());
        };
        let needed = memory(cell) * threads.min(self.trials() as usize) as f64;
        if needed <= available {
            return Ok(());
        }
        const GIB: f64 = (1u64 << 30) as f64;
        let found = format!(
            "{:.1} GiB for {threads} trials at a time of n = {}, d = {}, p = {}",
            needed / GIB,
            cell.n,
            cell.d,
            cell.p
        );
        let expected = format!("at most the machine's {:.1} GiB", available / GIB);
        Err(BadInput::at(&cell.n_origin, "not enough memory", expected, found)
            .hint("use smaller sizes or fewer --threads")
            .into())
    }

    /// Number of trials.
    pub fn trials(&self) -> u64 {
        self.cells.len() as u64 * self.draws
    }

    /// A cell in words: `d = 100, n = 1650, p = 37`.
    pub fn describe(&self, cell: &Cell) -> String {
        let mut text = format!("d = {}, n = {}, p = {}", cell.d, cell.n, cell.p);
        for (name, value) in self.axes.iter().zip(&cell.axes) {
            text.push_str(&format!(", {name} = {value}"));
        }
        text
    }
}

/// A generous estimate of the bytes of one trial: inputs in four copies unless they lie along axes, weights in
/// eight, and four neuron-by-example tables.
pub(crate) fn memory(cell: &Cell) -> f64 {
    let (n, d, p) = (cell.n as f64, cell.d as f64, cell.p as f64);
    let along_axes = matches!(&cell.spec.data, DataSource::Law(law) if law.is_along_axes());
    let inputs = if along_axes { n } else { n * d };
    // The Hessian, its factors and its change.
    let hessians = match cell.spec.data {
        DataSource::Population(_) => 4.0 * (p * (d + 1.0)).powi(2),
        _ => 0.0,
    };
    8.0 * (4.0 * inputs + 8.0 * p * d + 4.0 * n * p + hessians)
}

/// FNV-1a, 64 bits: short, the same for ever on every machine, and nobody here is an adversary.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
