//! Labels inputs by a random network of given width.

use ndarray::{Array1, Array2};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DataLaw, Isotropic};
use crate::error::{Error, Result};
use crate::initialisation::hidden::HiddenLaw;
use crate::{Dataset, Network};

/// y_i = c · Σ_k b_k σ(⟨v_k, x_i⟩) with v_k uniform on the sphere, b_k ~ N(0, 1), and c such that the root
/// mean square of the labels is `label_scale`.
///
/// With a `band`, inputs are drawn until n of them have a label whose size lies in it, c staying as the first n drawn
/// gave it. Labels away from zero put the trap where it is for the paper's: with the band [1, 2] and random signs of
/// independent labels nothing but their dependence on the inputs is new.
///
/// `shuffled` then permutes the labels among the inputs: both stay what they are, and only what one says of the other is
/// lost. That is the control for whatever a teacher's labels change.
///
/// The base law's own labels are drawn and thrown away, so that the inputs are those the base law would give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Teacher {
    /// The law of the inputs.
    pub base: Box<DataLaw>,
    /// Number of neurons of the teacher.
    pub width: usize,
    /// Root mean square of the labels; with a band, of those of the first n inputs drawn.
    pub label_scale: f64,
    /// Where |y_i| must lie.
    pub band: Option<(f64, f64)>,
    /// Whether the labels are permuted, all permutations equally likely.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub shuffled: bool,
    /// The teacher, once it is drawn: no key of a file ([`DataLaw::realise`]).
    #[serde(skip)]
    pub drawn: Option<DrawnTeacher>,
}

/// A teacher that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnTeacher {
    /// (1/k) Σ b_k σ(⟨v_k, x⟩).
    network: Network,
    /// What its values are multiplied by, so that the first n labels have their root mean square.
    factor: f64,
}

impl DrawnTeacher {
    fn labels(&self, data: &Dataset) -> Array1<f64> {
        let rows = data.inputs();
        rows.rows()
            .into_iter()
            .map(|x| self.network.output(&x.to_vec()) * self.factor)
            .collect()
    }

    /// The network whose values the labels are, to rounding.
    ///
    /// # Errors
    /// As [`Network::new`].
    pub fn network(&self) -> Result<Network> {
        Network::new(
            self.network.hidden_weights().to_owned(),
            &self.network.output_weights() * self.factor,
        )
    }
}

/// Batches of n inputs that are drawn before a band is given up.
const MOST_BATCHES: usize = 1000;

impl Default for Teacher {
    fn default() -> Self {
        Self {
            base: Box::new(DataLaw::Isotropic(Isotropic::default())),
            width: 1,
            label_scale: 1.0,
            band: None,
            shuffled: false,
            drawn: None,
        }
    }
}

impl Teacher {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the width is at least 1 and the scale positive, the band is one and its inputs independent, or as the base
    /// law's check.
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
        if let Some((low, high)) = self.band {
            if !(0.0 <= low && low < high) {
                let expected = "two sizes, the smaller one first";
                return Err(Error::out_of_range("band", expected, format!("{low}, {high}")));
            }
            if !matches!(
                *self.base,
                DataLaw::Isotropic(_) | DataLaw::Gaussian(_) | DataLaw::Cone(_)
            ) {
                let expected = "independent inputs, isotropic, gaussian or cone, with a band";
                return Err(Error::out_of_range(
                    "base",
                    expected,
                    "inputs that depend on one another",
                ));
            }
        }
        self.base.check_plain()?;
        self.base.check(n, d)
    }

    /// Draws n examples in dimension d.
    ///
    /// # Errors
    /// As the base law; when the teacher is zero on all of them; when hardly any label falls into the band.
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        Ok(self.draw(n, d, random)?.0)
    }

    /// The examples, and the law with the teacher that was drawn.
    pub(super) fn draw(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<(Dataset, Self)> {
        let (first, base) = self.base.draw(n, d, random)?;
        let teacher = match &self.drawn {
            Some(teacher) => teacher.clone(),
            None => self.draw_teacher(&first, random)?,
        };
        let law = Self {
            base: Box::new(base),
            drawn: Some(teacher.clone()),
            ..self.clone()
        };
        let labels = teacher.labels(&first);
        let (inputs, mut labels) = match self.band {
            None => (first.inputs().to_owned(), labels.to_vec()),
            Some(band) => within(band, &law.base, &teacher, first, labels, random)?,
        };
        if self.shuffled {
            labels.shuffle(random);
        }
        Ok((Dataset::new(inputs, labels.into())?, law))
    }

    /// A teacher, and the factor that gives its labels of these inputs their root mean square.
    fn draw_teacher(&self, data: &Dataset, random: &mut ChaCha8Rng) -> Result<DrawnTeacher> {
        let hidden = HiddenLaw::Sphere.sample(self.width, data.dimension(), random);
        let output = Array1::from_shape_simple_fn(self.width, || StandardNormal.sample(random));
        let mut teacher = DrawnTeacher {
            network: Network::new(hidden, output)?,
            factor: 1.0,
        };
        let labels = teacher.labels(data);
        let scale = (labels.dot(&labels) / data.examples() as f64).sqrt();
        if scale == 0.0 {
            return Err(Error::out_of_range(
                "labels of the teacher",
                "one that is not zero",
                "all zero",
            ));
        }
        teacher.factor = self.label_scale / scale;
        Ok(teacher)
    }
}

/// As many inputs as the first batch has, all with labels whose sizes lie in the band: of it, and of further batches.
fn within(
    (low, high): (f64, f64),
    base: &DataLaw,
    teacher: &DrawnTeacher,
    first: Dataset,
    labels: Array1<f64>,
    random: &mut ChaCha8Rng,
) -> Result<(Array2<f64>, Vec<f64>)> {
    let (n, d) = (first.examples(), first.dimension());
    let mut inputs = Array2::zeros((n, d));
    let mut kept = Vec::with_capacity(n);
    let (mut batch, mut labels) = (first, labels);
    for _ in 0..MOST_BATCHES {
        for (x, y) in batch.inputs().rows().into_iter().zip(&labels) {
            if kept.len() < n && (low..=high).contains(&y.abs()) {
                inputs.row_mut(kept.len()).assign(&x);
                kept.push(*y);
            }
        }
        if kept.len() == n {
            return Ok((inputs, kept));
        }
        batch = base.sample(n, d, random)?;
        labels = teacher.labels(&batch);
    }
    Err(Error::out_of_range(
        "band",
        "one that a label in a thousand falls into",
        format!("{low}, {high}"),
    ))
}
