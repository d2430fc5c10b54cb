//! Reads the files that once ended a reader with a panic, as the fuzzers of `fuzz/` found them.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::fs;
use std::path::{Path, PathBuf};

use reluflow_lab::Experiment;
use reluflow_lab::arrays::DataFile;
use reluflow_lab::store::parts;

/// The experiment of the fuzzer of parts.
fn experiment() -> Experiment {
    let text = "[sweep]\nd = 4\nn = [3, 5]\np = 2\n\"init.hidden_scale\" = [1, 0.5]\ndraws = 2\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 2\n";
    Experiment::from_text("test", "test", text, &[], Path::new("")).unwrap()
}

#[test]
fn mangled_files_are_refused_in_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mangled");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let place = tempfile::tempdir().unwrap();
        fs::copy(&path, place.path().join(path.file_name().unwrap())).unwrap();
        let found = parts::read(place.path(), &experiment()).unwrap();
        assert_eq!(found.damaged.len(), 1, "{}", path.display());
        let data = DataFile {
            path: Some(path.clone()),
            ..DataFile::default()
        };
        let refusal = data.read().unwrap_err();
        assert!(!refusal.found.is_empty(), "{}", path.display());
    }
}
