//! Says by what an experiment is known: its settings by their meaning, its data by their digest.
//!
//! A folder of trials belongs to settings and seed. Which cells there are, and how many draws of each, is no part of
//! them: a trial is known by its cell and its draw, so a folder can grow by both.

use std::collections::BTreeMap;

use serde::Serialize;
use toml::Value;

use super::digest::sha256;
use super::document::Node;
use super::spec::{PopulationData, Spec};
use super::sweep::SECTIONS;
use super::{DataSource, Experiment, NetworkSource};

/// The key that chooses what the other keys of a section mean.
const TAGS: [&str; 2] = ["law", "method"];

/// A setting that two experiments do not share.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its dotted key.
    pub key: String,
    /// What one has, none when it has no such setting.
    pub ours: Option<String>,
    /// What the other has.
    pub theirs: Option<String>,
}

impl Experiment {
    /// Dotted keys and values of everything but cell and draw that decides a trial's bits.
    ///
    /// Values are what was read, not how it was written: 1 and 1.0, a default written or left out, and any order are one.
    /// Files count by the digest of their numbers.
    pub fn settings(&self) -> BTreeMap<String, String> {
        let mut settings = BTreeMap::from([("sweep.seed".to_owned(), self.seed.to_string())]);
        let mut axes = self.axes.clone();
        axes.sort_unstable();
        if !axes.is_empty() {
            settings.insert("sweep.axes".to_owned(), axes.join(", "));
        }
        let Some(first) = self.cells.first() else {
            return settings;
        };
        for section in SECTIONS {
            let mut values = BTreeMap::new();
            if let Some(value) = meaning(&first.spec, section) {
                flatten(section, &value, &mut values);
            }
            let of_section = |axis: &&String| axis.split('.').next() == Some(section);
            let axes: Vec<&String> = self.axes.iter().filter(of_section).collect();
            let chooses = |axis: &&&String| TAGS.iter().any(|tag| **axis == &format!("{section}.{tag}"));
            if axes.iter().any(|axis| chooses(&axis)) {
                // Defaults differ from law to law: what the file sets is what all have in common.
                values.retain(|key, _| self.is_written(key));
            }
            let on_axis = |key: &str| {
                let below = |axis: &&String| {
                    key.strip_prefix(axis.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                };
                axes.iter().any(below)
            };
            values.retain(|key, _| !on_axis(key));
            settings.extend(values);
        }
        settings
    }

    /// A digest of [`Experiment::settings`]: two experiments with the same one share their trials.
    pub fn digest(&self) -> String {
        let lines = self
            .settings()
            .into_iter()
            .map(|(key, value)| format!("{key} = {value}\n"));
        sha256(lines.collect::<String>().as_bytes())
    }

    /// What another experiment's settings have otherwise, by key.
    pub fn differences(&self, theirs: &BTreeMap<String, String>) -> Vec<Difference> {
        let ours = self.settings();
        let mut keys: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter()
            .filter(|key| ours.get(*key) != theirs.get(*key))
            .map(|key| Difference {
                key: key.clone(),
                ours: ours.get(key).cloned(),
                theirs: theirs.get(key).cloned(),
            })
            .collect()
    }

    /// Whether the file sets a key, or one below it.
    fn is_written(&self, key: &str) -> bool {
        let mut table = Some(&self.tree);
        key.split('.').all(|part| {
            let node = table.and_then(|table| table.get(part));
            let found = node.is_some() || table.is_none();
            table = node.and_then(Node::as_table);
            found
        })
    }
}

/// What a section of a cell's spec means; none for a model and units that are the default, which older folders lack.
fn meaning(spec: &Spec, section: &str) -> Option<Value> {
    fn value(part: &impl Serialize) -> Option<Value> {
        Value::try_from(part).ok()
    }
    let file = |digest: &str| {
        let entries = [("law", "file"), ("numbers", digest)];
        let entry = |(key, text): (&str, &str)| (key.to_owned(), Value::String(text.to_owned()));
        Some(Value::Table(entries.map(entry).into_iter().collect()))
    };
    match section {
        "data" => match &spec.data {
            DataSource::Law(law) => value(law),
            DataSource::File(data) => file(data.digest()),
            DataSource::Population(teacher) => value(&PopulationData::named(teacher)),
        },
        "init" => match &spec.initialisation {
            NetworkSource::Law(law) => value(law),
            NetworkSource::File(network) => file(network.digest()),
        },
        "flow" => value(&spec.method),
        "stop" => match &spec.data {
            DataSource::Population(_) => value(&spec.population_stops),
            _ => value(&spec.stops),
        },
        "record" => value(&spec.record).map(|mut record| {
            // In which order observables are named is nothing.
            if let Some(Value::Array(names)) = record.get_mut("observables") {
                names.sort_by_key(Value::to_string);
            }
            record
        }),
        "test" => spec.test.as_ref().map(|test| {
            let other = match &test.other {
                Some(DataSource::Law(law)) => value(law),
                Some(DataSource::File(data)) => file(data.digest()),
                // A population is refused when [test] is read.
                Some(DataSource::Population(_)) | None => None,
            };
            let mut table = match other {
                Some(Value::Table(table)) => table,
                _ => toml::Table::new(),
            };
            table.insert("examples".to_owned(), Value::Integer(test.examples as i64));
            Value::Table(table)
        }),
        "model" if spec.model == reluflow::Model::default() => None,
        "model" => value(&spec.model),
        _ if spec.units == reluflow::Units::default() => None,
        _ => value(&spec.units),
    }
}

fn flatten(prefix: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{prefix}.{key}"), value, out);
            }
        }
        _ => {
            out.insert(prefix.to_owned(), value.to_string());
        }
    }
}
