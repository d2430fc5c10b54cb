//! Checks the parts of a run's folder: damage is noticed, parts do not pile up, writers and mergers at once lose nothing,
//! and the parts of earlier versions are read.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod runs;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arrow_array::{ArrayRef, RecordBatch};
use reluflow::flow::Interrupt;
use reluflow_lab::store::parts;
use reluflow_lab::table;
use reluflow_lab::trial::columns::columns;
use reluflow_lab::{Experiment, Notice, RunFolder, Trial};

use runs::{TRIALS, at_its_end, experiment, in_full, kept, open, undisturbed};

#[test]
fn flipped_bits_and_cuts_of_a_part_are_noticed() {
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    open(&experiment, place.path())
        .execute(1, &Interrupt::default(), |_| {})
        .unwrap();
    let folder = RunFolder::check(place.path(), &experiment).unwrap();
    let part = folder.read(&experiment).unwrap().parts.remove(0).0;
    let whole = fs::read(&part).unwrap();
    let damaged = |bytes: &[u8]| {
        fs::write(&part, bytes).unwrap();
        let found = folder.read(&experiment).unwrap();
        found.trials.is_empty() && found.damaged.len() == 1 && found.damaged[0].lasting
    };
    // Steps that have no divisor in common with 8 reach every bit of a byte.
    for at in (0..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(damaged(&bytes), "a flipped bit in byte {at} of {}", whole.len());
    }
    for at in (0..whole.len()).step_by(17) {
        assert!(damaged(&whole[..at]), "cut after {at} of {} bytes", whole.len());
    }
    assert!(damaged(&whole[..whole.len() - 1]));
    // The next run says so, sets the part aside and computes its trials again.
    let mut run = open(&experiment, place.path());
    let said = run.damaged[0].to_string();
    assert!(
        said.ends_with(" cannot be read (its bytes have changed since it was written)"),
        "{said}"
    );
    assert_eq!(run.remaining(), TRIALS);
    run.execute(1, &Interrupt::default(), |_| {}).unwrap();
    assert!(part.with_extension("parquet.damaged").exists());
    assert_eq!(kept(&experiment, place.path()), undisturbed(&experiment));
}

#[test]
fn parts_do_not_pile_up() {
    let text = "[sweep]\nd = 2\nn = 2\np = 2\ndraws = 300\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 1\n";
    let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let parts = || fs::read_dir(place.path().join("parts")).unwrap().count();
    let (most, writes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut run = open(&experiment, place.path());
    run.notify = Box::new(|notice| {
        assert!(matches!(notice, Notice::Written { .. }), "{notice}");
        most.fetch_max(parts(), Ordering::Relaxed);
        writes.fetch_add(1, Ordering::Relaxed);
    });
    // Each trial waits until the one before is written: every one is a part.
    let begun = AtomicUsize::new(0);
    let solve = |cell, draw| {
        let before = begun.fetch_add(1, Ordering::Relaxed);
        let written = (0..60_000).any(|_| {
            let written = writes.load(Ordering::Relaxed) >= before;
            if !written {
                std::thread::sleep(Duration::from_millis(1));
            }
            written
        });
        assert!(written, "{before} parts were not written in a minute");
        let verdict = "stationary".into();
        Ok(Some(Trial {
            cell,
            draw,
            verdict,
            numbers: at_its_end(0.0),
            ..Trial::default()
        }))
    };
    run.execute_with(1, &Interrupt::default(), solve, |_| {}).unwrap();
    drop(run);
    let (most, writes) = (most.into_inner(), writes.into_inner());
    assert_eq!(writes, 300);
    // 300 < 16³: at most 15 of each of three sizes, whatever the number of writes.
    assert!(most <= 45, "{most} parts at once");
    assert_eq!(parts(), 1);
    assert_eq!(kept(&experiment, place.path()).len(), 300);
}

#[test]
fn of_copies_that_differ_the_same_one_counts_always() {
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    let copy = |loss| Trial {
        verdict: "stationary".into(),
        numbers: at_its_end(loss),
        ..Trial::default()
    };
    // On machines of different kinds the last bits may differ. Whatever the parts and their order:
    for [first, second] in [[0.25, 0.5], [0.5, 0.25]] {
        let folder = place.path().join(first.to_string());
        fs::create_dir(&folder).unwrap();
        parts::write(&folder, &experiment, &[copy(first)], &[]).unwrap();
        parts::write(&folder, &experiment, &[copy(second)], &[]).unwrap();
        let found = parts::read(&folder, &experiment).unwrap();
        assert_eq!(
            (found.trials, found.repeated, found.differing),
            (vec![copy(0.25)], 1, 1)
        );
    }
}

#[test]
fn writers_and_mergers_at_once_lose_nothing() {
    const WRITERS: usize = 3;
    const ROUNDS: u64 = 40;
    let (experiment, place) = (experiment(), tempfile::tempdir().unwrap());
    let folder = place.path();
    let written = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        // Whoever reads meanwhile finds all that was written when he began.
        scope.spawn(|| {
            for _ in 0..300 {
                let there = written.load(Ordering::SeqCst);
                let found = parts::read(folder, &experiment).unwrap().trials.len();
                assert!(found >= there, "{found} trials of at least {there}");
            }
        });
        for writer in 0..WRITERS {
            let (experiment, written) = (&experiment, &written);
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let draw = round * WRITERS as u64 + writer as u64;
                    let trial = Trial {
                        draw,
                        verdict: "stationary".into(),
                        ..Trial::default()
                    };
                    parts::write(folder, experiment, &[trial], &[]).unwrap();
                    written.fetch_add(1, Ordering::SeqCst);
                    // Each merges all it sees, those of the others and what they merged included.
                    let found = parts::read(folder, experiment).unwrap();
                    assert!(found.damaged.is_empty(), "{:?}", found.damaged);
                    if round % 3 == 0 {
                        let paths: Vec<PathBuf> = found.parts.into_iter().map(|(path, _)| path).collect();
                        parts::merge(folder, experiment, &paths).unwrap();
                    }
                }
            });
        }
    });
    let found = parts::read(folder, &experiment).unwrap();
    let draws: Vec<u64> = found.trials.iter().map(|trial| trial.draw).collect();
    assert_eq!(draws, (0..WRITERS as u64 * ROUNDS).collect::<Vec<_>>());
    assert!(
        found.parts.len() < WRITERS * ROUNDS as usize / 2,
        "{} parts",
        found.parts.len()
    );
}

