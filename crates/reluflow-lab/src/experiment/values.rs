//! Reads what an axis takes: a number, a list, or `{ from, to, step }`.

use toml::Value;

use super::bad_input::BadInput;
use super::document::{Content, Node};
use super::origin::Origin;

/// The values of one axis, in order; a range is never written out, however long.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// One value, or a list of them.
    List(Vec<Node>),
    /// from, from + step, …, as long as it does not pass `to`.
    Range {
        /// Where it was read.
        origin: Origin,
        /// The first value.
        from: f64,
        /// The distance of two values.
        step: f64,
        /// How many values.
        count: u64,
        /// Whether all values are whole numbers.
        whole: bool,
    },
}

impl Values {
    /// Reads the values of an axis.
    ///
    /// # Errors
    /// When a list or range is empty, or a range has other keys than `from`, `to`, `step`.
    pub fn read(node: &Node) -> Result<Self, BadInput> {
        match &node.content {
            Content::Array(items) if items.is_empty() => Err(BadInput::at(
                &node.origin,
                "empty list",
                "at least one value",
                "none",
            )),
            Content::Array(items) => Ok(Self::List(items.clone())),
            Content::Table(table) if table.entry("from").is_some() || table.entry("to").is_some() => {
                Self::read_range(node)
            }
            _ => Ok(Self::List(vec![node.clone()])),
        }
    }

    fn read_range(node: &Node) -> Result<Self, BadInput> {
        const KEYS: [&str; 3] = ["from", "to", "step"];
        let bad = |problem: &str, found: String| {
            BadInput::at(
                &node.origin,
                problem,
                "{ from = a, to = b, step = s } with a <= b and s > 0",
                found,
            )
        };
        let entries = node.as_table().map_or(&[][..], |table| table.entries());
        if let Some(entry) = entries.iter().find(|entry| !KEYS.contains(&entry.key.as_str())) {
            return Err(unknown_key(&entry.origin, &entry.key, "a range", &KEYS));
        }
        let number = |key: &str| {
            let value = node.as_table().and_then(|table| table.get(key));
            match value {
                None if key == "step" => Ok((1.0, true)),
                None => Err(bad("incomplete range", format!("no `{key}`"))),
                Some(value) => match value.as_number() {
                    Some(v) if v.is_finite() => Ok((v, v.fract() == 0.0)),
                    _ => Err(BadInput::at(
                        &value.origin,
                        "not a number",
                        "a finite number",
                        value.found(),
                    )),
                },
            }
        };
        let ((from, a), (to, b), (step, c)) = (number("from")?, number("to")?, number("step")?);
        if step <= 0.0 || from > to {
            return Err(bad("empty range", format!("from {from} to {to} by {step}")));
        }
        // A thousandth of a step forgives roundings such as (0.3 − 0.1)/0.1 < 2.
        let count = (((to - from) / step + 1e-3).floor() as u64).saturating_add(1);
        Ok(Self::Range {
            origin: node.origin.clone(),
            from,
            step,
            count,
            whole: a && b && c,
        })
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        match self {
            Self::List(items) => items.len() as u64,
            Self::Range { count, .. } => *count,
        }
    }

    /// Whether every value is written as a whole number.
    pub fn whole(&self) -> bool {
        match self {
            Self::List(items) => items
                .iter()
                .all(|node| matches!(node.content, Content::Leaf(Value::Integer(_)))),
            Self::Range { whole, .. } => *whole,
        }
    }

    /// Value k, from 0.
    pub fn get(&self, k: u64) -> Node {
        match self {
            Self::List(items) => items[k as usize].clone(),
            Self::Range {
                origin,
                from,
                step,
                whole,
                ..
            } => {
                let value = from + k as f64 * step;
                let leaf = if *whole {
                    Value::Integer(value as i64)
                } else {
                    Value::Float(value)
                };
                Node {
                    origin: origin.clone(),
                    content: Content::Leaf(leaf),
                }
            }
        }
    }
}

/// A key that nobody reads, with the nearest that somebody would.
pub(super) fn unknown_key(origin: &Origin, key: &str, place: &str, known: &[&str]) -> BadInput {
    BadInput::at(
        origin,
        format!("unknown key in {place}"),
        format!("one of {}", known.join(", ")),
        key,
    )
    .suggest(key, known.iter().copied())
}
