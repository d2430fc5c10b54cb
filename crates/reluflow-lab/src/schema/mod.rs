//! Describes experiment files by the types that read them: as a JSON Schema for editors, and key by key for a reference.
//!
//! The words are the doc comments of those types. A new key, law or method is described without a line here.

mod axes;
mod clean;
mod form;
mod json;
mod section;
mod words;

use serde_json::Value;

pub use form::{Form, Piece, Way, written};
use section::Types;
pub use section::{Key, Keys, Section};

/// The JSON Schema of experiment files, draft 07.
pub fn schema() -> Value {
    json::schema(&Types::read())
}

/// The sections of an experiment file, and what their keys take.
pub struct Reference {
    types: Types,
    /// The sections, in the order of a file.
    pub sections: Vec<Section>,
}

/// A word with its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The word.
    pub name: String,
    /// What it means.
    pub meaning: String,
}

impl Reference {
    /// Reads it off the types.
    pub fn read() -> Self {
        let types = Types::read();
        let sections = types.sections();
        Self { types, sections }
    }

    /// What a key takes, in words.
    pub fn takes(&self, key: &Key) -> Vec<Piece> {
        self.types.takes(&key.schema)
    }

    /// The forms of values that tables mention.
    pub fn forms<'a>(&'a self, keys: impl Iterator<Item = &'a Key>) -> Vec<Form> {
        self.types.forms(keys.map(|key| &key.schema))
    }

    /// How a run on examples can end, each as a word of tables.
    pub fn verdicts(&self) -> Vec<Word> {
        self.types.verdicts("verdict")
    }

    /// How a run on a population can end.
    pub fn population_verdicts(&self) -> Vec<Word> {
        self.types.verdicts("population_verdict")
    }

    /// The observables, with what their columns mean.
    pub fn observables(&self) -> Vec<Word> {
        self.types.names("Observable")
    }
}
