//! Reads the section `[sweep]`: which cells (d, n, p, and other axes), how many draws, which seed.

mod free;
pub(crate) mod keys;
mod read;
mod sizes;

use super::bad_input::BadInput;
use super::document::{Content, Entry, Table};
use super::origin::Origin;
use super::values::Values;
use read::{count, read_axis, read_examples, read_width, read_zip};
pub use sizes::Sizes;

/// The sections whose keys may be axes of the sweep.
pub(crate) const SECTIONS: [&str; 8] = ["data", "init", "model", "flow", "stop", "record", "test", "units"];
/// The sweep's own keys.
const KEYS: [&str; 7] = ["d", "n", "p", "zip", "draws", "seed", "also"];

/// Draws of every cell, unless said.
const DRAWS: u64 = 20;

/// The number of examples, fixed or relative to the cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    unit: Unit,
    values: Values,
    at_least: Option<Bound>,
    at_most: Option<Bound>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    One,
    /// n = round(factor · d).
    PerD,
    /// n = round(factor · p · d).
    PerPd,
}

/// plus + per_d · d + per_p · p: cells with n beyond it are left out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Bound {
    plus: f64,
    per_d: f64,
    per_p: f64,
}

impl Bound {
    fn at(&self, d: u64, p: Option<u64>) -> f64 {
        self.plus + self.per_d * d as f64 + self.per_p * p.unwrap_or(0) as f64
    }
}

/// The number of neurons, fixed or by Lemma 5.
#[derive(Debug, Clone, PartialEq)]
pub enum Width {
    /// As given.
    Fixed(Values),
    /// p = times · ⌊log(n/ε)/log(4/3)⌋ + 1.
    Lemma5 {
        /// ε.
        epsilon: f64,
        /// The factor on the floor.
        times: u64,
    },
}

/// Any other key as an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Its dotted name, `init.hidden_scale`.
    pub name: String,
    /// Where it was read.
    pub origin: Origin,
    /// Its values.
    pub values: Values,
}

impl Axis {
    /// The section of its key.
    pub fn section(&self) -> &str {
        self.name.split('.').next().unwrap_or(&self.name)
    }
}

/// The section `[sweep]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// Where the section begins.
    pub origin: Origin,
    /// d, unless the data file says.
    pub dimensions: Option<Values>,
    /// n, unless the data file says.
    pub examples: Option<Examples>,
    /// p, unless the network file says.
    pub width: Option<Width>,
    /// The other axes.
    pub axes: Vec<Axis>,
    /// Axes that advance together.
    zip: Vec<(String, Origin)>,
    /// Draws of every cell.
    pub draws: u64,
    /// Where the number of draws was read.
    pub draws_origin: Origin,
    /// The root of all random numbers.
    pub seed: u64,
}

/// One choice of index on every axis.
#[derive(Debug, Clone)]
pub struct Combination {
    d: u64,
    n: u64,
    p: u64,
    /// Index on each of the other axes.
    pub axes: Vec<u64>,
}

impl Sweep {
    /// Reads the section.
    ///
    /// # Errors
    /// Naming key and line.
    pub fn read(entry: &Entry) -> Result<Self, BadInput> {
        let Some(table) = entry.node.as_table() else {
            return Err(BadInput::at(
                &entry.node.origin,
                "[sweep] is not a section",
                "a table",
                entry.node.found(),
            ));
        };
        let mut sweep = Self {
            origin: entry.origin.clone(),
            dimensions: None,
            examples: None,
            width: None,
            axes: Vec::new(),
            zip: Vec::new(),
            draws: DRAWS,
            draws_origin: entry.origin.clone(),
            seed: 0,
        };
        for entry in table.entries() {
            let node = &entry.node;
            match entry.key.as_str() {
                "d" => sweep.dimensions = Some(Values::read(node)?),
                "n" => sweep.examples = Some(read_examples(node)?),
                "p" => sweep.width = Some(read_width(node)?),
                "draws" => {
                    sweep.draws = count(node, "draws", 1)?;
                    sweep.draws_origin = node.origin.clone();
                }
                "seed" => sweep.seed = count(node, "seed", 0)?,
                "zip" => sweep.zip = read_zip(node)?,
                // By `read_also`.
                "also" => {}
                _ => read_axis(&entry.key, entry, &mut sweep.axes)?,
            }
        }
        sweep.check_zip()?;
        Ok(sweep)
    }

