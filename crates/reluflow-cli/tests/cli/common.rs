//! Runs the real binary in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use reluflow_lab::{RunFolder, Trial};

pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// An experiment of short trials in three cells: gradient descent in single precision, some hundredths of a second a trial.
pub(crate) fn descents(n: [usize; 3], draws: usize, steps: usize) -> String {
    format!(
        "[sweep]\nd = 40\nn = {n:?}\np = 20\ndraws = {draws}\nseed = 11\n\n\
         [flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n\n\
         [stop]\nsteps = {steps}\n"
    )
}

impl Place {
    /// An empty folder with one experiment file, `fig.toml`.
    pub(crate) fn with(experiment: &str) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(place.path("fig.toml"), experiment).unwrap();
        place
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reluflow"));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed, and returns what it printed.
    pub(crate) fn stdout(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Every trial of a run in full, by cell and draw; Debug prints the shortest text that reads back as the
    /// same bits, and every NaN alike.
    pub(crate) fn trials(&self, run: &str) -> BTreeMap<(usize, u64), String> {
        let (folder, experiment) = RunFolder::open(&self.path(run)).unwrap();
        let found = folder.read(&experiment).unwrap();
        assert!(found.damaged.is_empty(), "{:?}", found.damaged);
        let text = |trial: Trial| ((trial.cell, trial.draw), format!("{trial:?}"));
        found.trials.into_iter().map(text).collect()
    }

    /// Sends a signal to a process.
    pub(crate) fn signal(&self, child: &Child, signal: &str) {
        let id = child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until something holds.
    pub(crate) fn wait(&self, what: &str, mut holds: impl FnMut() -> bool) {
        // Not a measurement: only an end for a test that would hang.
        for _ in 0..12_000 {
            if holds() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{what} did not happen in two minutes");
    }

    /// Every file below the folder, sorted.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }

    /// The finished part files of a run.
    pub(crate) fn parts(&self, run: &str) -> Vec<PathBuf> {
        let is_part = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "parquet");
        let folder = self.path(run);
        self.files()
            .into_iter()
            .filter(|path| path.starts_with(&folder) && is_part(path))
            .collect()
    }
}
