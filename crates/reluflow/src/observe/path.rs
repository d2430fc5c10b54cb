//! Holds the networks kept along a flow.

use crate::Network;

/// The network at one time of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The time.
    pub time: f64,
    /// L.
    pub loss: f64,
    /// The network.
    pub network: Network,
}
