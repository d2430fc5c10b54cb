//! Reads anything as an array file; the first byte chooses the format.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use reluflow_lab::arrays::{DataFile, Inputs, NetworkFile};

/// A folder in memory where there is one: a file is written for every try.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = base.join(format!("reluflow-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    // The fuzzer ends at every panic, also at those that the reader catches, unless its hook is replaced.
    std::panic::set_hook(Box::new(|panic| {
        if std::env::var_os("SHOW").is_some() {
            eprintln!("{panic}");
        }
    }));
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let extension = ["npy", "npz", "csv", "parquet", "csv.gz", "txt"][usize::from(first % 6)];
    let path = FOLDER.join(format!("file.{extension}"));
    std::fs::write(&path, bytes).expect("room for the file");
    let data = if extension == "npy" {
        DataFile {
            inputs: Some(Inputs::File(path.clone())),
            labels: Some(path.clone()),
            ..DataFile::default()
        }
    } else {
        DataFile {
            path: Some(path.clone()),
            ..DataFile::default()
        }
    };
    // Read or refused, both are well; a panic is not.
    let _ = data.read();
    if extension == "npz" {
        let network = NetworkFile {
            path: Some(path),
            ..NetworkFile::default()
        };
        let _ = network.read();
    }
});
