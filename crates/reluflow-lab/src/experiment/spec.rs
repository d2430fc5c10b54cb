//! Holds the typed sections of one cell: what to draw, how time passes, when to stop, what to record.

mod sections;

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use reluflow::flow::Accuracy;
use reluflow::population::{PopulationStops, TeacherLaw};
use reluflow::{Method, Model, Record, Stops, Units};

use super::bad_input::BadInput;
use super::classes::{check_classes, check_drawn_classes};
use super::complaint::{Complaint, read_section};
use super::document::{Content, Node, Table};
use super::remembered::Memory;
use super::source::{DataSource, NetworkSource};
use super::sweep::{SECTIONS, Sizes};
use super::test::TestSource;
use sections::{
    Kind, data, read_data, read_initialisation, read_method, read_model, read_record_with_test, read_stops,
    read_test, read_units, section,
};

/// The sections of an experiment as the core understands them.
#[derive(Debug, Clone)]
pub struct Spec {
    /// `[data]`.
    pub data: DataSource,
    /// `[init]`.
    pub initialisation: NetworkSource,
    /// `[model]`: activation, loss, rates of the layers, decay; the paper's where it is left out.
    pub model: Model,
    /// `[flow]`.
    pub method: Method,
    /// `[stop]`, where the data are examples.
    pub stops: Stops,
    /// `[stop]`, where they are a population.
    pub population_stops: PopulationStops,
    /// `[record]`.
    pub record: Record,
    /// `[test]`: examples that are not trained on, if there are any.
    pub test: Option<TestSource>,
    /// `[units]`: of everything in the other sections and in what is reported.
    pub units: Units,
}

/// What a section that is left out stands for: the paper's data, initialisation and cut-off, and the gradient flow
/// itself, as [`Method::default`]. The paper's files name gradient descent.
pub const DEFAULTS: &str = "\
[data]\nlaw = \"isotropic\"\n
[init]\nlaw = \"asymmetric\"\n
[flow]\nmethod = \"flow\"\n
[stop]\ntrap = true\ntransitions = 1.5\n
[record]\n";

/// The same where the data are a population: the flow to a stationary point.
const POPULATION_DEFAULTS: &str = "\
[init]\nlaw = \"xavier\"\n
[flow]\nmethod = \"flow\"\n
[stop]\n
[record]\n";

/// The law that stands for the population of Gaussian inputs.
pub(crate) const POPULATION: &str = "gaussian-population";
/// The law that stands for the user's own arrays.
pub(crate) const FILE: &str = "file";
/// The law that stands for points written in the experiment file.
pub(crate) const POINTS: &str = "points";
/// The keys that name files, by section.
const FILE_KEYS: [(&str, &[&str]); 3] = [
    ("data", &["path", "inputs", "labels"]),
    ("test", &["path", "inputs", "labels"]),
    ("init", &["path", "hidden", "output"]),
];

/// The table without its law, when that is "file".
fn file_law(table: &Table) -> Option<Table> {
    without_law(table, FILE)
}

/// The table without its law, when that is the one named.
fn without_law(table: &Table, name: &str) -> Option<Table> {
    let is_named = table.get("law").and_then(Node::as_str) == Some(name);
    is_named.then(|| {
        let mut rest = table.clone();
        rest.remove("law");
        rest
    })
}

/// By what a folder's memory knows a section.
fn memory_key(rest: &Table) -> String {
    rest.to_toml().to_string()
}

/// Every x ~ N(0, I): no examples, but the expected loss for a teacher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PopulationData {
    /// Its name, when it is written out.
    #[serde(default, skip_deserializing)]
    #[schemars(skip)]
    law: &'static str,
    /// The network that labels the inputs, whose expected loss flows.
    teacher: TeacherLaw,
}

impl PopulationData {
    /// The section as it is written.
    pub(super) fn named(teacher: &TeacherLaw) -> Self {
        Self {
            law: POPULATION,
            teacher: teacher.clone(),
        }
    }
}

/// What a section that is left out of a file stands for.
pub(super) fn defaults(tree: &Table) -> &'static str {
    let data = tree.get("data").and_then(Node::as_table);
    match data.and_then(|data| without_law(data, POPULATION)) {
        Some(_) => POPULATION_DEFAULTS,
        None => DEFAULTS,
    }
}

