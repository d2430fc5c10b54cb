//! Runs the `reluflow` command: arguments → checked options → run → exit code.

mod args;
mod audit;
mod live;
mod paper;
mod report;
mod run;
mod slurm;
mod status;
mod summarize;
mod table;
mod threshold;
mod trajectory;
mod transition;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// How a command ended well.
enum Done {
    Completely,
    Interrupted,
    /// A statement fails although its hypotheses hold.
    Refuted,
    /// Everything was run, and some trials failed.
    WithFailures,
}

/// Why a command ended badly.
#[derive(Debug)]
enum Failure {
    Lab(reluflow_lab::Error),
    Output(io::Error),
    /// A number on the command line that the core refuses.
    Input(reluflow::Error),
}

impl From<reluflow_lab::Error> for Failure {
    fn from(error: reluflow_lab::Error) -> Self {
        Self::Lab(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Summarize(options) => summarize::run(&options),
        Command::Status(options) => status::run(&options),
        Command::Slurm(options) => slurm::run(&options),
        Command::Threshold(options) => threshold::run(&options),
        Command::Trajectory(options) => trajectory::run(&options),
        Command::Paper(options) => paper::run(&options),
        Command::Report(options) => report::run(&options),
        Command::Audit(options) => audit::run(&options),
        Command::Transition(options) => transition::run(&options),
    };
    let (code, message) = match result {
        Ok(Done::Completely) => (0, None),
        Ok(Done::Interrupted) => (130, None),
        Ok(Done::Refuted | Done::WithFailures) => (1, None),
        // The reader of a pipe has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => (0, None),
        Err(Failure::Output(error)) => (1, Some(error.to_string())),
        Err(Failure::Input(error)) => (2, Some(error.to_string())),
        Err(Failure::Lab(error)) => (if error.is_bad_input() { 2 } else { 1 }, Some(error.to_string())),
    };
    if let Some(message) = message {
        live::say(&format!("error: {message}"));
    }
    ExitCode::from(code)
}
