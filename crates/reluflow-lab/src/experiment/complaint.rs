//! Finds the key of a section that a typed reader complains about.
//!
//! The readers of tagged laws know no lines. So the culprit is found by experiment: the key without which
//! the complaint goes away, or becomes another.

use super::bad_input::{BadInput, nearest};
use crate::arrays::Unusable;

use super::document::{Content, Entry, Node, Table};
use super::origin::Origin;
use super::sweep::Sizes;

/// What a reader of plain values has to say against them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Complaint {
    /// What is wrong.
    pub problem: String,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// Names that would do, when a name is wrong.
    known: Vec<String>,
    /// What to do about it.
    hint: Option<String>,
    /// The key of the section that is to blame, where the reader knows it.
    key: Option<&'static str>,
    /// Whether `found` says something else than what was found.
    hides_what_was_found: bool,
}

impl From<reluflow::Error> for Complaint {
    fn from(error: reluflow::Error) -> Self {
        let (problem, expected, found) = match &error {
            reluflow::Error::OutOfRange {
                quantity,
                expected,
                found,
            } => {
                let problem = match found.as_str() {
                    "none" => "incomplete".to_owned(),
                    _ => format!("{quantity} out of range"),
                };
                (problem, expected.clone(), found.clone())
            }
            other => (
                "not usable".to_owned(),
                "arrays that fit".to_owned(),
                other.to_string(),
            ),
        };
        Self {
            problem,
            expected,
            found,
            known: Vec::new(),
            hint: None,
            key: None,
            hides_what_was_found: false,
        }
    }
}

impl From<Unusable> for Complaint {
    fn from(file: Unusable) -> Self {
        Self {
            problem: format!("{} cannot be used", file.path.display()),
            expected: file.expected,
            found: file.found,
            known: Vec::new(),
            hint: file.hint,
            key: file.key,
            hides_what_was_found: false,
        }
    }
}

impl From<toml::de::Error> for Complaint {
    /// Takes serde's sentences apart: "unknown field `x`, expected one of `a`, `b`", "invalid type: …,
    /// expected …", "missing field `x`".
    fn from(error: toml::de::Error) -> Self {
        Self::of_message(error.message().trim())
    }
}

/// What a reader by serde has to say, in the words of a file: what was expected, and what was found, with a name that may have
/// been meant.
pub fn in_plain_words(message: &str) -> (String, String) {
    let Complaint {
        problem,
        expected,
        mut found,
        known,
        ..
    } = Complaint::of_message(message.trim());
    if let Some(near) = nearest(&found, known.iter().map(String::as_str)) {
        found += &format!("; did you mean `{near}`?");
    }
    match problem.as_str() {
        "incomplete" => (expected, "none".to_owned()),
        _ => (expected, found),
    }
}

impl Complaint {
    fn of_message(message: &str) -> Self {
        let (head, tail) = message.split_once(", ").unwrap_or((message, ""));
        let named = quoted(head).into_iter().next();
        let known: Vec<String> = quoted(tail);
        let list = if known.is_empty() {
            "no keys at all".to_owned()
        } else {
            known.join(", ")
        };
        let one_of = if known.len() > 1 {
            format!("one of {list}")
        } else {
            list
        };
        let name = named.clone().unwrap_or_default();
        let (problem, expected, found) = if head.starts_with("unknown field") {
            ("unknown key".to_owned(), one_of, name)
        } else if head.starts_with("unknown variant") {
            ("unknown name".to_owned(), one_of, name)
        } else if head.starts_with("missing field") {
            (
                "incomplete".to_owned(),
                format!("a key `{name}`"),
                "none".to_owned(),
            )
        } else {
            let found = head.split_once(": ").map_or(head, |(_, found)| found);
            let expected = tail.strip_prefix("expected ").unwrap_or(tail);
            let expected = if expected.is_empty() {
                "another value"
            } else {
                expected
            };
            ("wrong kind of value".to_owned(), words(expected), words(found))
        };
        Self {
            problem,
            expected,
            found,
            known,
            hint: None,
            key: None,
            // The reader of values calls everything so that is no name.
            hides_what_was_found: tail == "expected string only",
        }
    }
}

/// Rust's names of types in plain words.
fn words(text: &str) -> String {
    /// What a type's description begins with, and what it is to the writer of a file.
    const KINDS: [(&str, &str); 18] = [
        ("f64", "a number"),
        ("f32", "a number"),
        ("usize", "a non-negative whole number"),
        ("u64", "a non-negative whole number"),
        ("u32", "a non-negative whole number"),
        ("i64", "a whole number"),
        ("a boolean", "true or false"),
        ("struct variant", "a table"),
        ("tuple variant", "a list of its values"),
        ("unit variant", "a name alone"),
        ("newtype variant", "one value"),
        ("struct", "a table"),
        ("internally tagged enum", "a table"),
        ("enum", "a name"),
        ("a sequence", "a list"),
        ("a map", "a table"),
        // What is said of a number in the place of an enum.
        ("string only", "a name or a table"),
        ("variant identifier", "a name"),
    ];
    if let Some((_, plain)) = KINDS.iter().find(|(kind, _)| {
        text.strip_prefix(kind)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }) {
        return (*plain).to_owned();
    }
    // What an enum without and with a value may be.
    if let Some((first, second)) = text
        .split_once(" or ")
        .filter(|(first, _)| ["string", "map", "sequence"].contains(first))
    {
        return format!("{} or {}", words(first), words(second));
    }
    // A tuple of size 2; what was found: string "a", integer `5`, map.
    if let Some(size) = text.strip_prefix("a tuple of size ") {
        return format!("a list of {size}");
    }
    for kind in ["string ", "integer ", "floating point ", "boolean "] {
        if let Some(value) = text.strip_prefix(kind) {
            return value.trim_matches('`').to_owned();
        }
    }
    match text {
        "string" => "a name".to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "a table".to_owned(),
        _ => match text.strip_prefix("invalid length ") {
            Some(length) => format!("{length} values"),
            None => text.to_owned(),
        },
    }
}

