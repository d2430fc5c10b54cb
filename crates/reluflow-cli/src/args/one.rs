//! Options of the commands on one run: follow it, film it, draw it.

use std::path::PathBuf;
use std::str::FromStr;

use super::settings::Settings;
use super::values::{negligible, positive};
use clap::Args;
use reluflow_report::path::Along;

/// Which run to follow.
#[derive(Debug, Args)]
pub(crate) struct OneRun {
    /// The experiment file, or a run's folder [default: the flow on isotropic inputs]
    pub(crate) file: Option<PathBuf>,
    /// Number of examples
    #[arg(long, required_unless_present = "file", value_parser = positive::<i64>)]
    pub(crate) n: Option<i64>,
    /// Dimension
    #[arg(long, required_unless_present = "file", value_parser = positive::<i64>)]
    pub(crate) d: Option<i64>,
    /// Number of neurons [default: the file's, or by Lemma 5 with ε = 0.05]
    #[arg(long, value_parser = positive::<i64>)]
    pub(crate) p: Option<i64>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Which draw, from 0
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub(crate) draw: u64,
}

/// Make a film of one run: an HTML page that plays its neurons over log time.
///
/// The page needs nothing else, from the network or a folder. It shows the neurons in the plane of their weights (beyond
/// two dimensions: projected), for inputs on a line the function with its kinks, and the loss; events of the exact flow
/// are marked.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: three points on a line, fifty small neurons\n  reluflow film experiments/field/early-alignment.toml --out three-points.html"
)]
pub(crate) struct FilmOptions {
    #[command(flatten)]
    pub(crate) one: OneRun,
    #[command(flatten)]
    pub(crate) path: PathOptions,
    /// Most frames; fewer where the page would pass 2 MB
    #[arg(long, value_name = "K", default_value_t = 300, value_parser = clap::value_parser!(u64).range(3..=2000))]
    pub(crate) frames: u64,
    /// The page [default: NAME.html, after the file]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Draw a picture of one run, or of the trials of a run's folder, as SVG, PNG and PDF.
///
/// Of one run, which is followed anew: the paths of its neurons, their angles and sizes, the singular values of W, the
/// function of inputs on a line with its kinks, the regions where the network is positive. Of all draws of a file: their losses
/// with median and band. Of the trials in a folder: any column along an axis, over two axes, or as a histogram.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: angles and sizes of neurons; a map of the mean loss over the first two axes of a run\n  reluflow picture angles experiments/field/early-alignment.toml\n  reluflow picture map runs/fig2 --of remaining_loss"
)]
pub(crate) struct PictureOptions {
    /// What to draw
    #[arg(value_name = "KIND", value_parser = ["neurons", "angles", "singular-values", "function", "regions", "losses", "column", "map", "histogram"])]
    pub(crate) kind: String,
    #[command(flatten)]
    pub(crate) one: OneRun,
    #[command(flatten)]
    pub(crate) path: PathOptions,
    /// Draws of every cell, for losses [default: the file's]
    #[arg(long, value_name = "K", value_parser = positive::<u64>)]
    pub(crate) draws: Option<u64>,
    /// The column to draw, for column, map and histogram
    #[arg(long, value_name = "COLUMN")]
    pub(crate) of: Option<String>,
    /// The horizontal axis, for column and map: n, d, p or a key that varies [default: the first that varies of n, d, p
    /// and the keys by name]
    #[arg(long, value_name = "AXIS")]
    pub(crate) x: Option<String>,
    /// The vertical axis, for map [default: the next that varies]
    #[arg(long, value_name = "AXIS")]
    pub(crate) y: Option<String>,
    /// A line for each value of this axis, for column and histogram
    #[arg(long, value_name = "AXIS")]
    pub(crate) by: Option<String>,
    /// The file, x.svg, x.png or x.pdf; all three for a name without an end [default: NAME-KIND, after the file, and
    /// NAME-COLUMN-KIND for column, map and histogram]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// How a run's networks are kept and projected.
#[derive(Debug, Args)]
pub(crate) struct PathOptions {
    /// Times a decade at which networks are kept, from time 0.01 on
    #[arg(long, value_name = "K", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) rows: u32,
    /// Two directions to project on: axes e0, e1, …, inputs x0, x1, …, or gamma, the mean of y x [default: the plane itself
    /// for d = 2, else the two leading directions of the neurons at the end]
    #[arg(long, value_name = "V,W", value_parser = Along::from_str)]
    pub(crate) along: Option<Along>,
}

/// Follow one run: a table over time, and its verdict in a sentence.
///
/// The run is one draw of the first cell of an experiment file (choose another with --set), or of the
/// default experiment, the flow on isotropic inputs, with the sizes given by --n, --d and --p.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: n = 200 examples in dimension 50, width by Lemma 5, draw 3; the exact flow, its events, what its end is\n  reluflow trajectory --n 200 --d 50 --draw 3\n  reluflow trajectory --n 20 --d 5 --p 8 --set 'flow={method=\"exact\"}' --events events.csv --stationary"
)]
pub(crate) struct TrajectoryOptions {
    #[command(flatten)]
    pub(crate) one: OneRun,
    /// Write the table to a file, x.csv or x.parquet, instead of printing it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the events of the exact flow to a file, x.csv or x.parquet: who crossed, slid, left or died, on which example
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// Write the networks of all rows to a file, x.csv or x.parquet: a line for each time and neuron
    #[arg(long, value_name = "FILE")]
    pub(crate) networks: Option<PathBuf>,
    /// List the plateaus of the loss, and who grew between them; finer with more rows, --set record.when.per-decade=40
    #[arg(long)]
    pub(crate) plateaus: bool,
    /// Say whether the end is a stationary point, a saddle or a local minimum, and which neurons could still lower the loss
    #[arg(long)]
    pub(crate) stationary: bool,
    /// Share of its natural size below which a preactivation or a force counts as 0, for --stationary
    #[arg(long, value_name = "SHARE", default_value = "1e-9", value_parser = negligible, requires = "stationary")]
    pub(crate) negligible: f64,
}
