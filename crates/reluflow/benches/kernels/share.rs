//! Lets criterion measure the processor's time and print throughput as a share of a limit.

use std::fmt;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, Throughput};
use rustix::time::{ClockId, clock_gettime};

/// What is had at most, a second.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    per_second: f64,
    unit: &'static str,
}

impl Limit {
    /// Floating-point operations a second.
    pub(crate) fn operations(per_second: f64) -> Self {
        Self {
            per_second,
            unit: "Gflop/s",
        }
    }

    /// Bytes a second.
    pub(crate) fn bytes(per_second: f64) -> Self {
        Self {
            per_second,
            unit: "GB/s",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "at most {:.1} {}, measured now",
            self.per_second * 1e-9,
            self.unit
        )
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

/// The thread's processor time.
pub(crate) struct Share {
    limit: Limit,
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
        let work = match throughput {
            Throughput::Elements(count) | Throughput::Bytes(count) => *count as f64,
            _ => f64::NAN,
        };
        for value in values {
            *value = 100.0 * work / *value / self.limit.per_second;
        }
        "% of the limit"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "s"
    }
}
