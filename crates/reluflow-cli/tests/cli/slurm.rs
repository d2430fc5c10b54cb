//! Checks the scripts for Slurm: their text with a stand-in for sbatch, and, on request, a real array job.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use crate::common::{Place, descents};
use reluflow_lab::RunFolder;

/// One step of descent: a trial takes no time.
const QUICK: &str = "\
[sweep]
d = 10
n = [20, 40]
p = 5
draws = 8

[flow]
method = \"gradient-descent\"
precision = \"f32\"

[stop]
steps = 1
";

/// A few hundred trials of some hundredths of a second each.
fn long() -> String {
    descents([120, 80, 100], 400, 3000)
}

/// A stand-in for sbatch and squeue, which keeps what it was given in `calls`, and numbers jobs from 101 on. In the
/// queue are the jobs and tasks that the file `queue` lists, one a line.
const STAND_IN: &str = r#"#!/bin/sh
folder=$(dirname "$0")
case "$(basename "$0") $1" in
"sbatch --version") echo "slurm 0.0" ;;
"sbatch "*)
    [ -e "$folder/refuse" ] && { echo "sbatch: error: invalid partition" >&2; exit 1; }
    echo "$*" >>"$folder/calls"
    echo "$((100 + $(wc -l <"$folder/calls")));cluster" ;;
"squeue "*) [ -e "$folder/queue" ] && sed -n "s/^$5 //p" "$folder/queue" ;;
esac
exit 0
"#;

