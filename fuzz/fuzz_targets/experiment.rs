//! Reads anything as an experiment file: an answer or a complaint, never a panic.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use reluflow_lab::Experiment;

fuzz_target!(|text: &str| {
    match Experiment::from_text("fuzz.toml", "fuzz", text, &[], Path::new("/nowhere")) {
        Ok(experiment) => {
            // What a run keeps of an experiment must read back as the same one.
            let kept = experiment.to_toml(experiment.draws);
            let again = Experiment::from_text("kept", "fuzz", &kept, &[], Path::new("/nowhere"));
            assert_eq!(again.map(|again| again.digest()).ok(), Some(experiment.digest()), "{kept}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
