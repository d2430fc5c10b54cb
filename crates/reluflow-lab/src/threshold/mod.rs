//! Finds the thresholds of an experiment by sequential design: one search a column, draws kept like a run's.
//!
//! ```text
//! experiment ─columns→ searches ─rounds of draws→ trials in the run's folder ─counts→ searches … → thresholds
//! ```
//!
//! A column is a choice of everything but the axis; its search is [`reluflow_statistics::sequential`]. A success is what
//! the summary counts: a trial that reached the trap. Draws at a place are its first ones, 0, 1, 2, …, so a
//! threshold and a run of the same experiment share their trials, and a search that was broken off goes through
//! the same places again and finds them drawn.

mod column;
mod output;
mod rounds;
mod searched;

use reluflow::flow::Interrupt;

use crate::error::{Error, Result};
use crate::experiment::{Axis, AxisValue, BadInput, Cell, Experiment, Place};
use crate::store::RunFolder;
pub use column::{Column, Drawn, Question};
pub use output::four_digits;
use reluflow_statistics::sequential::Step;
use rounds::{Found, Rounds};
pub use searched::Searched;

/// A place is given up when of this many draws or more at most a tenth can be drawn.
const TRIED: u64 = 20;

/// Draws that a column wants at a place.
struct Wanted {
    column: usize,
    /// The cell's index in the rounds.
    cell: usize,
    /// What there is.
    now: Drawn,
    /// How many more are wanted.
    missing: u64,
}

impl Wanted {
    fn keys(&self) -> impl Iterator<Item = (usize, u64)> + use<> {
        let (cell, next) = (self.cell, self.now.trials + self.now.void);
        (next..next + self.missing).map(move |draw| (cell, draw))
    }
}

/// A study of thresholds, ready to go on.
#[derive(Debug)]
pub struct Study<'a> {
    /// The experiment.
    pub experiment: &'a Experiment,
    /// What is asked.
    pub question: Question,
    /// The axis of the question.
    pub axis: Axis,
    /// One column a choice of everything but the axis, in the experiment's order.
    pub columns: Vec<Column>,
    rounds: Rounds,
}

/// How far a study is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Columns whose search has ended.
    pub ended: usize,
    /// Draws that the searches have used.
    pub trials: u64,
    /// Draws of the round that is about to begin.
    pub next: u64,
}

impl<'a> Study<'a> {
    /// Plans a study, and reads what the folder holds. `memory`: the bytes that one trial may use.
    ///
    /// # Errors
    /// [`crate::Error::BadInput`] when the axis cannot be searched, or the folder belongs to another experiment.
    pub fn open(
        experiment: &'a Experiment,
        folder: RunFolder,
        question: Question,
        memory: f64,
    ) -> Result<Self> {
        let axis = experiment.axis(&question.axis)?;
        let falls = match (question.rises, axis) {
            (Some(rises), _) => !rises,
            (None, Axis::Examples) => true,
            (None, Axis::Dimension | Axis::Neurons) => false,
            (None, Axis::Key(_)) => {
                return Err(BadInput::new(
                    Place::Flag(format!("--axis {}", question.axis)),
                    "not clear whether the probability rises or falls along it",
                    "--direction rises or --direction falls",
                    "neither",
                )
                .into());
            }
        };
        let mut groups: Vec<Vec<&Cell>> = Vec::new();
        for cell in &experiment.cells {
            match groups
                .iter_mut()
                .find(|group| experiment.same_column(group[0], cell, axis))
            {
                Some(group) => group.push(cell),
                None => groups.push(vec![cell]),
            }
        }
        let columns = groups
            .iter()
            .map(|cells| Column::new(experiment, axis, cells, &question, falls, memory))
            .collect::<Result<_>>()?;
        Ok(Self {
            experiment,
            question,
            axis,
            columns,
            rounds: Rounds::open(experiment, folder)?,
        })
    }