/// A folder with an experiment and the stand-in; its name has what a shell would stumble over.
fn place() -> Place {
    let place = Place::with(QUICK);
    fs::create_dir(place.path("bin")).unwrap();
    for name in ["sbatch", "squeue"] {
        let path = place.path("bin").join(name);
        fs::write(&path, STAND_IN).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    place
}

fn beside_slurm(place: &Place, arguments: &[&str]) -> Output {
    let path = format!("{}:/usr/bin:/bin", place.path("bin").display());
    place.command(arguments).env("PATH", path).output().unwrap()
}

fn slurm(place: &Place, arguments: &[&str]) -> Output {
    beside_slurm(place, &[&["slurm", "fig.toml"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const OUT: &str = "a run's 50% folder";

#[test]
fn an_array_and_a_report_are_submitted() {
    let place = place();
    let arguments = [
        "--out",
        OUT,
        "--tasks",
        "3",
        "--time",
        "1:00:00",
        "--partition",
        "long",
        "--sbatch-arg=--account=theory",
        "--cpus-per-task",
        "2",
    ];
    let output = slurm(&place, &arguments);
    assert_eq!(
        text(&output.stdout),
        "array 101: tasks 1-3 of 3\njob 102: summary and report, after the array\n",
        "{}",
        text(&output.stderr)
    );
    let calls = fs::read_to_string(place.path("bin/calls")).unwrap();
    let run = place.path(OUT);
    assert_eq!(
        calls.replace(&run.display().to_string(), "[run]"),
        "--parsable [run]/slurm/array.sh\n--parsable --dependency=afterany:101 [run]/slurm/report.sh\n"
    );
    assert_eq!(
        fs::read_to_string(run.join("slurm/jobs.txt")).unwrap(),
        "101 tasks 1-3 of 3\n102 summary and report\n"
    );
    let script = fs::read_to_string(run.join("slurm/array.sh")).unwrap();
    let options: Vec<&str> = script
        .lines()
        .filter_map(|line| line.strip_prefix("#SBATCH "))
        .collect();
    let log = format!(
        "--output=\"{}/slurm/task-%a.log\"",
        run.display().to_string().replace('%', "%%")
    );
    for option in [
        "--array=1-3",
        "--cpus-per-task=2",
        "--requeue",
        "--open-mode=append",
        "--signal=B:TERM@60",
        "--time=1:00:00",
        "--partition=long",
        "--account=theory",
        &log,
    ] {
        assert!(options.contains(&option), "{option} is missing:\n{script}");
    }
}

#[test]
fn the_scripts_do_the_run() {
    let place = place();
    assert!(slurm(&place, &["--out", OUT, "--tasks", "3"]).status.success());
    let run = place.path(OUT);
    let task = |index: &str| {
        let status = Command::new("sh")
            .arg(run.join("slurm/array.sh"))
            .env("SLURM_ARRAY_TASK_ID", index)
            .env("SLURM_CPUS_PER_TASK", "1")
            .env("SLURM_JOB_ID", "7")
            .current_dir("/")
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", text(&status.stderr));
    };
    task("1");
    task("3");
    // Nobody is at the second shard: it alone is submitted again.
    let output = slurm(&place, &["--out", OUT, "--tasks", "3"]);
    assert!(
        text(&output.stdout).starts_with("array 103: tasks 2 of 3\n"),
        "{}",
        text(&output.stdout)
    );
    assert!(text(&output.stderr).contains("1 of 3 tasks have something left to do"));
    task("2");
    let output = slurm(&place, &["--out", OUT, "--tasks", "3"]);
    assert_eq!(text(&output.stdout), "nothing to submit\n");
    let report = Command::new("sh")
        .arg(run.join("slurm/report.sh"))
        .current_dir("/")
        .output()
        .unwrap();
    assert!(report.status.success(), "{}", text(&report.stderr));
    assert!(run.join("report.html").exists());
    let whole = place.stdout(&["run", "fig.toml", "--out", "whole", "--quiet", "--json"]);
    assert_eq!(place.stdout(&["summarize", OUT, "--json"]), whole);
    let csv = place.stdout(&["summarize", "whole", "--csv"]);
    assert_eq!(fs::read_to_string(run.join("summary.csv")).unwrap(), csv);
}

#[test]
fn what_is_in_the_queue_is_not_submitted_again() {
    let place = place();
    assert!(slurm(&place, &["--out", OUT, "--tasks", "3"]).status.success());
    fs::write(place.path("bin/queue"), "101 3\n102 N/A\n").unwrap();
    let output = slurm(&place, &["--out", OUT, "--tasks", "3"]);
    assert!(output.status.success());
    assert!(
        text(&output.stderr).contains("scancel 101 102"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(
        fs::read_to_string(place.path("bin/calls"))
            .unwrap()
            .lines()
            .count(),
        2
    );
}

#[test]
fn status_knows_the_queue_and_the_command_that_submits_what_is_missing() {
    let place = place();
    let options = ["--out", OUT, "--tasks", "3", "--sbatch-arg=--comment=two words"];
    assert!(slurm(&place, &options).status.success());
    let status = |arguments: &[&str]| {
        let output = beside_slurm(&place, &[&["status", OUT], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let read = || serde_json::from_str::<serde_json::Value>(&status(&["--json"])).unwrap();
    // Tasks 1 and 3 have left the queue without a trace.
    fs::write(place.path("bin/queue"), "101 2\n102 N/A\n").unwrap();
    let one_waits = read();
    assert_eq!(one_waits["jobs_in_queue"], serde_json::json!(["101", "102"]));
    assert_eq!(one_waits["missing_shards"], serde_json::json!([1, 3]));
    let waiting = one_waits["trials"]["waiting"].as_u64().unwrap();
    assert!(waiting > 0 && one_waits["trials"]["missing"].as_u64().unwrap() + waiting == 16);
    assert!(status(&[]).contains("\nin Slurm's queue: 101, 102\n"));
    // All tasks have: the command that is named submits them, with the options that were given.
    fs::remove_file(place.path("bin/queue")).unwrap();
    let none_waits = read();
    assert_eq!(none_waits["trials"]["missing"], 16);
    let commands = none_waits["commands"].as_array().unwrap();
    let [command] = &commands[..] else {
        panic!("{commands:?}")
    };
    let command = command.as_str().unwrap();
    let program = env!("CARGO_BIN_EXE_reluflow");
    let rest = command.strip_prefix("reluflow ").unwrap();
    let output = Command::new("sh")
        .args(["-c", &format!("'{program}' {rest}")])
        .env("PATH", format!("{}:/usr/bin:/bin", place.path("bin").display()))
        .current_dir("/")
        .output()
        .unwrap();
    assert!(
        text(&output.stdout).starts_with("array 103: tasks 1-3 of 3\n"),
        "{command}: {}",
        text(&output.stderr)
    );
    let script = fs::read_to_string(place.path(OUT).join("slurm/array.sh")).unwrap();
    assert!(script.contains("\n#SBATCH --comment=two words\n"), "{script}");
    // Whoever divides what is missing in another way is given the commands for that.
    let by_hand = status(&["--shards", "2"]);
    assert!(
        by_hand.contains(" --shard 1/2\n") && !by_hand.contains("reluflow slurm"),
        "{by_hand}"
    );
}

#[test]
fn a_time_limit_too_short_for_slurm_is_refused() {
    let place = place();
    let output = slurm(&place, &["--out", OUT, "--tasks", "3", "--time", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "error: --time 1: too short: a task is told to end up to a minute and a half before its limit\n  = expected: at \
         least 2 minutes, --time 2\n  = found: 1\n  = help: the time is in minutes, minutes:seconds or hours:minutes:seconds\n"
    );
    assert!(!place.path(OUT).exists(), "something was written");
}

#[test]
fn a_dry_run_writes_scripts_and_submits_nothing() {
    let place = place();
    fs::remove_dir_all(place.path("bin")).unwrap();
    let output = slurm(&place, &["--out", OUT, "--tasks", "2", "--dry-run"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(place.path(OUT).join("slurm/array.sh").exists());
    assert!(text(&output.stdout).contains("sbatch --parsable"));
}

#[test]
fn without_sbatch_or_against_its_will_the_message_says_what_to_do() {
    let place = place();
    fs::write(place.path("bin/refuse"), "").unwrap();
    let output = slurm(&place, &["--out", OUT, "--tasks", "2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("invalid partition"),
        "{}",
        text(&output.stderr)
    );
    fs::remove_dir_all(place.path("bin")).unwrap();
    let output = place
        .command(&["slurm", "fig.toml", "--out", "other", "--tasks", "2"])
        .env("PATH", place.path("bin"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "error: sbatch: Slurm is not here\n  = expected: a command sbatch on the PATH\n  = found: none\n  = help: go to a \
         machine from which jobs are submitted, or let --dry-run write the scripts only\n"
    );
    assert!(!place.path("other").exists(), "something was written");
}

/// What a command of Slurm prints.
fn ask(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Asks until an answer is right. The limit is far beyond what anything here takes, and only ends a test that hangs.
fn wait_for(what: &str, mut right: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if right() {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("waited too long: {what}");
}

/// Every trial of a run in full, by size and draw.
fn trials(run: &Path) -> BTreeMap<(u64, u64), String> {
    let (folder, experiment) = RunFolder::open(run).unwrap();
    let found = folder.read(&experiment).unwrap();
    assert!(found.damaged.is_empty() && found.failed.is_empty());
    let entry = |trial: reluflow_lab::Trial| {
        let key = (experiment.cells[trial.cell].n, trial.draw);
        // Debug prints the shortest text that reads back as the same bits.
        (key, format!("{:?}", reluflow_lab::Trial { cell: 0, ..trial }))
    };
    found.trials.into_iter().map(entry).collect()
}

/// `make slurm-test` runs this beside a throwaway Slurm.
#[test]
#[ignore = "needs a Slurm: make slurm-test"]
fn on_a_real_slurm_an_array_with_killed_and_requeued_tasks_is_the_run() {
    let place = Place::with(&long());
    let submit = ["slurm", "fig.toml", "--out", OUT, "--tasks", "4", "--time", "10"];
    let said = place.stdout(&submit);
    let job = said
        .strip_prefix("array ")
        .unwrap()
        .split(':')
        .next()
        .unwrap()
        .to_owned();
    let report = said
        .split("job ")
        .nth(1)
        .unwrap()
        .split(':')
        .next()
        .unwrap()
        .to_owned();
    let task = |index: u32| format!("{job}_{index}");
    let state = |task: &str| {
        let words = ask(
            "squeue",
            &["--noheader", "--states=all", "--format=%T", "--jobs", task],
        );
        words.trim().to_owned()
    };
    let log = |index: u32| {
        fs::read_to_string(place.path(OUT).join(format!("slurm/task-{index}.log"))).unwrap_or_default()
    };
    let at_work = || fs::read_dir(place.path(OUT).join("workers")).map_or(0, Iterator::count);
    wait_for("four tasks at work", || at_work() == 4);
    // While it is in the queue, nothing more is submitted.
    assert_eq!(place.stdout(&submit), "");

    // Task 1 is requeued while it runs, as by a scheduler that needs its node.
    ask("scontrol", &["requeue", &task(1)]);
    // Task 2 is killed without warning, and then requeued.
    ask("scancel", &["--batch", "--signal=KILL", &task(2)]);
    // Task 3 gets the signal that announces the end of its time, and ends for good.
    ask("scancel", &["--batch", "--signal=TERM", &task(3)]);
    wait_for("task 2 is gone", || state(&task(2)) == "FAILED");
    ask("scontrol", &["requeue", &task(2)]);

    let ended = |jobs: &[&str]| {
        ask("squeue", &["--noheader", "--jobs", &jobs.join(",")])
            .trim()
            .is_empty()
    };
    wait_for("all jobs end", || ended(&[&job, &report]));
    let states: Vec<String> = (1..=4).map(|index| state(&task(index))).collect();
    assert_eq!(states, ["COMPLETED", "COMPLETED", "FAILED", "COMPLETED"]);
    for (index, started_again, told) in [
        (1, true, true),
        (2, true, false),
        (3, false, true),
        (4, false, false),
    ] {
        let log = log(index);
        assert_eq!(log.contains("start 1 on"), started_again, "task {index}:\n{log}");
        // What TERM lets a task say when it has written what it had finished.
        assert_eq!(log.contains("interrupted: "), told, "task {index}:\n{log}");
    }
    assert!(place.path(OUT).join("report.html").exists() && place.path(OUT).join("summary.csv").exists());

    // Only the task that did not come to its end is submitted again.
    let said = place.stdout(&submit);
    assert!(said.contains(": tasks 3 of 4\n"), "{said}");
    let again = said.strip_prefix("array ").unwrap().split(':').next().unwrap();
    wait_for("the array ends", || ended(&[again]));
    // The report that follows may still be in the queue; then it is said to be, and nothing is submitted.
    wait_for("the report ends", || {
        place.stdout(&submit) == "nothing to submit\n"
    });

    let whole = place.stdout(&["run", "fig.toml", "--out", "whole", "--quiet", "--json"]);
    assert_eq!(place.stdout(&["summarize", OUT, "--json"]), whole);
    assert_eq!(trials(&place.path("whole")).len(), 1200);
    assert_eq!(trials(&place.path("whole")), trials(&place.path(OUT)));
}
