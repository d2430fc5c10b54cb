//! Labels inputs by a random network of given width.

use ndarray::Array1;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::{DataLaw, Isotropic};
use crate::error::{Error, Result};
use crate::initialisation::HiddenLaw;
use crate::{Dataset, Network};

/// y_i = c · Σ_k b_k σ(⟨v_k, x_i⟩) with v_k uniform on the sphere, b_k ~ N(0, 1), and c such that the root
/// mean square of the labels is `label_scale`.
///
/// The base law's own labels are drawn and thrown away, so that the inputs are those the base law would give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Teacher {
    /// The law of the inputs.
    pub base: Box<DataLaw>,
    /// Number of neurons of the teacher.
    pub width: usize,
    /// Root mean square of the labels.
    pub label_scale: f64,
}

impl Default for Teacher {
    fn default() -> Self {
        Self {
            base: Box::new(DataLaw::Isotropic(Isotropic::default())),
            width: 1,
            label_scale: 1.0,
        }
    }
}

impl Teacher {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the width is at least 1 and the scale positive, or as the base law's check.
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        if self.width == 0 {
            return Err(Error::out_of_range(
                "width of the teacher",
                "at least 1",
                self.width,
            ));
        }
        if !(self.label_scale > 0.0 && self.label_scale.is_finite()) {
            return Err(Error::out_of_range(
                "label_scale",
                "a positive number",
                self.label_scale,
            ));
        }
        self.base.check(n, d)
    }

    /// Draws n examples in dimension d.
    ///
    /// # Errors
    /// As the base law; and when the teacher is zero on all of them.
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let base = self.base.sample(n, d, random)?;
        let hidden = HiddenLaw::Sphere.sample(self.width, d, random);
        let output = Array1::from_shape_simple_fn(self.width, || StandardNormal.sample(random));
        let teacher = Network::new(hidden, output)?;
        let rows = base.inputs();
        let mut labels: Array1<f64> = rows
            .rows()
            .into_iter()
            .map(|x| teacher.output(&x.to_vec()))
            .collect();
        let scale = (labels.dot(&labels) / n as f64).sqrt();
        if scale == 0.0 {
            return Err(Error::out_of_range(
                "labels of the teacher",
                "one that is not zero",
                "all zero",
            ));
        }
        labels *= self.label_scale / scale;
        Dataset::new(base.inputs().to_owned(), labels)
    }
}
