//! Runs rounds of trials at places of their own choosing, and keeps them as parts of a run's folder.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;

use crate::error::{Error, Result};
use crate::experiment::{Cell, Experiment};
use crate::run::cost;
use crate::store::RunFolder;
use crate::trial::{self, Outcome, Trial};

/// Longest time that a finished trial waits to be written.
const WRITE_EVERY: Duration = Duration::from_secs(8);

/// The cells that the searches have come to, and their trials.
#[derive(Debug)]
pub(super) struct Rounds {
    folder: RunFolder,
    /// The experiment with these cells instead of its own.
    design: Experiment,
    index: HashMap<String, usize>,
    /// Whether each trial succeeded.
    known: HashMap<(usize, u64), bool>,
    /// Whether the folder held parts before.
    resumed: bool,
    /// Cells whose trials were looked for in the folder.
    looked_up: usize,
    pending: Vec<Trial>,
    written: Instant,
    computed: usize,
}

impl Rounds {
    pub(super) fn open(experiment: &Experiment, folder: RunFolder) -> Result<Self> {
        let resumed = folder.path().exists();
        folder.prepare(experiment)?;
        Ok(Self {
            folder,
            design: experiment.with_cells(Vec::new()),
            index: HashMap::new(),
            known: HashMap::new(),
            resumed,
            looked_up: 0,
            pending: Vec::new(),
            written: Instant::now(),
            computed: 0,
        })
    }

    /// The index of a cell, new or not.
    pub(super) fn cell(&mut self, cell: Cell) -> usize {
        let cells = &mut self.design.cells;
        *self.index.entry(cell.key()).or_insert_with(|| {
            cells.push(cell);
            cells.len() - 1
        })
    }

    /// Whether each of these trials succeeds: from the folder, or run now. None when interrupted.
    pub(super) fn run(
        &mut self,
        keys: &[(usize, u64)],
        threads: usize,
        interrupt: &Interrupt,
    ) -> Result<Option<&HashMap<(usize, u64), bool>>> {
        if self.resumed && self.looked_up < self.design.cells.len() {
            let found = self.folder.read(&self.design)?;
            self.known.extend(
                found
                    .trials
                    .iter()
                    .map(|trial| ((trial.cell, trial.draw), trial.converged)),
            );
            self.looked_up = self.design.cells.len();
        }
        let mut todo: Vec<(usize, u64)> = keys
            .iter()
            .copied()
            .filter(|key| !self.known.contains_key(key))
            .collect();
        // The longest first, so that no thread is left with a long one at the end.
        let cells = &self.design.cells;
        todo.sort_by_key(|key| Reverse(cost(&cells[key.0])));
        let result = self.compute(&todo, threads, interrupt);
        if result.is_err() || interrupt.requested() {
            self.finish()?;
        }
        result?;
        Ok(todo
            .iter()
            .all(|key| self.known.contains_key(key))
            .then_some(&self.known))
    }

    /// Writes what waits to be written.
    pub(super) fn finish(&mut self) -> Result<()> {
        if !self.pending.is_empty() {
            self.folder.write(&self.design, &self.pending, &[])?;
            self.pending.clear();
        }
        self.written = Instant::now();
        Ok(())
    }

    pub(super) fn computed(&self) -> usize {
        self.computed
    }

    fn compute(&mut self, todo: &[(usize, u64)], threads: usize, interrupt: &Interrupt) -> Result<()> {
        let next = AtomicUsize::new(0);
        let design = self.design.clone();
        std::thread::scope(|scope| {
            let (sender, results) = mpsc::channel();
            for _ in 0..threads.min(todo.len()) {
                let (sender, next, design) = (sender.clone(), &next, &design);
                scope.spawn(move || {
                    while let Some((cell, draw)) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if interrupt.requested() {
                            return;
                        }
                        let run = || trial::run(design, *cell, *draw, interrupt);
                        if sender.send(trial::attempt(*cell, *draw, run)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            loop {
                // On an error the receiver is dropped, and the threads end after the trial each is at.
                match results.recv_timeout(WRITE_EVERY.saturating_sub(self.written.elapsed())) {
                    Ok(Outcome::Ended(trial)) => {
                        self.computed += 1;
                        self.known.insert((trial.cell, trial.draw), trial.converged);
                        self.pending.push(trial);
                    }
                    Ok(Outcome::Failed(failed)) => {
                        return Err(Error::Uncounted {
                            cell: self.design.describe(&self.design.cells[failed.cell]),
                            draw: failed.draw,
                            message: failed.message,
                        });
                    }
                    Ok(Outcome::Interrupted) | Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
                if self.written.elapsed() >= WRITE_EVERY {
                    self.finish()?;
                }
            }
        })
    }
}