/// The keys for which a section that is left out of a file stands, where the data are examples or where they are a population.
pub(crate) fn left_out(section: &str, of_population: bool) -> Option<toml::Table> {
    let text = if of_population {
        POPULATION_DEFAULTS
    } else {
        DEFAULTS
    };
    let defaults: toml::Table = text.parse().unwrap_or_default();
    defaults.get(section).and_then(toml::Value::as_table).cloned()
}

impl Spec {
    /// Whether the accuracy is `checked`, which looks itself at whether neurons slide.
    pub fn is_checked(&self) -> bool {
        matches!(self.method, Method::Flow(flow) if flow.accuracy == Accuracy::Checked)
    }

    /// Reads the sections of a tree that has them all; array files that a folder remembers are not read.
    ///
    /// # Errors
    /// Naming key and line.
    pub fn read(tree: &Table, memory: &Memory) -> Result<Self, BadInput> {
        let data = read_data(tree, memory)?;
        let kind = Kind::of(&data);
        let test = read_test(tree, kind, memory)?;
        let record = read_record_with_test(tree, kind, test.as_ref())?;
        let (method, units) = (read_method(tree, kind)?, read_units(tree, kind)?);
        let (stops, population_stops) = read_stops(tree, kind)?;
        Ok(Self {
            data,
            initialisation: read_initialisation(tree, memory)?,
            model: read_model(tree, kind, &method, &record, units)?,
            method,
            stops,
            population_stops,
            record,
            test,
            units,
        })
    }

    /// What a folder remembers of the array files, for the memory of a folder that is to be: by the section's settings.
    pub(crate) fn remember(&self, tree: &Table, memory: &mut Memory) {
        let rest = |name: &str| tree.get(name).and_then(Node::as_table).and_then(file_law);
        if let (DataSource::File(data), Some(rest)) = (&self.data, rest("data")) {
            memory.insert(memory_key(&rest), data.known().clone());
        }
        if let (Some(DataSource::File(data)), Some(mut rest)) = (
            self.test.as_ref().and_then(|test| test.other.as_ref()),
            rest("test"),
        ) {
            rest.remove("examples");
            memory.insert(memory_key(&rest), data.known().clone());
        }
        if let (NetworkSource::File(network), Some(rest)) = (&self.initialisation, rest("init")) {
            memory.insert(memory_key(&rest), network.known().clone());
        }
    }

    /// The same but for some sections, which are read from a tree that has these.
    ///
    /// # Errors
    /// As [`Spec::read`].
    pub fn with(&self, tree: &Table, sections: &[&str], memory: &Memory) -> Result<Self, BadInput> {
        let mut spec = self.clone();
        let kind = Kind::of(&self.data);
        for section in SECTIONS.iter().filter(|section| sections.contains(section)) {
            match *section {
                "data" => {
                    spec.data = read_data(tree, memory)?;
                    if Kind::of(&spec.data) != kind {
                        return Err(mixed(tree));
                    }
                }
                "init" => spec.initialisation = read_initialisation(tree, memory)?,
                "flow" => spec.method = read_method(tree, kind)?,
                "stop" => (spec.stops, spec.population_stops) = read_stops(tree, kind)?,
                "test" => spec.test = read_test(tree, kind, memory)?,
                "units" => spec.units = read_units(tree, kind)?,
                _ => {}
            }
        }
        if sections.contains(&"record") || sections.contains(&"test") {
            spec.record = read_record_with_test(tree, kind, spec.test.as_ref())?;
        }
        if sections.contains(&"model") {
            spec.model = read_model(tree, kind, &spec.method, &spec.record, spec.units)?;
        }
        Ok(spec)
    }

    /// d, n and p as far as files say them.
    pub(crate) fn given_sizes(&self) -> (Option<u64>, Option<u64>, Option<u64>) {
        let data = match &self.data {
            DataSource::Law(_) => (None, None),
            DataSource::Population(teacher) => (teacher.dimension().map(|d| d as u64), Some(0)),
            DataSource::File(data) => {
                let known = data.known();
                (Some(known.columns as u64), Some(known.rows as u64))
            }
        };
        let network = match &self.initialisation {
            NetworkSource::Law(_) => None,
            NetworkSource::File(network) => {
                Some((network.known().columns as u64, network.known().rows as u64))
            }
        };
        (
            data.0.or(network.map(|(d, _)| d)),
            data.1,
            network.map(|(_, p)| p),
        )
    }

