//! Moves a cell along one axis of its sweep, to values that the file does not name.

use std::sync::Arc;

use reluflow::theory::lemma_5;

use super::bad_input::{BadInput, Place};
use super::plan::with_values;
use super::spec::Spec;
use super::sweep::{Sweep, Width};
use super::{Axis, AxisValue, Cell, Experiment};
use crate::error::Result;

impl Experiment {
    /// The axis of a name: `n`, `d`, `p`, or a key that the sweep varies.
    ///
    /// # Errors
    /// [`crate::Error::BadInput`] when the sweep has no such axis, or ties it to another.
    pub fn axis(&self, name: &str) -> Result<Axis> {
        self.sweep()?.check_free(name)?;
        Ok(match name {
            "n" => Axis::Examples,
            "d" => Axis::Dimension,
            "p" => Axis::Neurons,
            key => match self.axes.iter().position(|axis| axis == key) {
                Some(k) => Axis::Key(k),
                None => {
                    let known: Vec<&str> = ["n", "d", "p"]
                        .into_iter()
                        .chain(self.axes.iter().map(String::as_str))
                        .collect();
                    let bad = BadInput::new(
                        Place::Flag(format!("--axis {name}")),
                        "no axis of the sweep",
                        format!("one of {}", known.join(", ")),
                        name,
                    );
                    return Err(bad.suggest(name, known).into());
                }
            },
        })
    }

    /// Whether only whole numbers may stand on an axis.
    pub fn is_whole(&self, axis: Axis) -> bool {
        let Axis::Key(k) = axis else { return true };
        self.sweep()
            .is_ok_and(|sweep| sweep.axes.get(k).is_some_and(|axis| axis.values.whole()))
    }

    /// Whether p follows n, by Lemma 5.
    pub fn width_follows_examples(&self) -> bool {
        matches!(self.sweep(), Ok(sweep) if matches!(sweep.width, Some(Width::Lemma5 { .. })))
    }

    /// Whether two cells differ in nothing but their place on an axis and what follows from it.
    pub(crate) fn same_column(&self, a: &Cell, b: &Cell, axis: Axis) -> bool {
        let follows = self.width_follows_examples();
        let keys = |cell: &Cell| {
            let mut keys = cell.axes.clone();
            if let Axis::Key(k) = axis {
                keys.remove(k);
            }
            keys
        };
        (a.n == b.n || axis == Axis::Examples)
            && (a.d == b.d || axis == Axis::Dimension)
            && (a.p == b.p || axis == Axis::Neurons || (axis == Axis::Examples && follows))
            && keys(a) == keys(b)
    }

    /// The cell at another place of an axis; whole numbers on n, d and p.
    ///
    /// # Errors
    /// [`crate::Error::BadInput`] when data or network cannot be drawn there.
    pub fn moved(&self, cell: &Cell, axis: Axis, place: f64) -> Result<Cell> {
        let mut moved = cell.clone();
        match axis {
            Axis::Examples => moved.n = place as u64,
            Axis::Dimension => moved.d = place as u64,
            Axis::Neurons => moved.p = place as u64,
            Axis::Key(k) => {
                moved.axes[k] = AxisValue::Number(place);
                moved.spec = Arc::new(self.spec_of(&moved)?);
            }
        }
        if let (Axis::Examples, Some(Width::Lemma5 { epsilon, times })) = (axis, self.sweep()?.width) {
            moved.p = times * (lemma_5::width(moved.n as usize, epsilon) as u64 - 1) + 1;
        }
        let (n, d, p) = (moved.n as usize, moved.d as usize, moved.p as usize);
        let spec = &moved.spec;
        let checked = spec
            .data
            .check(n, d)
            .and_then(|()| spec.initialisation.check(p, d));
        checked.map_err(|error| {
            let place = Place::Flag(self.describe(&moved));
            BadInput::new(place, "cannot be drawn", "sizes that the laws allow", error)
        })?;
        Ok(moved)
    }

    /// The same experiment with other cells and any number of draws: no sweep any more, but laws, seed and axes are the
    /// same.
    pub fn with_cells(&self, cells: Vec<Cell>) -> Self {
        Self {
            cells,
            draws: u64::MAX,
            ..self.clone()
        }
    }

    pub(super) fn sweep(&self) -> Result<Sweep, BadInput> {
        match self.tree.entry("sweep") {
            Some(entry) => Sweep::read(entry),
            None => Err(BadInput::new(
                Place::Flag("sweep".into()),
                "section missing",
                "a section",
                "none",
            )),
        }
    }

    /// The sections with a cell's values put in.
    fn spec_of(&self, cell: &Cell) -> Result<Spec, BadInput> {
        Spec::read(&with_values(&self.tree, &self.sweep()?, cell), &self.memory)
    }
}
