//! Turns runs into figures and one page to read.
//!
//! [`write_run_report`] reads any run's folder; [`paper`] plans the five figures of the paper, reads their runs and
//! writes [`paper::write_up`]'s page. Pages are one file each: figures inline, nothing from the network.

pub mod choose;
pub mod grid;
mod html;
pub mod paper;
mod run;
pub mod sweep;

use std::path::Path;

use crate::error::{Error, Result};
use crate::figures::Chart;

pub use choose::Named;
pub use html::Page;
pub use run::write_run_report;

/// Pixels a point of PNG files: 288 dots an inch.
const PNG_SCALE: f64 = 4.0;

/// Writes a chart as SVG, PNG and PDF under one name.
///
/// # Errors
/// When a file cannot be written.
pub fn save(folder: &Path, name: &str, chart: &Chart) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Error::file("making", folder, error))?;
    let drawing = chart.draw();
    let files: [(&str, Vec<u8>); 3] = [
        ("svg", drawing.svg().into_bytes()),
        ("png", drawing.png(PNG_SCALE)),
        ("pdf", drawing.pdf()),
    ];
    for (extension, bytes) in files {
        write(&folder.join(format!("{name}.{extension}")), &bytes)?;
    }
    Ok(())
}

/// Writes a file whole.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| Error::file("writing", path, error))
}

/// A path as it is shown and copied.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
