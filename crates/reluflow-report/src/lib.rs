//! Turns runs into figures and one page to read.
//!
//! [`write_run_report`] reads any run's folder; [`paper`] plans the five figures of the paper, reads their runs and
//! writes [`paper::write_up`]'s page. Pages are one file each: figures inline, nothing from the network.

pub mod choose;
pub mod field;
pub mod figures;
pub mod film;
pub mod findings;
pub mod grid;
mod html;
mod intervals;
pub mod paper;
pub mod path;
pub mod pictures;
mod run;
mod series;
pub mod sweep;
pub mod threshold;
mod words;

use std::path::{Path, PathBuf};

use reluflow_lab::experiment::{BadInput, Place};
use reluflow_lab::{Error, Result};
pub use reluflow_plot::Chart;

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

/// Writes a chart to a file whose name ends in .svg, .png or .pdf, or to all three for a name without an end; returns them.
///
/// # Errors
/// When the name ends otherwise, or a file cannot be written.
pub fn save_as(path: &Path, chart: &Chart) -> Result<Vec<PathBuf>> {
    let Some(end) = path.extension() else {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        save(path.parent().unwrap_or(Path::new("")), &name, chart)?;
        let file = |kind: &&str| path.with_file_name(format!("{name}.{kind}"));
        return Ok(reluflow_plot::KINDS.iter().map(file).collect());
    };
    match reluflow_plot::bytes(&end.to_string_lossy(), chart) {
        Some(bytes) => {
            write(path, &bytes)?;
            Ok(vec![path.to_owned()])
        }
        None => {
            let place = Place::Path(path.to_owned());
            let expected = "a name that ends in .svg, .png or .pdf, or in none of them";
            Err(BadInput::new(place, "unknown kind of picture", expected, end.to_string_lossy()).into())
        }
    }
}

/// Writes a file whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
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
