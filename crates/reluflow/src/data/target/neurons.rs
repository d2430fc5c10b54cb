//! Labels inputs by neurons: random ones, given ones, or one tied to the centre of the inputs.

use ndarray::{Array1, Array2, ArrayView1};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::orthogonal::random_frame;
use crate::error::{Error, Result};
use crate::initialisation::HiddenLaw;

/// The law of a teacher's output weights b_k.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OutputLaw {
    /// 1.
    #[default]
    Positive,
    /// 1, −1, 1, −1, ….
    Alternating,
    /// 1 or −1 with probability 1/2.
    Random,
    /// N(0, 1).
    Normal,
}

/// y = c Σ_k b_k σ(⟨v_k, x⟩), k = 1..`width`, with v_k uniform on the unit sphere.
///
/// The law of data `teacher` differs: there c is such that the labels have a given root mean square.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Neurons {
    /// Number of neurons.
    pub width: usize,
    /// The factor c.
    pub scale: f64,
    /// The law of b_k.
    pub output: OutputLaw,
    /// Whether the v_k are orthonormal, uniform among orthonormal frames; otherwise they are independent.
    pub orthonormal: bool,
}

impl Default for Neurons {
    fn default() -> Self {
        Self {
            width: 1,
            scale: 1.0,
            output: OutputLaw::default(),
            orthonormal: false,
        }
    }
}

impl Neurons {
    /// Checks the parameters in dimension d.
    ///
    /// # Errors
    /// Unless the width is at least 1 (and at most d when orthonormal) and the scale positive and finite.
    pub fn check(&self, d: usize) -> Result<()> {
        if self.width == 0 || (self.orthonormal && self.width > d) {
            let expected = match self.orthonormal {
                true => format!("from 1 to d = {d} with orthonormal = true"),
                false => "at least 1".into(),
            };
            return Err(Error::out_of_range("width of the teacher", expected, self.width));
        }
        if self.scale > 0.0 && self.scale.is_finite() {
            Ok(())
        } else {
            Err(Error::out_of_range("scale", "a positive number", self.scale))
        }
    }

    /// v, k × d, and c b, k.
    pub(super) fn draw(&self, d: usize, random: &mut ChaCha8Rng) -> (Array2<f64>, Array1<f64>) {
        let hidden = match self.orthonormal {
            true => random_frame(self.width, d, random),
            false => HiddenLaw::Sphere.sample(self.width, d, random),
        };
        let output = (0..self.width).map(|k| {
            self.scale
                * match self.output {
                    OutputLaw::Positive => 1.0,
                    OutputLaw::Alternating if k % 2 == 0 => 1.0,
                    OutputLaw::Alternating => -1.0,
                    OutputLaw::Random if random.random::<bool>() => 1.0,
                    OutputLaw::Random => -1.0,
                    OutputLaw::Normal => StandardNormal.sample(random),
                }
        });
        let output = output.collect();
        (hidden, output)
    }
}

/// y = Σ_k b_k σ(⟨v_k, x⟩), given. Where the v_k have d + 1 numbers, the last multiplies 1: Σ_k b_k σ(⟨v_k, x⟩ + c_k).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// The v_k, k lists of d or d + 1 numbers.
    pub hidden: Vec<Vec<f64>>,
    /// The b_k, k numbers.
    pub output: Vec<f64>,
}

impl Weights {
    /// Checks the parameters in dimension d.
    ///
    /// # Errors
    /// Unless there are as many lists as numbers, of one length, d or d + 1, all finite.
    pub fn check(&self, d: usize) -> Result<()> {
        let length = self.hidden.first().map_or(0, Vec::len);
        let fits = |row: &Vec<f64>| row.len() == length && row.iter().all(|value| value.is_finite());
        if !(length == d || length == d + 1) || !self.hidden.iter().all(fits) {
            let expected = format!(
                "lists of {d} finite numbers, or of {} for x with 1 behind it",
                d + 1
            );
            return Err(Error::out_of_range(
                "hidden",
                expected,
                format!("{:?}", self.hidden),
            ));
        }
        if self.output.len() != self.hidden.len() || self.output.iter().any(|value| !value.is_finite()) {
            let expected = format!("{} finite numbers, one a list of hidden", self.hidden.len());
            return Err(Error::out_of_range(
                "output",
                expected,
                format!("{:?}", self.output),
            ));
        }
        Ok(())
    }

    /// v as an array.
    pub(super) fn hidden(&self) -> Result<Array2<f64>> {
        let columns = self.hidden.first().map_or(0, Vec::len);
        Array2::from_shape_vec((self.hidden.len(), columns), self.hidden.concat())
            .map_err(|_| Error::out_of_range("hidden", "lists of one length", "others"))
    }
}

/// y = σ(⟨v, x⟩) with ‖v‖ = `norm` and `angle` between v and the centre of the inputs' law, otherwise uniform.
///
/// The centre is μ of a cone, or the mean of the centres of clusters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Centred {
    /// The angle, in radians, from 0 to π.
    pub angle: f64,
    /// The norm ‖v‖.
    pub norm: f64,
}

impl Default for Centred {
    fn default() -> Self {
        Self {
            angle: 0.0,
            norm: 1.0,
        }
    }
}

impl Centred {
    /// Checks the parameters in dimension d.
    ///
    /// # Errors
    /// Unless the angle lies between 0 and π, 0 in dimension 1, and the norm is positive and finite.
    pub fn check(&self, d: usize) -> Result<()> {
        if !(0.0..=std::f64::consts::PI).contains(&self.angle) {
            return Err(Error::out_of_range(
                "angle",
                "radians between 0 and π",
                self.angle,
            ));
        }
        if d == 1 && self.angle != 0.0 {
            return Err(Error::out_of_range("angle", "0 in dimension 1", self.angle));
        }
        if self.norm > 0.0 && self.norm.is_finite() {
            Ok(())
        } else {
            Err(Error::out_of_range("norm", "a positive number", self.norm))
        }
    }

    /// v, 1 × d.
    pub(super) fn draw(
        &self,
        centre: Option<ArrayView1<'_, f64>>,
        random: &mut ChaCha8Rng,
    ) -> Result<Array2<f64>> {
        let length = |v: &Array1<f64>| v.dot(v).sqrt();
        let Some(centre) = centre.map(|c| c.to_owned()).filter(|c| length(c) > 0.0) else {
            let expected = "a law whose inputs have a centre that is not 0, such as cone, with target.centre";
            return Err(Error::out_of_range(
                "law",
                expected,
                "one without a centre, or with centre 0",
            ));
        };
        let direction = &centre / length(&centre);
        let mut v = &direction * self.angle.cos();
        if self.angle != 0.0 {
            let other = loop {
                let mut other = HiddenLaw::Sphere
                    .sample(1, direction.len(), random)
                    .row(0)
                    .to_owned();
                let along = other.dot(&direction);
                other.scaled_add(-along, &direction);
                let norm = length(&other);
                if norm > 0.0 {
                    break other / norm;
                }
            };
            v.scaled_add(self.angle.sin(), &other);
        }
        v *= self.norm;
        Ok(v.insert_axis(ndarray::Axis(0)))
    }
}
