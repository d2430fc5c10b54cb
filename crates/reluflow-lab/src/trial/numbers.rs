//! Keeps the numbers of a trial by the names of their columns.

use std::collections::BTreeMap;

use super::columns::column;

/// The numbers of a trial, by column; see [`super::columns`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers(BTreeMap<&'static str, f64>);

impl Numbers {
    /// The number in a column, if there is one.
    pub fn get(&self, name: &str) -> Option<f64> {
        debug_assert!(column(name).is_some(), "a trial has no column {name}");
        self.0.get(name).copied()
    }

    /// Puts a number into a column.
    pub fn set(&mut self, name: &'static str, value: f64) {
        debug_assert!(column(name).is_some(), "a trial has no column {name}");
        self.0.insert(name, value);
    }
}

impl FromIterator<(&'static str, f64)> for Numbers {
    fn from_iter<I: IntoIterator<Item = (&'static str, f64)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}