    /// Searches until every column has its answer; whether it came to that.
    ///
    /// Each round runs the next batch of every column on `threads` threads. What is found depends on the experiment
    /// and the question only. A draw whose data or network cannot be drawn is left out, as a run does, and the next one takes its place.
    ///
    /// # Errors
    /// When a trial fails after it was drawn, which a threshold cannot leave out, a place has hardly a draw that can be drawn, or a part
    /// cannot be written; what was finished is kept.
    pub fn execute(
        &mut self,
        threads: usize,
        interrupt: &Interrupt,
        mut observe: impl FnMut(Progress),
    ) -> Result<bool> {
        loop {
            let mut places: Vec<(usize, f64, u64)> = Vec::new();
            for (k, column) in self.columns.iter_mut().enumerate() {
                if column.answer.is_some() {
                    continue;
                }
                match column.search.advance() {
                    Step::Done(answer) => column.answer = Some(answer),
                    Step::Draw(next) => places.extend(next.iter().map(|(at, draws)| (k, *at, *draws))),
                }
            }
            observe(Progress {
                ended: self
                    .columns
                    .iter()
                    .filter(|column| column.answer.is_some())
                    .count(),
                trials: self.used(),
                next: places.iter().map(|place| place.2).sum(),
            });
            if places.is_empty() {
                self.rounds.finish()?;
                self.rounds.end();
                return Ok(true);
            }
            let mut wanted = Vec::new();
            for (column, at, missing) in places {
                let cell = self.experiment.moved(&self.columns[column].cell, self.axis, at)?;
                wanted.push(Wanted {
                    column,
                    cell: self.rounds.cell(cell),
                    now: self.columns[column].drawn(at),
                    missing,
                });
            }
            while wanted.iter().any(|place| place.missing > 0) {
                let keys: Vec<_> = wanted.iter().flat_map(Wanted::keys).collect();
                let Some(found) = self.rounds.run(&keys, threads, interrupt)? else {
                    return Ok(false);
                };
                let mut barren = None;
                for place in &mut wanted {
                    let last = take_in(place, found);
                    let tried = place.now.trials + place.now.void;
                    if tried >= TRIED && 10 * place.now.trials <= tried {
                        barren = last
                            .map(|why| (place.cell, place.now.void, tried, why))
                            .or(barren);
                    }
                }
                if let Some((cell, void, tried, message)) = barren {
                    self.rounds.finish()?;
                    return Err(Error::Barren {
                        cell: self.rounds.describe(cell),
                        void,
                        tried,
                        message,
                    });
                }
            }
            for place in wanted {
                self.columns[place.column].enter(place.now);
            }
        }
    }

    /// Number of trials that were computed, those that the folder already held left out.
    pub fn computed(&self) -> usize {
        self.rounds.computed()
    }

    /// Number of draws that the searches have used, computed now or before: the sum of the columns'.
    pub fn used(&self) -> u64 {
        self.columns.iter().map(|column| column.search.trials()).sum()
    }

    /// What to say of the draws that could not be drawn, if there are any.
    pub fn void(&self) -> Option<String> {
        let draws = self.columns.iter().flat_map(|column| &column.drawn);
        let void: u64 = draws.map(|drawn| drawn.void).sum();
        let why = self.rounds.why_void()?;
        (void > 0).then(|| {
            format!("note: {void} draws {why}; they are left out, as in a run, and others took their places")
        })
    }

    /// What to say of the draws used in which neurons slid along kinks for most of the way, if there are any.
    pub fn sliding(&self) -> Option<String> {
        self.rounds.sliding()
    }

    /// The names of what tells the columns apart, in the order of [`Study::place_of`].
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (axis, name) in [
            (Axis::Dimension, "d"),
            (Axis::Examples, "n"),
            (Axis::Neurons, "p"),
        ] {
            if self.axis != axis && !(axis == Axis::Neurons && self.width_follows()) {
                names.push(name.to_owned());
            }
        }
        let keys = self.experiment.axes.iter().enumerate();
        names.extend(
            keys.filter(|(k, _)| self.axis != Axis::Key(*k))
                .map(|(_, name)| name.clone()),
        );
        names
    }

    /// What tells a column from the others.
    pub fn place_of(&self, column: &Column) -> Vec<AxisValue> {
        let value = |name: &String| match name.as_str() {
            "d" => Axis::Dimension.of(&column.cell),
            "n" => Axis::Examples.of(&column.cell),
            "p" => Axis::Neurons.of(&column.cell),
            key => match self.experiment.axes.iter().position(|axis| axis == key) {
                Some(k) => column.cell.axes[k].clone(),
                None => AxisValue::Text(String::new()),
            },
        };
        self.names().iter().map(value).collect()
    }

    /// A column in words: `d = 20, p = 30`.
    pub fn describe(&self, column: &Column) -> String {
        let pairs = self.names().into_iter().zip(self.place_of(column));
        pairs
            .map(|(name, value)| format!("{name} = {value}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Whether p is computed from n, which is the axis.
    fn width_follows(&self) -> bool {
        self.axis == Axis::Examples && self.experiment.width_follows_examples()
    }
}

/// Takes in the trials that a place wanted; those that could not be drawn are wanted anew, and why the last could not be is said.
fn take_in(place: &mut Wanted, found: &Found) -> Option<String> {
    let mut last = None;
    for key in place.keys() {
        match (found.known.get(&key), found.void.get(&key)) {
            (Some(success), _) => {
                place.now.trials += 1;
                place.now.successes += u64::from(*success);
                place.missing -= 1;
            }
            (None, why) => {
                place.now.void += 1;
                last = why.cloned().or(last);
            }
        }
    }
    last
}
