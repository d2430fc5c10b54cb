//! Writes down what a theorist wants to see along a flow.

mod column;
pub mod curvature;
mod directions;
mod gauge;
pub(crate) mod gauges;
pub mod kernel;
mod margin;
mod orthogonal_kernel;
mod path;
mod plateaus;
pub mod predicted;
mod record;
pub mod stationary;
mod trajectory;

pub use column::{Column, Kind, Unit};
pub use gauge::{Gauge, Look, Scene};
pub use gauges::{Observable, column, columns};
pub use margin::Margins;
pub use orthogonal_kernel::OrthogonalKernel;
pub use path::Snapshot;
pub use plateaus::{Plateau, plateaus};
pub use predicted::Predicted;
pub use record::{Record, Timing, When};
pub use trajectory::{Row, Trajectory};
