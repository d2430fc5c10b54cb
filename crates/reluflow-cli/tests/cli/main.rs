//! Tests of the command: each file runs the real binary in folders of its own.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // in the helpers of tests

mod common;

mod audit;
mod bad_input;
mod finding;
mod life;
mod output;
mod picture;
mod recipes;
mod reference;
mod same_bits;
mod shards;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod slurm;
mod survival;
mod threshold;
