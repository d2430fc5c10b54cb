//! Turns runs into figures and one page to read.
//!
//! [`write_run_report`] reads any run's folder; [`paper`] plans the five figures of the paper, reads their runs and
//! writes [`paper::write_up`]'s page. Pages are one file each: figures inline, nothing from the network.

pub mod choose;
pub mod figures;
pub mod findings;
pub mod grid;
mod html;
pub mod paper;
mod run;
pub mod sweep;
pub mod threshold;
mod words;

use std::path::Path;

use reluflow_lab::{Error, Result};
use reluflow_plot::Chart;

pub use choose::Named;
pub use html::Page;
pub use run::write_run_report;

/// Writes a chart as SVG, PNG and PDF under one name.
///
/// # Errors
/// When a file cannot be written.
pub fn save(folder: &Path, name: &str, chart: &Chart) -> Result<()> {
    reluflow_plot::save(folder, name, chart).map_err(|(path, error)| Error::file("writing", path, error))
}

/// Writes a file whole.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| Error::file("writing", path, error))
}

/// A path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:@%,".contains(letter);
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}