/// The names between back-quotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

impl Complaint {
    /// Adds a law the reader does not know but somebody else reads, where the section's law is unknown.
    pub(super) fn also_known(mut self, table: &Table, name: &str) -> Self {
        let is_the_law = table.get("law").and_then(Node::as_str) == Some(self.found.as_str());
        if self.problem == "unknown name" && is_the_law {
            self.known.push(name.to_owned());
            self.expected = format!("{}, {name}", self.expected);
        }
        self
    }

    /// Adds the keys that every law of the section takes, where a key of the section itself is unknown.
    pub(super) fn also_keys(mut self, table: &Table, keys: &[&str]) -> Self {
        if self.problem == "unknown key" && table.get(&self.found).is_some() {
            self.known.extend(keys.iter().map(|key| (*key).to_owned()));
            // A law's own key that every law takes is not said twice.
            let mut once: Vec<String> = Vec::new();
            for name in self.known {
                if !once.contains(&name) {
                    once.push(name);
                }
            }
            self.expected = format!("one of {}", once.join(", "));
            self.known = once;
        }
        self
    }

    /// Blames the size that the complaint names.
    pub(super) fn at_size(self, sizes: &Sizes) -> BadInput {
        let origin = match self.problem.split_whitespace().next() {
            Some("sweep.n") => &sizes.n_origin,
            Some("sweep.p") => &sizes.p_origin,
            _ => &sizes.d_origin,
        };
        BadInput::at(origin, self.problem, self.expected, self.found)
    }

    fn at(self, origin: &Origin, section: &str) -> BadInput {
        let problem = format!("[{section}] {}", self.problem);
        let bad = BadInput::at(origin, problem, self.expected, &self.found)
            .suggest(&self.found, self.known.iter().map(String::as_str));
        match self.hint {
            Some(hint) => bad.hint(hint),
            None => bad,
        }
    }
}

/// Reads a section with `read`, and points at the culprit when it complains.
///
/// `tag` is the key that names the law or method; `elsewhere` is blamed when no key of the section is.
pub(super) fn read_section<T>(
    section: &str,
    entry: &Entry,
    tag: &str,
    elsewhere: Option<&Origin>,
    read: impl Fn(&Table) -> Result<T, Complaint>,
) -> Result<T, BadInput> {
    let Some(table) = entry.node.as_table() else {
        return Err(BadInput::at(
            &entry.node.origin,
            format!("[{section}] is not a section"),
            "a table",
            entry.node.found(),
        ));
    };
    read(table).map_err(|complaint| {
        let objection = |node: &Node| node.as_table().and_then(|table| read(table).err());
        let name_of_law = table.get(tag).filter(|node| {
            let is_named = node.as_str() == Some(complaint.found.as_str());
            is_named && complaint.problem == "unknown name"
        });
        let known = complaint.key.and_then(|key| table.get(key));
        let culprit = name_of_law
            .or(known)
            .map(|node| (node.origin.clone(), node))
            .or_else(|| {
                find(
                    &entry.node,
                    &|node| objection(node).as_ref() != Some(&complaint),
                    Some(tag),
                )
            });
        let mut complaint = complaint.clone();
        if let (true, Some((_, node))) = (complaint.hides_what_was_found, &culprit) {
            complaint.found = node.found();
        }
        let fallback = elsewhere
            .or_else(|| table.get(tag).map(|node| &node.origin))
            .unwrap_or(&entry.origin);
        let origin = culprit.as_ref().map_or(fallback, |(origin, _)| origin);
        complaint.at(origin, section)
    })
}

/// The innermost key or element without which `mended` holds: where it stands, and its value.
fn find<'a>(
    node: &'a Node,
    mended: &dyn Fn(&Node) -> bool,
    spare: Option<&str>,
) -> Option<(Origin, &'a Node)> {
    match &node.content {
        Content::Table(table) => table.entries().iter().find_map(|entry| {
            if spare == Some(entry.key.as_str()) {
                return None;
            }
            let mut without = table.clone();
            without.remove(&entry.key);
            let with = |content: Content| Node {
                origin: node.origin.clone(),
                content,
            };
            if !mended(&with(Content::Table(without))) {
                return None;
            }
            let inside = |inner: &Node| {
                let mut replaced = table.clone();
                replaced.set(&[&entry.key], &entry.origin, inner.clone());
                mended(&with(Content::Table(replaced)))
            };
            let inner = find(&entry.node, &inside, None);
            Some(inner.unwrap_or_else(|| (entry.origin.clone(), &entry.node)))
        }),
        Content::Array(items) => (0..items.len()).find_map(|k| {
            let mut without = items.clone();
            without.remove(k);
            let node = Node {
                origin: node.origin.clone(),
                content: Content::Array(without),
            };
            mended(&node).then(|| (items[k].origin.clone(), &items[k]))
        }),
        Content::Leaf(_) => None,
    }
}
