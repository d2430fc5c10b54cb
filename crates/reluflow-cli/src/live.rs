//! Shows a run on the terminal: a bar with the time left, and the table of cells as it builds up.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use reluflow::flow::Interrupt;
use reluflow_lab::summary::CellSummary;
use reluflow_lab::{Experiment, Trial};

use crate::table;

/// Time between two drawings of the table.
const REDRAW: Duration = Duration::from_millis(500);
/// Time between two lines where there is no terminal.
const REPORT: Duration = Duration::from_secs(30);
/// Lines of the terminal left to the bar and the prompt.
const SPARE: usize = 5;

/// Writes a line to the standard error; where nobody reads it, that is no failure.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").ok();
}

/// The display of a run in progress.
pub(crate) struct Live<'a> {
    experiment: &'a Experiment,
    bar: ProgressBar,
    /// By cell, where the table is shown.
    trials: Vec<Vec<Trial>>,
    shown: Instant,
    /// Time until the table is drawn again.
    pause: Duration,
    terminal: bool,
    quiet: bool,
    /// Ends the lines where there is no terminal, when it is dropped.
    lines: Option<Sender<()>>,
}

impl<'a> Live<'a> {
    /// A display that starts with the trials of earlier runs; `interrupt` is that of the trials, which tell it how far they are.
    pub(crate) fn new(
        experiment: &'a Experiment,
        earlier: &[Trial],
        remaining: usize,
        quiet: bool,
        interrupt: &Interrupt,
    ) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = ProgressBar::new(remaining as u64);
        if quiet || !terminal {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        // The clock continues while long trials are under way.
        bar.enable_steady_tick(Duration::from_secs(1));
        let template = "{bar:40} {pos}/{len} trials, {elapsed} gone, {left} left{under_way}\n{msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let time = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                out.write_str(&left(state.pos(), state.eta())).ok();
            };
            let trials = interrupt.clone();
            let evaluations = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
                out.write_str(&under_way(trials.evaluations_under_way())).ok();
            };
            bar.set_style(style.with_key("left", time).with_key("under_way", evaluations));
        }
        let mut trials = Vec::new();
        if terminal && !quiet {
            trials.resize(experiment.cells.len(), Vec::new());
            for trial in earlier {
                trials[trial.cell].push(trial.clone());
            }
        }
        Self {
            experiment,
            lines: (!terminal && !quiet).then(|| lines(bar.clone(), interrupt.clone())),
            bar,
            trials,
            shown: Instant::now(),
            pause: REDRAW,
            terminal,
            quiet,
        }
    }

    /// Takes in a finished trial.
    pub(crate) fn enter(&mut self, trial: &Trial) {
        if self.quiet {
            return;
        }
        self.bar.inc(1);
        if !self.terminal {
            return;
        }
        self.trials[trial.cell].push(trial.clone());
        if self.shown.elapsed() < self.pause {
            return;
        }
        self.shown = Instant::now();
        self.bar.set_message(self.table());
        // Large cells take their time to sum up: a fiftieth of the run's at most.
        self.pause = REDRAW.max(50 * self.shown.elapsed());
    }

    /// Ends the display.
    pub(crate) fn finish(&mut self) {
        self.lines = None;
        self.bar.finish_and_clear();
    }

    /// As many lines of the table as the terminal has room for, spread over the cells.
    fn table(&self) -> String {
        let rows = console_rows().saturating_sub(SPARE).max(3);
        let cells = &self.experiment.cells;
        let stride = cells.len().div_ceil(rows);
        let summaries: Vec<CellSummary> = (0..cells.len())
            .step_by(stride)
            .map(|k| {
                let trials: Vec<&Trial> = self.trials[k].iter().collect();
                CellSummary::new(self.experiment, &cells[k], &trials)
            })
            .collect();
        let mut lines = table::lines(&summaries);
        if stride > 1 {
            lines.push(format!("(every {stride}th of {} cells)", cells.len()));
        }
        lines.join("\n")
    }
}

/// Says from time to time how far a run is, until the sender is dropped.
fn lines(bar: ProgressBar, interrupt: Interrupt) -> Sender<()> {
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        while ended.recv_timeout(REPORT) == Err(RecvTimeoutError::Timeout) {
            let (done, total) = (bar.position(), bar.length().unwrap_or(0));
            // Of all trials so far: lines stand far apart, and the last trials are not like the first.
            let rest = bar
                .elapsed()
                .mul_f64(total.saturating_sub(done) as f64 / done.max(1) as f64);
            let (left, under_way) = (left(done, rest), under_way(interrupt.evaluations_under_way()));
            say(&format!("{done}/{total} trials, {left} left{under_way}"));
        }
    });
    sender
}

/// The time left: – before a trial has ended, when nobody knows.
fn left(done: u64, time: Duration) -> String {
    match done {
        0 => "–".to_owned(),
        _ => format!("{:#}", HumanDuration(time)),
    }
}

/// How far the trials under way are; nothing of short ones.
fn under_way(evaluations: u64) -> String {
    match evaluations {
        0 => String::new(),
        _ => format!("; {} evaluations of trials under way", HumanCount(evaluations)),
    }
}

/// Height of the terminal.
fn console_rows() -> usize {
    console::Term::stderr().size().0.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_unknown_before_a_trial_has_ended() {
        assert_eq!(left(0, Duration::ZERO), "–");
        assert_eq!(left(0, Duration::from_secs(7)), "–");
        assert_eq!(left(1, Duration::from_secs(50)), "50s");
        assert_eq!(left(3, Duration::ZERO), "0s");
    }

    #[test]
    fn a_long_trial_under_way_says_how_far_it_is() {
        assert_eq!(under_way(0), "");
        assert_eq!(
            under_way(1_204_000),
            "; 1,204,000 evaluations of trials under way"
        );
    }
}
