//! Statements of the paper that are about laws, by Monte Carlo.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod event_e;
mod random_features;
