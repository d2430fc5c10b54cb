//! Adds the cells of one experiment to those that a folder has.

use std::collections::HashSet;

use super::document::{Content, Node, Table};
use super::plan::remember;
use super::remembered::Memory;
use super::{Cell, Experiment};
use crate::error::Result;

/// The key of further sweeps.
const ALSO: &str = "also";

impl Experiment {
    /// What a folder has to remember of the array files of these cells.
    ///
    /// # Errors
    /// Never, of an experiment that was read.
    pub(crate) fn to_remember(&self) -> Result<Memory> {
        let mut memory = self.memory.clone();
        let read = |spec: &super::Spec| {
            matches!(spec.data, super::DataSource::File(_))
                || matches!(spec.initialisation, super::NetworkSource::File(_))
        };
        if self.cells.iter().any(|cell| read(&cell.spec)) {
            remember(&self.tree, &self.sweep()?, &self.cells, &mut memory);
        }
        Ok(memory)
    }

    /// Reads the array files that are only remembered: from here on trials can be computed.
    ///
    /// # Errors
    /// When one cannot be read, or holds other numbers than it did.
    pub fn read_files(&self) -> reluflow::Result<()> {
        let mut seen = HashSet::new();
        for cell in &self.cells {
            if !seen.insert(std::sync::Arc::as_ptr(&cell.spec)) {
                continue;
            }
            if let super::DataSource::File(data) = &cell.spec.data {
                data.numbers()?;
            }
            if let super::NetworkSource::File(network) = &cell.spec.initialisation {
                network.numbers()?;
            }
        }
        Ok(())
    }

    /// The experiment file of a folder that has the cells of `before` and is to have these too, with `draws` draws.
    ///
    /// Sections are this experiment's; they mean the same, and name files where they are now.
    pub(crate) fn grown(&self, before: &Self, draws: u64) -> String {
        let keys = |cells: &[Cell]| -> HashSet<String> { cells.iter().map(Cell::key).collect() };
        let (ours, theirs) = (keys(&self.cells), keys(&before.cells));
        if theirs.is_subset(&ours) {
            return self.to_toml(draws);
        }
        let mut tree = self.tree.clone();
        if let (Some(own), Some(entry)) = (self.tree.entry("sweep"), before.tree.entry("sweep")) {
            let mut sweep = entry.node.clone();
            if !ours.is_subset(&theirs)
                && let (Content::Table(sweep), Some(own)) = (&mut sweep.content, own.node.as_table())
            {
                add(sweep, own);
            }
            tree.set(&["sweep"], &entry.origin, sweep);
        }
        Self { tree, ..self.clone() }.to_toml(draws)
    }
}

/// Adds a sweep, and those that it has beside it, to the further ones of another.
fn add(sweep: &mut Table, own: &Table) {
    let further = |table: &Table| match table.get(ALSO).map(|node| &node.content) {
        Some(Content::Array(items)) => items.clone(),
        _ => Vec::new(),
    };
    let mut items = further(sweep);
    let mut alone = own.clone();
    for key in ["draws", "seed", ALSO] {
        alone.remove(key);
    }
    let Some(origin) = own.entries().first().map(|entry| entry.origin.clone()) else {
        return;
    };
    let with = |content: Content| Node {
        origin: origin.clone(),
        content,
    };
    items.push(with(Content::Table(alone)));
    items.extend(further(own));
    // A sweep that was added before is there already.
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.to_toml().to_string()));
    sweep.set(&[ALSO], &origin, with(Content::Array(items)));
}
