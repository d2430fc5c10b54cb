//! Success criteria: what must be seen of a run before it is called interpolating.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Loss, Model};
use crate::{Dataset, Real, VectorField};

/// The criterion of success that a user asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Success {
    /// The trap where it means something; the loss asked for as a stop, where that lies above the trap; a millionth of L(0)
    /// where a label is 0. Data that no network fits cannot succeed.
    #[default]
    Automatic,
    /// L < (min |y_i|)²/(2n) with every sign right: no sign can go wrong again.
    Trap,
    /// L below this.
    Loss(f64),
    /// L below this part of L(0); with weight decay the objective below it, and so L from then on.
    RelativeLoss(f64),
    /// Every y_i h(x_i) > 0 (where y_i ≠ 0), at one time.
    Signs,
    /// L at the floor of rounding.
    Rounding,
}

/// The criterion in force for one problem.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Criterion {
    /// L below the level of the trap, with every sign right.
    Trap,
    /// nL < ℓ(0) for a classification loss ℓ: every sign is right, and so they stay.
    Separating,
    /// L below a level.
    Loss,
    /// L below a part of L(0).
    RelativeLoss,
    /// Every sign right.
    Signs,
    /// L at the floor of rounding.
    Rounding,
    /// None: no network fits the labels, so that no run can interpolate.
    Impossible,
}

/// A criterion with its level of the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The criterion.
    pub criterion: Criterion,
    /// The loss below which it may be met; infinite where the loss does not matter, 0 where it cannot be met.
    pub level: f64,
}

/// Part of L(0) that counts as success where the trap means nothing.
const DEFAULT_PART: f64 = 1e-6;
/// L at the floor of rounding: residuals of this many rounding units of the labels.
const FLOOR_UNITS: f64 = 16.0;

impl Success {
    /// Checks the level.
    ///
    /// # Errors
    /// Unless it is positive and finite, and a part of L(0) below 1.
    pub fn check(&self) -> Result<()> {
        let (level, most) = match self {
            Self::Loss(level) => (*level, f64::INFINITY),
            Self::RelativeLoss(part) => (*part, 1.0),
            _ => return Ok(()),
        };
        if level > 0.0 && level < most {
            Ok(())
        } else {
            let expected = if most == 1.0 {
                "a part of L(0), between 0 and 1"
            } else {
                "a positive loss"
            };
            Err(Error::out_of_range("success", expected, level))
        }
    }

    /// The criterion in force for a dataset, where a run also stops below the loss `stop` (0: never), and its level, of
    /// [`Criterion::RelativeLoss`] in units of L(0).
    pub(crate) fn resolve(&self, dataset: &Dataset, model: &Model, stop: f64, rounding: f64) -> Target {
        let trap = model.loss.sign_level(dataset);
        let in_trap = match model.loss {
            Loss::Square => Criterion::Trap,
            _ => Criterion::Separating,
        };
        let floor = rounding_floor(dataset, rounding);
        let (criterion, level) = match *self {
            Self::Automatic
                if model.loss == Loss::Square
                    && model.activation.is_relu()
                    && !dataset.conflicts().is_empty() =>
            {
                (Criterion::Impossible, 0.0)
            }
            Self::Automatic if stop > trap => (Criterion::Loss, stop),
            Self::Automatic if trap <= floor => (Criterion::RelativeLoss, DEFAULT_PART),
            Self::Automatic | Self::Trap => (in_trap, trap),
            Self::Loss(level) => (Criterion::Loss, level),
            Self::RelativeLoss(part) => (Criterion::RelativeLoss, part),
            Self::Signs => (Criterion::Signs, f64::INFINITY),
            Self::Rounding => (Criterion::Rounding, floor),
        };
        Target { criterion, level }
    }
}

impl Criterion {
    /// The criterion as one word, as in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Separating => "separating",
            Self::Loss => "loss",
            Self::RelativeLoss => "relative-loss",
            Self::Signs => "signs",
            Self::Rounding => "rounding",
            Self::Impossible => "impossible",
        }
    }

    /// Whether every sign must be right.
    pub(crate) fn needs_signs(self) -> bool {
        matches!(self, Self::Trap | Self::Separating | Self::Signs)
    }

    /// The criterion in words, as the end of a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Trap => "the loss is below the trap (min|y|)²/(2n) and every sign is right",
            Self::Separating => "the loss is below ℓ(0)/n and every sign is right",
            Self::Loss => "the loss is below the level asked for",
            Self::RelativeLoss => "the loss is below the part of L(0) asked for",
            Self::Signs => "every sign is right",
            Self::Rounding => "the loss is at the floor of rounding",
            Self::Impossible => "it cannot be met: no network without biases fits these labels",
        }
    }
}

/// The loss at the floor of rounding: residuals of 16 rounding units of the labels, (16 u)² mean(y²)/2.
pub(crate) fn rounding_floor(dataset: &Dataset, rounding: f64) -> f64 {
    let largest = dataset.label_bounds().1;
    if largest == 0.0 {
        return 0.0;
    }
    let n = dataset.examples() as f64;
    let mean = dataset
        .labels()
        .iter()
        .map(|y| (y / largest).powi(2))
        .sum::<f64>()
        / n;
    let unit = FLOOR_UNITS * rounding * largest;
    0.5 * unit * unit * mean
}

/// Whether every y_i h(x_i) > 0 where y_i ≠ 0, from the forces of a field's last evaluation.
pub(crate) fn all_signs_right<T: Real, F: VectorField<T> + ?Sized>(field: &F) -> bool {
    let loss = field.model().loss;
    let mut pairs = field.residuals().iter().zip(field.labels());
    pairs.all(|(force, label)| {
        let (force, label) = (force.to_f64(), label.to_f64());
        label == 0.0 || force.is_finite() && !loss.is_wrong(force, label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn automatic(x: ndarray::Array2<f64>, y: ndarray::Array1<f64>, stop: f64) -> Target {
        let data = Dataset::new(x, y).unwrap();
        Success::Automatic.resolve(&data, &Model::PAPER, stop, f64::EPSILON)
    }

    #[test]
    fn the_automatic_criterion_is_the_trap_where_it_means_something() {
        let plane = || array![[1.0, 0.0], [0.0, 1.0]];
        let trap = automatic(plane(), array![1.0, -2.0], 0.0);
        assert_eq!((trap.criterion, trap.level), (Criterion::Trap, 0.25));
        let zero = automatic(plane(), array![0.0, 1.0], 0.0);
        assert_eq!((zero.criterion, zero.level), (Criterion::RelativeLoss, 1e-6));
        let asked = automatic(plane(), array![0.1, 1.0], 0.1);
        assert_eq!((asked.criterion, asked.level), (Criterion::Loss, 0.1));
        let below = automatic(plane(), array![1.0, 1.0], 1e-9);
        assert_eq!(below.criterion, Criterion::Trap);
        let conflict = automatic(array![[1.0], [1.0]], array![1.0, 1.1], 0.0);
        assert_eq!((conflict.criterion, conflict.level), (Criterion::Impossible, 0.0));
    }
}
