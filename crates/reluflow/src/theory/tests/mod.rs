//! Holds the statements against the flow, and numbers against their sources.

mod groups;
mod wide;
