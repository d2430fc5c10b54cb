//! Defines the command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use reluflow_lab::{Override, Shard};
use reluflow_report::findings::Finding;
use reluflow_report::path::Along;

use crate::help::HelpOptions;

/// Gradient flow of one-hidden-layer ReLU networks: experiments that run, resume and summarise.
#[derive(Debug, Parser)]
#[command(
    name = "reluflow",
    version,
    disable_help_subcommand = true,
    after_help = "Example:\n  reluflow run experiments/fig2-published.toml --draws 10\n\nExplained by `reluflow help TOPIC`: file (the keys of experiment files), columns, verdicts"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run an experiment file, or go on where it stopped
    Run(RunOptions),
    /// Summarise the cells of a run's folder
    Summarize(SummarizeOptions),
    /// Say what of a run is done, running, missing or failed, and what to submit again
    Status(StatusOptions),
    /// Run an experiment file as an array job on a cluster with Slurm
    Slurm(SlurmOptions),
    /// Find where a probability crosses a target, with as few draws as it takes
    Threshold(ThresholdOptions),
    /// Follow one run: a table over time, and its verdict in a sentence
    Trajectory(TrajectoryOptions),
    /// Make a film of one run: an HTML page that plays its neurons over log time
    Film(FilmOptions),
    /// Draw a picture of one run, or of the trials of a run's folder, as SVG, PNG and PDF
    Picture(PictureOptions),
    /// Compute the paper's five figures, with intervals and beside the flow, and a page to read
    Paper(PaperOptions),
    /// Answer a question beyond the paper, from its experiments to a table and a figure
    Finding(FindingOptions),
    /// Run experiments of other papers on these dynamics, and draw their pictures on one page
    Field(FieldOptions),
    /// Draw the figures of any run's folder, and a page to read
    Report(ReportOptions),
    /// Hold every statement of the paper that applies to a problem against the flow
    Audit(AuditOptions),
    /// Print the closed-form loss of Figure 1, with plateaus and transition times
    Transition(TransitionOptions),
    /// Print the JSON Schema of experiment files, with which editors complete and check them
    Schema(SchemaOptions),
    /// Explain a command; or the keys of experiment files, the columns of tables, the verdicts of runs
    Help(HelpOptions),
}

/// Run an experiment file, or go on where it stopped.
///
/// Trials are written to the run's folder as they finish. Ctrl-C keeps everything finished; the same command
/// goes on from there. More --draws extend a run. The numbers do not depend on the number of threads.
/// Several processes, also on several machines, may each do a --shard of the run in one folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: two cells of Figure 2, ten draws each\n  reluflow run experiments/fig2-published.toml --set sweep.n='[1600, 1700]' --draws 10 --out runs/try"
)]
pub(crate) struct RunOptions {
    /// The experiment file
    pub(crate) file: PathBuf,
    /// The run's folder [default: runs/NAME, after the file]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Draws of every cell
    #[arg(long, value_name = "K", value_parser = positive::<u64>)]
    pub(crate) draws: Option<u64>,
    /// Threads [default: the machine's]
    #[arg(long, value_name = "T", value_parser = positive::<u16>)]
    pub(crate) threads: Option<u16>,
    /// Do part I of N only; any N, at any time, in any order, in one folder
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Try again the trials that failed
    #[arg(long)]
    pub(crate) retry_failed: bool,
    /// Longest time in seconds that a finished trial waits to be written, at most 10
    #[arg(long, value_name = "S", default_value_t = 8, value_parser = clap::value_parser!(u64).range(0..=10))]
    pub(crate) write_every: u64,
    /// How long in seconds to wait for a folder that cannot be written
    #[arg(long, value_name = "S", default_value_t = 600)]
    pub(crate) patience: u64,
    /// Print one JSON object per cell on a line instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// Values set over those of the experiment file, or files.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Set a key over the file's, as TOML: sweep.n='[1500, 1600]'
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_setting)]
    pub(crate) set: Vec<Override>,
    /// The root of all random numbers
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(i64).range(0..))]
    pub(crate) seed: Option<i64>,
}

/// Summarise the cells of a run's folder, while it runs or afterwards.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  reluflow summarize runs/fig2-published --csv > fig2.csv")]
pub(crate) struct SummarizeOptions {
    /// The run's folder
    pub(crate) folder: PathBuf,
    /// Print one JSON object per cell on a line
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values
    #[arg(long)]
    pub(crate) csv: bool,
}

