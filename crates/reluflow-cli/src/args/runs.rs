//! Options of the commands on sweeps: run, summarise, status, Slurm, threshold.

use std::path::PathBuf;

use super::settings::Settings;
use super::values::{positive, precision, sbatch_option, shards, share, within};
use clap::Args;
use reluflow_lab::Shard;

/// Run an experiment file, or resume where it stopped.
///
/// Trials are written to the run's folder as they finish. Ctrl-C keeps everything finished; the same command
/// resumes from there. More --draws extend a run. The numbers do not depend on the number of threads.
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

/// Summarise the cells of a run's folder, while it runs or afterwards.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  reluflow summarize runs/fig2-published --csv > fig2.csv")]
pub(crate) struct SummarizeOptions {
    /// The run's folder
    pub(crate) folder: PathBuf,
    /// Print one JSON object per cell on a line
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print comma-separated values; `log_mean_x` is the natural logarithm of the mean of x, which the table for people prints itself
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

/// Find where the probability of success crosses a target, with as few draws as possible.
///
/// One threshold for every choice of the file's other axes. Draws are placed batch after batch where they tell most,
/// until the interval is as narrow as --precision asks. The file's values of the axis say where to look first; the
/// search extends to a quarter of the first and four times the last. Trials are kept in the run's folder, where
/// `reluflow run` finds them too; after an interrupt the same command resumes. The answer depends on the file, the
/// options and the seed only.
///
/// Given a run's folder instead of a file, it draws nothing: it fits the thresholds to the draws of the run's grid, and says how many
/// draws of threshold searches it leaves out.
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
    /// The probability of success whose threshold is sought
    #[arg(long, value_name = "P", default_value_t = 0.5, value_parser = share)]
    pub(crate) target: f64,
    /// Stop when half the width of the 95 % interval is this part of the threshold [default: 2%]
    #[arg(long, value_name = "X%", value_parser = precision)]
    pub(crate) precision: Option<f64>,
    /// Where to look; by default from a quarter of the file's first value to four times its last
    #[arg(long, value_name = "LOW..HIGH", value_parser = within)]
    pub(crate) within: Option<(f64, f64)>,
    /// Whether the probability rises or falls along the axis [default: falls with n, rises with d and p]
    #[arg(long, value_enum)]
    pub(crate) direction: Option<Direction>,
    /// Largest number of draws for one threshold
    #[arg(long, value_name = "K", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(24..))]
    pub(crate) max_trials: u64,
    /// Smallest number of draws placed at once; one for each thread where there are more threads
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
