//! Reads a TOML document into a tree whose every key and value knows the line it came from.

use std::sync::Arc;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Value};

use super::bad_input::BadInput;
use super::origin::{Origin, Source};

/// A value and where it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where.
    pub origin: Origin,
    /// What.
    pub content: Content,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A table.
    Table(Table),
    /// An array.
    Array(Vec<Node>),
    /// Anything else.
    Leaf(Value),
}

/// A table in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    entries: Vec<Entry>,
}

/// A key of a table with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was read.
    pub origin: Origin,
    /// Its value.
    pub node: Node,
}

impl Table {
    /// Reads a file's text.
    ///
    /// # Errors
    /// When it is not TOML, with the line.
    pub(crate) fn parse_file(name: &str, text: &str) -> Result<Self, BadInput> {
        Self::parse(Source {
            name: name.into(),
            is_file: true,
            text: text.into(),
        })
    }

    /// Reads a flag's text, a `key = value` line.
    ///
    /// # Errors
    /// When it is not TOML.
    pub(crate) fn parse_flag(flag: &str, text: &str) -> Result<Self, BadInput> {
        Self::parse(Source {
            name: flag.into(),
            is_file: false,
            text: text.into(),
        })
    }

    fn parse(source: Source) -> Result<Self, BadInput> {
        let source = Arc::new(source);
        match DeTable::parse(&source.text) {
            Ok(table) => Ok(convert_table(table.into_inner(), &source)),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let origin = Origin {
                    source: source.clone(),
                    span,
                };
                let found = match origin.text() {
                    "" => "the end of the line".to_owned(),
                    text => format!("`{}`", text.lines().next().unwrap_or("")),
                };
                let message = error.message();
                // What the parser expects of a bare word that begins like one of these.
                const WORDS: [&str; 5] = ["`nan`", "`inf`", "`true`", "`false`", "literal string"];
                let (problem, expected) = match message.split_once(", expected ") {
                    Some((_, expected)) if WORDS.contains(&expected) => (
                        "not TOML: a word without quotes".to_owned(),
                        "a number, true, false, or a text in quotes",
                    ),
                    Some((problem, expected)) => (format!("not TOML: {problem}"), expected),
                    None => (
                        format!("not TOML: {message}"),
                        "`key = value` lines and [sections]",
                    ),
                };
                Err(BadInput::at(&origin, problem, expected, found))
            }
        }
    }

    /// The entries in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The table of some keys alone.
    pub fn only(&self, keys: &[&str]) -> Self {
        let kept = |entry: &&Entry| keys.contains(&entry.key.as_str());
        Self {
            entries: self.entries.iter().filter(kept).cloned().collect(),
        }
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// The value at a path, to be changed.
    pub(crate) fn find_mut(&mut self, path: &[&str]) -> Option<&mut Node> {
        let [key, rest @ ..] = path else { return None };
        let entry = self.entries.iter_mut().find(|entry| entry.key == *key)?;
        if rest.is_empty() {
            return Some(&mut entry.node);
        }
        match &mut entry.node.content {
            Content::Table(table) => table.find_mut(rest),
            _ => None,
        }
    }

    /// Removes the value at a path, if there is one.
    pub(crate) fn remove_path(&mut self, path: &[&str]) {
        match path {
            [] => {}
            [key] => {
                self.remove(key);
            }
            [key, rest @ ..] => {
                let inner = self.entries.iter_mut().find(|entry| entry.key == *key);
                if let Some(Content::Table(table)) = inner.map(|entry| &mut entry.node.content) {
                    table.remove_path(rest);
                }
            }
        }
    }

    /// Sets the value at a path, making tables on the way.
    pub fn set(&mut self, path: &[&str], origin: &Origin, node: Node) {
        let [key, rest @ ..] = path else { return };
        let at = match self.entries.iter().position(|entry| entry.key == *key) {
            Some(at) => at,
            None => {
                self.entries.push(Entry {
                    key: (*key).to_owned(),
                    origin: origin.clone(),
                    node: Node {
                        origin: origin.clone(),
                        content: Content::Table(Self::default()),
                    },
                });
                self.entries.len() - 1
            }
        };
        let entry = &mut self.entries[at];
        if rest.is_empty() {
            entry.origin = origin.clone();
            entry.node = node;
            return;
        }
        if !matches!(entry.node.content, Content::Table(_)) {
            entry.node.content = Content::Table(Self::default());
        }
        if let Content::Table(table) = &mut entry.node.content {
            table.set(rest, origin, node);
        }
    }

    /// The same table as plain TOML.
    pub fn to_toml(&self) -> toml::Table {
        self.entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.node.to_toml()))
            .collect()
    }
}

impl Node {
    /// The same value as plain TOML.
    pub fn to_toml(&self) -> Value {
        match &self.content {
            Content::Table(table) => Value::Table(table.to_toml()),
            Content::Array(items) => Value::Array(items.iter().map(Self::to_toml).collect()),
            Content::Leaf(value) => value.clone(),
        }
    }

    /// The table, if it is one.
    pub(crate) fn as_table(&self) -> Option<&Table> {
        match &self.content {
            Content::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::Leaf(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match &self.content {
            Content::Leaf(Value::Integer(value)) => Some(*value as f64),
            Content::Leaf(Value::Float(value)) => Some(*value),
            _ => None,
        }
    }

    /// The non-negative whole number, if it is one.
    pub(crate) fn as_count(&self) -> Option<u64> {
        match &self.content {
            Content::Leaf(Value::Integer(value)) => u64::try_from(*value).ok(),
            // 10.0 is 10, up to where neighbours are whole.
            Content::Leaf(Value::Float(value)) if value.fract() == 0.0 && (0.0..9e15).contains(value) => {
                Some(*value as u64)
            }
            _ => None,
        }
    }

    /// What was found, in words: the text itself.
    pub fn found(&self) -> String {
        match &self.content {
            Content::Table(_) => format!("a table, {}", self.to_toml()),
            Content::Array(items) if items.is_empty() => "an empty list".into(),
            _ => self.to_toml().to_string(),
        }
    }
}

fn convert_table(table: DeTable<'_>, source: &Arc<Source>) -> Table {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            origin: Origin {
                source: source.clone(),
                span: key.span(),
            },
            key: key.into_inner().into_owned(),
            node: convert(value, source),
        })
        .collect();
    entries.sort_by_key(|entry| entry.origin.span.start);
    Table { entries }
}

fn convert(value: Spanned<DeValue<'_>>, source: &Arc<Source>) -> Node {
    let origin = Origin {
        source: source.clone(),
        span: value.span(),
    };
    let content = match value.into_inner() {
        DeValue::Table(table) => Content::Table(convert_table(table, source)),
        DeValue::Array(items) => {
            Content::Array(items.into_iter().map(|item| convert(item, source)).collect())
        }
        DeValue::String(text) => Content::Leaf(Value::String(text.into_owned())),
        // The parser has checked digits and signs; a number too large for the type stays a text, which no
        // key accepts, and is reported as found.
        DeValue::Integer(number) => Content::Leaf(
            i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Value::String(number.as_str().to_owned()), Value::Integer),
        ),
        DeValue::Float(number) => Content::Leaf(
            number
                .as_str()
                .parse()
                .map_or_else(|_| Value::String(number.as_str().to_owned()), Value::Float),
        ),
        DeValue::Boolean(value) => Content::Leaf(Value::Boolean(value)),
        DeValue::Datetime(value) => Content::Leaf(Value::Datetime(value)),
    };
    Node { origin, content }
}
