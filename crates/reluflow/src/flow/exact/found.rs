//! Names what ends a frozen pattern.

use super::pattern::Side;

/// What ends a frozen pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Found {
    /// Neuron reaches a kink.
    Kink { neuron: usize, kink: usize },
    /// Neuron stops sliding on a kink and leaves to a side.
    Multiplier { neuron: usize, kink: usize, to: Side },
    /// A sliding neuron's output weight reaches 0.
    OutputWeight { neuron: usize },
    /// Neuron held where more kinks meet than their normals span can leave.
    Escape { neuron: usize },
}
