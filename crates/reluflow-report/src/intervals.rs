//! Confidence, resamples and seed of the intervals that figures and findings show.

/// Their confidence.
pub(crate) const LEVEL: f64 = 0.95;
/// Samples of a bootstrap.
pub(crate) const RESAMPLES: usize = 4000;
/// Its seed.
pub(crate) const SEED: u64 = 5;
