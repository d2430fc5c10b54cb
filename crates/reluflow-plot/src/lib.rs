//! Draws figures fit for a paper: SVG, PNG and PDF from one drawing, the same on every machine.
//!
//! A figure is built from plain numbers into a [`Chart`], laid out as paths on a [`Canvas`] (text too, from
//! two embedded fonts) and written by [`Canvas::svg`], [`Canvas::png`] or [`Canvas::pdf`]. Colours are Okabe and
//! Ito's; series differ by marker or dash as well.

pub mod axis;
pub mod canvas;
pub mod chart;
mod frame;
pub mod layer;
mod marks;
mod output;
mod segment;
pub mod text;

use std::path::{Path, PathBuf};

pub use axis::{Axis, Scale, power_of_ten, short, three_digits};
pub use canvas::{Canvas, Ink};
pub use chart::{Chart, Entry, Panel};
pub use layer::{Dash, Layer};
pub use marks::{Marker, SIDE_BY_SIDE, dodge};
pub use output::escape;
pub use text::{Anchor, Label};

/// Width of a column, in points.
pub const COLUMN: f64 = 252.0;
/// Width of a page's text, in points.
pub const PAGE: f64 = 397.0;
/// Pixels a point of PNG files: 288 dots an inch.
const PNG_SCALE: f64 = 4.0;

/// The kinds of files, as their names end.
pub const KINDS: [&str; 3] = ["svg", "png", "pdf"];

/// A chart as a file of one of [`KINDS`]; none of another.
pub fn bytes(kind: &str, chart: &Chart) -> Option<Vec<u8>> {
    let drawing = chart.draw();
    match kind {
        "svg" => Some(drawing.svg().into_bytes()),
        "png" => Some(drawing.png(PNG_SCALE)),
        "pdf" => Some(drawing.pdf()),
        _ => None,
    }
}

/// Writes a chart as SVG, PNG and PDF under one name.
///
/// # Errors
/// With the path, when the folder cannot be made or a file cannot be written.
pub fn save(folder: &Path, name: &str, chart: &Chart) -> Result<(), (PathBuf, std::io::Error)> {
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
    }
    for kind in KINDS {
        let path = folder.join(format!("{name}.{kind}"));
        let bytes = bytes(kind, chart).unwrap_or_default();
        std::fs::write(&path, bytes).map_err(|error| (path, error))?;
    }
    Ok(())
}
