//! Random matrices that tests of the population share.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use reluflow::random::{Purpose, TrialSeed};

pub(crate) fn normal(rows: usize, columns: usize, scale: f64, random: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || {
        let value: f64 = StandardNormal.sample(random);
        scale * value
    })
}

pub(crate) fn generator(draw: u64) -> ChaCha8Rng {
    let seed = TrialSeed {
        root: 23,
        n: 0,
        d: 0,
        p: 0,
        draw,
    };
    seed.generator(Purpose::Analysis)
}
