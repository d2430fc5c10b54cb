//! Runs the trials of an experiment on several threads, and resumes where a run stopped.

mod keeper;
mod memory;
mod notice;

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use reluflow::field::IdleThreads;
use reluflow::flow::Interrupt;

use crate::error::Result;
use crate::experiment::{BadInput, Experiment, Place, Shard};
use crate::store::workers::{self, State};
use crate::store::{Damage, RunFolder, Worker, parts};
use crate::trial::{self, FailedTrial, Outcome, Trial};
pub(crate) use keeper::FAN;
use keeper::Keeper;
pub use memory::machine_memory;
pub use notice::Notice;

/// Parts left by earlier runs beyond which they are merged.
const MANY_PARTS: usize = 64;
/// Rows from which on a part is left as it is: reading it again to save a file does not pay.
const LARGE_PART: usize = 50_000;
/// Pause of a thread that waits for the disk.
const PAUSE: Duration = Duration::from_millis(20);

/// A run, ready to go on.
pub struct Run<'a> {
    experiment: &'a Experiment,
    folder: RunFolder,
    shard: Shard,
    /// Trials that ended, those of earlier runs and of other shards first.
    pub trials: Vec<Trial>,
    /// Trials that failed; they are not tried again unless [`Run::retry_failed`] says so.
    pub failed: Vec<FailedTrial>,
    /// Parts of earlier runs that could not be read; their trials are computed anew.
    pub damaged: Vec<Damage>,
    /// Processes that were at work in the folder when this run was opened.
    pub others: Vec<Worker>,
    /// Longest time that a finished trial waits to be written; 8 seconds unless set.
    pub write_every: Duration,
    /// How long to wait for a folder that cannot be written; 10 minutes unless set.
    pub patience: Duration,
    /// Once true, what is finished is written without waiting for trials under way, and [`Notice::EndedNow`] is told:
    /// who is told ends the process. Beside an interrupt, which waits for them.
    pub end_now: Arc<AtomicBool>,
    /// Told what people should know while it runs; tells nobody unless set.
    pub notify: Box<dyn FnMut(&Notice<'_>) + Send + 'a>,
    todo: Vec<(usize, u64)>,
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("folder", &self.folder)
            .field("shard", &self.shard)
            .field("trials", &self.trials.len())
            .field("failed", &self.failed.len())
            .field("remaining", &self.todo.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Run<'a> {
    /// Reads what earlier runs left in the folder, and makes the folder if it is new.
    ///
    /// # Errors
    /// When the folder belongs to another experiment, or cannot be read or written.
    pub fn open(experiment: &'a Experiment, folder: RunFolder) -> Result<Self> {
        Self::open_shard(experiment, folder, Shard::WHOLE)
    }

    /// As [`Run::open`], for one shard of the trials.
    ///
    /// # Errors
    /// As [`Run::open`].
    pub fn open_shard(experiment: &'a Experiment, folder: RunFolder, shard: Shard) -> Result<Self> {
        if let Err(error) = experiment.read_files() {
            let place = Place::Path(folder.path().to_owned());
            let bad = BadInput::new(
                place,
                "trials need an array file that is not there as it was",
                "that file",
                error,
            );
            return Err(bad
                .hint("put it back, or run the first experiment file into this folder, where the array file is now")
                .into());
        }
        let mut found = folder.read(experiment)?;
        for damage in found.damaged.iter().filter(|damage| damage.lasting) {
            parts::set_aside(damage)?;
        }
        folder.prepare(experiment)?;
        let known = folder.workers()?;
        workers::replace(&known, shard);
        let others: Vec<Worker> = known.into_iter().filter(|worker| worker.alive).collect();
        let mut small = found.parts;
        small.retain(|(_, rows)| *rows < LARGE_PART);
        if small.len() > MANY_PARTS && others.is_empty() {
            let paths: Vec<_> = small.into_iter().map(|(path, _)| path).collect();
            // Only tidying: a full disk is told of when there are trials to write.
            folder.merge(experiment, &paths).ok();
        }
        found.trials.retain(|trial| trial.draw < experiment.draws);
        found.failed.retain(|failed| failed.draw < experiment.draws);
        let done: HashSet<(usize, u64)> = (found.trials.iter())
            .map(|trial| (trial.cell, trial.draw))
            .chain(found.failed.iter().map(|failed| (failed.cell, failed.draw)))
            .collect();
        let mut todo = crate::experiment::share(experiment, shard);
        todo.retain(|key| !done.contains(key));
        Ok(Self {
            experiment,
            folder,
            shard,
            trials: found.trials,
            failed: found.failed,
            damaged: found.damaged,
            others,
            write_every: Duration::from_secs(8),
            patience: Duration::from_secs(600),
            end_now: Arc::default(),
            notify: Box::new(|_| {}),
            todo,
        })
    }

    /// Puts the failed trials of this shard among those to run.
    pub fn retry_failed(&mut self) {
        let keys: HashSet<_> = self
            .failed
            .iter()
            .map(|failed| (failed.cell, failed.draw))
            .collect();
        let mut again = crate::experiment::share(self.experiment, self.shard);
        again.retain(|key| keys.contains(key));
        let retried: HashSet<_> = again.iter().copied().collect();
        self.failed
            .retain(|failed| !retried.contains(&(failed.cell, failed.draw)));
        self.todo.extend(again);
    }

    /// Number of trials still to run: after an interrupt, those that it left.
    pub fn remaining(&self) -> usize {
        self.todo.len()
    }

    /// Runs what remains on `threads` threads, and shows every finished trial to `observe`.
    ///
    /// Finished trials are written at least every `write_every` and at the end, also after an interrupt. While
    /// the folder cannot be written no trial is begun. A trial that fails is kept as such and the others go on.
    /// No number depends on threads or order.
    ///
    /// # Errors
    /// [`crate::Error::Unwritable`] when parts could not be written for longer than `patience`.
    pub fn execute(
        &mut self,
        threads: usize,
        interrupt: &Interrupt,
        observe: impl FnMut(&Trial),
    ) -> Result<()> {
        let experiment = self.experiment;
        let idle = IdleThreads::default();
        let solve = |cell, draw| trial::run_sharing(experiment, cell, draw, interrupt, &idle);
        self.execute_sharing(threads, interrupt, &idle, solve, observe)
    }

    /// As [`Run::execute`], with another way to compute the trial of a cell and a draw.
    ///
    /// # Errors
    /// As [`Run::execute`].
    pub fn execute_with(
        &mut self,
        threads: usize,
        interrupt: &Interrupt,
        solve: impl Fn(usize, u64) -> Result<Option<Trial>> + Sync,
        observe: impl FnMut(&Trial),
    ) -> Result<()> {
        self.execute_sharing(threads, interrupt, &IdleThreads::default(), solve, observe)
    }

    /// A thread that finds no trial left is given to `idle`, for the trials still under way to share.
    fn execute_sharing(
        &mut self,
        threads: usize,
        interrupt: &Interrupt,
        idle: &IdleThreads,
        solve: impl Fn(usize, u64) -> Result<Option<Trial>> + Sync,
        mut observe: impl FnMut(&Trial),
    ) -> Result<()> {
        let todo = std::mem::take(&mut self.todo);
        if todo.is_empty() {
            return Ok(());
        }
        idle.give(threads.saturating_sub(todo.len()));
        let threads = threads.min(todo.len());
        let crew = Crew {
            todo: &todo,
            next: AtomicUsize::new(0),
            paused: AtomicBool::new(false),
            now: (0..threads).map(|_| Mutex::new(None)).collect(),
            interrupt,
            idle,
        };
        let before = (self.trials.len(), self.failed.len());
        let mut keeper = Keeper::new(&self.folder, self.experiment, &crew, self);
        let outcome = std::thread::scope(|scope| {
            let (sender, results) = mpsc::channel();
            for k in 0..threads {
                let (sender, crew, solve) = (sender.clone(), &crew, &solve);
                scope.spawn(move || crew.work(k, &sender, solve));
            }
            drop(sender);
            let _released = Released(&crew.paused);
            let kept = keeper.collect(&results, self, &mut observe);
            if kept.is_err() {
                interrupt.request();
            }
            kept
        });
        let trials = self.trials[before.0..]
            .iter()
            .map(|trial| (trial.cell, trial.draw));
        let failed = self.failed[before.1..]
            .iter()
            .map(|failed| (failed.cell, failed.draw));
        let done: HashSet<(usize, u64)> = trials.chain(failed).collect();
        self.todo = todo.iter().copied().filter(|key| !done.contains(key)).collect();
        let state = match (&outcome, self.todo.is_empty()) {
            (Err(_), _) => State::Failed,
            (Ok(()), true) => State::Finished,
            (Ok(()), false) => State::Interrupted,
        };
        keeper.end(state, self);
        outcome
    }
}

/// Lets paused threads go when the thread that collects ends, be it in a panic of its caller's.
struct Released<'a>(&'a AtomicBool);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// The threads that compute, and what they share.
struct Crew<'a> {
    todo: &'a [(usize, u64)],
    /// The next of `todo` to begin.
    next: AtomicUsize,
    /// Whether to begin none for now.
    paused: AtomicBool,
    /// What each thread is at.
    now: Vec<Mutex<Option<(usize, u64)>>>,
    interrupt: &'a Interrupt,
    /// Where threads go that have nothing left to begin.
    idle: &'a IdleThreads,
}

