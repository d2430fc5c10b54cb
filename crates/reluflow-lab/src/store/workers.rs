//! Lets processes that share a folder see each other: each rewrites one small file about itself.
//!
//! Nothing depends on these files but what people are told. Whether a process lives is judged by its entry in
//! this machine's table where it runs here, and else by the age of its file, on the clock of the file system:
//! machines' clocks differ, and are set back.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::files;
use crate::error::Result;
use crate::experiment::Shard;

/// Age of a file beyond which a process on another machine is taken to be gone. Files are rewritten every ten
/// seconds; shared file systems show changes late.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// Which process, among those of all machines that share the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The machine's name.
    pub host: String,
    /// The process's number there.
    pub pid: u32,
    /// In which set of numbers: containers of one machine number their processes apart.
    space: String,
    /// When it started, in the machine's own count: numbers are used again.
    started: String,
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Trials.
    Running,
    /// Its part of the run is done.
    Finished,
    /// It was asked to stop.
    Interrupted,
    /// It could not go on.
    Failed,
}

/// What a process says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Which one it is.
    pub process: Process,
    /// What it does.
    pub state: State,
    /// Its part of the run.
    pub shard: Shard,
    /// Draws of every cell that it was started for.
    pub draws: u64,
    /// Threads.
    pub threads: usize,
    /// Trials it has finished.
    pub done: u64,
    /// Trials it has still to begin.
    pub waiting: u64,
    /// Cell and draw of the trials under way.
    pub now: Vec<(usize, u64)>,
}

/// A process as others see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Worker {
    /// What it last said.
    pub report: Report,
    /// How long ago; none when its file is of the future, which happens when a clock was set back.
    pub age: Option<Duration>,
    /// Whether it is at work.
    pub alive: bool,
    /// Its file.
    pub path: PathBuf,
}

impl Process {
    /// This process.
    pub fn current() -> Self {
        let pid = std::process::id();
        Self {
            host: host(),
            pid,
            space: space(),
            started: started(pid).unwrap_or_default(),
        }
    }

    /// Whether it is in this machine's table; none when that cannot be seen from here.
    fn in_table(&self) -> Option<bool> {
        let here = self.host == host() && self.space == space() && !self.started.is_empty();
        here.then(|| started(self.pid).is_some_and(|started| started == self.started))
    }
}

impl std::fmt::Display for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "process {} on {}", self.pid, self.host)
    }
}

fn host() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname");
    let name = kernel.or_else(|_| std::env::var("HOSTNAME")).unwrap_or_default();
    match name.trim() {
        "" => "an unnamed machine".to_owned(),
        name => name.to_owned(),
    }
}

fn space() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let numbers = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{} {}", boot.trim(), numbers.display())
}

/// When a process of this machine started, in ticks since the machine did: field 22 of its line, the 20th after
/// the name in parentheses. None when it is gone, or a zombie.
fn started(pid: u32) -> Option<String> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

/// Writes what a process says under its name in `folder`; a failure is nobody's business.
pub(crate) fn write(folder: &Path, name: &str, report: &Report) {
    let text = serde_json::to_string(report).unwrap_or_default() + "\n";
    std::fs::create_dir_all(folder).ok();
    files::write_soon(&folder.join(name), text.as_bytes()).ok();
}

/// Reads what the processes said; live ones first.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn read(folder: &Path) -> Result<Vec<Worker>> {
    let paths = files::list(folder, "json")?;
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let now = files::now(folder);
    let mut workers: Vec<Worker> = paths
        .into_iter()
        .filter_map(|path| {
            // What is gone meanwhile, or cannot be read, says nothing.
            let report: Report = serde_json::from_str(&std::fs::read_to_string(&path).ok()?).ok()?;
            let stamp = std::fs::metadata(&path).and_then(|data| data.modified()).ok()?;
            let age = age(now, stamp);
            let alive = report.state == State::Running
                && report
                    .process
                    .in_table()
                    .unwrap_or_else(|| age.is_some_and(|age| age < SILENCE));
            Some(Worker {
                report,
                age,
                alive,
                path,
            })
        })
        .collect();
    workers.sort_by_key(|worker| !worker.alive);
    Ok(workers)
}

/// The age of a stamp. A stamp a little ahead is rounding; one further ahead is from before a clock was set back,
/// and a process that lives would have written anew since.
fn age(now: SystemTime, stamp: SystemTime) -> Option<Duration> {
    match now.duration_since(stamp) {
        Ok(age) => Some(age),
        Err(ahead) if ahead.duration() < SILENCE => Some(Duration::ZERO),
        Err(_) => None,
    }
}

/// Removes the files of processes that are gone and had the same part of the run as one that begins.
pub(crate) fn replace(workers: &[Worker], shard: Shard) {
    for worker in workers {
        if !worker.alive && worker.report.shard == shard {
            std::fs::remove_file(&worker.path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(process: Process) -> Report {
        Report {
            process,
            state: State::Running,
            shard: Shard::WHOLE,
            draws: 3,
            threads: 2,
            done: 1,
            waiting: 4,
            now: vec![(0, 1), (2, 0)],
        }
    }

    fn elsewhere() -> Process {
        Process {
            host: "elsewhere".into(),
            ..Process::current()
        }
    }

    #[test]
    fn this_process_lives_and_one_of_another_start_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let now = Process::current();
        write(folder.path(), "a.json", &report(now.clone()));
        let before = Process {
            started: "1".into(),
            ..now
        };
        write(folder.path(), "b.json", &report(before));
        let workers = read(folder.path()).unwrap();
        assert_eq!(workers.len(), 2);
        if cfg!(target_os = "linux") {
            assert!(workers[0].alive && workers[0].path.ends_with("a.json"));
            assert!(!workers[1].alive, "its number belongs to another process now");
        }
    }

    #[test]
    fn another_machine_is_judged_by_age_on_the_clock_of_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let now = files::now(folder.path());
        let cases = [
            ("fresh", now, true),
            ("a little ahead", now + SILENCE / 2, true),
            ("silent", now - 2 * SILENCE, false),
            ("from before the clock was set back", now + 100 * SILENCE, false),
        ];
        for (name, stamp, alive) in cases {
            let path = folder.path().join("w.json");
            write(folder.path(), "w.json", &report(elsewhere()));
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(stamp).unwrap();
            assert_eq!(read(folder.path()).unwrap()[0].alive, alive, "{name}");
        }
        let ended = Report {
            state: State::Finished,
            ..report(elsewhere())
        };
        write(folder.path(), "w.json", &ended);
        assert!(!read(folder.path()).unwrap()[0].alive);
    }
}