/// Cells are found again by the values of their axes, however these are written for people.
#[test]
fn trials_at_any_scale_come_back() {
    let text = "[sweep]\nd = 4\nn = 3\np = 2\n\"init.scale\" = [1e-140, 1e-20, 1e-5, 1, 1e16]\ndraws = 2\n[init]\nlaw = \"balanced\"\n[flow]\nmethod = \"gradient-descent\"\n[stop]\nsteps = 2\n";
    let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let mut run = open(&experiment, place.path());
    run.execute(1, &Interrupt::default(), |_| {}).unwrap();
    assert_eq!(run.trials.len(), 10);
    assert_eq!(kept(&experiment, place.path()), in_full(&run.trials));
    assert_eq!(experiment.cells[0].axes[0].to_string(), "1e-140");
}

/// A table whose columns have other names, or are left out.
fn renamed(table: &RecordBatch, rename: impl Fn(&str) -> Option<String>) -> RecordBatch {
    let names = table::names(table);
    let columns = names.iter().zip(table.columns());
    let columns: Vec<(String, ArrayRef)> = columns
        .filter_map(|(name, array)| Some((rename(name)?, array.clone())))
        .collect();
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Folders of earlier versions have `foretold_min` where `predicted_min` is now.
#[test]
fn columns_of_earlier_names_are_read() {
    let text = "[sweep]\nd = 4\nn = 4\np = 3\ndraws = 2\n[data]\nlaw = \"orthogonal\"\n[flow]\nmethod = \"gradient-descent\"\n[stop]\nsteps = 5\n[record]\nobservables = [\"diagonal\"]\n";
    let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let mut run = open(&experiment, place.path());
    run.execute(1, &Interrupt::default(), |_| {}).unwrap();
    assert!(
        run.trials
            .iter()
            .all(|trial| trial.get("predicted_min").is_some())
    );
    let parts: Vec<PathBuf> = fs::read_dir(place.path().join("parts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for (k, part) in parts.iter().enumerate() {
        let older = renamed(&table::read(part).unwrap(), |name| {
            Some(name.replace("predicted", "foretold"))
        });
        assert!(older.column_by_name("foretold_min").is_some());
        fs::remove_file(part).unwrap();
        table::write(&part.with_file_name(format!("old-{k}.parquet")), &older).unwrap();
    }
    assert_eq!(kept(&experiment, place.path()), in_full(&run.trials));
}

/// Folders of earlier versions have no `total_defect`; trials that are read there lack it, and nothing else.
#[test]
fn folders_without_the_energy_defect_are_read() {
    let text = "[sweep]\nd = 4\nn = 4\np = 3\ndraws = 2\n[stop]\nsteps = 5\n";
    let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let mut run = open(&experiment, place.path());
    run.execute(1, &Interrupt::default(), |_| {}).unwrap();
    assert!(run.trials.iter().all(|trial| trial.get("total_defect").is_some()));
    for entry in fs::read_dir(place.path().join("parts")).unwrap() {
        let part = entry.unwrap().path();
        let older = renamed(&table::read(&part).unwrap(), |name| {
            (name != "total_defect").then(|| name.to_owned())
        });
        fs::remove_file(&part).unwrap();
        table::write(&part.with_file_name("old.parquet"), &older).unwrap();
    }
    let without = |trial: &Trial| Trial {
        numbers: (columns().iter())
            .filter(|column| column.name != "total_defect")
            .filter_map(|column| Some((column.name, trial.get(column.name)?)))
            .collect(),
        ..trial.clone()
    };
    let expected: Vec<Trial> = run.trials.iter().map(without).collect();
    assert_eq!(kept(&experiment, place.path()), in_full(&expected));
}
