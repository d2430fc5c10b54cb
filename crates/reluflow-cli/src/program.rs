//! Finds the file by which this command can be started again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The absolute path of a program called by a name: the name itself when it is a path, otherwise the first of the PATH.
///
/// The running process need not be it: it may be an interpreter that runs a script of this name.
pub(crate) fn executable(name: &OsStr) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.components().count() > 1 {
        let path = std::path::absolute(path).ok()?;
        return can_run(&path).then_some(path);
    }
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .filter_map(|folder| std::path::absolute(folder.join(path)).ok())
        .find(|path| can_run(path))
}

#[cfg(unix)]
fn can_run(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn can_run(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_for_on_the_path_and_paths_are_not() {
        let shell = executable(OsStr::new("sh")).unwrap();
        assert!(shell.is_absolute() && can_run(&shell));
        assert_eq!(executable(shell.as_os_str()), Some(shell));
        assert_eq!(executable(OsStr::new("/etc/passwd")), None, "not a program");
        assert_eq!(executable(OsStr::new("no program of this name")), None);
    }
}
