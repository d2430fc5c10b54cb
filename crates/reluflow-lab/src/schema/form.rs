//! Says in words what a key takes, and what the named forms of values are.

use serde_json::Value;

use super::section::{Keys, Types, keys, reference, text, variants};

/// Most names that are listed where a form is mentioned.
const LISTED: usize = 6;

/// A piece of a sentence about what a key takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// What is written in a file as it stands here.
    Literal(String),
    /// The name of a [`Form`].
    Form(String),
    /// A table like this section of the file.
    Section(String),
}

/// A row of a form: one way to write it.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// How it is written, with … for what it takes.
    pub written: String,
    /// What it takes; empty for a name alone.
    pub takes: Vec<Piece>,
    /// What it means.
    pub meaning: String,
}

/// A form of values that has a name: written in one of several ways, or a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Its name.
    pub name: String,
    /// What it is.
    pub meaning: String,
    /// The ways to write it.
    pub ways: Vec<Way>,
    /// Its keys, where it is a table; by law, where it has laws.
    pub tables: Vec<Keys>,
}

impl Types {
    /// What a key of this schema takes.
    pub(super) fn takes(&self, schema: &Value) -> Vec<Piece> {
        if let Some(name) = reference(schema) {
            return self.named(name);
        }
        if let Some(forms) = schema.get("anyOf").and_then(Value::as_array) {
            let mut pieces = Vec::new();
            for form in forms {
                let also = self.takes(form);
                if !pieces.is_empty() {
                    pieces.push(Piece::Words(" or ".into()));
                }
                pieces.extend(also);
            }
            return pieces;
        }
        let words = |text: &str| vec![Piece::Words(text.to_owned())];
        match text(schema, "type") {
            "number" => words("number"),
            "integer" => words("whole number"),
            "boolean" => words("true or false"),
            "string" => words("string"),
            "array" => match &schema["items"] {
                Value::Array(items) => words(&format!(
                    "list of {} {}",
                    items.len(),
                    plural(&self.takes(&items[0]))
                )),
                items => match &self.takes(items)[..] {
                    [Piece::Form(name), ..] => {
                        vec![Piece::Words("list of ".into()), Piece::Form(name.clone())]
                    }
                    pieces => words(&format!("list of {}", plural(pieces))),
                },
            },
            _ => words("value"),
        }
    }

    fn named(&self, name: &str) -> Vec<Piece> {
        if let Some(section) = self.section_of(name) {
            return vec![Piece::Section(section.to_owned())];
        }
        let Some(definition) = self.definitions.get(name) else {
            return Vec::new();
        };
        if definition.get("anyOf").is_some() {
            return self.takes(definition);
        }
        let mut pieces = vec![Piece::Form(spaced(name))];
        let ways = self.ways(definition);
        if !ways.is_empty() && ways.len() <= LISTED {
            for (k, way) in ways.iter().enumerate() {
                pieces.push(Piece::Words(if k == 0 { ": " } else { ", " }.into()));
                pieces.push(Piece::Literal(way.written.clone()));
            }
        }
        pieces
    }

    /// The ways to write what is a name, or a name with a value.
    fn ways(&self, definition: &Value) -> Vec<Way> {
        let forms = definition.get("oneOf").and_then(Value::as_array);
        let way = |form: &Value| {
            let meaning = text(form, "description").to_owned();
            if let Some(name) = form.get("const").and_then(Value::as_str) {
                return Some(Way {
                    written: format!("\"{name}\""),
                    takes: Vec::new(),
                    meaning,
                });
            }
            let properties = form.get("properties").and_then(Value::as_object)?;
            let (name, inner) = properties.iter().next().filter(|_| properties.len() == 1)?;
            Some(Way {
                written: format!("{{ {name} = … }}"),
                takes: self.takes(inner),
                meaning,
            })
        };
        // Names of one kind without words of their own stand in one list.
        let plain = |form: &Value| form.get("enum").and_then(Value::as_array).cloned();
        let mut ways = Vec::new();
        for form in forms.into_iter().flatten() {
            ways.extend(way(form));
            for name in plain(form).into_iter().flatten() {
                ways.push(Way {
                    written: name.to_string(),
                    takes: Vec::new(),
                    meaning: String::new(),
                });
            }
        }
        ways
    }

    /// The forms that schemas mention, each once, in the order in which they are met.
    pub(super) fn forms<'a>(&'a self, schemas: impl Iterator<Item = &'a Value>) -> Vec<Form> {
        let mut found: Vec<Form> = Vec::new();
        let mut open: Vec<&Value> = schemas.collect();
        open.reverse();
        while let Some(schema) = open.pop() {
            match schema {
                Value::Object(map) => {
                    if let Some(name) = schema.get("$ref").and_then(|_| reference(schema)) {
                        let known = found.iter().any(|form| form.name == spaced(name));
                        if known || self.section_of(name).is_some() {
                            continue;
                        }
                        if let Some(definition) = self.definitions.get(name) {
                            found.extend(self.form(name, definition));
                            open.push(definition);
                        }
                    }
                    let inner = map.iter().filter(|(word, _)| *word != "default");
                    let inner: Vec<&Value> = inner.map(|(_, value)| value).collect();
                    open.extend(inner.into_iter().rev());
                }
                Value::Array(items) => open.extend(items.iter().rev()),
                _ => {}
            }
        }
        found
    }

    fn form(&self, name: &str, definition: &Value) -> Option<Form> {
        if definition.get("anyOf").is_some() {
            return None;
        }
        let laws = variants(definition, "law");
        let own = keys(definition, "");
        let tables = match (laws.is_empty(), own.is_empty()) {
            (false, _) => laws,
            (true, false) => vec![Keys {
                name: String::new(),
                meaning: String::new(),
                keys: own,
                takes_common: false,
            }],
            (true, true) => Vec::new(),
        };
        let ways = if tables.is_empty() {
            self.ways(definition)
        } else {
            Vec::new()
        };
        Some(Form {
            name: spaced(name),
            meaning: text(definition, "description").to_owned(),
            ways,
            tables,
        })
    }
}

/// The plural of what a list is of.
fn plural(pieces: &[Piece]) -> String {
    match pieces {
        [Piece::Words(one)] => match one.split_once(' ') {
            Some(("list", rest)) => format!("lists {rest}"),
            _ => format!("{one}s"),
        },
        _ => "values".into(),
    }
}

/// A type's name as words: `LabelLaw` is a label law.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// A value as it is written in a file.
pub fn written(value: &Value) -> String {
    match value {
        Value::Number(number) if !number.is_f64() => number.to_string(),
        Value::Number(number) => match number.as_f64() {
            Some(value) if value != 0.0 && !(1e-3..1e5).contains(&value.abs()) => format!("{value:e}"),
            Some(value) => value.to_string(),
            None => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key} = {}", written(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}
