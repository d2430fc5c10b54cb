//! Writes down what a theorist wants to see along a flow.

pub mod curvature;
pub mod foretold;
pub mod kernel;
mod margin;
mod orthogonal_kernel;
mod record;
pub mod stationary;
mod trajectory;

pub use foretold::Foretold;
pub use margin::Margins;
pub use orthogonal_kernel::OrthogonalKernel;
pub use record::{Observable, Record, Timing, When};
pub use trajectory::{Row, Trajectory};
