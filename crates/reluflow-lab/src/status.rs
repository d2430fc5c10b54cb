//! Says what of a run is done, under way, missing or failed, from what is in its folder.

use std::collections::HashSet;

use serde::Serialize;

use crate::error::Result;
use crate::experiment::{Experiment, Shard, order, shards};
use crate::store::{Damage, RunFolder, Worker};
use crate::threshold::Searched;
use crate::trial::FailedTrial;

/// The trials of one cell, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Ended, and on disk.
    pub done: u64,
    /// Under way in a process that is at work.
    pub running: u64,
    /// Still to be begun by a process that is at work, or that a scheduler has yet to start.
    pub waiting: u64,
    /// Nobody's: to be submitted.
    pub missing: u64,
    /// Failed, and not under way again.
    pub failed: u64,
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.done + self.running + self.waiting + self.missing + self.failed
    }

    fn add(&mut self, other: Self) {
        self.done += other.done;
        self.running += other.running;
        self.waiting += other.waiting;
        self.missing += other.missing;
        self.failed += other.failed;
    }
}

/// What is known of a run from its folder.
#[derive(Debug, Clone)]
pub struct Status {
    /// For each cell of the experiment.
    pub cells: Vec<Counts>,
    /// Over all cells.
    pub whole: Counts,
    /// Processes that work or worked here, live ones first.
    pub workers: Vec<Worker>,
    /// The failed trials.
    pub failed: Vec<FailedTrial>,
    /// Parts that cannot be read; their trials count as missing.
    pub damaged: Vec<Damage>,
    /// Copies of trials, of which one counts.
    pub repeated: usize,
    /// Of these, copies with other bits than the one that counts.
    pub differing: usize,
    /// Into how many shards the run is divided, 1 for none.
    pub count: u32,
    /// The shards with missing trials, from 1.
    pub missing_shards: Vec<u32>,
    /// What threshold searches drew in addition.
    pub searched: Searched,
}

/// Reads the status of a run.
///
/// `count` is the number of shards to say what is missing by; that of the last process seen when not given.
///
/// # Errors
/// When the folder cannot be read.
pub fn status(folder: &RunFolder, experiment: &Experiment, count: Option<u32>) -> Result<Status> {
    status_with(folder, experiment, count, &[])
}

/// As [`status`], knowing that a scheduler has yet to start processes for some shards: their trials wait.
///
/// # Errors
/// As [`status`].
pub fn status_with(
    folder: &RunFolder,
    experiment: &Experiment,
    count: Option<u32>,
    queued: &[Shard],
) -> Result<Status> {
    // First the processes, then the trials: what ends in between counts as done and not as missing.
    let workers = folder.workers()?;
    let found = folder.read(experiment)?;
    let searched = Searched::count(folder, experiment, &found)?;
    let done: HashSet<_> = found
        .trials
        .iter()
        .map(|trial| (trial.cell, trial.draw))
        .collect();
    let failed: HashSet<_> = found
        .failed
        .iter()
        .map(|trial| (trial.cell, trial.draw))
        .collect();
    let alive = || workers.iter().filter(|worker| worker.alive);
    let running: HashSet<_> = alive()
        .flat_map(|worker| worker.report.now.iter().copied())
        .collect();

    let order = order(experiment);
    // In how many shards each live process takes the run to be, with its own, and for how many draws.
    let mut divisions: Vec<(u32, Vec<(u32, u64)>)> = Vec::new();
    let at_work = alive().map(|worker| (worker.report.shard, worker.report.draws));
    for (shard, draws) in at_work.chain(queued.iter().map(|shard| (*shard, experiment.draws))) {
        match divisions.iter_mut().find(|(count, _)| *count == shard.count()) {
            Some((_, taken)) => taken.push((shard.index(), draws)),
            None => divisions.push((shard.count(), vec![(shard.index(), draws)])),
        }
    }
    let mut taken = vec![false; order.len()];
    for (count, shares) in &divisions {
        let mut draws = vec![0; *count as usize + 1];
        for (index, until) in shares {
            draws[*index as usize] = draws[*index as usize].max(*until);
        }
        let owners = shards(experiment, &order, *count);
        for ((taken, owner), (_, draw)) in taken.iter_mut().zip(owners).zip(&order) {
            *taken |= *draw < draws[owner as usize];
        }
    }

    let count = count.unwrap_or_else(|| last_count(&workers));
    let owners = shards(experiment, &order, count);
    let mut cells = vec![Counts::default(); experiment.cells.len()];
    let mut lacking = vec![false; count as usize + 1];
    for ((key, taken), owner) in order.iter().zip(taken).zip(owners) {
        let cell = &mut cells[key.0];
        if done.contains(key) {
            cell.done += 1;
        } else if running.contains(key) {
            cell.running += 1;
        } else if failed.contains(key) {
            cell.failed += 1;
        } else if taken {
            cell.waiting += 1;
        } else {
            cell.missing += 1;
            lacking[owner as usize] = true;
        }
    }
    let mut whole = Counts::default();
    cells.iter().for_each(|cell| whole.add(*cell));
    Ok(Status {
        cells,
        whole,
        workers,
        failed: found.failed,
        damaged: found.damaged,
        repeated: found.repeated,
        differing: found.differing,
        count,
        missing_shards: (1..=count).filter(|index| lacking[*index as usize]).collect(),
        searched,
    })
}

/// The number of shards of the process that was heard last.
fn last_count(workers: &[Worker]) -> u32 {
    let heard = workers.iter().filter(|worker| worker.age.is_some());
    let last = heard.min_by_key(|worker| (!worker.alive, worker.age));
    last.or(workers.first())
        .map_or(Shard::WHOLE.count(), |worker| worker.report.shard.count())
}
