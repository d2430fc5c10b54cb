//! The population loss and its flow.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod common;
mod flow;
mod loss;
mod zero;
