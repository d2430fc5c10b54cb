//! `reluflow status`: says what of a run is done, running, missing or failed, and what to submit again.

use std::io::{self, Write};
use std::path::Path;

use reluflow_lab::status::Counts;
use reluflow_lab::store::Worker;
use reluflow_lab::store::workers::State;
use reluflow_lab::threshold::Searched;
use reluflow_lab::{Experiment, RunFolder, Status, status_with};
use serde_json::{Value, json};

use crate::args::StatusOptions;
use crate::run::quoted;
use crate::slurm::{Submission, Waiting, waiting};
use crate::{Done, Failure, table};

/// Failed trials that are listed for people; JSON has all.
const SHOWN: usize = 10;

/// Runs the command.
pub(crate) fn run(options: &StatusOptions) -> Result<Done, Failure> {
    let (folder, experiment) = RunFolder::open(&options.folder)?;
    let submission = Submission::read(&options.folder);
    let queued = waiting(&options.folder)?;
    let count = options
        .shards
        .or(submission.as_ref().map(|submission| submission.tasks));
    let status = status_with(&folder, &experiment, count, &queued.shards)?;
    let commands = commands(&status, &options.folder, submission.as_ref());
    let lines = match options.json {
        true => vec![to_json(&status, &experiment, &queued, &commands).to_string()],
        false => to_lines(&status, &experiment, &queued, &commands),
    };
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(Done::Completely)
}

/// The commands that compute what is missing, as it was submitted or one a shard, and what has failed.
fn commands(status: &Status, folder: &Path, submission: Option<&Submission>) -> Vec<String> {
    let command = format!(
        "reluflow run {} --out {}",
        quoted(&folder.join("experiment.toml")),
        quoted(folder)
    );
    let submission = submission.filter(|submission| submission.tasks == status.count);
    let mut commands: Vec<String> = match (status.count, submission) {
        _ if status.missing_shards.is_empty() => Vec::new(),
        (_, Some(submission)) => vec![submission.command.clone()],
        (1, None) => status.missing_shards.iter().map(|_| command.clone()).collect(),
        (count, None) => (status.missing_shards.iter())
            .map(|index| format!("{command} --shard {index}/{count}"))
            .collect(),
    };
    // What cannot be drawn fails again.
    if status.whole.failed > 0 && status.failed.iter().any(|failed| !failed.is_void()) {
        commands.push(format!("{command} --retry-failed"));
    }
    commands
}

fn to_lines(status: &Status, experiment: &Experiment, queued: &Waiting, commands: &[String]) -> Vec<String> {
    let mut header: Vec<String> = ["d", "n", "p"].map(String::from).into();
    header.extend(experiment.axes.iter().cloned());
    header.extend(["done", "running", "waiting", "missing", "failed"].map(String::from));
    let mut rows = vec![header];
    for (cell, counts) in experiment.cells.iter().zip(&status.cells) {
        let mut row = vec![cell.d.to_string(), cell.n.to_string(), cell.p.to_string()];
        row.extend(cell.axes.iter().map(ToString::to_string));
        let Counts {
            done,
            running,
            waiting,
            missing,
            failed,
        } = *counts;
        row.extend([done, running, waiting, missing, failed].map(|count| count.to_string()));
        rows.push(row);
    }
    let mut lines = table::aligned(&rows);
    lines.extend(status.workers.iter().map(describe));
    if !queued.jobs.is_empty() {
        lines.push(format!("in Slurm's queue: {}", queued.jobs.join(", ")));
    }
    for damage in &status.damaged {
        lines.push(format!("damaged: {damage}; its trials count as missing"));
    }
    if status.repeated > 0 {
        let differing = match status.differing {
            0 => "all with the same bits".to_owned(),
            count => format!("{count} with other bits, as from machines of different kinds"),
        };
        lines.push(format!(
            "{} trials are there twice, {differing}: two runs computed them, or one was killed while it merged parts; one copy counts",
            status.repeated
        ));
    }
    for failed in status.failed.iter().take(SHOWN) {
        let cell = experiment.describe(&experiment.cells[failed.cell]);
        lines.push(format!(
            "failed: {cell}, draw {}: {}",
            failed.draw, failed.message
        ));
    }
    if status.failed.len() > SHOWN {
        lines.push(format!(
            "and {} more failed: --json lists them",
            status.failed.len() - SHOWN
        ));
    }
    lines.extend(experiment.notes().iter().map(ToString::to_string));
    let whole = &status.whole;
    lines.push(format!(
        "{} of {} trials done, {} running, {} waiting, {} missing, {} failed",
        whole.done,
        whole.total(),
        whole.running,
        whole.waiting,
        whole.missing,
        whole.failed
    ));
    lines.extend(searched(&status.searched));
    if !commands.is_empty() {
        lines.push("what computes the rest:".into());
        lines.extend(commands.iter().map(|command| format!("  {command}")));
    }
    lines
}

