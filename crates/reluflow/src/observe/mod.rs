//! Writes down what a theorist wants to see along a flow.

pub mod curvature;
pub mod kernel;
mod record;
pub mod stationary;
mod trajectory;

pub use record::{Observable, Record, When};
pub use trajectory::{Row, Trajectory};
