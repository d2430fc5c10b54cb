//! Follows one run that may be long: Ctrl-C ends it and keeps what it has so far, and from time to time a line says how far it is.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use indicatif::HumanCount;
use reluflow::flow::Interrupt;

use crate::Done;
use crate::live::say;
use crate::signals::listen;

/// Time between two lines on how far a run is.
const REPORT: Duration = Duration::from_secs(5);

/// One run; its lines end when this is dropped.
pub(crate) struct Watched {
    interrupt: Interrupt,
    _ended: Sender<()>,
}

impl Watched {
    /// Listens for Ctrl-C from here on.
    pub(crate) fn new() -> Self {
        let interrupt = Interrupt::default();
        listen(&interrupt, None);
        let (sender, ended) = mpsc::channel::<()>();
        let run = interrupt.clone();
        thread::spawn(move || {
            while ended.recv_timeout(REPORT) == Err(RecvTimeoutError::Timeout) {
                let evaluations = HumanCount(run.evaluations_under_way());
                say(&format!(
                    "{evaluations} evaluations so far; Ctrl-C ends the run and keeps what it has so far"
                ));
            }
        });
        Self {
            interrupt,
            _ended: sender,
        }
    }

    /// The handle that a run is asked to stop by.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// How the command ended.
    pub(crate) fn done(&self) -> Done {
        if self.interrupt.requested() {
            Done::Interrupted
        } else {
            Done::Completely
        }
    }
}
