//! Draws and measures that tests of several models share.

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::{Dataset, Network};

/// Labels ±1 and neurons with |a_j| > ‖w_j‖; inputs in general position, or orthogonal and fewer than d.
pub(crate) fn draw((n, d, p): (usize, usize, usize), orthogonal: bool, seed: u64) -> (Dataset, Network) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut number = || random.random_range(-1.0_f64..1.0);
    let labels = Array1::from_shape_fn(n, |_| number().signum());
    let hidden = Array2::from_shape_fn((p, d), |_| number());
    let output = Array1::from_shape_fn(p, |j| {
        let norm = hidden.row(j).dot(&hidden.row(j)).sqrt();
        number().signum() * (norm + 0.1)
    });
    let inputs = if orthogonal {
        Array2::from_shape_fn((n, d), |(i, k)| if i == k { 1.0 + 0.1 * i as f64 } else { 0.0 })
    } else {
        Array2::from_shape_fn((n, d), |_| number())
    };
    (
        Dataset::new(inputs, labels).unwrap(),
        Network::new(hidden, output).unwrap(),
    )
}

pub(crate) fn uniform(random: &mut ChaCha8Rng, (p, d): (usize, usize), size: f64) -> Array2<f64> {
    Array2::from_shape_fn((p, d), |_| size * random.random_range(-1.0..1.0))
}
