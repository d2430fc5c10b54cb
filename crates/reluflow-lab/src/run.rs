//! Runs the trials of an experiment on several threads, and goes on where a run stopped.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;

use crate::error::Result;
use crate::experiment::{Cell, Experiment};
use crate::store::{Damage, RunFolder, parts};
use crate::trial::{self, Trial};

/// A run, ready to go on.
#[derive(Debug)]
pub struct Run<'a> {
    experiment: &'a Experiment,
    folder: RunFolder,
    /// Trials done, those of earlier runs first.
    pub trials: Vec<Trial>,
    /// Parts of earlier runs that could not be read; their trials are computed anew.
    pub damaged: Vec<Damage>,
    /// Longest time that a finished trial waits to be written; 8 seconds unless set.
    pub write_every: Duration,
    todo: Vec<(usize, u64)>,
}

impl<'a> Run<'a> {
    /// Reads what earlier runs left in the folder, and makes the folder if it is new.
    ///
    /// # Errors
    /// When the folder belongs to another experiment, or cannot be read or written.
    pub fn open(experiment: &'a Experiment, folder: RunFolder) -> Result<Self> {
        let mut found = folder.read(experiment)?;
        for damage in &found.damaged {
            parts::set_aside(damage)?;
        }
        folder.prepare(experiment)?;
        found.trials.retain(|trial| trial.draw < experiment.draws);
        let done: HashSet<(usize, u64)> = found
            .trials
            .iter()
            .map(|trial| (trial.cell, trial.draw))
            .collect();
        Ok(Self {
            experiment,
            folder,
            trials: found.trials,
            damaged: found.damaged,
            write_every: Duration::from_secs(8),
            todo: order(experiment)
                .into_iter()
                .filter(|key| !done.contains(key))
                .collect(),
        })
    }

    /// Number of trials still to run.
    pub fn remaining(&self) -> usize {
        self.todo.len()
    }

    /// Runs what remains on `threads` threads, and shows every finished trial to `observe`.
    ///
    /// Finished trials are written at least every `write_every` and at the end, also after an interrupt.
    /// No number depends on threads or order.
    ///
    /// # Errors
    /// When a trial cannot be drawn or a part cannot be written; what was finished is kept.
    pub fn execute(
        &mut self,
        threads: usize,
        interrupt: &Interrupt,
        mut observe: impl FnMut(&Trial),
    ) -> Result<()> {
        let next = AtomicUsize::new(0);
        let todo = std::mem::take(&mut self.todo);
        let experiment = self.experiment;
        std::thread::scope(|scope| {
            let (sender, results) = mpsc::channel();
            for _ in 0..threads.min(todo.len()) {
                let (sender, next, todo) = (sender.clone(), &next, &todo);
                scope.spawn(move || {
                    while let Some((cell, draw)) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if interrupt.requested() {
                            return;
                        }
                        let result = trial::run(experiment, *cell, *draw, interrupt).transpose();
                        if result.is_some_and(|result| sender.send(result).is_err()) {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let collected = self.collect(&results, &mut observe);
            if collected.is_err() {
                interrupt.request();
            }
            collected
        })
    }

    /// Takes in results until the last thread is done.
    fn collect(
        &mut self,
        results: &mpsc::Receiver<Result<Trial>>,
        observe: &mut impl FnMut(&Trial),
    ) -> Result<()> {
        let mut written = self.trials.len();
        let mut deadline = Instant::now() + self.write_every;
        let mut outcome = Ok(());
        loop {
            match results.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Ok(trial)) => {
                    observe(&trial);
                    self.trials.push(trial);
                }
                Ok(Err(error)) => {
                    outcome = Err(error);
                    break;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= deadline {
                self.write_from(&mut written)?;
                deadline = Instant::now() + self.write_every;
            }
        }
        self.write_from(&mut written)?;
        outcome
    }

    /// Writes the trials from index `written` on as a part.
    fn write_from(&self, written: &mut usize) -> Result<()> {
        let fresh = &self.trials[*written..];
        if !fresh.is_empty() {
            self.folder.write(self.experiment, fresh)?;
        }
        *written = self.trials.len();
        Ok(())
    }
}

/// All trials in the order they are started: draw by draw, so that every cell fills up, and within a draw the
/// longest first, so that no thread is left with a long one at the end.
fn order(experiment: &Experiment) -> Vec<(usize, u64)> {
    let mut cells: Vec<usize> = (0..experiment.cells.len()).collect();
    let cost = |index: &usize| cost(&experiment.cells[*index]);
    cells.sort_by(|a, b| cost(b).total_cmp(&cost(a)));
    (0..experiment.draws)
        .flat_map(|draw| cells.iter().map(move |cell| (*cell, draw)))
        .collect()
}

/// A number that grows as the time of a trial does: ndp an evaluation, √(np) log(np) of them.
pub(crate) fn cost(cell: &Cell) -> f64 {
    let np = (cell.n * cell.p) as f64;
    np * cell.d as f64 * np.sqrt() * np.ln()
}

/// The memory in bytes that a process may use here: the machine's, or a smaller limit set on the container or
/// batch job; infinite where it cannot be known.
pub fn machine_memory() -> f64 {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let total = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| number(rest.trim().strip_suffix("kB")?))
        .map(|kib| kib * 1024.0);
    let limit = number(&read("/sys/fs/cgroup/memory.max"));
    total.into_iter().chain(limit).fold(f64::INFINITY, f64::min)
}
