//! Waits for a computation on another thread, and for Ctrl-C.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use reluflow::flow::Interrupt;

use crate::errors;

/// Time between two looks for signals: Ctrl-C is seen within it, and it costs nothing that could be measured.
pub(crate) const PERIOD: Duration = Duration::from_millis(50);

/// What a computation shares with the caller that waits for it: a wish to stop, and the exception behind it.
#[derive(Default)]
pub(crate) struct Watch {
    /// Asks the computation to stop.
    pub(crate) interrupt: Interrupt,
    /// Of a callback or a signal; the reason for the interrupt.
    raised: Mutex<Option<PyErr>>,
}

impl Watch {
    /// Ends the computation early with an exception, unless one already does.
    pub(crate) fn raise(&self, error: PyErr) {
        self.interrupt.request();
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        raised.get_or_insert(error);
    }

    /// Takes the exception that ended the computation early, if one did.
    pub(crate) fn raised(&self) -> Option<PyErr> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Calls back, and lets Python handle its signals, Ctrl-C among them.
    pub(crate) fn listen(&self, call: impl FnOnce(Python<'_>) -> PyResult<()>) {
        Python::attach(|py| {
            if let Err(error) = call(py).and_then(|()| py.check_signals()) {
                self.raise(error);
            }
        });
    }

    /// Does `work` on a thread of its own, with the GIL released; meanwhile, and once more at its end, calls `tick`
    /// and lets Python handle its signals. A panic is an `InternalError`.
    pub(crate) fn attend<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce() -> T + Send,
        tick: impl Fn(Python<'_>) -> PyResult<()> + Sync,
    ) -> PyResult<T> {
        py.detach(|| {
            thread::scope(|scope| {
                let (sender, receiver) = mpsc::channel();
                scope.spawn(move || sender.send(catch_unwind(AssertUnwindSafe(work))));
                loop {
                    let outcome = receiver.recv_timeout(PERIOD);
                    self.listen(&tick);
                    match outcome {
                        Ok(outcome) => return outcome.map_err(|payload| errors::panic(payload.as_ref())),
                        Err(mpsc::RecvTimeoutError::Timeout) => {}
                        Err(mpsc::RecvTimeoutError::Disconnected) => {
                            return Err(errors::panic(&"a thread ended without a result"));
                        }
                    }
                }
            })
        })
    }
}
