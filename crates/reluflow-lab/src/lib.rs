//! Experiments: files that say what to run, runs that resume, and their summaries.

pub mod figures;
pub mod statistics;