impl Crew<'_> {
    /// Computes trials until none is left or a stop is asked for.
    fn work(
        &self,
        k: usize,
        results: &mpsc::Sender<Outcome>,
        solve: &(impl Fn(usize, u64) -> Result<Option<Trial>> + Sync),
    ) {
        let at = |trial| {
            if let Ok(mut now) = self.now[k].lock() {
                *now = trial;
            }
        };
        loop {
            while self.paused.load(Ordering::Relaxed) && !self.interrupt.requested() {
                std::thread::sleep(PAUSE);
            }
            let Some((cell, draw)) = self.todo.get(self.next.fetch_add(1, Ordering::Relaxed)).copied() else {
                break;
            };
            if self.interrupt.requested() {
                break;
            }
            at(Some((cell, draw)));
            let outcome = trial::attempt(cell, draw, || solve(cell, draw));
            if results.send(outcome).is_err() {
                break;
            }
        }
        at(None);
        self.idle.give(1);
    }

    /// Trials that nobody has begun.
    fn waiting(&self) -> usize {
        self.todo.len().saturating_sub(self.next.load(Ordering::Relaxed))
    }

    /// Trials under way.
    fn under_way(&self) -> Vec<(usize, u64)> {
        let at = |now: &Mutex<Option<_>>| now.lock().ok().and_then(|now| *now);
        self.now.iter().filter_map(at).collect()
    }
}
