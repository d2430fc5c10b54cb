//! Measures what rows cost beside the run that they are written of:
//! `cargo run --release -p reluflow --example record_cost`, or with a part of a name behind `--` for the columns of that name alone.
//!
//! A run of the paper's problem at (n, d, p) = (1650, 100, 37) without rows, with eight rows a decade of each column of its own,
//! and of all of them; then the networks of p = 50 neurons in d = 2 at 300 times. Runs without and with rows take turns in
//! pairs; printed is the median of the pairs' ratios of processor time, which a machine that changes its speed between pairs leaves alone,
//! with the 95 % interval of a median (from order statistics).
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use reluflow::observe::{Observable, Record, When};
use reluflow::{Dataset, Method, Network, Problem, Setting};
use rustix::time::{ClockId, clock_gettime};

fn processor_time() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
}

fn draw(n: usize, d: usize, p: usize) -> (Dataset, Network) {
    let setting = Setting::paper(n, d, p);
    setting.draw(0, 0).unwrap()
}

/// Seconds of a run with a record, and the bytes of its networks; none where the record asks for what the problem lacks.
fn seconds(data: &Dataset, network: &Network, record: &Record) -> Option<(f64, usize, usize)> {
    let mut problem = Problem::new(data, network, Method::default());
    problem.record = record.clone();
    let start = processor_time();
    let solution = problem.solve().ok()?;
    let spent = processor_time() - start;
    let weights = |network: &Network| network.hidden_weights().len() + network.output_weights().len();
    let bytes = solution.path.iter().map(|at| 8 * weights(&at.network)).sum();
    Some((spent, solution.trajectory.rows().len(), bytes))
}

/// What a record adds to the run without rows.
struct Added {
    /// The median over the pairs, and its 95 % interval.
    part: f64,
    between: (f64, f64),
    /// Seconds, the median.
    seconds: f64,
    /// Seconds without rows, the median.
    without: f64,
    rows: usize,
    bytes: usize,
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The 95 % interval of the median of sorted values: as many lie below it as heads fall in as many throws of a coin.
fn interval(sorted: &[f64]) -> (f64, f64) {
    let n = sorted.len() as f64;
    let rank = (0.5 * n - 0.98 * n.sqrt()).floor().max(0.0) as usize;
    (sorted[rank], sorted[sorted.len() - 1 - rank])
}

/// Pairs of a run without rows and one with them, each after the other; every second pair the other way round.
fn compare(pairs: usize, data: &Dataset, network: &Network, without: &Record, with: &Record) -> Added {
    let (mut plain, mut added, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rows, mut bytes) = (0, 0);
    for pair in 0..pairs {
        let first = seconds(data, network, if pair % 2 == 0 { without } else { with }).unwrap();
        let second = seconds(data, network, if pair % 2 == 0 { with } else { without }).unwrap();
        let (none, some) = if pair % 2 == 0 {
            (first, second)
        } else {
            (second, first)
        };
        plain.push(none.0);
        added.push(some.0 - none.0);
        ratios.push(some.0 / none.0 - 1.0);
        (rows, bytes) = (some.1, some.2);
    }
    Added {
        part: median(&mut ratios),
        between: interval(&ratios),
        seconds: median(&mut added),
        without: median(&mut plain),
        rows,
        bytes,
    }
}

fn main() {
    let (small, start) = draw(8, 4, 3);
    let of = |observables: Vec<Observable>, when: When| Record {
        observables,
        when,
        ..Record::default()
    };
    let fits = |one: &Observable| {
        let alone = of(vec![*one], When::PerDecade(8));
        *one != Observable::Network && seconds(&small, &start, &alone).is_some()
    };
    let scalars: Vec<Observable> = Observable::ALL.iter().copied().filter(fits).collect();
    let (data, network) = draw(1650, 100, 37);
    let nothing = Record::default();
    println!(
        "(n, d, p) = (1650, 100, 37), rows at eight times a decade: part of the run without rows that they add"
    );
    let (pairs, cheap): (Vec<_>, Vec<_>) = scalars.into_iter().partition(|one| {
        matches!(
            one,
            Observable::KernelDistance | Observable::Diagonal | Observable::Spectrum
        )
    });
    let mut all: Vec<_> = pairs
        .iter()
        .map(|one| (vec![*one], format!("{one:?}, O(n²)"), 1))
        .collect();
    all.extend(cheap.iter().map(|one| (vec![*one], format!("{one:?}"), 9)));
    all.push((cheap, "all but those of O(n²)".to_owned(), 41));
    if let Some(only) = std::env::args().nth(1) {
        all.retain(|(_, name, _)| name.contains(&only));
    }
    for (columns, name, pairs) in &all {
        let with = of(columns.clone(), When::PerDecade(8));
        let found = compare(*pairs, &data, &network, &nothing, &with);
        let (low, high) = found.between;
        println!(
            "{name:24} {:6.1} %   [{:.1}, {:.1}] of {pairs} pairs   {} rows, {:.2} s without",
            100.0 * found.part,
            100.0 * low,
            100.0 * high,
            found.rows,
            found.without
        );
    }
    let (data, network) = draw(40, 2, 50);
    let times: Vec<f64> = (0..300)
        .map(|k| 10f64.powf(-2.0 + 4.0 * f64::from(k) / 299.0))
        .collect();
    let plain = of(vec![], When::Times(times.clone()));
    let path = of(vec![Observable::Network], When::Times(times));
    let found = compare(9, &data, &network, &plain, &path);
    println!(
        "networks of p = 50, d = 2 at {} times: {:.1} ms more than {:.1} ms, {:.0} kB",
        found.rows,
        1e3 * found.seconds,
        1e3 * found.without,
        found.bytes as f64 / 1e3,
    );
}
