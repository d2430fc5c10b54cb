//! Kills runs at random moments, and checks that nothing is lost that was kept or should have been.
//!
//! Fifty kills of a run that writes all the time: nothing that was said to be kept is lost, and the end is that of an
//! undisturbed run. Twelve kills of runs that write when runs do unless told otherwise: nothing is lost that ended more
//! than ten seconds before.
//!
//! The run is this very test program, started again with `FOLDER` set; it says on its output what ended and
//! what was written. `cargo nextest run -p reluflow-lab --test kill --no-capture` prints the counts.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Notice, Run, RunFolder, trial};

/// Variables by which the process to kill knows what it is, and how far to go.
const FOLDER: &str = "RELUFLOW_KILL_TEST_FOLDER";
const DRAWS: &str = "RELUFLOW_KILL_TEST_DRAWS";
/// Set where the run writes when runs do unless told otherwise, and its trials take their time.
const SLOW: &str = "RELUFLOW_KILL_TEST_SLOW";
/// Kills of a process that was at work.
const KILLS: usize = 50;
/// Draws by which the run grows whenever it was completed before it could be killed.
const MORE: u64 = 40;
/// Kills of runs that write when runs do unless told otherwise, all at once.
const SLOW_KILLS: usize = 12;
/// A trial that ended so long before the kill must be on disk.
const PROMISE: Duration = Duration::from_secs(10);

/// Trials of about a millisecond, in cells of unequal length.
fn experiment(draws: u64) -> Experiment {
    let text = format!(
        "[sweep]\nd = 10\nn = [20, 60, 40]\np = 12\ndraws = {draws}\nseed = 5\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 150\n"
    );
    Experiment::from_text("kill", "kill", &text, &[], Path::new("")).unwrap()
}

type Key = (usize, u64);

/// Every trial of a folder in full, by cell and draw.
fn trials(folder: &Path, experiment: &Experiment) -> BTreeMap<Key, String> {
    let found = RunFolder::check(folder, experiment)
        .unwrap()
        .read(experiment)
        .unwrap();
    assert!(found.damaged.is_empty(), "a kill left {:?}", found.damaged);
    let trials = found.trials.into_iter();
    trials
        .map(|trial| ((trial.cell, trial.draw), format!("{trial:?}")))
        .collect()
}

#[test]
#[ignore = "the process that the other test kills"]
fn run_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let experiment = experiment(std::env::var(DRAWS).unwrap().parse().unwrap());
    let folder = RunFolder::check(Path::new(&folder), &experiment).unwrap();
    let mut run = Run::open(&experiment, folder).unwrap();
    let slow = std::env::var_os(SLOW).is_some();
    if !slow {
        run.write_every = Duration::from_millis(10);
    }
    run.notify = Box::new(|notice| match notice {
        Notice::Written { trials } => println!("\nwritten {trials}"),
        other => panic!("{other}"),
    });
    let interrupt = Interrupt::default();
    let solve = |cell, draw| {
        let trial = trial::run(&experiment, cell, draw, &interrupt);
        if slow {
            // Said by the thread that computes: the one that writes may be late in hearing of it.
            println!("\nfinished {cell} {draw} {}", monotonic().as_millis());
            std::thread::sleep(Duration::from_millis(20));
        }
        trial
    };
    run.execute_with(2, &interrupt, solve, |trial| {
        println!("\nended {} {}", trial.cell, trial.draw);
    })
    .unwrap();
    println!("\ncomplete");
}

/// The machine's time since it started, the same in all processes.
fn monotonic() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// What a process said before it was killed.
#[derive(Default)]
struct Said {
    /// Trials in the order in which they were handed to the thread that writes.
    ended: Vec<Key>,
    /// Trials that were computed, and when.
    finished: Vec<(Key, Duration)>,
    /// How many trials it said were written.
    written: usize,
    complete: bool,
    killed: Option<Duration>,
}

/// A random number below a bound, of the operating system, through the keys of the standard library's hashers.
fn random(bound: u64) -> u64 {
    std::hash::RandomState::new().build_hasher().finish() % bound
}

/// What the time to a kill is counted from.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Start,
    FirstTrial,
}

/// Starts the run and kills it so much later.
fn run_and_kill(folder: &Path, draws: u64, slow: bool, from: From, moment: Duration) -> Said {
    let mut command = Command::new(std::env::current_exe().unwrap());
    if slow {
        command.env(SLOW, "");
    }
    let mut child = command
        .args(["--exact", "run_until_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(DRAWS, draws.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (begun, first) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut said = Said::default();
        for line in lines.map_while(Result::ok) {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["ended", cell, draw] => {
                    if let (Ok(cell), Ok(draw)) = (cell.parse(), draw.parse()) {
                        said.ended.push((cell, draw));
                        begun.send(()).ok();
                    }
                }
                ["finished", cell, draw, at] => {
                    if let (Ok(cell), Ok(draw), Ok(at)) = (cell.parse(), draw.parse(), at.parse()) {
                        said.finished.push(((cell, draw), Duration::from_millis(at)));
                    }
                }
                ["written", count] => said.written = count.parse().unwrap_or(said.written),
                ["complete"] => said.complete = true,
                _ => {}
            }
        }
        said
    });
    if from == From::FirstTrial {
        // Without one the process has ended, and there is nothing to wait for either.
        first.recv().ok();
    }
    std::thread::sleep(moment);
    let killed = monotonic();
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let mut said = reader.join().unwrap();
    assert!(said.complete || !status.success(), "{status}");
    said.killed = (!status.success()).then_some(killed);
    said
}

