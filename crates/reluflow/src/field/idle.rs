//! Lends idle threads to evaluations that are large enough to share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// How many threads stand idle, known to those who run trials and to the fields of the trials that still run.
///
/// A thread that runs out of trials calls [`IdleThreads::give`] with 1 and ends. A field that was given a clone
/// ([`super::Dense::with_idle_threads`]) takes what it finds at every evaluation that is large enough, starts as many
/// threads for it, and gives them back. The bits of an evaluation do not depend on how many it found.
///
/// ```
/// let idle = reluflow::field::IdleThreads::default();
/// let of_the_field = idle.clone();
/// idle.give(3); // three threads have nothing left to do
/// assert_eq!(of_the_field.take(8), 3);
/// assert_eq!(of_the_field.take(8), 0);
/// ```
#[derive(Debug, Clone, Default)]
pub struct IdleThreads(Arc<AtomicUsize>);

impl IdleThreads {
    /// Says that `threads` more stand idle.
    pub fn give(&self, threads: usize) {
        self.0.fetch_add(threads, Ordering::Relaxed);
    }

    /// Takes up to `most` of the idle threads and says how many.
    pub fn take(&self, most: usize) -> usize {
        let take = |idle: usize| (idle > 0 && most > 0).then(|| idle - most.min(idle));
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        before.map_or(0, |idle| most.min(idle))
    }
}

/// Items that make a thread worth starting: with fewer, it ends before it has begun.
const ITEMS_OF_A_THREAD: usize = 3;

/// Does `work` on every item, on this thread and on idle ones, each with a workspace of its own.
///
/// Alone, it starts no thread and allocates nothing.
pub(super) fn share_out<I: Send, W: Send>(
    idle: &IdleThreads,
    items: &mut [I],
    workspaces: &mut Vec<W>,
    workspace: impl Fn() -> W,
    work: impl Fn(&mut I, &mut W) + Sync,
) {
    let helpers = idle.take((items.len() / ITEMS_OF_A_THREAD).saturating_sub(1));
    while workspaces.len() < helpers + 1 {
        workspaces.push(workspace());
    }
    let Some((own, others)) = workspaces.split_first_mut() else {
        return;
    };
    if helpers == 0 {
        items.iter_mut().for_each(|item| work(item, own));
        return;
    }
    let queue = Mutex::new(items.iter_mut());
    let next = || queue.lock().ok().and_then(|mut items| items.next());
    let until_empty = |workspace: &mut W| {
        while let Some(item) = next() {
            work(item, workspace);
        }
    };
    std::thread::scope(|scope| {
        for workspace in &mut others[..helpers] {
            scope.spawn(|| until_empty(workspace));
        }
        until_empty(own);
    });
    idle.give(helpers);
}
