//! Checks that threads that find no trial left, and help with the one under way, change no bit of it.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::{Experiment, Run, RunFolder};

/// One trial whose evaluations are large enough to be shared: 4ndp = 48 Mflop.
fn experiment() -> Experiment {
    let text = "[sweep]\nd = 100\nn = 3000\np = 40\ndraws = 1\nseed = 5\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 3\n";
    Experiment::from_text("threads", "threads", text, &[], Path::new("")).unwrap()
}

#[test]
fn a_single_trial_has_the_same_bits_on_every_number_of_threads() {
    let experiment = experiment();
    let trials = |threads: usize| {
        let name = format!("reluflow-threads-{}-{threads}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let folder = RunFolder::check(&path, &experiment).unwrap();
        let mut run = Run::open(&experiment, folder).unwrap();
        run.execute(threads, &Interrupt::default(), |_| {}).unwrap();
        let trials = std::mem::take(&mut run.trials);
        std::fs::remove_dir_all(&path).unwrap();
        assert_eq!(trials.len(), 1);
        format!("{trials:?}") // shortest digits that read back: equal texts are equal bits
    };
    let alone = trials(1);
    for threads in [2, 3] {
        assert_eq!(trials(threads), alone, "{threads} threads");
    }
}
