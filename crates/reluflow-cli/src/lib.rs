//! Holds the `reluflow` command: arguments → checked options → run → exit code.
//!
//! Two programs run it: this package's binary, and the script of the Python package.

mod args;
mod audit;
mod events;
mod field;
mod file;
mod film;
mod finding;
mod help;
mod live;
mod networks;
mod one;
mod paper;
mod picture;
mod program;
mod report;
mod run;
mod schema;
mod signals;
mod slurm;
mod stationary;
mod status;
mod summarize;
mod table;
mod threshold;
mod trajectory;
mod transition;
mod watched;

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

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

/// Runs the command with these arguments, the first being the program's name; returns the exit code.
///
/// Prints to the standard output and error. Wants a process of its own: commands that run something take its signals over for
/// good, and two Ctrl-C end it.
pub fn main_from(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let program = arguments.first().cloned().unwrap_or_default();
    let code = match Cli::try_parse_from(arguments) {
        Ok(cli) => execute(cli, &program),
        Err(request) => {
            // Help and version come this way too, with code 0. Nobody reads it: no failure.
            request.print().ok();
            u8::try_from(request.exit_code()).unwrap_or(2)
        }
    };
    // A host whose main function is not Rust's flushes nothing at its end.
    io::stdout().flush().ok();
    code
}

fn execute(cli: Cli, program: &OsStr) -> u8 {
    let result = match cli.command {
        Command::Run(options) => run::run(&options),
        Command::Summarize(options) => summarize::run(&options),
        Command::Status(options) => status::run(&options),
        Command::Slurm(options) => slurm::run(&options, program),
        Command::Threshold(options) => threshold::run(&options),
        Command::Trajectory(options) => trajectory::run(&options),
        Command::Film(options) => film::run(&options),
        Command::Picture(options) => picture::run(&options),
        Command::Paper(options) => paper::run(&options),
        Command::Finding(options) => finding::run(&options),
        Command::Field(options) => field::run(&options),
        Command::Report(options) => report::run(&options),
        Command::Audit(options) => audit::run(&options),
        Command::Transition(options) => transition::run(&options),
        Command::Schema(_) => schema::run(),
        Command::Help(options) => help::run(&options),
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
    code
}
