//! Solves problems on threads of their own, while this one waits for them and for Ctrl-C.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use pyo3::prelude::*;
use reluflow::flow::Observer;
use reluflow::model::Loss;
use reluflow::observe::Row;
use reluflow::{Criterion, Method, Model, Problem, Record, Solution, Stops, Success};
use reluflow_lab::experiment::unfittable;

use crate::dataset::Dataset;
use crate::network::Network;
use crate::watch::{PERIOD, Watch};
use crate::{errors, outcome};

/// A problem whose parts are shared with Python.
type Pair = (Arc<reluflow::Dataset>, Arc<reluflow::Network>);

/// What every problem of a call has in common.
struct Job {
    pairs: Vec<Pair>,
    model: Model,
    method: Method,
    stops: Stops,
    record: Record,
    test: Option<Arc<reluflow::Dataset>>,
    teacher: Option<Arc<reluflow::Network>>,
    caller: Arc<Caller>,
}

/// The caller's side: what they want to see, and the first exception that came of it.
struct Caller {
    look: Option<Py<PyAny>>,
    watch: Watch,
}

/// What came of each problem, and the exception that ended the call early.
type Solved<'py> = (Vec<Option<Bound<'py, PyAny>>>, Option<PyErr>);

/// How one problem came out.
type Outcome = PyResult<Solution>;

/// Solves pairs of data and network; returns a list with what came of each (None: not started) and the exception
/// that ended the call early, if one did.
///
/// `look(index, row, network)` is called at every row and answers whether to stop; `progress(done)` now and then.
#[pyfunction]
#[pyo3(signature = (pairs, model, method, stops, record, threads, look=None, progress=None, test=None, teacher=None))]
#[allow(clippy::too_many_arguments)] // the keyword arguments of `reluflow._solve`
pub(crate) fn solve<'py>(
    py: Python<'py>,
    pairs: Vec<(Bound<'py, Dataset>, Bound<'py, Network>)>,
    model: &Bound<'py, PyAny>,
    method: &Bound<'py, PyAny>,
    stops: &Bound<'py, PyAny>,
    record: &Bound<'py, PyAny>,
    threads: usize,
    look: Option<Py<PyAny>>,
    progress: Option<Py<PyAny>>,
    test: Option<Bound<'py, Dataset>>,
    teacher: Option<Bound<'py, Network>>,
) -> PyResult<Solved<'py>> {
    let shared = |pair: &(Bound<'_, Dataset>, Bound<'_, Network>)| -> Pair {
        (Arc::clone(&pair.0.get().0), Arc::clone(&pair.1.get().0))
    };
    let job = Job {
        pairs: pairs.iter().map(shared).collect(),
        model: errors::read("model", model)?,
        method: errors::read("method", method)?,
        stops: errors::read("stop", stops)?,
        record: errors::read("record", record)?,
        test: test.map(|data| Arc::clone(&data.get().0)),
        teacher: teacher.map(|network| Arc::clone(&network.get().0)),
        caller: Arc::new(Caller {
            look,
            watch: Watch::default(),
        }),
    };
    let outcomes = py.detach(|| job.run(threads, progress.as_ref()));
    let solutions = outcomes
        .into_iter()
        .zip(&job.pairs)
        .map(|(outcome, (dataset, _))| match outcome {
            Some((solution, complete)) => {
                let solution = solution?;
                let warnings = job.warnings(dataset, &solution);
                outcome::to_python(py, solution, complete, warnings).map(Some)
            }
            None => Ok(None),
        })
        .collect::<PyResult<Vec<_>>>()?;
    Ok((solutions, job.caller.watch.raised()))
}

impl Job {
    /// Runs all problems; each with whether it ended before an interrupt was asked for.
    fn run(&self, threads: usize, progress: Option<&Py<PyAny>>) -> Vec<Option<(Outcome, bool)>> {
        let mut outcomes: Vec<Option<(Outcome, bool)>> = self.pairs.iter().map(|_| None).collect();
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..threads.clamp(1, self.pairs.len().max(1)) {
                let sender = sender.clone();
                let next = &next;
                scope.spawn(move || self.work(next, &sender));
            }
            drop(sender);
            let mut looked = Instant::now();
            let mut done = 0;
            loop {
                match receiver.recv_timeout(PERIOD.saturating_sub(looked.elapsed())) {
                    Ok((k, outcome, complete)) => {
                        outcomes[k] = Some((outcome, complete));
                        done += usize::from(complete);
                    }
                    Err(mpsc::RecvTimeoutError::Timeout) => {}
                    Err(mpsc::RecvTimeoutError::Disconnected) => break,
                }
                if looked.elapsed() >= PERIOD {
                    self.caller.report(progress, done);
                    looked = Instant::now();
                }
            }
        });
        outcomes
    }

    /// Solves one problem after the other until none is left.
    fn work(&self, next: &AtomicUsize, sender: &mpsc::Sender<(usize, Outcome, bool)>) {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= self.pairs.len() || self.caller.watch.interrupt.requested() {
                return;
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| self.solve(k)))
                .unwrap_or_else(|payload| Err(errors::panic(payload.as_ref())));
            if outcome.is_err() {
                // The call will raise this: what has not started need not.
                self.caller.watch.interrupt.request();
            }
            let complete = !self.caller.watch.interrupt.requested();
            if sender.send((k, outcome, complete)).is_err() {
                return;
            }
        }
    }

    /// What a terminal would warn of.
    fn warnings(&self, dataset: &reluflow::Dataset, solution: &Solution) -> Vec<String> {
        // Where success is automatic the run has looked for conflicts already.
        let may_conflict = solution.end.criterion == Criterion::Impossible
            || (self.stops.success != Success::Automatic
                && self.model.loss == Loss::Square
                && self.model.activation.slope() == 0.0);
        let conflicts = may_conflict.then(|| unfittable(dataset)).flatten();
        conflicts
            .into_iter()
            .chain(outcome::slides(solution, &self.method))
            .collect()
    }

    fn solve(&self, k: usize) -> Outcome {
        let (dataset, network) = &self.pairs[k];
        let problem = Problem {
            model: self.model,
            stops: self.stops,
            record: self.record.clone(),
            test: self.test.as_deref(),
            teacher: self.teacher.as_deref(),
            interrupt: self.caller.watch.interrupt.clone(),
            observer: self.caller.observer(k),
            ..Problem::new(dataset, network, self.method)
        };
        problem.solve().map_err(|error| errors::core(&error))
    }
}

impl Caller {
    /// Reports progress and lets Python handle its signals, Ctrl-C among them.
    fn report(&self, progress: Option<&Py<PyAny>>, done: usize) {
        self.watch
            .listen(|py| progress.map_or(Ok(()), |report| report.call1(py, (done,)).map(drop)));
    }

    /// The observer of problem k.
    fn observer(self: &Arc<Self>, k: usize) -> Observer {
        if self.look.is_none() {
            return Observer::default();
        }
        let caller = Arc::clone(self);
        Observer::new(move |row, network| {
            caller.look_at(k, row, network).unwrap_or_else(|error| {
                caller.watch.raise(error);
                ControlFlow::Break(())
            })
        })
    }

    fn look_at(&self, k: usize, row: &Row, network: &reluflow::Network) -> PyResult<ControlFlow<()>> {
        let Some(look) = &self.look else {
            return Ok(ControlFlow::Continue(()));
        };
        Python::attach(|py| {
            let network = Network(Arc::new(network.clone()));
            let stop = look.call1(py, (k, outcome::row(py, row)?, network))?;
            Ok(if stop.bind(py).is_truthy()? {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })
    }
}
