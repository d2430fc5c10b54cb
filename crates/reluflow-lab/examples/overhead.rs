//! Measures what a sweep costs on top of its trials: planning, seeds, store, summary; memory and room on disk.
//!
//! ```text
//! cargo run --release -p reluflow-lab --example overhead            # 10⁵ trials of (n, d, p) = (50, 10, 20)
//! cargo run --release -p reluflow-lab --example overhead -- 2000    # as many, for a quick look
//! ```
//!
//! Times are processor time, which a busy machine does not change much. Linux only: memory is read from /proc.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // an example

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder, summarize, trial};
use rustix::time::{ClockId, clock_gettime};

/// Trials planned to see how long the first takes to begin.
const PLANNED: u64 = 1_000_000;

fn main() {
    let trials: u64 = std::env::args()
        .nth(1)
        .map_or(100_000, |text| text.parse().unwrap());
    sweep(trials.div_ceil(100));
    begin("100 cells of 10000", &text(100, PLANNED / 100));
    begin("10000 cells of 100", &text(10_000, PLANNED / 10_000));
    let sizes = "{ from = 1, to = 1000, step = 1 }";
    begin(
        "1000 × 1000 cells of 1",
        &format!("[sweep]\nd = {sizes}\nn = {sizes}\np = 20\ndraws = 1\n"),
    );
}

/// A sweep of `cells` cells of one size.
fn text(cells: u64, draws: u64) -> String {
    let step = 1.0 / cells as f64;
    format!(
        "[sweep]\nd = 10\nn = 50\np = 20\ndraws = {draws}\n\
         \"init.hidden_scale\" = {{ from = {step}, to = {}, step = {step} }}\n\
         [flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n",
        1.0 + step / 2.0
    )
}

/// Runs 100 cells to their end and prints what they cost.
fn sweep(draws: u64) {
    let place = tempfile::tempdir().unwrap();
    let started = process_time();
    let wall = Instant::now();
    let experiment = Experiment::from_text("sweep", "sweep", &text(100, draws), &[], Path::new("")).unwrap();
    let folder = RunFolder::check(place.path(), &experiment).unwrap();
    let mut run = Run::open(&experiment, folder).unwrap();
    let inside = AtomicU64::new(0);
    let interrupt = Interrupt::default();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let solve = |cell, draw| {
        let before = thread_time();
        let trial = trial::run(&experiment, cell, draw, &interrupt);
        inside.fetch_add((thread_time() - before).as_nanos() as u64, Ordering::Relaxed);
        trial
    };
    run.execute_with(threads, &interrupt, solve, |_| {}).unwrap();
    let summaries = summarize(&experiment, &run.trials);
    assert_eq!(
        summaries.iter().map(|cell| cell.draws).sum::<u64>(),
        experiment.trials()
    );
    let whole = (process_time() - started).as_secs_f64();
    let inside = Duration::from_nanos(inside.into_inner()).as_secs_f64();
    println!(
        "{} trials on {threads} threads: {inside:.1} s in trials ({:.2} ms each), {:.1} s beside them: {:.1} %; {:.1} s on the clock",
        experiment.trials(),
        1e3 * inside / experiment.trials() as f64,
        whole - inside,
        100.0 * (whole - inside) / inside,
        wall.elapsed().as_secs_f64()
    );
    let parts: Vec<u64> = fs::read_dir(place.path().join("parts"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .collect();
    println!(
        "folder: {:.1} MB in {} parts; memory: {:.0} MB at most",
        parts.iter().sum::<u64>() as f64 / 1e6,
        parts.len(),
        peak_memory() / 1e6
    );
    drop(run);
    let before = process_time();
    let found = RunFolder::check(place.path(), &experiment)
        .unwrap()
        .read(&experiment)
        .unwrap();
    assert_eq!(found.trials.len() as u64, experiment.trials());
    println!(
        "reading it again: {:.2} s",
        (process_time() - before).as_secs_f64()
    );
}

/// Plans a sweep and prints how long it takes until its first trial begins.
fn begin(name: &str, text: &str) {
    let place = tempfile::tempdir().unwrap();
    let (started, wall) = (process_time(), Instant::now());
    let experiment = Experiment::from_text("plan", "plan", text, &[], Path::new("")).unwrap();
    let folder = RunFolder::check(place.path(), &experiment).unwrap();
    let mut run = Run::open(&experiment, folder).unwrap();
    let interrupt = Interrupt::default();
    let first = AtomicU64::new(0);
    let solve = |_, _| {
        first.store((process_time() - started).as_millis() as u64, Ordering::Relaxed);
        interrupt.request();
        Ok(None)
    };
    run.execute_with(1, &interrupt, solve, |_| {}).unwrap();
    println!(
        "{} trials planned in {name}: the first begins after {:.2} s ({:.2} s on the clock)",
        experiment.trials(),
        first.into_inner() as f64 / 1e3,
        wall.elapsed().as_secs_f64()
    );
}

/// Time that this thread has been on a processor.
fn thread_time() -> Duration {
    time(ClockId::ThreadCPUTime)
}

/// Time that all threads of this process have been on processors.
fn process_time() -> Duration {
    time(ClockId::ProcessCPUTime)
}

fn time(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The most memory that this process has had, in bytes.
fn peak_memory() -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    1024.0 * line.trim().trim_end_matches(" kB").parse::<f64>().unwrap()
}
