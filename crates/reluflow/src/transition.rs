//! The transition time (√(np)/4)·log(np) of the paper's protocol: the unit in which its runs are budgeted.

/// The transition time (√(np)/4)·log(np) of the paper's protocol, the cut-off time of Theorem 2 for p groups
/// of n/p examples with |y_i| = 1.
///
/// ```
/// let t = reluflow::theory::transition_time(100, 4);
/// assert!((t - 5.0 * 400f64.ln()).abs() < 1e-12);
/// ```
pub fn transition_time(examples: usize, neurons: usize) -> f64 {
    let np = examples as f64 * neurons as f64;
    np.sqrt() / 4.0 * np.ln()
}