    /// Reads `[[sweep.also]]`: further sweeps of the same axes, whose cells are added.
    ///
    /// # Errors
    /// Naming key and line.
    pub(crate) fn read_also(&self, entry: &Entry) -> Result<Vec<Self>, BadInput> {
        let also = entry.node.as_table().and_then(|table| table.entry("also"));
        let Some(also) = also else { return Ok(Vec::new()) };
        let Content::Array(items) = &also.node.content else {
            return Err(BadInput::at(
                &also.origin,
                "not further sweeps",
                "sections [[sweep.also]]",
                also.node.found(),
            ));
        };
        let mut sweeps = Vec::new();
        for item in items {
            let entry = Entry {
                key: also.key.clone(),
                origin: item.origin.clone(),
                node: item.clone(),
            };
            let keys = item.as_table().map_or(&[][..], Table::entries);
            let whole = ["draws", "seed", "also"];
            if let Some(key) = keys.iter().find(|key| whole.contains(&key.key.as_str())) {
                return Err(BadInput::at(
                    &key.origin,
                    format!("`{}` in [[sweep.also]]", key.key),
                    "it in [sweep], for all cells",
                    "it here",
                ));
            }
            let mut sweep = Self::read(&entry)?;
            let place = |axis: &Axis| self.axes.iter().position(|own| own.name == axis.name);
            sweep.axes.sort_by_key(place);
            if !sweep
                .axes
                .iter()
                .map(|axis| &axis.name)
                .eq(self.axes.iter().map(|axis| &axis.name))
            {
                let names = |axes: &[Axis]| match axes {
                    [] => "none".to_owned(),
                    axes => axes
                        .iter()
                        .map(|axis| axis.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                };
                return Err(BadInput::at(
                    &item.origin,
                    "[[sweep.also]] has other axes than [sweep]",
                    names(&self.axes),
                    names(&sweep.axes),
                ));
            }
            sweeps.push(sweep);
        }
        Ok(sweeps)
    }

    fn length(&self, name: &str) -> Option<u64> {
        match name {
            "d" => self.dimensions.as_ref().map(Values::count),
            "n" => self.examples.as_ref().map(|n| n.values.count()),
            "p" => match self.width.as_ref()? {
                Width::Fixed(values) => Some(values.count()),
                Width::Lemma5 { .. } => None,
            },
            _ => self
                .axes
                .iter()
                .find(|axis| axis.name == name)
                .map(|axis| axis.values.count()),
        }
    }

    fn check_zip(&self) -> Result<(), BadInput> {
        let mut first = None;
        for (name, origin) in &self.zip {
            let Some(length) = self.length(name) else {
                return Err(BadInput::at(
                    origin,
                    "zip names something that is no axis",
                    "names of axes given in [sweep] with values of their own",
                    name,
                ));
            };
            match first {
                None => first = Some((name, length)),
                Some((other, expected)) if expected != length => {
                    return Err(BadInput::at(
                        origin,
                        "zipped axes differ in length",
                        format!("{expected} values, as many as `{other}`"),
                        format!("{length} values of `{name}`"),
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Names of all axes with values of their own, the outermost first: n varies fastest.
    fn names(&self) -> Vec<&str> {
        let mut names = vec!["d", "p"];
        names.extend(self.axes.iter().map(|axis| axis.name.as_str()));
        names.push("n");
        names
    }

    /// Axes that advance together, with their common length; every axis in exactly one group.
    fn groups(&self) -> Vec<(Vec<&str>, u64)> {
        let zipped = |name: &str| self.zip.iter().any(|(zip, _)| zip == name);
        let mut groups: Vec<(Vec<&str>, u64)> = Vec::new();
        let mut zip_placed = false;
        for name in self.names() {
            let length = self.length(name).unwrap_or(1);
            if !zipped(name) {
                groups.push((vec![name], length));
            } else if !zip_placed {
                zip_placed = true;
                groups.push((self.zip.iter().map(|(name, _)| name.as_str()).collect(), length));
            }
        }
        groups
    }

    /// Number of cells before bounds on n leave some out, as a float: it may be astronomical.
    pub(crate) fn combinations_count(&self) -> f64 {
        self.groups().iter().map(|(_, length)| *length as f64).product()
    }

    /// Whether [`Sweep::combinations`] comes to each choice of values on the other axes once, for all its n.
    pub(crate) fn axes_come_once(&self) -> bool {
        // Only d and p vary more slowly.
        ["d", "p"].iter().all(|name| self.length(name).unwrap_or(1) == 1)
    }

    /// Every combination of indices.
    pub fn combinations(&self) -> impl Iterator<Item = Combination> {
        let groups = self.groups();
        let total: u64 = groups.iter().map(|(_, length)| length).product();
        (0..total).map(move |mut k| {
            let mut combination = Combination {
                d: 0,
                n: 0,
                p: 0,
                axes: vec![0; self.axes.len()],
            };
            for (names, length) in groups.iter().rev() {
                let index = k % length;
                k /= length;
                for name in names {
                    match *name {
                        "d" => combination.d = index,
                        "n" => combination.n = index,
                        "p" => combination.p = index,
                        _ => {
                            let at = self.axes.iter().position(|axis| axis.name == *name);
                            if let Some(slot) = at.and_then(|at| combination.axes.get_mut(at)) {
                                *slot = index;
                            }
                        }
                    }
                }
            }
            combination
        })
    }
}
