//! Options of the commands that answer a question: the paper, findings, the field, reports, audits.

use std::path::PathBuf;

use super::settings::Settings;
use super::values::finding;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use reluflow_report::findings::Finding;

/// Compute the paper's five figures, with intervals and the flow's own results, and a page to read.
///
/// Without --full: fewer cells and draws than the paper (the page lists them), about a minute on two cores.
/// Runs are kept under --out and resume: the same command resumes where it stopped.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: Figure 5 by the paper's protocol\n  reluflow paper fig5 --full --out runs/paper-full"
)]
pub(crate) struct PaperOptions {
    /// Which figures: fig1 … fig5 [default: all]
    #[arg(value_parser = ["fig1", "fig2", "fig3", "fig4", "fig5"])]
    pub(crate) figures: Vec<String>,
    /// The paper's protocol: 17 to 60 minutes of processor time
    #[arg(long)]
    pub(crate) full: bool,
    /// The folder [default: runs/paper, with --full runs/paper-full]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Threads [default: the machine's]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Show no progress
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Answer a question beyond the paper: run its experiments, write tables and a figure, say the numbers.
///
/// Each question has a page in docs/findings, with its cost. Runs are kept under --out and resume: the same command goes
/// on where it stopped. The numbers do not depend on the number of threads.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: where gradient flow stops interpolating, in a few minutes\n  reluflow finding interpolation --quick"
)]
pub(crate) struct FindingOptions {
    /// Which question
    #[arg(value_parser = PossibleValuesParser::new(Finding::ALL.map(Finding::name)).try_map(finding))]
    pub(crate) name: Finding,
    /// Fewer sizes and draws: under five minutes on two cores
    #[arg(long)]
    pub(crate) quick: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// The folder [default: runs/findings/NAME, with --quick runs/findings/NAME-quick]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Threads [default: the machine's]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Show no progress
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Run experiments of other papers on these dynamics, and draw each paper's kind of picture on one page.
///
/// Each is a file of some twenty lines in experiments/field that says what is expected. Runs are kept under --out and resume.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: all of them; one of them; what there is\n  reluflow field\n  reluflow field early-alignment\n  reluflow field --list"
)]
pub(crate) struct FieldOptions {
    /// Which experiments [default: all]
    #[arg(value_parser = PossibleValuesParser::new(reluflow_report::field::ALL.iter().map(|entry| entry.name)), hide_possible_values = true)]
    pub(crate) names: Vec<String>,
    /// List them with one sentence each
    #[arg(long)]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// The folder
    #[arg(long, value_name = "DIR", default_value = "runs/field")]
    pub(crate) out: Option<PathBuf>,
    /// Threads [default: the machine's]
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Show no progress
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Draw the figures of any run's folder, and a page to read.
///
/// The figures are chosen from the axes of the sweep; missing cells are left out and listed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  reluflow report runs/fig2-published")]
pub(crate) struct ReportOptions {
    /// The run's folder
    pub(crate) folder: PathBuf,
}

/// Check every statement of the paper that applies to a problem against the flow.
///
/// Without a file the problem has weakly interacting inputs; --orthogonal and --group choose those of
/// section 4. With a file it is the first cell's. Each line shows its worst draw. Exits with 1 when a statement
/// fails although its hypotheses hold.
#[derive(Debug, Args)]
#[command(after_help = "Example: twelve orthogonal examples\n  reluflow audit --orthogonal --n 12 --d 12")]
pub(crate) struct AuditOptions {
    /// The experiment file
    #[arg(conflicts_with_all = ["orthogonal", "group"])]
    pub(crate) file: Option<PathBuf>,
    /// Number of examples
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) n: Option<i64>,
    /// Dimension
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) d: Option<i64>,
    /// Number of neurons [default: by Lemma 5 with ε = 0.05, or one a group]
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) p: Option<i64>,
    /// The law of the data
    #[arg(long, value_name = "LAW")]
    pub(crate) data: Option<String>,
    /// The law of the initialisation
    #[arg(long, value_name = "LAW")]
    pub(crate) init: Option<String>,
    /// How many problems to draw [default: 3, or the file's]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) draws: Option<i64>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Orthogonal inputs, small initialisation
    #[arg(long, conflicts_with = "group")]
    pub(crate) orthogonal: bool,
    /// Groups of orthonormal inputs, one neuron a group
    #[arg(long)]
    pub(crate) group: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print the JSON Schema of experiment files, with which editors complete and check them.
///
/// Save it in the folder of your files and begin each of them with the line `#:schema ./reluflow.schema.json`, which editors with Taplo read
/// (in Visual Studio Code: Even Better TOML).
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  reluflow schema > reluflow.schema.json")]
pub(crate) struct SchemaOptions {}

/// Print the closed-form loss of Figure 1: two groups, ‖D_1‖ = √n, ‖D_2‖ = 2√n, p = 2.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  reluflow transition --n 1e18 --csv > transition.csv")]
pub(crate) struct TransitionOptions {
    /// Number of examples, as large as you like
    #[arg(long, default_value_t = 1e18)]
    pub(crate) n: f64,
    /// Number of steps of time
    #[arg(long, default_value_t = 200)]
    pub(crate) rows: usize,
    /// Where to end, in units of the last transition time
    #[arg(long, default_value_t = 1.5)]
    pub(crate) reach: f64,
    /// ε of the windows, in which a group's loss falls from 1 − ε to ε of its start
    #[arg(long, default_value_t = 0.1)]
    pub(crate) epsilon: f64,
    /// Print comma-separated values only
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw the loss and the curvature too, into this folder, as transition.svg, .png and .pdf
    #[arg(long, value_name = "DIR")]
    pub(crate) picture: Option<PathBuf>,
}
