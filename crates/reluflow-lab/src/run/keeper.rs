//! Takes in what the threads finish, brings it to disk, and waits for a disk that fails.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Crew, Notice, PAUSE, Run};
use crate::error::{Error, Result};
use crate::experiment::Experiment;
use crate::store::workers::{self, Process, Report, State};
use crate::store::{RunFolder, files, parts};
use crate::trial::{Outcome, Trial};

/// So many parts of one size are merged into one of the next. A run of an hour that writes every 8 seconds has
/// 450 parts to write and never more than 2 · 15 in its folder.
pub(crate) const FAN: usize = 16;
/// Shortest and longest time between two files about this process.
const BEAT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(8));
/// Time for which results are left to gather: beside short trials, waking for each would cost as much as taking it in.
const GATHER: Duration = Duration::from_millis(2);
/// Longest time between two looks at whether to end at once.
const GLANCE: Duration = Duration::from_millis(100);
/// Time between two attempts at a folder that cannot be written.
const RETRY: Duration = Duration::from_secs(1);

/// A part that this run wrote: where, and which of the run's trials and failures are in it.
struct Written {
    path: PathBuf,
    /// How often its trials have been merged.
    level: u32,
    trials: Range<usize>,
    failed: Range<usize>,
}

/// Brings a run's trials to disk.
pub(super) struct Keeper<'a> {
    folder: RunFolder,
    experiment: &'a Experiment,
    crew: &'a Crew<'a>,
    write_every: Duration,
    patience: Duration,
    /// Where the trials of this call begin.
    first: usize,
    /// How many of the run's trials and failures are on disk.
    kept: (usize, usize),
    parts: Vec<Written>,
    /// Since when the folder cannot be written.
    trouble: Option<Instant>,
    name: String,
    report: Report,
    beaten: Option<Instant>,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(
        folder: &RunFolder,
        experiment: &'a Experiment,
        crew: &'a Crew<'a>,
        run: &Run<'_>,
    ) -> Self {
        Self {
            folder: folder.clone(),
            experiment,
            crew,
            write_every: run.write_every,
            patience: run.patience,
            first: run.trials.len(),
            kept: (run.trials.len(), run.failed.len()),
            parts: Vec::new(),
            trouble: None,
            name: format!("{}.json", files::unique()),
            report: Report {
                process: Process::current(),
                state: State::Running,
                shard: run.shard,
                draws: experiment.draws,
                threads: crew.now.len(),
                done: 0,
                waiting: crew.todo.len() as u64,
                now: Vec::new(),
            },
            beaten: None,
        }
    }

    /// Takes in results until the last thread is done and everything is on disk.
    pub(super) fn collect(
        &mut self,
        results: &Receiver<Outcome>,
        run: &mut Run<'_>,
        observe: &mut impl FnMut(&Trial),
    ) -> Result<()> {
        let mut due = Instant::now() + self.write_every;
        loop {
            self.beat(run);
            match results.recv_timeout(self.pause(run, due)) {
                Ok(first) => {
                    std::thread::sleep(GATHER);
                    for outcome in std::iter::once(first).chain(results.try_iter()) {
                        self.enter(outcome, run, observe);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if run.end_now.swap(false, Ordering::Relaxed) {
                for outcome in results.try_iter() {
                    self.enter(outcome, run, observe);
                }
                let written = self.write(run);
                self.end(State::Interrupted, run);
                (run.notify)(&Notice::EndedNow {
                    trials: run.trials.len() - self.first,
                    error: written.as_ref().err(),
                });
            }
            if self.unwritten(run) == 0 {
                // What finishes next may wait its full time.
                due = due.max(Instant::now());
            } else if Instant::now() >= due {
                self.write_or_wait(run)?;
                due = Instant::now() + self.trouble.map_or(self.write_every, |_| RETRY);
            }
        }
        loop {
            self.write_or_wait(run)?;
            if self.unwritten(run) == 0 {
                return Ok(());
            }
            let next = Instant::now() + RETRY;
            while Instant::now() < next && !self.crew.interrupt.requested() {
                std::thread::sleep(PAUSE);
            }
        }
    }

    /// Takes in a result.
    fn enter(&self, outcome: Outcome, run: &mut Run<'_>, observe: &mut impl FnMut(&Trial)) {
        match outcome {
            Outcome::Ended(trial) => {
                observe(&trial);
                run.trials.push(*trial);
            }
            Outcome::Failed(trial) => {
                let experiment = self.experiment;
                (run.notify)(&Notice::Failed {
                    experiment,
                    trial: &trial,
                });
                run.failed.push(trial);
            }
            Outcome::Interrupted => {}
        }
    }

    /// How long to wait for a result: until something is to be written, here or about this process.
    fn pause(&self, run: &Run<'_>, due: Instant) -> Duration {
        let now = Instant::now();
        let beat = self.beaten.map_or(Duration::ZERO, |beaten| {
            (beaten + self.between_beats()).saturating_duration_since(now)
        });
        // Somebody may ask to end at once.
        let pause = beat.min(GLANCE);
        match self.unwritten(run) {
            0 => pause,
            _ => pause.min(due.saturating_duration_since(now)),
        }
    }

    fn unwritten(&self, run: &Run<'_>) -> usize {
        run.trials.len() - self.kept.0 + run.failed.len() - self.kept.1
    }

    /// Writes what waits, or begins or continues to wait for the folder.
    fn write_or_wait(&mut self, run: &mut Run<'_>) -> Result<()> {
        let waiting = self.unwritten(run);
        let Err(error) = self.write(run) else {
            if self.trouble.take().is_some() {
                self.crew.paused.store(false, Ordering::Relaxed);
                (run.notify)(&Notice::WrittenAgain { trials: waiting });
            }
            if waiting > 0 {
                let trials = run.trials.len() - self.first;
                (run.notify)(&Notice::Written { trials });
            }
            return Ok(());
        };
        // Trials begun now could be lost for longer than those that wait.
        self.crew.paused.store(true, Ordering::Relaxed);
        let since = *self.trouble.get_or_insert_with(|| {
            (run.notify)(&Notice::CannotWrite {
                error: &error,
                trials: waiting,
                patience: self.patience,
            });
            Instant::now()
        });
        if since.elapsed() < self.patience && !self.crew.interrupt.requested() {
            return Ok(());
        }
        let folder = std::env::temp_dir().join(format!("reluflow-rescued-{}", files::unique()));
        let (trials, failed) = (&run.trials[self.kept.0..], &run.failed[self.kept.1..]);
        let rescued = std::fs::create_dir(&folder)
            .map_err(|error| Error::file("making", &folder, error))
            .and_then(|()| parts::write(&folder, self.experiment, trials, failed));
        Err(Error::Unwritable {
            source: Box::new(error),
            trials: waiting,
            rescued: rescued.ok(),
            parts: self.folder.parts(),
        })
    }

    /// Writes what waits as a part.
    fn write(&mut self, run: &Run<'_>) -> Result<()> {
        let (trials, failed) = (self.kept.0..run.trials.len(), self.kept.1..run.failed.len());
        if trials.is_empty() && failed.is_empty() {
            return Ok(());
        }
        let part = self.write_part(run, 0, trials, failed)?;
        self.kept = (part.trials.end, part.failed.end);
        self.parts.push(part);
        let alike = |parts: &[Written]| {
            let level = parts.last().map(|part| part.level);
            parts
                .iter()
                .rev()
                .take_while(|part| Some(part.level) == level)
                .count()
        };
        while alike(&self.parts) >= FAN {
            let from = self.parts.len() - alike(&self.parts);
            if self.merge(run, from).is_err() {
                // The trials are on disk; the next part tries again.
                break;
            }
        }
        Ok(())
    }

    fn write_part(
        &self,
        run: &Run<'_>,
        level: u32,
        trials: Range<usize>,
        failed: Range<usize>,
    ) -> Result<Written> {
        let path = self.folder.write(
            self.experiment,
            &run.trials[trials.clone()],
            &run.failed[failed.clone()],
        )?;
        Ok(Written {
            path,
            level,
            trials,
            failed,
        })
    }

    /// Puts the parts from `from` on into one, and then removes them.
    fn merge(&mut self, run: &Run<'_>, from: usize) -> Result<()> {
        let [first, .., last] = &self.parts[from..] else {
            return Ok(());
        };
        let (trials, failed) = (
            first.trials.start..last.trials.end,
            first.failed.start..last.failed.end,
        );
        let whole = self.write_part(run, first.level + 1, trials, failed)?;
        for part in self.parts.drain(from..) {
            std::fs::remove_file(part.path).ok();
        }
        self.parts.push(whole);
        Ok(())
    }

    fn between_beats(&self) -> Duration {
        self.write_every.clamp(BEAT.0, BEAT.1)
    }

    /// Tells others about this process, when it is time to.
    fn beat(&mut self, run: &Run<'_>) {
        if self
            .beaten
            .is_some_and(|beaten| beaten.elapsed() < self.between_beats())
        {
            return;
        }
        self.beaten = Some(Instant::now());
        self.report.done = (run.trials.len() - self.first) as u64;
        self.report.waiting = self.crew.waiting() as u64;
        self.report.now = self.crew.under_way();
        workers::write(&self.folder.workers_path(), &self.name, &self.report);
    }

    /// Says how the run ended, and leaves one part of it.
    pub(super) fn end(&mut self, state: State, run: &Run<'_>) {
        if state == State::Finished {
            // Only tidying: the trials are on disk.
            self.merge(run, 0).ok();
        }
        self.report.state = state;
        self.beaten = None;
        self.beat(run);
    }
}
