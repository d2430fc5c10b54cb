//! Lets criterion measure the processor's time and print throughput as a share of a limit.
//!
//! A processor shared with others is slower at times, for a kernel as for the limit. So both are measured in turns, and
//! beside criterion's estimates stands the fastest sample against the best that was seen of the limit.

use std::cell::Cell;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use rustix::time::{ClockId, clock_gettime};

/// Measurements of a limit before the first sample.
const PROBES: usize = 60;

/// What is had at most, a second.
pub(crate) struct Limit {
    best: Cell<f64>,
    unit: &'static str,
    now: Box<dyn Fn() -> f64>,
}

impl Limit {
    /// A limit in `unit` that `now` measures.
    pub(crate) fn new(unit: &'static str, now: impl Fn() -> f64 + 'static) -> Self {
        let best = Cell::new(0.0);
        let limit = Self {
            best,
            unit,
            now: Box::new(now),
        };
        (0..PROBES).for_each(|_| limit.look());
        limit
    }

    /// Measures once more.
    fn look(&self) {
        self.best.set(self.best.get().max((self.now)()));
    }

    /// Times `call`, which does `work`, in turns with this limit, and prints the fastest.
    pub(crate) fn bench(
        &self,
        group: &mut BenchmarkGroup<'_, Share>,
        id: BenchmarkId,
        work: Throughput,
        mut call: impl FnMut(),
    ) {
        let mut least = f64::INFINITY;
        group.throughput(work.clone());
        group.bench_function(id, |bencher| {
            bencher.iter_custom(|count| {
                self.look();
                let start = thread_seconds();
                (0..count).for_each(|_| call());
                let spent = thread_seconds() - start;
                least = least.min(spent / count as f64);
                spent
            });
        });
        if least.is_finite() {
            println!(
                "{:24}fastest: {:.2} µs, {:.0} % of {:.1} {}",
                "",
                least * 1e6,
                100.0 * amount(&work) / least / self.best.get(),
                self.best.get() * 1e-9,
                self.unit
            );
        }
    }
}

/// Operations or bytes.
fn amount(work: &Throughput) -> f64 {
    match work {
        Throughput::Elements(count) | Throughput::Bytes(count) => *count as f64,
        _ => f64::NAN,
    }
}

/// A benchmark whose throughput is a share of the limit; short, because nothing here is noisy for its own sake.
pub(crate) fn criterion(limit: &Limit) -> Criterion<Share> {
    let best = limit.best.get();
    Criterion::default()
        .with_measurement(Share { best })
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(30)
        .configure_from_args()
}

/// Seconds this thread has spent on a processor.
pub(crate) fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The thread's processor time, and the best of a limit before the first sample.
pub(crate) struct Share {
    best: f64,
}

impl Measurement for Share {
    type Intermediate = f64;
    type Value = f64;

    fn start(&self) -> f64 {
        thread_seconds()
    }
    fn end(&self, start: f64) -> f64 {
        thread_seconds() - start
    }
    fn add(&self, first: &f64, second: &f64) -> f64 {
        first + second
    }
    fn zero(&self) -> f64 {
        0.0
    }
    fn to_f64(&self, seconds: &f64) -> f64 {
        *seconds
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for Share {
    /// Seconds as microseconds.
    fn scale_values(&self, _: f64, values: &mut [f64]) -> &'static str {
        values.iter_mut().for_each(|value| *value *= 1e6);
        "µs"
    }

    /// Seconds an iteration as per cent of the limit.
    fn scale_throughputs(&self, _: f64, throughput: &Throughput, values: &mut [f64]) -> &'static str {
        for value in values {
            *value = 100.0 * amount(throughput) / *value / self.best;
        }
        "% of the limit"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "s"
    }
}
