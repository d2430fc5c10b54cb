//! Gives every trial its own random numbers, whatever the order, the threads or the restarts.
//!
//! A generator is ChaCha8 whose 256-bit key is (seed, n, d, p) and whose stream is (draw, purpose): a
//! counter-based generator, so no two trials share a number and none depends on another. Trials that differ
//! only in method, tolerance or a parameter of a law see the same underlying numbers and can be compared
//! pair by pair.

use rand::SeedableRng;
pub use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Inputs and labels.
    Data = 0,
    /// Weights at time 0.
    Initialisation = 1,
    /// Examples that are not trained on.
    Test = 3,
    /// Anything drawn while analysing a trial.
    Analysis = 2,
}

/// Number of streams reserved for each draw.
const PURPOSES: u64 = 16;

/// The coordinates of a trial: its random numbers depend on these alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrialSeed {
    /// The root seed of the experiment.
    pub root: u64,
    /// Number of examples.
    pub n: u64,
    /// Dimension.
    pub d: u64,
    /// Number of neurons.
    pub p: u64,
    /// Which draw of the cell, from 0.
    pub draw: u64,
}

impl TrialSeed {
    /// The generator for one purpose.
    pub fn generator(&self, purpose: Purpose) -> ChaCha8Rng {
        let mut key = [0u8; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([self.root, self.n, self.d, self.p]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(self.draw.wrapping_mul(PURPOSES).wrapping_add(purpose as u64));
        generator
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn streams_differ_in_every_coordinate_and_repeat() {
        let seed = TrialSeed {
            root: 1,
            n: 2,
            d: 3,
            p: 4,
            draw: 5,
        };
        let first = |seed: TrialSeed, purpose| seed.generator(purpose).next_u64();
        let reference = first(seed, Purpose::Data);
        assert_eq!(reference, first(seed, Purpose::Data));
        let others = [
            first(seed, Purpose::Initialisation),
            first(TrialSeed { root: 2, ..seed }, Purpose::Data),
            first(TrialSeed { n: 3, ..seed }, Purpose::Data),
            first(TrialSeed { d: 4, ..seed }, Purpose::Data),
            first(TrialSeed { p: 5, ..seed }, Purpose::Data),
            first(TrialSeed { draw: 6, ..seed }, Purpose::Data),
        ];
        assert!(others.iter().all(|other| *other != reference));
    }
}
