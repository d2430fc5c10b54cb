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

use std::collections::HashMap;

use reluflow::flow::Interrupt;

use crate::error::Result;
use crate::experiment::{Axis, AxisValue, BadInput, Cell, Experiment, Place};
use crate::store::RunFolder;
pub use column::{Column, Question};
pub use output::four_digits;
use reluflow_statistics::sequential::Step;
use rounds::Rounds;
pub use searched::Searched;

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
    /// and the question only.
    ///
    /// # Errors
    /// When a trial fails, which a threshold cannot leave out, or its part cannot be written; what was finished is
    /// kept.
    pub fn execute(
        &mut self,
        threads: usize,
        interrupt: &Interrupt,
        mut observe: impl FnMut(Progress),
    ) -> Result<bool> {
        loop {
            let mut wanted: Vec<(usize, f64, u64, u64)> = Vec::new();
            for (k, column) in self.columns.iter_mut().enumerate() {
                if column.answer.is_some() {
                    continue;
                }
                match column.search.advance() {
                    Step::Done(answer) => column.answer = Some(answer),
                    Step::Draw(places) => {
                        wanted.extend(
                            places
                                .iter()
                                .map(|(at, draws)| (k, *at, column.drawn(*at), *draws)),
                        );
                    }
                }
            }
            observe(Progress {
                ended: self
                    .columns
                    .iter()
                    .filter(|column| column.answer.is_some())
                    .count(),
                trials: self.used(),
                next: wanted.iter().map(|place| place.3).sum(),
            });
            if wanted.is_empty() {
                self.rounds.finish()?;
                self.rounds.end();
                return Ok(true);
            }
            let mut keys = Vec::new();
            let mut cells: HashMap<(usize, u64), usize> = HashMap::new();
            for &(k, at, first, draws) in &wanted {
                let cell = self.experiment.moved(&self.columns[k].cell, self.axis, at)?;
                let index = self.rounds.cell(cell);
                cells.insert((k, at.to_bits()), index);
                keys.extend((first..first + draws).map(|draw| (index, draw)));
            }
            let Some(outcomes) = self.rounds.run(&keys, threads, interrupt)? else {
                return Ok(false);
            };
            for (k, at, first, draws) in wanted {
                let index = cells[&(k, at.to_bits())];
                let successes = (first..first + draws)
                    .filter(|draw| outcomes[&(index, *draw)])
                    .count();
                self.columns[k].enter(at, successes as u64, draws);
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