/// Say what of a run is done, running, missing or failed, and what to submit again.
///
/// It is read off the folder's files, at any time. Trials of processes that are at work are running or waiting;
/// missing are those that nobody is at, and the commands printed last compute them.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: what to submit again of a run in 8 shards\n  reluflow status runs/fig3 --shards 8"
)]
pub(crate) struct StatusOptions {
    /// The run's folder
    pub(crate) folder: PathBuf,
    /// Into how many shards to divide what is missing [default: as the process heard last]
    #[arg(long, value_name = "N", value_parser = shards)]
    pub(crate) shards: Option<u32>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Run an experiment file as an array job on a cluster with Slurm.
///
/// Writes two scripts into DIR/slurm and submits them: an array of tasks, each a shard of the run, and a job that
/// summarises and reports when they have ended. Submitted again, only tasks that have something left to do are. A
/// task that is killed, requeued or out of time loses nothing it had finished. The numbers are those of `reluflow run`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: Figure 3 in 50 tasks of 4 processors\n  reluflow slurm experiments/fig3.toml --out runs/fig3 --tasks 50 --cpus-per-task 4 --time 2:00:00"
)]
pub(crate) struct SlurmOptions {
    /// The experiment file
    pub(crate) file: PathBuf,
    /// The run's folder, on a file system that all nodes share
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Number of tasks
    #[arg(long, value_name = "N", value_parser = shards)]
    pub(crate) tasks: u32,
    /// Processors of a task
    #[arg(long, value_name = "C", default_value_t = 1, value_parser = positive::<u16>)]
    pub(crate) cpus_per_task: u16,
    /// Time limit of a task, as Slurm takes it: 2:00:00
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,
    /// Partition
    #[arg(long, value_name = "NAME")]
    pub(crate) partition: Option<String>,
    /// Another option of sbatch, for both jobs: --sbatch-arg=--account=theory
    #[arg(long, value_name = "OPTION", value_parser = sbatch_option, allow_hyphen_values = true)]
    pub(crate) sbatch_arg: Vec<String>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Draws of every cell
    #[arg(long, value_name = "K", value_parser = positive::<u64>)]
    pub(crate) draws: Option<u64>,
    /// Write the scripts, submit nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Find where a probability crosses a target, with as few draws as it takes.
///
/// One threshold for every choice of the file's other axes. Draws are placed batch after batch where they tell most,
/// until the interval is as narrow as --precision asks. The file's values of the axis say where to look first; the
/// search goes on to a quarter of the first and four times the last. Trials are kept in the run's folder, where
/// `reluflow run` finds them too; the same command goes on after an interrupt. The answer depends on the file, the
/// options and the seed only.
///
/// With the folder of a run in the place of the file nothing is drawn: the thresholds are those of the run's draws.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: N(20, 30) of Figure 3, to 3 %; what the draws of a run say of a threshold in p\n  reluflow threshold experiments/fig3.toml --set sweep.d=20 --precision 3%\n  reluflow threshold runs/fig3 --axis p"
)]
pub(crate) struct ThresholdOptions {
    /// The experiment file, or the folder of a run
    pub(crate) file: PathBuf,
    /// The axis along which the threshold is sought: n, d, p or a key that the sweep varies
    #[arg(long, value_name = "NAME", default_value = "n")]
    pub(crate) axis: String,
    /// The probability of reaching the trap whose place is sought
    #[arg(long, value_name = "P", default_value_t = 0.5, value_parser = share)]
    pub(crate) target: f64,
    /// Half-width of the 95 % interval over the threshold at which to stop [default: 2%]
    #[arg(long, value_name = "X%", value_parser = precision)]
    pub(crate) precision: Option<f64>,
    /// Where to look; without it, the file's values and a factor of four beyond them
    #[arg(long, value_name = "LOW..HIGH", value_parser = within)]
    pub(crate) within: Option<(f64, f64)>,
    /// Whether the probability rises or falls along the axis [default: falls with n, rises with d and p]
    #[arg(long, value_enum)]
    pub(crate) direction: Option<Direction>,
    /// Most draws a threshold
    #[arg(long, value_name = "K", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(24..))]
    pub(crate) max_trials: u64,
    /// Fewest draws placed at once; with many threads and one threshold, as many as threads
    #[arg(long, value_name = "K", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) batch: u64,
    /// The run's folder [default: runs/NAME, after the file]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: Settings,
    /// Threads [default: the machine's]
    #[arg(long, value_name = "T", value_parser = positive::<u16>)]
    pub(crate) threads: Option<u16>,
    /// Print one JSON object per threshold on a line instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress
    #[arg(long)]
    pub(crate) quiet: bool,
}

