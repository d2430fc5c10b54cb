//! Plans a sweep: checks its size, puts axis values in place, and makes every cell.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::bad_input::BadInput;
use super::document::{Content, Node, Table};
use super::remembered::Memory;
use super::spec::Spec;
use super::sweep::{Axis, Sweep};
use super::{AxisValue, Cell};

/// Trials beyond which a sweep is taken for a slip of the pen.
const MOST_TRIALS: f64 = 1e7;

/// Refuses a sweep of astronomical size before any of it is written out.
pub(super) fn check_size(sweep: &Sweep) -> Result<(), BadInput> {
    let cells = sweep.combinations_count();
    let trials = cells * sweep.draws as f64;
    if trials <= MOST_TRIALS {
        return Ok(());
    }
    Err(BadInput::at(
        &sweep.origin,
        "the sweep is too large",
        format!("at most {} trials", grouped(MOST_TRIALS)),
        format!(
            "{} trials: {} cells times {} draws",
            grouped(trials),
            grouped(cells),
            grouped(sweep.draws as f64)
        ),
    )
    .hint("take larger steps, fewer axes or fewer draws"))
}

/// A whole number with its digits in groups of three.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Refuses a key that is both an axis and set in its own section.
pub(super) fn check_given_once(tree: &Table, axis: &Axis) -> Result<(), BadInput> {
    let mut table = Some(tree);
    let mut last = None;
    for key in axis.name.split('.') {
        last = table.and_then(|table| table.entry(key));
        table = last.and_then(|entry| entry.node.as_table());
    }
    match last {
        None => Ok(()),
        Some(entry) => Err(BadInput::at(
            &entry.origin,
            format!("`{}` is also an axis of [sweep]", axis.name),
            "it in one of the two places",
            "both",
        )),
    }
}

/// Every cell of the sweep, each checked.
pub(super) fn plan(tree: &Table, sweep: &Sweep, memory: &Memory) -> Result<Vec<Cell>, BadInput> {
    // With many values of an axis most of the time goes here: what the axes leave alone is read once.
    let sections: Vec<&str> = sweep.axes.iter().map(Axis::section).collect();
    let changed = tree.only(&sections);
    let once = sweep.axes_come_once();
    let mut first: Option<Arc<Spec>> = None;
    let mut specs: HashMap<Vec<u64>, (Arc<Spec>, Vec<AxisValue>)> = HashMap::new();
    let mut labelled: Option<Arc<Spec>> = None;
    let mut cells = Vec::new();
    for combination in sweep.combinations() {
        let (spec, axes) = match specs.get(&combination.axes) {
            Some(known) => known,
            None => {
                if once {
                    // A million choices that nobody asks for again are a gigabyte.
                    specs.clear();
                }
                let spec = Arc::new(match &first {
                    Some(first) => {
                        first.with(&substitute(&changed, sweep, &combination.axes), &sections, memory)?
                    }
                    None => Spec::read(&substitute(tree, sweep, &combination.axes), memory)?,
                });
                spec.check_labels(|| substitute(tree, sweep, &combination.axes))?;
                first.get_or_insert_with(|| spec.clone());
                let indices = sweep.axes.iter().zip(&combination.axes);
                let axes = indices.map(|(axis, index)| AxisValue::of(&axis.values.get(*index)));
                let read = (spec, axes.collect());
                specs.entry(combination.axes.clone()).or_insert(read)
            }
        };
        let Some(sizes) = sweep.sizes(&combination, spec.given_sizes())? else {
            continue;
        };
        let whole = || substitute(tree, sweep, &combination.axes);
        spec.check_sizes(whole, &sizes)?;
        // Labels of one law are of one kind at every size.
        if !labelled.as_ref().is_some_and(|last| Arc::ptr_eq(last, spec)) {
            spec.check_drawn_labels(whole, &sizes)?;
            labelled = Some(spec.clone());
        }
        cells.push(Cell {
            n: sizes.n,
            d: sizes.d,
            p: sizes.p,
            axes: axes.clone(),
            spec: spec.clone(),
            n_origin: sizes.n_origin,
        });
    }
    if cells.is_empty() {
        return Err(BadInput::at(
            &sweep.origin,
            "the sweep is empty",
            "at least one cell",
            "none: the bounds on n leave out every one",
        ));
    }
    Ok(cells)
}

/// Keeps the first of cells that are equal.
pub(super) fn keep_first(cells: &mut Vec<Cell>) {
    let mut seen = HashSet::new();
    // A million cells need no million texts: two digests of 64 bits tell them apart.
    let states = [RandomState::new(), RandomState::new()];
    cells.retain(|cell| {
        let key = cell.key();
        seen.insert(states.each_ref().map(|state| state.hash_one(&key)))
    });
}

/// What folders remember of the array files of every choice of axis values.
pub(super) fn remember(tree: &Table, sweep: &Sweep, cells: &[Cell], memory: &mut Memory) {
    let names_files = |name: &str| name.starts_with("data.") || name.starts_with("init.");
    let mut seen = HashSet::new();
    for cell in cells {
        // Where no axis chooses among files, one look is enough.
        if !seen.is_empty() && !sweep.axes.iter().any(|axis| names_files(&axis.name)) {
            break;
        }
        if seen.insert(Arc::as_ptr(&cell.spec)) {
            cell.spec.remember(&with_values(tree, sweep, cell), memory);
        }
    }
}

/// The tree with a cell's values on the axes put in.
pub(super) fn with_values(tree: &Table, sweep: &Sweep, cell: &Cell) -> Table {
    let mut tree = tree.clone();
    for (axis, value) in sweep.axes.iter().zip(&cell.axes) {
        let mut listed = (0..axis.values.count()).map(|k| axis.values.get(k));
        let node = match value {
            AxisValue::Number(number) => Node {
                origin: axis.origin.clone(),
                content: Content::Leaf(match axis.values.whole() {
                    true => toml::Value::Integer(*number as i64),
                    false => toml::Value::Float(*number),
                }),
            },
            AxisValue::Text(_) => match listed.find(|node| AxisValue::of(node) == *value) {
                Some(node) => node,
                None => continue,
            },
        };
        tree.set(&axis.name.split('.').collect::<Vec<_>>(), &axis.origin, node);
    }
    tree
}

/// The tree with one choice of axis values put in.
fn substitute(tree: &Table, sweep: &Sweep, indices: &[u64]) -> Table {
    let mut tree = tree.clone();
    for (axis, index) in sweep.axes.iter().zip(indices) {
        let node = axis.values.get(*index);
        let path: Vec<&str> = axis.name.split('.').collect();
        tree.set(&path, &node.origin.clone(), node);
    }
    tree
}
