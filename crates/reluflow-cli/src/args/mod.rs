//! Defines the command line.

mod help;
mod one;
mod runs;
mod settings;
mod studies;
mod values;

use clap::{Parser, Subcommand};

pub(crate) use help::HelpOptions;
pub(crate) use one::{FilmOptions, OneRun, PictureOptions, TrajectoryOptions};
pub(crate) use runs::{
    Direction, RunOptions, SlurmOptions, StatusOptions, SummarizeOptions, ThresholdOptions,
};
pub(crate) use settings::flag;
pub(crate) use studies::{
    AuditOptions, FieldOptions, FindingOptions, PaperOptions, ReportOptions, SchemaOptions, TransitionOptions,
};

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
    /// Run an experiment file, or resume where it stopped
    Run(RunOptions),
    /// Summarise the cells of a run's folder
    Summarize(SummarizeOptions),
    /// Say what of a run is done, running, missing or failed, and what to submit again
    Status(StatusOptions),
    /// Run an experiment file as an array job on a cluster with Slurm
    Slurm(SlurmOptions),
    /// Find where the probability of success crosses a target, with as few draws as possible
    Threshold(ThresholdOptions),
    /// Follow one run: a table over time, and its verdict in a sentence
    Trajectory(TrajectoryOptions),
    /// Make a film of one run: an HTML page that plays its neurons over log time
    Film(FilmOptions),
    /// Draw a picture of one run, or of the trials of a run's folder, as SVG, PNG and PDF
    Picture(PictureOptions),
    /// Compute the paper's five figures, with intervals and the flow's own results, and a page to read
    Paper(PaperOptions),
    /// Answer a question beyond the paper, from its experiments to a table and a figure
    Finding(FindingOptions),
    /// Run experiments of other papers on these dynamics, and draw their pictures on one page
    Field(FieldOptions),
    /// Draw the figures of any run's folder, and a page to read
    Report(ReportOptions),
    /// Check every statement of the paper that applies to a problem against the flow
    Audit(AuditOptions),
    /// Print the closed-form loss of Figure 1, with plateaus and transition times
    Transition(TransitionOptions),
    /// Print the JSON Schema of experiment files, with which editors complete and check them
    Schema(SchemaOptions),
    /// Explain a command; or the keys of experiment files, the columns of tables, the verdicts of runs
    Help(HelpOptions),
}
