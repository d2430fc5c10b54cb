//! Runs: orders of convergence, balance, what is recorded, verdicts, and every kind of problem.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // in the helpers of tests

mod any_problem;
mod balance;
mod common;
mod exact_properties;
mod narrow;
mod orders;
mod orthogonal_steps;
mod over_kinks;
mod records;
mod rests;
mod small_starts;
mod success;
mod switches;
mod verdicts;
mod what_is_shown;
