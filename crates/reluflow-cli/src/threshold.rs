//! `reluflow threshold`: finds where a probability crosses a target, with draws placed one batch after the other.

mod of_folder;

use std::io::{self, Write};
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use reluflow::flow::Interrupt;
use reluflow_lab::threshold::{Column, Progress, Question, Searched, Study, four_digits};
use reluflow_lab::{Experiment, RunFolder, machine_memory};
use reluflow_report::threshold::save_study;
use reluflow_statistics::sequential::End;

use crate::args::{Direction, ThresholdOptions};
use crate::live::say;
use crate::signals::listen;
use crate::{Done, Failure, table};

/// Time between two words on how far it is.
const REPORT: Duration = Duration::from_secs(10);

/// Half-width of the interval over the threshold, unless told.
const PRECISION: f64 = 0.02;

/// Runs the command.
pub(crate) fn run(options: &ThresholdOptions) -> Result<Done, Failure> {
    if options.file.is_dir() {
        return of_folder::run(options);
    }
    let experiment = Experiment::from_file(&options.file, &options.settings.overrides())?;
    let threads = options
        .threads
        .map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    let path = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from("runs").join(&experiment.name));
    let folder = RunFolder::check(&path, &experiment)?;
    let question = Question {
        axis: options.axis.clone(),
        target: options.target,
        precision: options.precision.unwrap_or(PRECISION),
        most_trials: options.max_trials,
        batch: options.batch,
        within: options.within,
        rises: options.direction.map(|direction| direction == Direction::Rises),
    };
    let memory = machine_memory() / threads as f64;
    let interrupt = Interrupt::default();
    listen(&interrupt, None);
    let mut study = Study::open(&experiment, folder.clone(), question, memory)?;
    let columns = study.columns.len();
    let ended = study.execute(threads, &interrupt, progress(columns, options.quiet))?;
    if !ended {
        say(&format!(
            "interrupted: the {} trials computed now are kept in {}; the same command resumes",
            study.computed(),
            path.display()
        ));
        return Ok(Done::Interrupted);
    }
    let files = save_study(&study, &path)?;
    let mut out = io::stdout().lock();
    if options.json {
        for column in &study.columns {
            writeln!(out, "{}", study.to_json(column))?;
        }
    } else {
        for line in lines(&study) {
            writeln!(out, "{line}")?;
        }
    }
    out.flush()?;
    for column in &study.columns {
        if let Some(word) = shortfall(&study, column) {
            say(&format!("{}: {word}", study.describe(column)));
        }
    }
    for note in [study.void(), study.sliding()].into_iter().flatten() {
        if !options.quiet {
            say(&note);
        }
    }
    if !options.quiet {
        let found = folder.read(&experiment)?;
        let searched = Searched::count(&folder, &experiment, &found)?;
        say(&format!(
            "{} of these {} draws were computed now; with those of the grid and of other searches, {} holds {}; \
             tables and picture: {}.*",
            study.computed(),
            study.used(),
            path.display(),
            found.trials.len() as u64 + searched.draws,
            files.display()
        ));
    }
    Ok(Done::Completely)
}

/// Says from time to time how far the searches of so many thresholds are.
pub(crate) fn progress(columns: usize, quiet: bool) -> impl FnMut(Progress) {
    let mut told = Instant::now();
    move |Progress { ended, trials, next }| {
        if !quiet && told.elapsed() >= REPORT && next > 0 {
            told = Instant::now();
            say(&format!(
                "{trials} draws, {ended} of {columns} thresholds found, {next} draws next"
            ));
        }
    }
}

/// The table for people.
fn lines(study: &Study<'_>) -> Vec<String> {
    let mut header = study.names();
    let columns = [
        "threshold",
        "95 % interval",
        "±",
        "3/4 to 1/4 at",
        "draws",
        "a grid's draws",
        "end",
    ];
    header.extend(columns.map(String::from));
    let mut rows = vec![header];
    for column in &study.columns {
        let answer = column.found();
        let estimate = &answer.estimate;
        let mut row: Vec<String> = study.place_of(column).iter().map(ToString::to_string).collect();
        row.push(match answer.end {
            End::Above => format!("> {}", four_digits(column.plan.limits.1)),
            End::Below => format!("< {}", four_digits(column.plan.limits.0)),
            _ => four_digits(estimate.value),
        });
        row.push(format!(
            "{} – {}",
            four_digits(estimate.low),
            four_digits(estimate.high)
        ));
        row.push(match answer.precision() {
            precision if precision.is_finite() => format!("{:.1} %", 100.0 * precision),
            _ => "–".to_owned(),
        });
        row.push(match study.quartiles(column) {
            Some((a, b)) => format!("{} – {}", four_digits(a), four_digits(b)),
            None => "–".to_owned(),
        });
        row.push(answer.trials.to_string());
        row.push(match column.grid_trials() {
            Some(trials) if trials < 1e7 => format!("{trials:.0}"),
            _ => "–".to_owned(),
        });
        row.push(answer.end.word().to_owned());
        rows.push(row);
    }
    table::aligned(&rows)
}

/// Why an interval is not as narrow as asked, and what to do about it.
fn shortfall(study: &Study<'_>, column: &Column) -> Option<String> {
    let (answer, limits) = (column.found(), column.plan.limits);
    let axis = &study.question.axis;
    match answer.end {
        End::Reached => None,
        End::OutOfTrials => Some(format!(
            "{} draws did not suffice for ±{} %; --max-trials allows more, and resumes from these",
            answer.trials,
            // What was asked, without the last bits of 100 · 0.07.
            (1e6 * study.question.precision).round() / 1e4
        )),
        End::Above => Some(format!(
            "the threshold lies above {axis} = {}, the end of the range; --within LOW..HIGH looks further",
            limits.1
        )),
        End::Below => Some(format!(
            "the threshold lies below {axis} = {}, the end of the range; --within LOW..HIGH looks further",
            limits.0
        )),
        End::Step => Some(format!(
            "every draw succeeds on one side and none on the other, at neighbouring whole numbers: ±{:.1} % is as far as \
             {axis} can tell",
            100.0 * answer.precision()
        )),
    }
}
