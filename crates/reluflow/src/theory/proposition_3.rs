//! Proposition 3: without Assumption 1 the output weights can collapse onto one sign.
//!
//! n = d = 2, x_1 = e_1, x_2 = e_2, y = (1, −λ); every w_j has both coordinates positive and of size m, and
//! |a_j| ≪ m of either sign. For λ large the second example turns every a_j negative; then every coordinate
//! w_j1 shrinks to 0 and dies, and example 1 is lost: L → y_1²/(2n) = 1/4. With |a_j| ≥ ‖w_j‖ no sign could
//! change.
//!
//! At first da_j/dt = (w_j1 − λw_j2)/2, so what matters is the largest ratio w_j1/w_j2: the boundary in λ depends
//! on the spread of the coordinates more than on m. For p = 10, m = 0.5 it lies between 1.05 and 1.2 when all
//! coordinates are equal, between 1.5 and 2 at a spread of 20 %, between 4 and 6 at 50 %.
//!
//! The trap (C_y^−)²/(2n) is 1/4 too: a flow that passes it cannot collapse, one that collapses never does. So
//! the outcome is decided in finite time, and the boundary in λ is found by bisection.

use ndarray::{Array1, Array2, array};
use serde::Serialize;

use crate::error::Result;
use crate::{Dataset, Network};

/// The networks of the example.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Example {
    /// p; the signs of a_j alternate.
    pub neurons: usize,
    /// m, the size of both coordinates of every w_j.
    pub scale: f64,
    /// Coordinates are m(1 ± spread · x) with x even between −1 and 1 over the neurons.
    pub spread: f64,
    /// |a_j|/m; Assumption 1 asks for at least √(2 + 2 spread²).
    pub ratio: f64,
}

impl Default for Example {
    fn default() -> Self {
        Self {
            neurons: 10,
            scale: 0.5,
            spread: 0.2,
            ratio: 0.05,
        }
    }
}

impl Example {
    /// The problem for one λ.
    ///
    /// # Errors
    /// As [`Dataset::new`] and [`Network::new`].
    pub fn problem(&self, lambda: f64) -> Result<(Dataset, Network)> {
        let dataset = Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, -lambda])?;
        let hidden = Array2::from_shape_fn((self.neurons, 2), |(j, k)| {
            let x = (2 * j + 1) as f64 / self.neurons as f64 - 1.0;
            let side = if k == 0 { self.spread } else { -self.spread };
            self.scale * (1.0 + side * x)
        });
        let output = Array1::from_shape_fn(self.neurons, |j| {
            let size = self.ratio * self.scale;
            if j % 2 == 0 { size } else { -size }
        });
        Ok((dataset, Network::new(hidden, output)?))
    }
}