/// How a probability goes along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Direction {
    /// It rises.
    Rises,
    /// It falls.
    Falls,
}

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
    /// The axis across, for column and map: n, d, p or a key that varies [default: the first that varies of n, d, p
    /// and the keys by name]
    #[arg(long, value_name = "AXIS")]
    pub(crate) x: Option<String>,
    /// The axis upwards, for map [default: the next that varies]
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

/// Compute the paper's five figures, with intervals and beside the flow, and a page to read.
///
/// Without --full: fewer cells and draws than the paper (the page lists them), about a minute on two cores.
/// Runs are kept under --out and resume: the same command goes on where it stopped.
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

/// Hold every statement of the paper that applies to a problem against the flow.
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
/// Save it beside your files and begin each of them with the line `#:schema ./reluflow.schema.json`, which editors with Taplo read
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

impl Settings {
    /// The settings as overrides, `--seed` last.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let mut overrides = self.set.clone();
        overrides.extend(self.seed.map(|seed| flag("--seed", "sweep.seed", seed)));
        overrides
    }
}

/// A flag of its own as an override.
pub(crate) fn flag(name: &str, key: &str, value: impl ToString) -> Override {
    let value = value.to_string();
    Override {
        flag: format!("{name} {value}"),
        key: key.to_owned(),
        value,
    }
}

fn finding(name: String) -> Result<Finding, String> {
    Finding::from_name(&name).ok_or_else(|| "expected the name of a finding".to_owned())
}

fn positive<T: FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| *number >= T::from(1));
    number.ok_or_else(|| "expected a whole number, at least 1".to_owned())
}

fn shards(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().and_then(|count| Shard::new(1, count));
    count
        .map(Shard::count)
        .ok_or_else(|| "expected a whole number from 1 to 1000000".to_owned())
}

fn sbatch_option(text: &str) -> Result<String, String> {
    let right = text.starts_with('-') && !text.contains('\n');
    right
        .then(|| text.to_owned())
        .ok_or_else(|| "expected one option on one line, such as --account=theory".to_owned())
}

/// A share, as `95%`, `95 %` or `0.95`.
fn fraction(text: &str) -> Option<f64> {
    match text.trim().strip_suffix('%') {
        Some(number) => number.trim_end().parse().ok().map(|number: f64| number / 100.0),
        None => text.trim().parse().ok(),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let number = fraction(text).filter(|share| (0.001..=0.999).contains(share));
    number.ok_or_else(|| "expected a probability from 0.001 to 0.999, such as 0.95 or 95%".to_owned())
}

fn precision(text: &str) -> Result<f64, String> {
    let share = fraction(text).filter(|share| (1e-4..=0.5).contains(share));
    share.ok_or_else(|| "expected a share from 0.01% to 50%, such as 2%".to_owned())
}

fn negligible(text: &str) -> Result<f64, String> {
    let number = fraction(text).filter(|share| (0.0..1.0).contains(share));
    number.ok_or_else(|| "expected a share from 0 to below 1, such as 1e-9 or 0.1%".to_owned())
}

fn within(text: &str) -> Result<(f64, f64), String> {
    let ends = text.split_once("..").and_then(|(low, high)| {
        let ends: (f64, f64) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        (ends.0 < ends.1 && ends.0.is_finite() && ends.1.is_finite()).then_some(ends)
    });
    ends.ok_or_else(|| "expected LOW..HIGH with LOW < HIGH, such as 20..400".to_owned())
}

fn parse_setting(text: &str) -> Result<Override, String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("expected KEY=VALUE, such as sweep.draws=10")?;
    Ok(Override {
        flag: format!("--set {text}"),
        key: key.trim().to_owned(),
        value: value.trim().to_owned(),
    })
}
