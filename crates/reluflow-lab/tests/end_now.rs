//! A run that is ended at once keeps what is finished and waits for no trial under way.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Notice, Run, RunFolder, trial};

#[test]
fn what_is_finished_is_written_while_a_trial_hangs() {
    let text = "[sweep]\nd = 4\nn = 6\np = 3\ndraws = 9\n[stop]\nsteps = 3\n";
    let experiment = Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap();
    for hangs in [1, 4, 8] {
        let (release, told) = (AtomicBool::new(false), AtomicBool::new(false));
        let place = tempfile::tempdir().unwrap();
        let folder = RunFolder::check(place.path(), &experiment).unwrap();
        let mut run = Run::open(&experiment, folder).unwrap();
        let end_now = Arc::clone(&run.end_now);
        run.notify = Box::new(|notice| {
            if let Notice::EndedNow { trials, error } = notice {
                // The process would end here: what is on disk counts, and one trial still hangs.
                assert!(error.is_none());
                let (folder, kept) = RunFolder::open(place.path()).unwrap();
                assert_eq!(
                    (folder.read(&kept).unwrap().trials.len(), *trials),
                    (hangs, hangs)
                );
                told.store(true, Ordering::Relaxed);
                release.store(true, Ordering::Relaxed);
            }
        });
        let solve = |cell, draw: u64| {
            if draw as usize == hangs {
                end_now.store(true, Ordering::Relaxed);
                while !release.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            trial::run(&experiment, cell, draw, &Interrupt::default())
        };
        run.execute_with(1, &Interrupt::default(), solve, |_| {}).unwrap();
        assert!(told.load(Ordering::Relaxed));
        drop(run);
        let (folder, kept) = RunFolder::open(place.path()).unwrap();
        assert_eq!(
            folder.read(&kept).unwrap().trials.len(),
            9,
            "nothing is lost and nothing is there twice"
        );
    }
}
