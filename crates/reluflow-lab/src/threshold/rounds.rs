//! Runs rounds of trials at places of their own choosing, and keeps them as parts of a run's folder.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;

use crate::error::{Error, Result};
use crate::experiment::{Cell, Experiment, cost};
use crate::run::FAN;
use crate::store::RunFolder;
use crate::summary::sliding;
use crate::trial::{self, Outcome, Trial};

/// Longest time that a finished trial waits to be written.
const WRITE_EVERY: Duration = Duration::from_secs(8);

/// How trials ended.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whether each trial succeeded.
    pub(super) known: HashMap<(usize, u64), bool>,
    /// Why these trials cannot be drawn.
    pub(super) void: HashMap<(usize, u64), String>,
}

impl Found {
    fn has(&self, key: &(usize, u64)) -> bool {
        self.known.contains_key(key) || self.void.contains_key(key)
    }
}

/// The cells that the searches have come to, and their trials.
#[derive(Debug)]
pub(super) struct Rounds {
    folder: RunFolder,
    /// The experiment with these cells instead of its own.
    design: Experiment,
    index: HashMap<String, usize>,
    found: Found,
    /// Of these, the trials in which neurons slid along kinks for most of the way.
    slid: HashSet<(usize, u64)>,
    /// Of these, the trials that were asked for: a folder may hold more at the same places.
    used: HashSet<(usize, u64)>,
    /// Whether the folder held parts before.
    resumed: bool,
    /// Cells whose trials were looked for in the folder.
    looked_up: usize,
    pending: Vec<Trial>,
    written: Instant,
    /// The parts that this search wrote, by how often their trials have been merged.
    parts: Vec<Vec<PathBuf>>,
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
            found: Found::default(),
            slid: HashSet::new(),
            used: HashSet::new(),
            resumed,
            looked_up: 0,
            pending: Vec::new(),
            written: Instant::now(),
            parts: Vec::new(),
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

    /// A cell in words.
    pub(super) fn describe(&self, cell: usize) -> String {
        self.design.describe(&self.design.cells[cell])
    }

    /// Whether each of these trials succeeds, or cannot be drawn: from the folder, or run now. None when interrupted.
    pub(super) fn run(
        &mut self,
        keys: &[(usize, u64)],
        threads: usize,
        interrupt: &Interrupt,
    ) -> Result<Option<&Found>> {
        if self.resumed && self.looked_up < self.design.cells.len() {
            let found = self.folder.read(&self.design)?;
            for trial in &found.trials {
                self.enter(trial);
            }
            self.looked_up = self.design.cells.len();
        }
        let mut todo: Vec<(usize, u64)> = keys.iter().copied().filter(|key| !self.found.has(key)).collect();
        // The longest first, so that no thread is left with a long one at the end.
        let cells = &self.design.cells;
        todo.sort_by_key(|key| Reverse(cost(&cells[key.0])));
        let result = self.compute(&todo, threads, interrupt);
        if result.is_err() || interrupt.requested() {
            self.finish()?;
        }
        result?;
        let known = &self.found.known;
        self.used
            .extend(keys.iter().filter(|key| known.contains_key(key)));
        Ok(todo.iter().all(|key| self.found.has(key)).then_some(&self.found))
    }

    fn enter(&mut self, trial: &Trial) {
        let key = (trial.cell, trial.draw);
        self.found.known.insert(key, trial.converged);
        if trial.slid(&self.design.cells[trial.cell].spec) {
            self.slid.insert(key);
        }
    }

    /// What to say of the trials asked for in which neurons slid, if there are any.
    pub(super) fn sliding(&self) -> Option<String> {
        let slid = self.slid.intersection(&self.used).count();
        sliding(slid as u64, self.used.len() as u64)
    }

    /// Why the first of the draws that cannot be drawn cannot be, in words; none when all can.
    pub(super) fn why_void(&self) -> Option<&str> {
        let first = self.found.void.iter().min_by_key(|(key, _)| **key);
        first.map(|(_, why)| why.as_str())
    }

    /// Writes what waits to be written.
    pub(super) fn finish(&mut self) -> Result<()> {
        if !self.pending.is_empty() {
            let part = self.folder.write(&self.design, &self.pending, &[])?;
            self.pending.clear();
            self.tidy(part);
        }
        self.written = Instant::now();
        Ok(())
    }

    /// Takes in a part, and merges parts of one size when there are [`FAN`] of them.
    fn tidy(&mut self, mut part: PathBuf) {
        for level in 0.. {
            if self.parts.len() == level {
                self.parts.push(Vec::new());
            }
            self.parts[level].push(part);
            if self.parts[level].len() < FAN {
                return;
            }
            part = match self.folder.merge(&self.design, &self.parts[level]) {
                Ok(Some(whole)) => whole,
                // The trials are on disk; the next part tries again.
                Ok(None) | Err(_) => return,
            };
            self.parts[level].clear();
        }
    }

    /// Leaves one part of this search.
    pub(super) fn end(&mut self) {
        let parts = std::mem::take(&mut self.parts).concat();
        // Only tidying: the trials are on disk.
        self.folder.merge(&self.design, &parts).ok();
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
                        self.enter(&trial);
                        self.pending.push(*trial);
                    }
                    Ok(Outcome::Failed(failed)) if failed.is_void() => {
                        let key = (failed.cell, failed.draw);
                        self.found.void.insert(key, failed.message);
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn parts_do_not_pile_up() {
        let text = "[sweep]\nd = 2\nn = 2\np = 2\ndraws = 1\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 1\n";
        let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::check(place.path(), &experiment).unwrap();
        let mut rounds = Rounds::open(&experiment, folder.clone()).unwrap();
        let cell = rounds.cell(experiment.cells[0].clone());
        let parts = || std::fs::read_dir(folder.parts()).unwrap().count();
        for draw in 0..300 {
            rounds.pending.push(Trial {
                cell,
                draw,
                verdict: "stationary".into(),
                ..Trial::default()
            });
            rounds.finish().unwrap();
            // 300 < 16³: at most 15 of each of three sizes.
            assert!(parts() <= 45, "{} parts after {draw} writes", parts());
        }
        rounds.end();
        assert_eq!(parts(), 1);
        assert_eq!(folder.read(&rounds.design).unwrap().trials.len(), 300);
    }

    #[test]
    fn trials_of_other_searches_are_not_counted_among_those_that_slid() {
        let text = "[sweep]\nd = 2\nn = 2\np = 2\ndraws = 1\n";
        let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::check(place.path(), &experiment).unwrap();
        let mut rounds = Rounds::open(&experiment, folder).unwrap();
        // Two are in the folder, one of them slid, and only the other is asked for.
        rounds.found.known.extend([((0, 0), true), ((0, 1), true)]);
        rounds.slid.insert((0, 1));
        rounds.used.insert((0, 0));
        assert_eq!(rounds.sliding(), None);
        rounds.used.insert((0, 1));
        assert_eq!(rounds.sliding(), sliding(1, 2));
    }
}
