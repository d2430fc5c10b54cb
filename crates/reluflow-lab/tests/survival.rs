//! Checks what a run does when its folder, its trials or its clock fail: nothing finished is lost, the message
//! says what to do, and the final trials are those of an undisturbed run.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod runs;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use reluflow::flow::Interrupt;
use reluflow_lab::{Error, Experiment, Notice, Run, RunFolder, Trial, status, trial};

use runs::{TRIALS, at_its_end, experiment, in_full, kept, open, undisturbed};

/// Puts a file where the folder of parts was: nothing can be written there, whoever tries.
fn block(folder: &Path) {
    fs::rename(folder.join("parts"), folder.join("elsewhere")).unwrap();
    fs::write(folder.join("parts"), "").unwrap();
}

fn unblock(folder: &Path) {
    fs::remove_file(folder.join("parts")).unwrap();
    fs::rename(folder.join("elsewhere"), folder.join("parts")).unwrap();
}

/// Runs on one thread, blocks the folder when the seventh trial begins, and tells of every beginning.
fn run_into_a_block(
    run: &mut Run<'_>,
    experiment: &Experiment,
    folder: &Path,
    interrupt: &Interrupt,
    begin: impl Fn(usize) + Sync,
) -> Result<(), Error> {
    let begun = AtomicUsize::new(0);
    let solve = |cell, draw| {
        let before = begun.fetch_add(1, Ordering::Relaxed);
        if before == 6 {
            block(folder);
        }
        begin(before);
        trial::run(experiment, cell, draw, interrupt)
    };
    run.execute_with(1, interrupt, solve, |_| {})
}

