//! What is read off a flow, by means that share nothing with it.
#![allow(clippy::unwrap_used)] // in the helpers of tests

mod common;
mod identities;
mod neurons;
mod observables;
mod orthogonal_kernel;
