//! The transition time (√(np)/4)·log(np) of the paper's protocol: the unit in which its runs are budgeted.

/// The transition time (√(np)/4)·log(np) of the paper's protocol, the cut-off time of Theorem 2 for p groups
/// of n/p examples with |y_i| = 1. np = 1 counts as 2: log 1 = 0 would leave no time.
///
/// ```
/// let t = reluflow::theory::transition_time(100, 4);
/// assert!((t - 5.0 * 400f64.ln()).abs() < 1e-12);
/// ```
pub fn transition_time(examples: usize, neurons: usize) -> f64 {
    let np = (examples as f64 * neurons as f64).max(2.0);
    np.sqrt() / 4.0 * np.ln()
}

#[cfg(test)]
mod tests {
    use super::transition_time;

    /// (√2/4)·log 2 = 0.2450645.
    #[test]
    fn one_example_and_one_neuron_have_the_time_of_two() {
        assert!((transition_time(1, 1) - 0.245_064_5).abs() < 1e-7);
        assert_eq!(transition_time(1, 1), transition_time(2, 1));
        assert_eq!(transition_time(1, 2), transition_time(2, 1));
    }
}
