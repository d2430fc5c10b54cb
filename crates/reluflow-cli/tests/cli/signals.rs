//! Two Ctrl-C a fraction of a millisecond apart, as some launchers pass one on, are one.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use crate::common::Place;

#[test]
fn two_signals_at_once_lose_nothing_that_is_finished() {
    let place =
        Place::with("[sweep]\nd = 40\nn = [20, 80]\np = 20\ndraws = 5000\nseed = 11\n[stop]\nsteps = 1500\n");
    let mut child = place
        .command(&[
            "run",
            "fig.toml",
            "--out",
            "run",
            "--write-every",
            "1",
            "--threads",
            "2",
        ])
        .stdout(Stdio::null())
        .stderr(File::create(place.path("said")).unwrap())
        .spawn()
        .unwrap();
    place.wait("a part", || !place.parts("run").is_empty());
    // A built-in of the shell: the signals are microseconds apart.
    let kills = format!("kill -INT {0}; kill -INT {0}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kills])
            .status()
            .unwrap()
            .success()
    );
    place.wait("the end of the run", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let said = fs::read_to_string(place.path("said")).unwrap();
    let kept = place.trials("run").len();
    assert!(
        said.contains(&format!("interrupted: {kept} of 10000 trials are kept in ")),
        "{kept}: {said}"
    );
}
