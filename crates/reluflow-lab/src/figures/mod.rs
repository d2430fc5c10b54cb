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

mod curvatures;
mod map;
mod probabilities;
mod thresholds;
mod trajectory;
mod transitions;

pub use axis::{Axis, Scale};
pub use canvas::{Canvas, Ink};
pub use chart::{Chart, Entry, Panel};
pub use curvatures::{CurvatureSeries, curvatures};
pub use layer::{Dash, Layer, Marker};
pub use map::{MapCell, probability_map};
pub(crate) use output::escape;
pub(crate) use probabilities::threshold_text;
pub use probabilities::{CellPoint, ProbabilitySeries, probabilities};
pub use text::{Anchor, Label};
pub use thresholds::{Cited, ThresholdSeries, thresholds};
pub use trajectory::trajectory;
pub use transitions::{Transition, transitions};

/// Width of a column, in points.
pub const COLUMN: f64 = 252.0;
/// Width of a page's text, in points.
pub const PAGE: f64 = 397.0;
