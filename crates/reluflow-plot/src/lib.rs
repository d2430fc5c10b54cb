//! Draws figures fit for a paper: SVG, PNG and PDF from one drawing, the same on every machine.
//!
//! A figure is built from plain numbers into a [`Chart`], laid out as paths on a [`Canvas`] (text too, from
//! two embedded fonts) and written by [`Canvas::svg`], [`Canvas::png`] or [`Canvas::pdf`]. Colours are Okabe and
//! Ito's; series differ by marker or dash as well.

pub mod axis;
pub mod canvas;
pub mod chart;
pub mod layer;
mod output;
pub mod text;

use std::path::{Path, PathBuf};

pub use axis::{Axis, Scale, power_of_ten};
pub use canvas::{Canvas, Ink};
pub use chart::{Chart, Entry, Panel};
pub use layer::{Dash, Layer, Marker, dodge};
pub use output::escape;
pub use text::{Anchor, Label};

/// Width of a column, in points.
pub const COLUMN: f64 = 252.0;
/// Width of a page's text, in points.
pub const PAGE: f64 = 397.0;
/// Pixels a point of PNG files: 288 dots an inch.
const PNG_SCALE: f64 = 4.0;

/// Writes a chart as SVG, PNG and PDF under one name.
///
/// # Errors
/// With the path, when the folder cannot be made or a file cannot be written.
pub fn save(folder: &Path, name: &str, chart: &Chart) -> Result<(), (PathBuf, std::io::Error)> {
    std::fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
    let drawing = chart.draw();
    let files: [(&str, Vec<u8>); 3] = [
        ("svg", drawing.svg().into_bytes()),
        ("png", drawing.png(PNG_SCALE)),
        ("pdf", drawing.pdf()),
    ];
    for (extension, bytes) in files {
        let path = folder.join(format!("{name}.{extension}"));
        std::fs::write(&path, bytes).map_err(|error| (path, error))?;
    }
    Ok(())
}
