//! Lets criterion measure the processor's time and print throughput as a share of a limit.
//!
//! A processor shared with others is slower at times, for a kernel as for the limit. So the limit is measured again before
//! every sample, and a sample counts as the time it would have taken at the best rate that the limit has reached:
//!
//! ```text
//! time = processor time · (rate of the limit now) / (its best rate)
//! ```

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, Throughput};
use rustix::time::{ClockId, clock_gettime};

/// Measurements of a limit before the first sample, of which the best counts.
const PROBES: usize = 60;

/// What is had at most, a second.
#[derive(Clone)]
pub(crate) struct Limit {
    best: f64,
    unit: &'static str,
    now: Rc<dyn Fn() -> f64>,
}

impl Limit {
    /// A limit in `unit` that `now` measures.
    pub(crate) fn new(unit: &'static str, now: impl Fn() -> f64 + 'static) -> Self {
        let best = (0..PROBES).map(|_| now()).fold(0.0, f64::max);
        let now = Rc::new(now);
        Self { best, unit, now }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "at most {:.1} {}, measured now", self.best * 1e-9, self.unit)
    }
}

/// A benchmark whose throughput is a share of the limit; short, because nothing here is noisy for its own sake.
pub(crate) fn criterion(limit: Limit) -> Criterion<Share> {
    Criterion::default()
        .with_measurement(Share { limit })
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

/// The thread's processor time, at the limit's best rate.
pub(crate) struct Share {
    limit: Limit,
}

impl Measurement for Share {
    /// How fast the processor is, in parts of its best, and when the sample began.
    type Intermediate = (f64, f64);
    type Value = f64;

    fn start(&self) -> (f64, f64) {
        let speed = (self.limit.now)() / self.limit.best;
        (speed, thread_seconds())
    }
    fn end(&self, (speed, start): (f64, f64)) -> f64 {
        speed * (thread_seconds() - start)
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
        let work = match throughput {
            Throughput::Elements(count) | Throughput::Bytes(count) => *count as f64,
            _ => f64::NAN,
        };
        for value in values {
            *value = 100.0 * work / *value / self.limit.best;
        }
        "% of the limit"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "s"
    }
}