/// What searches for thresholds left, in a line; none where there was no search.
fn searched(searched: &Searched) -> Option<String> {
    let names = match &searched.studies[..] {
        [] => String::new(),
        studies => format!("; results: threshold/{}", studies.join(", threshold/")),
    };
    let found = searched.draws > 0 || !searched.studies.is_empty();
    found.then(|| {
        format!(
            "{} more draws, at {} places, from threshold searches{names}",
            searched.draws, searched.places
        )
    })
}

/// A process in a line.
fn describe(worker: &Worker) -> String {
    let report = &worker.report;
    let what = match (report.state, worker.alive) {
        (State::Running, true) => "at work".to_owned(),
        (State::Running, false) => "gone without a word".to_owned(),
        (State::Finished, _) => "finished".to_owned(),
        (State::Interrupted, _) => "was interrupted".to_owned(),
        (State::Failed, _) => "could not go on".to_owned(),
    };
    let heard = match worker.age {
        Some(age) => format!("heard {} s ago", age.as_secs()),
        None => "its last word is of the future: a clock was set back".to_owned(),
    };
    format!("{}, shard {}: {what}, {heard}", report.process, report.shard)
}

fn to_json(status: &Status, experiment: &Experiment, queued: &Waiting, commands: &[String]) -> Value {
    let cells = experiment.cells.iter().zip(&status.cells);
    let cells: Vec<Value> = cells
        .map(|(cell, found)| {
            let mut object = json!({ "d": cell.d, "n": cell.n, "p": cell.p });
            for (name, value) in experiment.axes.iter().zip(&cell.axes) {
                object[name.as_str()] = json!(value.to_string());
            }
            object["trials"] = json!(found);
            object
        })
        .collect();
    let workers: Vec<Value> = (status.workers.iter())
        .map(|worker| {
            json!({
                "host": worker.report.process.host,
                "pid": worker.report.process.pid,
                "shard": worker.report.shard.to_string(),
                "state": worker.report.state,
                "alive": worker.alive,
                "heard_seconds_ago": worker.age.map(|age| age.as_secs()),
            })
        })
        .collect();
    let failed: Vec<Value> = (status.failed.iter())
        .map(|failed| {
            let cell = experiment.describe(&experiment.cells[failed.cell]);
            json!({ "cell": cell, "draw": failed.draw, "message": failed.message })
        })
        .collect();
    json!({
        "trials": status.whole,
        "shards": status.count,
        "missing_shards": status.missing_shards,
        "searched": {
            "draws": status.searched.draws,
            "places": status.searched.places,
            "studies": status.searched.studies,
        },
        "commands": commands,
        "jobs_in_queue": queued.jobs,
        "repeated": status.repeated,
        "differing": status.differing,
        "damaged": status.damaged.iter().map(|damage| damage.path.display().to_string()).collect::<Vec<_>>(),
        "processes": workers,
        "failures": failed,
        "notes": experiment.notes().iter().map(|note| &note.text).collect::<Vec<_>>(),
        "cells": cells,
    })
}
