//! Runs the `reluflow` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(reluflow_cli::main_from(std::env::args_os()))
}
