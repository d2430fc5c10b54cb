//! The model family: identities, closed forms, exact flows, runs in τ.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // in the helpers of tests

mod common;
mod exact;
mod flows;
mod identities;
mod numbers;
mod tau;