#[test]
fn fifty_kills_lose_nothing_that_was_kept() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("run");
    let (mut draws, mut kills, mut ended, mut lost) = (MORE, 0, 0, 0);
    let mut kept: BTreeMap<Key, String> = BTreeMap::new();
    while kills < KILLS {
        // While the process starts and makes or reads the folder, and while it computes and writes.
        let from = if kills % 3 == 0 {
            From::Start
        } else {
            From::FirstTrial
        };
        let said = run_and_kill(&folder, draws, false, from, Duration::from_millis(random(80)));
        let now = trials(&folder, &experiment(draws));
        // What was on disk stays, bit for bit; what was said to be written is there.
        assert!(kept.iter().all(|(key, trial)| now.get(key) == Some(trial)));
        // A line may be cut by the kill: a count cut short is a smaller one.
        let written: HashSet<Key> = said.ended.iter().take(said.written).copied().collect();
        assert!(written.iter().all(|key| now.contains_key(key)), "{written:?}");
        if said.killed.is_some() {
            kills += 1;
            lost += said.ended.iter().filter(|key| !now.contains_key(key)).count();
        }
        ended += said.ended.len();
        kept = now;
        if said.complete {
            draws += MORE;
        }
    }
    let parts = std::fs::read_dir(folder.join("parts")).unwrap().count();

    let whole = experiment(draws);
    let finish = |folder: &Path| {
        let mut run = Run::open(&whole, RunFolder::check(folder, &whole).unwrap()).unwrap();
        let left = run.remaining();
        run.execute(2, &Interrupt::default(), |_| {}).unwrap();
        left
    };
    let left = finish(&folder);
    println!(
        "{kills} kills: {ended} trials ended, {} kept, {lost} lost; {parts} files left in parts/; {left} of {} trials to finish",
        kept.len(),
        whole.trials()
    );
    let undisturbed = place.path().join("undisturbed");
    finish(&undisturbed);
    assert_eq!(trials(&folder, &whole), trials(&undisturbed, &whole));
    assert!(ended > 0 && lost < ended, "the kills came before any trial ended");
}

#[test]
fn what_ended_ten_seconds_before_a_kill_is_kept() {
    let place = tempfile::tempdir().unwrap();
    // So many draws that no run comes to its end.
    let draws = 100_000;
    let experiment = experiment(draws);
    let place = place.path();
    let outcomes: Vec<(usize, usize, usize, Duration)> = std::thread::scope(|scope| {
        let kills: Vec<_> = (0..SLOW_KILLS)
            .map(|k| {
                let experiment = &experiment;
                scope.spawn(move || {
                    let folder = place.join(k.to_string());
                    // Parts are written after eight seconds and sixteen: killed before, between and after.
                    let moment = Duration::from_millis(6000 + random(12_000));
                    let said = run_and_kill(&folder, draws, true, From::Start, moment);
                    let killed = said.killed.unwrap();
                    let now = trials(&folder, experiment);
                    let age = |at: Duration| killed.saturating_sub(at);
                    let lost = said.finished.iter().filter(|(key, _)| !now.contains_key(key));
                    let oldest = lost.clone().map(|(_, at)| age(*at)).max().unwrap_or_default();
                    let promised = said.finished.iter().filter(|(_, at)| age(*at) >= PROMISE);
                    (said.finished.len(), promised.count(), lost.count(), oldest)
                })
            })
            .collect();
        kills.into_iter().map(|kill| kill.join().unwrap()).collect()
    });
    let sum = |part: fn(&(usize, usize, usize, Duration)) -> usize| outcomes.iter().map(part).sum::<usize>();
    let oldest = outcomes.iter().map(|outcome| outcome.3).max().unwrap();
    let (finished, promised, lost) = (sum(|o| o.0), sum(|o| o.1), sum(|o| o.2));
    println!(
        "{SLOW_KILLS} kills: {finished} trials finished, {promised} of them {} s before the kill or earlier, {lost} lost, the oldest {:.1} s old",
        PROMISE.as_secs(),
        oldest.as_secs_f64()
    );
    assert!(
        oldest < PROMISE,
        "a trial was lost {oldest:?} after it had finished"
    );
    assert!(promised > 0 && lost > 0, "the kills show nothing");
}