    /// Checks that the labels of data files suit the loss; `tree` is what this was read from.
    ///
    /// # Errors
    /// Naming the key of the labels, the first that does not suit, and its row.
    pub(crate) fn check_labels(&self, tree: impl Fn() -> Table) -> Result<(), BadInput> {
        let loss = self.model.loss;
        check_classes("data", &self.data, loss, &tree)?;
        match self.test.as_ref().and_then(|test| test.other.as_ref()) {
            Some(other) => check_classes("test", other, loss, &tree),
            None => Ok(()),
        }
    }

    /// Checks that a law of data draws labels that suit the loss; `tree` is what this was read from.
    ///
    /// # Errors
    /// Naming the key of the labels, or of the law, and a label that does not suit.
    pub(crate) fn check_drawn_labels(&self, tree: impl Fn() -> Table, sizes: &Sizes) -> Result<(), BadInput> {
        let sizes = (sizes.n as usize, sizes.d as usize);
        check_drawn_classes(&self.data, self.model.loss, sizes, tree)
    }

    /// Checks that data and network can be drawn in these sizes; `tree` is what this was read from.
    ///
    /// # Errors
    /// Naming the key of the law, or of the size, whichever is to blame.
    pub(crate) fn check_sizes(&self, tree: impl Fn() -> Table, sizes: &Sizes) -> Result<(), BadInput> {
        /// Sizes up to this are tried to see whether n is to blame.
        const TRIED: usize = 64;
        let (n, d, p) = (sizes.n as usize, sizes.d as usize, sizes.p as usize);
        if let Err(error) = self.data.check(n, d) {
            if let DataSource::File(_) = self.data {
                return Err(Complaint::from(error).at_size(sizes));
            }
            if let (DataSource::Population(_), 1..) = (&self.data, n) {
                return Err(Complaint::from(error).at_size(sizes));
            }
            let possible = (1..=TRIED).any(|m| self.data.check(m, d).is_ok());
            let elsewhere = if possible {
                &sizes.n_origin
            } else {
                &sizes.d_origin
            };
            read_section(
                "data",
                section(&tree(), "data")?,
                "law",
                Some(elsewhere),
                |table| Ok(data(table, &Memory::new())?.check(n, d)?),
            )?;
        }
        if let Some(rows) = self.data.rows().filter(|rows| *rows == n)
            && self.test.as_ref().is_some_and(|test| test.other.is_none())
        {
            return Err(BadInput::at(
                &sizes.n_origin,
                "no row of the data is left for [test]",
                format!("n below the {rows} rows of the file, or `law` or `path` in [test]"),
                n,
            ));
        }
        // Laws were checked when they were read; a file's network may have other sizes.
        match self.initialisation.check(p, d) {
            Ok(()) => Ok(()),
            Err(error) => Err(Complaint::from(error).at_size(sizes)),
        }
    }
}

/// Makes the paths of array files absolute, as seen from the experiment's folder.
pub(super) fn resolve_paths(tree: &mut Table, base: &Path) {
    let resolve = |node: &mut Node| {
        if let Content::Leaf(toml::Value::String(text)) = &mut node.content {
            *text = base.join(&*text).display().to_string();
        }
    };
    for (section, keys) in FILE_KEYS {
        let is_file = tree
            .get(section)
            .and_then(Node::as_table)
            .and_then(file_law)
            .is_some();
        for key in keys.iter().filter(|_| is_file) {
            if let Some(node) = tree.find_mut(&[section, key]) {
                resolve(node);
            }
        }
        // `init.hidden` names a law unless the initialisation is a file's.
        for key in keys.iter().filter(|_| is_file) {
            let axis = format!("{section}.{key}");
            match tree.find_mut(&["sweep", &axis]) {
                Some(Node {
                    content: Content::Array(items),
                    ..
                }) => items.iter_mut().for_each(resolve),
                Some(node) => resolve(node),
                None => {}
            }
        }
    }
}

/// The refusal of a sweep over examples and a population: their sections do not mean the same.
fn mixed(tree: &Table) -> BadInput {
    let place = tree.entry("data").map(|entry| entry.origin.clone());
    let (problem, expected) = (
        "the sweep has both examples and a population",
        "one kind in a file: their other sections differ",
    );
    let found = "gaussian-population together with another law";
    match place {
        Some(origin) => BadInput::at(&origin, problem, expected, found),
        None => BadInput::new(
            super::Place::Flag("data.law".to_owned()),
            problem,
            expected,
            found,
        ),
    }
}
