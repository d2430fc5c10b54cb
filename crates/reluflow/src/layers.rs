//! Splits a state into the two layers of a network.

/// Splits a state into its p × m hidden coordinates and its p output weights.
pub fn split_state<T>(state: &[T], neurons: usize) -> (&[T], &[T]) {
    state.split_at(state.len() - neurons)
}

/// Splits a state into its hidden coordinates and output weights, to be written.
pub fn split_state_mut<T>(state: &mut [T], neurons: usize) -> (&mut [T], &mut [T]) {
    state.split_at_mut(state.len() - neurons)
}