#[test]
fn a_folder_that_cannot_be_written_is_waited_for() {
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    let (said, begun) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let noticed = AtomicBool::new(false);
    let begin = |before| {
        begun.fetch_add(1, Ordering::Relaxed);
        while before == 7 && !noticed.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    let mut run = open(&experiment, place.path());
    run.notify = Box::new(|notice| match notice {
        Notice::Written { .. } => {}
        Notice::CannotWrite { .. } => {
            said.lock().unwrap().push(notice.to_string());
            // The eighth trial has waited for this; now the ninth could begin.
            noticed.store(true, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(100));
            // On a busy machine the notice may come before the eighth has begun.
            let count = begun.load(Ordering::Relaxed);
            assert!(count <= 8, "{count} begun while the folder could not be written");
            unblock(place.path());
        }
        other => said.lock().unwrap().push(other.to_string()),
    });
    run_into_a_block(&mut run, &experiment, place.path(), &Interrupt::default(), begin).unwrap();
    drop(run);
    let said = said.into_inner().unwrap();
    let [cannot, again] = &said[..] else {
        panic!("{said:?}")
    };
    assert!(
        cannot.contains("finished trials wait in memory, and no trial is begun for up to 600 s"),
        "{cannot}"
    );
    assert!(
        cannot.contains("  = help: see to the folder; the run then continues by itself"),
        "{cannot}"
    );
    assert!(again.starts_with("the folder can be written again: "), "{again}");
    assert_eq!(kept(&experiment, place.path()), undisturbed(&experiment));
}

#[test]
fn what_cannot_be_written_in_the_end_is_put_elsewhere_and_can_be_moved_back() {
    // Given up for want of patience, or because a stop was asked for while the folder was blocked.
    for stopped in [false, true] {
        let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
        let interrupt = Interrupt::default();
        let mut run = open(&experiment, place.path());
        if stopped {
            let interrupt = interrupt.clone();
            run.notify = Box::new(move |notice| {
                if matches!(notice, Notice::CannotWrite { .. }) {
                    interrupt.request();
                }
            });
        } else {
            run.patience = Duration::ZERO;
        }
        let error = run_into_a_block(&mut run, &experiment, place.path(), &interrupt, |_| {}).unwrap_err();
        let finished = in_full(&run.trials);
        unblock(place.path());
        let message = error.to_string();
        let Error::Unwritable {
            rescued: Some(rescued),
            trials,
            ..
        } = error
        else {
            panic!("{message}")
        };
        assert!(
            message.contains(&format!("{trials} finished trials were kept in")),
            "{message}"
        );
        assert!(message.contains("move that file into"), "{message}");
        let before = kept(&experiment, place.path());
        assert!(trials > 0 && before.len() + trials == finished.len());
        fs::copy(
            &rescued,
            place.path().join("parts").join(rescued.file_name().unwrap()),
        )
        .unwrap();
        fs::remove_dir_all(rescued.parent().unwrap()).unwrap();
        assert_eq!(kept(&experiment, place.path()), finished);
        let mut run = open(&experiment, place.path());
        assert_eq!(
            run.remaining(),
            TRIALS - finished.len(),
            "nothing finished is computed again"
        );
        run.execute(1, &Interrupt::default(), |_| {}).unwrap();
        assert_eq!(kept(&experiment, place.path()), undisturbed(&experiment));
    }
}

#[test]
fn trials_that_fail_are_kept_as_such_and_the_others_go_on() {
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    let interrupt = Interrupt::default();
    let solve = |cell, draw| match (cell, draw) {
        (0, 2) => panic!("no such neuron: {draw}"),
        (1, 3) => Err(Error::Trial {
            cell: "a cell".into(),
            draw,
            source: reluflow::Error::out_of_range("n", "at least 1", 0),
        }),
        (1, 5) => Ok(Some(Trial {
            cell,
            draw,
            verdict: "out-of-budget".into(),
            numbers: at_its_end(f64::NAN),
            ..Trial::default()
        })),
        // Divergence is an outcome, and stays in the denominator.
        (0, 7) => Ok(Some(Trial {
            cell,
            draw,
            verdict: "not-finite".into(),
            numbers: at_its_end(f64::INFINITY),
            ..Trial::default()
        })),
        _ => trial::run(&experiment, cell, draw, &interrupt),
    };
    let mut run = open(&experiment, place.path());
    run.execute_with(2, &interrupt, solve, |_| {}).unwrap();
    assert_eq!((run.trials.len(), run.remaining()), (TRIALS - 3, 0));
    let mut messages: Vec<&str> = run.failed.iter().map(|failed| failed.message.as_str()).collect();
    messages.sort_unstable();
    assert_eq!(messages[0], "L at the end is NaN with the verdict out-of-budget");
    assert_eq!(messages[2], "panicked: no such neuron: 2");
    assert!(messages[1].starts_with('n'), "{messages:?}");

    // The next start knows, and leaves them alone unless asked.
    let folder = RunFolder::check(place.path(), &experiment).unwrap();
    let known = status(&folder, &experiment, None).unwrap();
    assert_eq!((known.whole.failed, known.whole.missing), (3, 0));
    let mut again = open(&experiment, place.path());
    assert_eq!(
        (again.remaining(), again.failed.len(), again.trials.len()),
        (0, 3, TRIALS - 3)
    );
    again.retry_failed();
    assert_eq!((again.remaining(), again.failed.len()), (3, 0));
    again.execute(1, &Interrupt::default(), |_| {}).unwrap();
    let found = folder.read(&experiment).unwrap();
    assert!(
        found.failed.is_empty(),
        "a trial that ended outweighs its failures"
    );
    let mut expected = undisturbed(&experiment);
    let diverged = found
        .trials
        .iter()
        .find(|trial| trial.verdict == "not-finite")
        .unwrap();
    expected.insert((0, 7), format!("{diverged:?}"));
    assert_eq!(in_full(&found.trials), expected);
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_clock_set_back_changes_nothing() {
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    let mut run = open(&experiment, place.path());
    let interrupt = Interrupt::default();
    let begun = AtomicUsize::new(0);
    let solve = |cell, draw| {
        let trial = trial::run(&experiment, cell, draw, &interrupt);
        if begun.fetch_add(1, Ordering::Relaxed) == 8 {
            interrupt.request();
        }
        trial
    };
    run.execute_with(1, &interrupt, solve, |_| {}).unwrap();
    assert!(run.remaining() > 0 && !run.trials.is_empty());
    drop(run);
    // What is there is now a year ahead of the clock: stamps, and the times in the names of the parts.
    let ahead = Duration::from_secs(365 * 24 * 3600);
    for path in files(place.path()) {
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() + ahead).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let Some(("part", rest)) = name.split_once('-') {
            let (time, rest) = rest.split_once('-').unwrap();
            let later = u128::from_str_radix(time, 16).unwrap() + ahead.as_nanos();
            fs::rename(&path, path.with_file_name(format!("part-{later:032x}-{rest}"))).unwrap();
        }
    }
    let folder = RunFolder::check(place.path(), &experiment).unwrap();
    let known = status(&folder, &experiment, None).unwrap();
    assert!(
        known
            .workers
            .iter()
            .all(|worker| !worker.alive && worker.age.is_none())
    );
    assert_eq!(known.whole.waiting + known.whole.running, 0);
    let mut run = open(&experiment, place.path());
    run.execute(1, &Interrupt::default(), |_| {}).unwrap();
    assert_eq!(kept(&experiment, place.path()), undisturbed(&experiment));
    assert_eq!(
        status(&folder, &experiment, None).unwrap().whole.done,
        TRIALS as u64
    );
}

#[test]
fn a_folder_whose_making_was_cut_short_is_used() {
    let experiment = experiment();
    for there in [
        &["parts"][..],
        &["parts", "experiment.toml"],
        &["parts", ".manifest.json.1-0.tmp"],
    ] {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join(there[0])).unwrap();
        for name in &there[1..] {
            fs::write(place.path().join(name), "hal").unwrap();
        }
        let mut run = open(&experiment, place.path());
        run.execute(1, &Interrupt::default(), |_| {}).unwrap();
        assert_eq!(
            RunFolder::open(place.path()).unwrap().1.digest(),
            experiment.digest(),
            "{there:?}"
        );
    }
}

#[test]
fn an_experiment_changed_in_its_folder_is_noticed_and_written_again() {
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    open(&experiment, place.path())
        .execute(1, &Interrupt::default(), |_| {})
        .unwrap();
    let path = place.path().join("experiment.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("seed = 3"), "{text}");
    fs::write(&path, text.replace("seed = 3", "seed = 4")).unwrap();
    let error = RunFolder::open(place.path()).unwrap_err();
    assert!(
        error.is_bad_input()
            && error
                .to_string()
                .contains("is not what the trials were computed with"),
        "{error}"
    );
    // More draws are the same experiment.
    fs::write(&path, text.replace("draws = 10", "draws = 12")).unwrap();
    assert_eq!(RunFolder::open(place.path()).unwrap().1.draws, 12);
    for damage in ["", "[sweep", &text.replace("seed = 3", "seed = 4")] {
        fs::write(&path, damage).unwrap();
        assert_eq!(open(&experiment, place.path()).remaining(), 0);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
