//! What is drawn as a network: laws, those that look at the data, alterations.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod altered;
mod common;
mod laws;
mod on_data;
