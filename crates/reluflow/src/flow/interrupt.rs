//! Asks a run on another thread to stop, and hears from it how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Asks a run on another thread to stop, which then returns what it has; and hears from it how far it is.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<Shared>);

/// What a run shares with those who wait for it.
#[derive(Debug, Default)]
struct Shared {
    stop: AtomicBool,
    under_way: AtomicU64,
}

impl Interrupt {
    /// Asks every run that holds this handle to stop.
    pub fn request(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    pub fn requested(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// Evaluations of the runs that hold this handle and have not ended, each as of a thousand evaluations ago at most.
    pub fn evaluations_under_way(&self) -> u64 {
        self.0.under_way.load(Ordering::Relaxed)
    }
}

/// Evaluations between two words of a run on how far it is.
const WORD: u64 = 1000;

/// The evaluations of one run that others have been told of; taken back when it ends.
#[derive(Debug)]
pub(super) struct Told {
    interrupt: Interrupt,
    evaluations: u64,
}

impl Told {
    /// Nothing told yet.
    pub(super) fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            evaluations: 0,
        }
    }

    /// Says how far the run is.
    pub(super) fn tell(&mut self, evaluations: u64) {
        let new = evaluations.saturating_sub(self.evaluations);
        if new >= WORD {
            self.interrupt.0.under_way.fetch_add(new, Ordering::Relaxed);
            self.evaluations = evaluations;
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.interrupt
            .0
            .under_way
            .fetch_sub(self.evaluations, Ordering::Relaxed);
    }
}
