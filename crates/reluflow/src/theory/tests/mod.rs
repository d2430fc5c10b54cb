//! Holds the statements against the flow, and numbers against their sources.

mod audit;
mod groups;
mod wide;
