//! Alters a law: labels by a target, noise and flips of training labels, a bias.

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;

use super::{DataLaw, Target};
use crate::Dataset;
use crate::error::{Error, Result};

/// A law with any of four keys, which every law of a file takes in addition to its own.
///
/// | key | meaning |
/// | --- | --- |
/// | `target` | y_i = f(x_i) ([`Target`]), in place of the labels the law draws (and which are thrown away) |
/// | `flip` | y_i becomes −y_i with probability `flip`; training only |
/// | `noise` | y_i becomes y_i + noise · ξ_i with ξ_i ~ N(0, 1), after the flip; training only |
/// | `bias` | x_i becomes (x_i, 1): the law draws in dimension d − 1, and d counts the coordinate 1 |
///
/// Inputs and clean labels are the same numbers whatever `flip` and `noise` are, and inputs whatever the target is. ξ does
/// not depend on `flip`, nor who is flipped on `noise`; who is flipped at a small probability is flipped at a larger one.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct Altered {
    /// The law that is altered, none of these itself.
    #[schemars(skip)]
    pub law: Box<DataLaw>,
    /// The function that labels the inputs, in place of the labels that the law draws.
    pub target: Option<Target>,
    /// Standard deviation of what is added to training labels, after the flip: y_i becomes y_i + noise · ξ_i, ξ_i ~ N(0, 1).
    #[schemars(default)]
    pub noise: f64,
    /// Probability with which a training label changes its sign.
    #[schemars(default)]
    pub flip: f64,
    /// Whether every input gets a last coordinate 1. The dimension d counts it, so that the law draws in dimension d − 1.
    #[schemars(default)]
    pub bias: bool,
}

impl Altered {
    /// The keys of a file.
    pub const KEYS: [&'static str; 4] = ["target", "noise", "flip", "bias"];

    /// The law as it is, to be altered by struct update.
    pub fn unaltered(law: DataLaw) -> Self {
        Self {
            law: Box::new(law),
            target: None,
            noise: 0.0,
            flip: 0.0,
            bias: false,
        }
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the noise is finite and not negative and the flip a probability; with a bias, unless d is at least 2; when a
    /// target is to label inputs of the law `teacher`, which has one; or as the law's check.
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        if !(self.noise >= 0.0 && self.noise.is_finite()) {
            return Err(Error::out_of_range("noise", "a number from 0", self.noise));
        }
        if !(0.0..=1.0).contains(&self.flip) {
            return Err(Error::out_of_range(
                "flip",
                "a probability from 0 to 1",
                self.flip,
            ));
        }
        if self.bias && d < 2 {
            let expected = "at least 2 with bias = true, whose coordinate it counts";
            return Err(Error::out_of_range("dimension d", expected, d));
        }
        self.law.check_plain()?;
        self.law.check(n, self.own_dimension(d))?;
        let Some(target) = &self.target else { return Ok(()) };
        if let DataLaw::Teacher(_) = *self.law {
            let expected = "none with the law teacher, which labels its inputs itself";
            return Err(Error::out_of_range("target", expected, "one"));
        }
        if let (Target::Centre(_), false) = (target, self.law.has_centre()) {
            let expected = "another one, or a law whose inputs have a centre: cone, clusters";
            return Err(Error::out_of_range("target", expected, "centre"));
        }
        target.check(self.own_dimension(d))
    }

    /// The dimension in which the law draws.
    pub(super) fn own_dimension(&self, d: usize) -> usize {
        if self.bias { d - 1 } else { d }
    }

    /// The labels with flips and noise. Each has its own generator, which is drawn whether it is needed or not.
    pub(super) fn corrupt(&self, labels: &Array1<f64>, random: &mut ChaCha8Rng) -> Array1<f64> {
        let mut noises = ChaCha8Rng::from_rng(random);
        let mut flips = ChaCha8Rng::from_rng(random);
        labels.mapv(|y| {
            let flipped = flips.random::<f64>() < self.flip;
            let noise: f64 = StandardNormal.sample(&mut noises);
            let y = if flipped { -y } else { y };
            if self.noise > 0.0 {
                y + self.noise * noise
            } else {
                y
            }
        })
    }

    /// Whether training labels differ from clean ones.
    pub(super) fn corrupts(&self) -> bool {
        self.noise > 0.0 || self.flip > 0.0
    }

    /// Whether it alters anything.
    pub(super) fn alters(&self) -> bool {
        self.target.is_some() || self.bias || self.corrupts()
    }
}

/// The same examples with a last coordinate 1.
pub(super) fn with_bias(data: &Dataset) -> Result<Dataset> {
    let (x, d) = (data.inputs(), data.dimension());
    let inputs = Array2::from_shape_fn(
        (data.examples(), d + 1),
        |(i, k)| if k < d { x[(i, k)] } else { 1.0 },
    );
    Dataset::new(inputs, data.labels().to_owned())
}
