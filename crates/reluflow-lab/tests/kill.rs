//! Kills a run at random moments, fifty times, and checks that nothing that was said to be kept is lost.
//!
//! The run is this very test program, started again with `FOLDER` set; it says on its output what ended and
//! what was written. `cargo nextest run -p reluflow-lab --test kill --no-capture` prints the counts.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Notice, Run, RunFolder};

/// Variables by which the process to kill knows what it is, and how far to go.
const FOLDER: &str = "RELUFLOW_KILL_TEST_FOLDER";
const DRAWS: &str = "RELUFLOW_KILL_TEST_DRAWS";
/// Kills of a process that was at work.
const KILLS: usize = 50;
/// Draws by which the run grows whenever it was completed before it could be killed.
const MORE: u64 = 40;
/// A trial that ended so long before the kill must be on disk.
const PROMISE: Duration = Duration::from_secs(10);

/// Trials of about a millisecond, in cells of unequal length.
fn experiment(draws: u64) -> Experiment {
    let text = format!(
        "[sweep]\nd = 10\nn = [20, 60, 40]\np = 12\ndraws = {draws}\nseed = 5\n[stop]\nsteps = 150\n"
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
    run.write_every = Duration::from_millis(10);
    run.notify = Box::new(|notice| match notice {
        Notice::Written { trials } => println!("\nwritten {trials}"),
        other => panic!("{other}"),
    });
    run.execute(2, &Interrupt::default(), |trial| {
        println!("\nended {} {}", trial.cell, trial.draw);
    })
    .unwrap();
    println!("\ncomplete");
}

/// What a process said before it was killed.
#[derive(Default)]
struct Said {
    /// Trials in the order in which they ended, and when we heard it.
    ended: Vec<(Key, Instant)>,
    /// How many of them it said were written.
    written: usize,
    complete: bool,
    killed: Option<Instant>,
}

/// Starts the run and kills it a random moment later.
fn run_and_kill(folder: &Path, draws: u64) -> Said {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "run_until_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(DRAWS, draws.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || {
        let mut said = Said::default();
        for line in lines.map_while(Result::ok) {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["ended", cell, draw] => {
                    if let (Ok(cell), Ok(draw)) = (cell.parse(), draw.parse()) {
                        said.ended.push(((cell, draw), Instant::now()));
                    }
                }
                ["written", count] => said.written = count.parse().unwrap_or(said.written),
                ["complete"] => said.complete = true,
                _ => {}
            }
        }
        said
    });
    // Random numbers of the operating system, through the keys of the standard library's hashers.
    let moment = std::hash::RandomState::new().build_hasher().finish() % 80;
    std::thread::sleep(Duration::from_millis(moment));
    child.kill().unwrap();
    let killed = Instant::now();
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
    let mut oldest = Duration::ZERO;
    while kills < KILLS {
        let said = run_and_kill(&folder, draws);
        let now = trials(&folder, &experiment(draws));
        // What was on disk stays, bit for bit; what was said to be written is there.
        assert!(kept.iter().all(|(key, trial)| now.get(key) == Some(trial)));
        // A line may be cut by the kill: a count cut short is a smaller one.
        let written: HashSet<Key> = said
            .ended
            .iter()
            .take(said.written)
            .map(|(key, _)| *key)
            .collect();
        assert!(written.iter().all(|key| now.contains_key(key)), "{written:?}");
        if let Some(killed) = said.killed {
            kills += 1;
            for (key, heard) in &said.ended {
                if !now.contains_key(key) {
                    let age = killed.saturating_duration_since(*heard);
                    assert!(age < PROMISE, "{key:?} ended {age:?} before the kill");
                    oldest = oldest.max(age);
                    lost += 1;
                }
            }
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
        "{kills} kills: {ended} trials ended, {} kept, {lost} lost, the oldest {} ms before its kill; \
         {parts} files left in parts/; {left} of {} trials to finish",
        kept.len(),
        oldest.as_millis(),
        whole.trials()
    );
    let undisturbed = place.path().join("undisturbed");
    finish(&undisturbed);
    assert_eq!(trials(&folder, &whole), trials(&undisturbed, &whole));
    assert!(ended > 0 && lost < ended, "the kills came before any trial ended");
}
