//! The trap: the level of the loss below which every label's sign is right for ever.
//!
//! ```text
//! L < (C_y^−)²/(2n),  C_y^− = min_i |y_i|      ⟹      h(x_i) y_i > 0 for all i, now and at all later times
//! ```
//!
//! If some h(x_i) had the wrong sign or were 0, then |r_i| ≥ |y_i| ≥ C_y^− and L ≥ r_i²/(2n) ≥ (C_y^−)²/(2n). The loss never
//! rises along the flow, so it stays below. The level says nothing more: a flow in the trap may still come to rest above
//! L = 0 (two equal inputs with labels 1 and 1.1 do). Where some label is 0 the level is 0 and is never reached.
//!
//! The paper uses "traps" in the opposite sense, for states of large loss that the flow does not leave
//! ([Proposition 3](crate::theory::proposition_3)); here the word means this level only.

use crate::Dataset;

impl Dataset {
    /// The level of the trap, (C_y^−)²/(2n): below this loss every h(x_i) has the sign of y_i for ever ([`crate::trap`]).
    pub fn trap_level(&self) -> f64 {
        level(self.label_bounds().0, self.examples())
    }
}

/// (C_y^−)²/(2n) for the smallest |y_i| and the number of examples.
pub fn level(smallest_label: f64, examples: usize) -> f64 {
    smallest_label * smallest_label / (2.0 * examples as f64)
}

/// Whether the trap says nothing: some label is 0, so that the level is 0 and no loss lies below it.
///
/// ```
/// use ndarray::array;
/// let data = reluflow::Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![0.0, 1.0]).unwrap();
/// assert!(reluflow::trap::is_void(&data) && data.trap_level() == 0.0);
/// ```
pub fn is_void(dataset: &Dataset) -> bool {
    dataset.trap_level() == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;
    use crate::theory::Snapshot;
    use ndarray::array;

    /// One sign wrong, however small the error elsewhere: the loss is at least the level. Random outputs of two examples.
    #[test]
    fn a_wrong_sign_keeps_the_loss_above_the_level() {
        let data = Dataset::new(array![[1.0, 0.0], [0.0, 2.0]], array![0.3, -1.0]).unwrap();
        for k in 0..100 {
            // h(x_1) = s, h(x_2) = −(1 + s/3): the first is right when s > 0.
            let s = f64::from(k - 50) / 50.0 * 0.6;
            let hidden = array![[s.abs(), 0.0], [0.0, (1.0 + s / 3.0) / 2.0]];
            let network = Network::new(hidden, array![2.0 * s.signum(), -2.0]).unwrap();
            let loss = Snapshot::new(&data, &network).loss;
            if loss < data.trap_level() {
                assert!(s > 0.0, "s = {s}, loss {loss}");
            }
        }
    }
}
