//! Says how sure a count of convergences is.

mod interval;

pub use interval::clopper_pearson;
