//! Options of `reluflow help`.

use clap::Args;

/// Explain a command; or the keys of experiment files, the columns of tables, the verdicts of runs.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples: a command; every key of experiment files; the keys of one section; those of one law; what else there is\n  reluflow help run\n  reluflow help file\n  reluflow help file stop\n  reluflow help file data cone\n  reluflow help columns\n  reluflow help verdicts"
)]
pub(crate) struct HelpOptions {
    /// A command, or file, columns, verdicts; after file the name of a section, and after it that of a law or method
    pub(crate) topic: Vec<String>,
    /// Print Markdown, for file, columns and verdicts
    #[arg(long)]
    pub(crate) markdown: bool,
}
