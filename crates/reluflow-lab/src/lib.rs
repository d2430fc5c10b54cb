//! Turns experiment files into runs that resume, and runs into summaries.
//!
//! ```text
//! experiment file (TOML) ─check→ Experiment: cells (d, n, p, …) × draws
//! cell, draw ─seed→ data, network ─flow→ Trial ─part files→ run folder ─summarize→ one line a cell
//! ```
//!
//! A trial's random numbers depend on (seed, n, d, p, draw) alone, so order, threads and restarts cannot
//! change a bit of it.

pub mod arrays;
mod audit;
mod error;
pub mod experiment;
pub mod population;
mod run;
pub mod schema;
pub mod status;
pub mod store;
pub mod summary;
pub mod table;
pub mod threshold;
pub mod trial;

pub use audit::audit;
pub use error::{Error, Result};
pub use experiment::{Experiment, Override, Shard};
pub use run::{Notice, Run, machine_memory};
pub use status::{Status, status, status_with};
pub use store::RunFolder;
pub use summary::{CellSummary, summarize};
pub use trial::{FailedTrial, Trial};
