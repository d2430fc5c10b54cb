//! Shows a run on the terminal: a bar with the time left, and the table of cells as it builds up.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
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
    done: usize,
    total: usize,
    started: Instant,
}

impl<'a> Live<'a> {
    /// A display that starts with the trials of earlier runs.
    pub(crate) fn new(experiment: &'a Experiment, earlier: &[Trial], remaining: usize, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if quiet || !terminal {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(remaining as u64)
        };
        // The clock goes on while long trials are under way.
        bar.enable_steady_tick(Duration::from_secs(1));
        let template = "{bar:40} {pos}/{len} trials, {elapsed} gone, {left} left\n{msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            // Before a trial has ended nobody knows.
            let left = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let text = match state.pos() {
                    0 => "–".to_owned(),
                    _ => format!("{:#}", HumanDuration(state.eta())),
                };
                out.write_str(&text).ok();
            };
            bar.set_style(style.with_key("left", left));
        }
        let mut trials = Vec::new();
        if terminal && !quiet {
            trials.resize(experiment.cells.len(), Vec::new());
            for trial in earlier {
                trials[trial.cell].push(trial.clone());
            }
        }
        let now = Instant::now();
        Self {
            experiment,
            bar,
            trials,
            shown: now,
            pause: if terminal { REDRAW } else { REPORT },
            terminal,
            quiet,
            done: 0,
            total: remaining,
            started: now,
        }
    }

    /// Takes in a finished trial.
    pub(crate) fn enter(&mut self, trial: &Trial) {
        if self.quiet {
            return;
        }
        self.done += 1;
        if self.terminal {
            self.bar.inc(1);
            self.trials[trial.cell].push(trial.clone());
        }
        if self.shown.elapsed() < self.pause {
            return;
        }
        self.shown = Instant::now();
        if self.terminal {
            self.bar.set_message(self.table());
            // Large cells take their time to sum up: a fiftieth of the run's at most.
            self.pause = REDRAW.max(50 * self.shown.elapsed());
        } else {
            let left =
                self.started.elapsed().as_secs_f64() * (self.total - self.done) as f64 / self.done as f64;
            say(&format!("{}/{} trials, {left:.0} s left", self.done, self.total));
        }
    }

    /// Ends the display.
    pub(crate) fn finish(&self) {
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

/// Height of the terminal.
fn console_rows() -> usize {
    console::Term::stderr().size().0.into()
}
