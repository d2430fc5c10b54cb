//! Runs an experiment in a folder, or resumes where it stopped, while the caller waits for it and for Ctrl-C.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use reluflow_lab::trial::trying_again;
use reluflow_lab::{Notice, Run, RunFolder, Shard, machine_memory};

use crate::errors;
use crate::experiment::Experiment;
use crate::watch::Watch;

/// Of failed trials, so many are told of one by one.
const SHOWN: usize = 3;

/// How far a run is, for the thread that waits.
#[derive(Default)]
struct Progress {
    done: AtomicUsize,
    total: AtomicUsize,
    /// What people should know and have not been told.
    news: Mutex<Vec<String>>,
}

impl Progress {
    fn tell(&self, word: String) {
        self.news
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(word);
    }

    fn report(&self, py: Python<'_>, progress: Option<&Py<PyAny>>, notify: &Py<PyAny>) -> PyResult<()> {
        let news = std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner));
        for word in news {
            notify.call1(py, (word,))?;
        }
        let (done, total) = (
            self.done.load(Ordering::Relaxed),
            self.total.load(Ordering::Relaxed),
        );
        progress.map_or(Ok(()), |report| report.call1(py, (done, total)).map(drop))
    }
}

/// Trials kept, trials left, what to say of those that failed, and the exception that ended the run early, if one did.
type Ended = (usize, usize, Option<String>, Option<PyErr>);

/// Runs a shard, (index, count), of the experiment in a folder.
///
/// `progress(done, total)` is called now and then, `notify(text)` with what people should know.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // the keyword arguments of `Experiment.run`
pub(crate) fn run(
    py: Python<'_>,
    experiment: &Bound<'_, Experiment>,
    out: PathBuf,
    threads: usize,
    shard: (u32, u32),
    retry_failed: bool,
    write_every: f64,
    patience: f64,
    notify: Py<PyAny>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Ended> {
    let experiment = Arc::clone(&experiment.get().0);
    let shard = Shard::new(shard.0, shard.1)
        .ok_or_else(|| errors::input("shard", "(i, n) with 1 ≤ i ≤ n ≤ 1000000", format!("{shard:?}")))?;
    let seconds = |name: &str, value: f64| {
        Duration::try_from_secs_f64(value).map_err(|error| errors::input(name, "a number of seconds", error))
    };
    let (write_every, patience) = (
        seconds("write_every", write_every)?,
        seconds("patience", patience)?,
    );
    let watch = Watch::default();
    let seen = Progress::default();
    let work = || {
        experiment.check_memory(threads, machine_memory())?;
        let folder = RunFolder::check(&out, &experiment)?;
        let mut run = Run::open_shard(&experiment, folder, shard)?;
        (run.write_every, run.patience) = (write_every, patience);
        if retry_failed {
            run.retry_failed();
        }
        before(&run, shard).into_iter().for_each(|word| seen.tell(word));
        run.notify = Box::new(while_running(&seen));
        seen.total.store(run.remaining(), Ordering::Relaxed);
        run.execute(threads, &watch.interrupt, |_| {
            seen.done.fetch_add(1, Ordering::Relaxed);
        })?;
        let failed = (!run.failed.is_empty()).then(|| {
            format!(
                "{} trials failed and are left out; status().failed_trials lists them, {}",
                run.failed.len(),
                trying_again(&run.failed, "retry_failed=True")
            )
        });
        Ok((run.trials.len(), run.remaining(), failed))
    };
    let ended = watch.attend(py, work, |py| seen.report(py, progress.as_ref(), &notify))?;
    let (kept, left, failed) = ended.map_err(|error| errors::lab(&error))?;
    Ok((kept, left, failed, watch.raised()))
}

/// What earlier runs left in bad order, and who else is at work on the same trials.
fn before(run: &Run<'_>, shard: Shard) -> Vec<String> {
    let damaged = run.damaged.iter().map(|damage| match damage.lasting {
        true => format!("{damage}; it was set aside, and its trials are computed again"),
        false => format!("{damage}; its trials are computed again"),
    });
    let others = run
        .others
        .iter()
        .filter(|other| other.report.shard.overlaps(shard));
    let others = others.map(|other| {
        format!(
            "{} is at work on the same trials; nothing is lost, but trials are computed twice: end one of the two, or give each a shard of its own",
            other.report.process
        )
    });
    damaged.chain(others).collect()
}

/// Keeps what goes wrong while the run continues; of failed trials, the first few.
fn while_running(seen: &Progress) -> impl FnMut(&Notice<'_>) {
    let mut failed = 0;
    move |notice| match notice {
        Notice::Written { .. } => {}
        Notice::Failed { .. } => {
            failed += 1;
            seen.done.fetch_add(1, Ordering::Relaxed);
            if failed <= SHOWN {
                seen.tell(format!("a trial failed: {notice}"));
            }
        }
        _ => seen.tell(notice.to_string()),
    }
}

/// Makes the folder of a run that others will work in, or refuses one that belongs to another experiment.
#[pyfunction]
pub(crate) fn prepare(py: Python<'_>, experiment: &Bound<'_, Experiment>, out: PathBuf) -> PyResult<()> {
    let experiment = Arc::clone(&experiment.get().0);
    py.detach(|| RunFolder::check(&out, &experiment)?.prepare(&experiment))
        .map_err(|error| errors::lab(&error))
}
