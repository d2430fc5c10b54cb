//! Hands the crate `reluflow` to Python as the module `reluflow._native`: converts, releases the GIL, maps errors.
//!
//! What a user sees is written in Python, in `python/reluflow`; nothing here checks twice or decides anything.

mod arrays;
mod audit;
mod columns;
mod command;
mod dataset;
mod draw;
mod errors;
mod experiment;
mod folder;
mod frame;
mod jump;
mod network;
mod outcome;
mod paper;
mod picture;
mod population;
mod run;
mod schema;
mod solve;
mod stationary;
mod table;
mod theory;
mod threshold;
mod watch;

use pyo3::prelude::*;

/// The module `reluflow._native`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::audit::{audit, audit_experiment};
    #[pymodule_export]
    use super::command::command;
    #[pymodule_export]
    use super::dataset::Dataset;
    #[pymodule_export]
    use super::draw::{sample_dataset, sample_network};
    #[pymodule_export]
    use super::experiment::Experiment;
    #[pymodule_export]
    use super::folder::{figures, folder_experiment, processes, report, status, summary, thresholds, trials};
    #[pymodule_export]
    use super::frame::{read_arrow, read_columns, read_file};
    #[pymodule_export]
    use super::jump::jump;
    #[pymodule_export]
    use super::network::Network;
    #[pymodule_export]
    use super::outcome::{plateaus, recordable};
    #[pymodule_export]
    use super::paper::{paper_plan, paper_write};
    #[pymodule_export]
    use super::picture::{folder_picture, losses, path_film, path_picture};
    #[pymodule_export]
    use super::population::{Population, sample_population, solve_population};
    #[pymodule_export]
    use super::run::{prepare, run};
    #[pymodule_export]
    use super::schema::schema;
    #[pymodule_export]
    use super::solve::solve;
    #[pymodule_export]
    use super::stationary::stationarity;
    #[pymodule_export]
    use super::table::arrow_stream;
    #[pymodule_export]
    use super::theory::theory;
    #[pymodule_export]
    use super::threshold::threshold;

    /// The version of the package, which is the workspace's.
    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
