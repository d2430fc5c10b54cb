//! Two Ctrl-C a fraction of a millisecond apart, as some launchers pass one on, are one.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::Place;
use rustix::process::{Pid, Signal, kill_process};

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

/// Twenty times, at moments spread over the run from its first milliseconds on, in one folder that ends with the bits of a run
/// that nobody disturbed.
#[test]
fn twenty_double_signals_lose_nothing_that_is_finished() {
    let place =
        Place::with("[sweep]\nd = 40\nn = [20, 80]\np = 20\ndraws = 150\nseed = 11\n[stop]\nsteps = 1500\n");
    let mut kept = 0;
    let mut interrupted = 0;
    for round in 0..20u32 {
        let said = File::create(place.path("said")).unwrap();
        let arguments = ["run", "fig.toml", "--out", "run", "--threads", "2", "--json"];
        let mut child = place
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .unwrap();
        // Its report of itself says that it listens; then a golden-ratio sequence between 0 and 0.35 s.
        let report = format!("\"pid\":{}", child.id());
        let is_its = |path: &std::path::PathBuf| {
            path.parent().is_some_and(|folder| folder.ends_with("workers"))
                && fs::read_to_string(path).is_ok_and(|text| text.contains(&report))
        };
        let mut ended = false;
        place.wait("the start", || {
            ended = child.try_wait().unwrap().is_some();
            ended || place.files().iter().any(is_its)
        });
        let moment = 0.35 * (f64::from(round) * 0.618_034).fract();
        std::thread::sleep(Duration::from_secs_f64(moment));
        let id = Pid::from_child(&child);
        // Both fail where the run has ended already, which is as well.
        kill_process(id, Signal::INT).ok();
        std::thread::sleep(Duration::from_micros(250));
        kill_process(id, Signal::INT).ok();
        place.wait("the end of the run", || child.try_wait().unwrap().is_some());
        let code = child.wait().unwrap().code();
        let said = fs::read_to_string(place.path("said")).unwrap();
        if code == Some(0) {
            break;
        }
        // What the process says that it had finished is in the folder, and what was there before still is.
        assert_eq!(code, Some(130), "round {round}: {said}");
        interrupted += 1;
        let now = place.trials("run").len();
        assert!(
            said.contains(&format!("interrupted: {now} of 300 trials are kept in ")),
            "round {round}, {now}: {said}"
        );
        assert!(now >= kept, "round {round}: {now} after {kept}");
        kept = now;
    }
    println!("{interrupted} interrupted, {kept} trials kept by them");
    assert!(
        interrupted >= 3 && kept > 0,
        "{interrupted} rounds, {kept} trials: the test shows nothing"
    );
    for run in ["run", "calm"] {
        place.stdout(&["run", "fig.toml", "--out", run, "--quiet"]);
    }
    assert_eq!(place.trials("run"), place.trials("calm"));
}

/// One run that would last for hours says how far it is; Ctrl-C ends it, and its rows so far are kept.
#[test]
fn a_trajectory_that_is_interrupted_keeps_its_rows() {
    let place = Place::with(
        "[sweep]\nd = 40\nn = 80\np = 20\nseed = 11\n[flow]\nmethod = \"gradient-descent\"\nlearning_rate = 1e-9\n[stop]\ntrap = true\ntime = 1e6\n\
         [record]\nwhen = { per-decade = 10 }\n",
    );
    let mut child = place
        .command(&["trajectory", "fig.toml", "--out", "rows.csv"])
        .stdout(File::create(place.path("stdout")).unwrap())
        .stderr(File::create(place.path("said")).unwrap())
        .spawn()
        .unwrap();
    let said = || fs::read_to_string(place.path("said")).unwrap();
    place.wait("a word", || {
        !said().is_empty() || child.try_wait().unwrap().is_some()
    });
    assert!(
        said().contains("evaluations so far; Ctrl-C ends the run"),
        "{}",
        said()
    );
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    place.wait("the end of the run", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let shown = fs::read_to_string(place.path("stdout")).unwrap();
    assert!(shown.contains("interrupted at t = "), "{shown}");
    let rows = fs::read_to_string(place.path("rows.csv")).unwrap();
    assert!(rows.lines().count() > 2, "{rows}");
}
