//! Reads anything as a part of a run.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reluflow_lab::Experiment;
use reluflow_lab::store::parts;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = base.join(format!("reluflow-fuzz-parts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    // The fuzzer ends at every panic, also at those that the reader catches, unless its hook is replaced.
    std::panic::set_hook(Box::new(|panic| {
        if std::env::var_os("SHOW").is_some() {
            eprintln!("{panic}");
        }
    }));
    folder
});

static EXPERIMENT: LazyLock<Experiment> = LazyLock::new(|| {
    let text = "[sweep]\nd = 4\nn = [3, 5]\np = 2\n\"init.hidden_scale\" = [1, 0.5]\ndraws = 2\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 2\n";
    Experiment::from_text("fuzz", "fuzz", text, &[], Path::new("")).expect("a good experiment")
});

fuzz_target!(|bytes: &[u8]| {
    // A name without a digest: with one, nearly everything would be refused unread.
    std::fs::write(FOLDER.join("part.parquet"), bytes).expect("room for the file");
    let found = parts::read(&FOLDER, &EXPERIMENT).expect("a readable folder");
    assert_eq!(found.parts.len() + found.damaged.len(), 1);
});
