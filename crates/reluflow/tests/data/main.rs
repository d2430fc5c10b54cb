//! What is drawn as data: laws, targets, teachers, alterations, shapes, conflicts among labels.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod altered;
mod common;
mod conflicts;
mod laws;
mod same_draws;
mod shapes;
mod targets;
mod teachers;
