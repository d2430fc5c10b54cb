//! Writes files whole: under a name of their own, to the disk, then renamed.

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::error::{Error, Result};

/// Age at which a temporary file is taken to be left by a process that died.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A word that no other call returns, in this process or in another: processes on several machines may share
/// a folder, so neither process numbers nor clocks will do.
pub(crate) fn unique() -> String {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    // The standard library's hashers are keyed by the operating system's random numbers.
    let process = PROCESS.get_or_init(|| std::hash::RandomState::new().build_hasher().finish());
    format!("{process:016x}-{}", COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// Puts `bytes` at `path`: a reader sees all of them or none, and they are on disk when this returns.
///
/// # Errors
/// When they cannot be written; nothing is left behind.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    place(path, bytes, true, |temporary| std::fs::rename(temporary, path))
}

/// As [`write_whole`] without waiting for the disk, for what is out of date in seconds.
///
/// # Errors
/// As [`write_whole`].
pub(crate) fn write_soon(path: &Path, bytes: &[u8]) -> Result<()> {
    place(path, bytes, false, |temporary| std::fs::rename(temporary, path))
}

/// As [`write_whole`], unless there is a file of that name: it stays.
///
/// # Errors
/// As [`write_whole`].
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    place(path, bytes, true, |temporary| {
        match std::fs::hard_link(temporary, path) {
            Ok(()) => std::fs::remove_file(temporary),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => std::fs::remove_file(temporary),
            // Some file systems have no links; two processes that start at one instant may both get here.
            Err(_) => std::fs::rename(temporary, path),
        }
    })
}

fn place(path: &Path, bytes: &[u8], wait: bool, put: impl Fn(&Path) -> io::Result<()>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!(".{name}.{}.tmp", unique()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        file.write_all(bytes)?;
        if wait { file.sync_all() } else { Ok(()) }
    };
    let written = write()
        .map_err(|source| Error::file("writing", path, source))
        .and_then(|()| put(&temporary).map_err(|source| Error::file("renaming to", path, source)));
    if written.is_err() {
        // Half a file takes room that the next attempt needs.
        std::fs::remove_file(&temporary).ok();
    } else if wait && let Some(folder) = path.parent() {
        // The name is on disk once its folder is. Not every system can say so of a folder.
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
    }
    written
}

/// The time by the clock that stamps files in `folder`, which on a shared file system is another machine's;
/// by this machine's where the folder cannot be written.
pub(crate) fn now(folder: &Path) -> SystemTime {
    let probe = folder.join(format!(".now.{}.tmp", unique()));
    let stamp = File::create(&probe).and_then(|file| file.metadata()?.modified());
    std::fs::remove_file(&probe).ok();
    stamp.unwrap_or_else(|_| SystemTime::now())
}

/// Removes temporary files that a killed process left long ago.
pub(crate) fn sweep(folder: &Path) {
    let now = now(folder);
    for path in list(folder, "tmp").unwrap_or_default() {
        let age = std::fs::metadata(&path)
            .and_then(|data| data.modified())
            .map(|stamp| now.duration_since(stamp).unwrap_or_default());
        if age.is_ok_and(|age| age > ABANDONED) {
            std::fs::remove_file(&path).ok();
        }
    }
}

/// The files of a folder with an extension, sorted; none when the folder is not there.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn list(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::file("reading", folder, error);
    let listing = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(failed)?,
    };
    let mut paths = Vec::new();
    for entry in listing {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_new(&path, b"first").unwrap();
        write_new(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        write_whole(&path, b"third").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"third");
        // A folder in the way: the bytes can be written, the renaming fails.
        let blocked = folder.path().join("b.json");
        std::fs::create_dir_all(blocked.join("inside")).unwrap();
        write_whole(&blocked, b"fourth").unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn only_old_temporary_files_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let [fresh, old, future] = ["fresh", "old", "future"].map(|name| {
            let path = folder.path().join(format!(".{name}.tmp"));
            std::fs::write(&path, name).unwrap();
            path
        });
        let stamp = |path: &Path, time: SystemTime| {
            let file = OpenOptions::new().write(true).open(path).unwrap();
            file.set_modified(time).unwrap();
        };
        stamp(&old, SystemTime::now() - 2 * ABANDONED);
        stamp(&future, SystemTime::now() + 2 * ABANDONED);
        sweep(folder.path());
        assert!(fresh.exists() && !old.exists() && future.exists());
    }
}
