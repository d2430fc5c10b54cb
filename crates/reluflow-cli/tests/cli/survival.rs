//! Checks what the command does when the disk is full, read-only or limited, and when trials fail.
//!
//! Two of these faults need a file system of their own, which only root may mount; the same faults by means
//! open to everybody are in `reluflow-lab`'s tests of survival.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::common::{Place, descents};
use serde_json::Value;

/// Sixty trials of a few hundredths of a second.
fn experiment() -> String {
    descents([20, 80, 100], 20, 1500)
}

/// A file system in memory.
struct Disk(PathBuf);

impl Disk {
    /// None where it cannot be mounted.
    fn mount(path: &Path) -> Option<Self> {
        fs::create_dir(path).unwrap();
        let mounted = mount(&["-t", "tmpfs", "-o", "size=512k", "reluflow-test"], path);
        if !mounted {
            println!("skipped: a file system can only be mounted by root");
        }
        mounted.then(|| Self(path.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    let mut command = Command::new("mount");
    command
        .args(arguments)
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Starts a run that writes every trial, and keeps what it says in the file `said`.
fn start(place: &Place, out: &str) -> Child {
    place
        .command(&["run", "fig.toml", "--out", out, "--write-every", "0", "--quiet"])
        .stdout(Stdio::null())
        .stderr(File::create(place.path("said")).unwrap())
        .spawn()
        .unwrap()
}

fn said(place: &Place) -> String {
    fs::read_to_string(place.path("said")).unwrap()
}

/// Lets the run go to its end and checks that it is the undisturbed one.
fn finish(place: &Place, mut child: Child, out: &str) {
    place.wait("the end of the run", || child.try_wait().unwrap().is_some());
    assert!(child.wait().unwrap().success(), "{}", said(place));
    assert!(
        said(place).contains("the folder can be written again: "),
        "{}",
        said(place)
    );
    place.stdout(&["run", "fig.toml", "--out", "undisturbed", "--quiet"]);
    assert_eq!(place.trials(out), place.trials("undisturbed"));
}

#[test]
fn a_full_disk_is_waited_for() {
    let place = Place::with(&experiment());
    let Some(disk) = Disk::mount(&place.path("disk")) else {
        return;
    };
    let child = start(&place, "disk/run");
    place.wait("a part", || !place.parts("disk/run").is_empty());
    let ballast = disk.0.join("ballast");
    let mut file = File::create(&ballast).unwrap();
    place.wait("the end of room", || {
        // Merging parts makes room now and then.
        while file.write_all(&[1; 512]).is_ok() {}
        said(&place).contains("\n  = help: make room on the disk; the run then continues by itself\n")
    });
    assert!(
        said(&place).contains("No space left on device"),
        "{}",
        said(&place)
    );
    drop(file);
    fs::remove_file(ballast).unwrap();
    finish(&place, child, "disk/run");
}

#[test]
fn a_folder_made_read_only_is_waited_for() {
    let place = Place::with(&experiment());
    let Some(disk) = Disk::mount(&place.path("disk")) else {
        return;
    };
    let child = start(&place, "disk/run");
    place.wait("a part", || !place.parts("disk/run").is_empty());
    // Refused at the instant a file is being written.
    place.wait("read-only", || mount(&["-o", "remount,ro"], &disk.0));
    place.wait("the message", || {
        said(&place).contains("\n  = help: make the folder writable; the run then continues by itself\n")
    });
    assert!(said(&place).contains("Read-only file system"), "{}", said(&place));
    // What is there can be read meanwhile.
    let status: Value = serde_json::from_str(&place.stdout(&["status", "disk/run", "--json"])).unwrap();
    assert!(status["trials"]["done"].as_u64().unwrap() > 0);
    place.stdout(&["summarize", "disk/run"]);
    assert!(mount(&["-o", "remount,rw"], &disk.0));
    finish(&place, child, "disk/run");
}

#[cfg(unix)]
#[test]
fn what_can_be_kept_nowhere_is_said_and_computed_again() {
    let place = Place::with(&experiment());
    // No file may be larger than 1024 bytes, which a part is, here or elsewhere; the signal that comes with it
    // is ignored, as batch systems do.
    let command = format!(
        "trap '' XFSZ; ulimit -f 2; exec '{}' run fig.toml --out run --patience 0 --write-every 0 --quiet",
        env!("CARGO_BIN_EXE_reluflow")
    );
    let mut shell = Command::new("sh");
    let output = shell
        .args(["-c", &command])
        .current_dir(place.path(""))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let last = said.lines().rev().take(2).collect::<Vec<_>>();
    assert!(
        last[1].ends_with(" finished trials could be kept nowhere"),
        "{said}"
    );
    assert_eq!(
        last[0],
        "  = help: raise the limit on the size of files, and give the same command: it computes them again and resumes"
    );
    assert!(place.parts("run").is_empty());
    let whole = place.stdout(&["run", "fig.toml", "--out", "undisturbed", "--json", "--quiet"]);
    assert_eq!(
        place.stdout(&["run", "fig.toml", "--out", "run", "--json", "--quiet"]),
        whole
    );
    assert_eq!(place.trials("run"), place.trials("undisturbed"));
}

#[test]
fn trials_that_cannot_be_drawn_are_told_of_and_the_others_summed_up() {
    // One neuron cannot be correctly active on twenty examples in general position, labels of both signs.
    let place = Place::with(
        "[sweep]\nd = 3\nn = 20\np = [1, 40]\ndraws = 2\n[init]\nlaw = \"asymmetric\"\ncovered = true\n[flow]\nmethod = \"gradient-descent\"\nprecision = \"f32\"\n[stop]\nsteps = 5\n",
    );
    let run = ["run", "fig.toml", "--out", "run", "--quiet", "--json"];
    let output = place.run(&run);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let warnings = said
        .lines()
        .filter(|line| line.starts_with("warning: a trial failed: d = 3, n = 20, p = 1, draw "));
    assert_eq!(warnings.count(), 2, "{said}");
    assert!(said.contains("2 trials failed, the first with: "), "{said}");
    assert!(
        said.ends_with(
            "= help: `reluflow status run` lists them; the same seed fails again: another law or another sweep.seed draws others\n"
        ),
        "{said}"
    );
    let table = String::from_utf8(output.stdout).unwrap();
    let draws: Vec<Value> = table
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["draws"].clone())
        .collect();
    assert_eq!(draws, [0, 2]);
    let status: Value = serde_json::from_str(&place.stdout(&["status", "run", "--json"])).unwrap();
    assert_eq!(
        (&status["trials"]["failed"], &status["trials"]["missing"]),
        (&2.into(), &0.into())
    );
    assert_eq!(status["failures"].as_array().unwrap().len(), 2);
    // Another attempt would fail the same way, so none is advised.
    assert_eq!(status["commands"].as_array().unwrap().len(), 0);
    // Started again without that, nothing is computed, and the answer is the same.
    let output = place.run(&run);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), table);
    assert!(!String::from_utf8(output.stderr).unwrap().contains("warning"));
    let retried = place.run(&[&run[..], &["--retry-failed"]].concat());
    assert!(
        String::from_utf8(retried.stderr)
            .unwrap()
            .contains("warning: a trial failed")
    );
}
