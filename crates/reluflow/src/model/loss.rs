//! The loss ℓ(h, y) of one example.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::error::{Error, Result};

/// The loss of one example; that of a dataset is L = (1/n) Σ_i ℓ(h(x_i), y_i).
///
/// | loss | ℓ(h, y) | force −∂ℓ/∂h | ∂²ℓ/∂h² at most | every sign is right for ever below |
/// | --- | --- | --- | --- | --- |
/// | square | (h − y)²/2 | y − h | 1 | L = (C_y^−)²/(2n) |
/// | logistic | log(1 + e^(−yh)) | y/(1 + e^(yh)) | 1/4 | L = (log 2)/n |
/// | exponential | e^(−yh) | y e^(−yh) | ℓ | L = 1/n |
///
/// The labels of a classification loss (logistic or exponential) are ±1.
///
/// ```
/// use reluflow::model::Loss;
/// assert_eq!(Loss::Square.force(0.25, 1.0), 0.75);
/// assert_eq!(Loss::Logistic.force(0.0, -1.0), -0.5);
/// assert_eq!(Loss::Exponential.value(0.0, 1.0), 1.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// (h − y)²/2: the paper's.
    #[default]
    Square,
    /// log(1 + e^(−yh)).
    Logistic,
    /// e^(−yh).
    Exponential,
    /// 2^k e^(−yh): what both classification losses are, to all digits, where every margin is beyond 40, in units in which they
    /// are of order 1. A run in τ changes to it by itself; no file names it.
    #[doc(hidden)]
    #[serde(skip)]
    Tail(i32),
}

impl Loss {
    /// ℓ(h, y).
    pub fn value(self, h: f64, y: f64) -> f64 {
        self.value_and_force(h, y).0
    }

    /// The force f = −∂ℓ/∂h, the residual y − h for the square loss.
    pub fn force(self, h: f64, y: f64) -> f64 {
        self.value_and_force(h, y).1
    }

    /// ℓ and f, for the price of one exponential.
    #[inline]
    pub(crate) fn value_and_force(self, h: f64, y: f64) -> (f64, f64) {
        match self {
            Self::Square => (0.5 * (h - y) * (h - y), y - h),
            Self::Logistic => {
                // Only e^(−|yh|) is taken: it neither overflows nor loses digits.
                let margin = y * h;
                let e = (-margin.abs()).exp();
                if margin > 0.0 {
                    (e.ln_1p(), y * e / (1.0 + e))
                } else {
                    (e.ln_1p() - margin, y / (1.0 + e))
                }
            }
            Self::Exponential => {
                let e = (-y * h).exp();
                (e, y * e)
            }
            Self::Tail(k) => {
                let e = (f64::from(k) * std::f64::consts::LN_2 - y * h).exp();
                (e, y * e)
            }
        }
    }

    /// ∂²ℓ/∂h² from the force: 1, |f|(1 − |f|), |f|.
    pub fn curvature(self, force: f64) -> f64 {
        match self {
            Self::Square => 1.0,
            Self::Logistic => force.abs() * (1.0 - force.abs()),
            Self::Exponential | Self::Tail(_) => force.abs(),
        }
    }

    /// Whether labels must be ±1.
    pub fn is_classification(self) -> bool {
        self != Self::Square
    }

    /// Whether the output of an example does not have the sign of its label, y h ≤ 0, from the force on it.
    pub(crate) fn is_wrong(self, force: f64, label: f64) -> bool {
        match self {
            // Divided, not multiplied: the square of a small label underflows.
            Self::Square => force / label >= 1.0,
            Self::Logistic => force * label >= 0.5,
            Self::Exponential => force * label >= 1.0,
            Self::Tail(_) => false, // where every sign is right for ever
        }
    }

    /// L from Σ_i r_i² for the square loss, from Σ_i ℓ_i for the others.
    pub(crate) fn mean(self, sum: f64, examples: usize) -> f64 {
        match self {
            Self::Square => sum / (2.0 * examples as f64),
            Self::Logistic | Self::Exponential | Self::Tail(_) => sum / examples as f64,
        }
    }

    /// The level of L below which every output has the sign of its label, for ever: no example's loss can be as
    /// large as at h = 0 when the sum of all is smaller. (C_y^−)²/(2n), the trap; (log 2)/n; 1/n.
    pub(crate) fn sign_level(self, dataset: &Dataset) -> f64 {
        let n = dataset.examples() as f64;
        match self {
            Self::Square => dataset.trap_level(),
            Self::Logistic => std::f64::consts::LN_2 / n,
            Self::Exponential => 1.0 / n,
            Self::Tail(k) => 2f64.powi(k) / n,
        }
    }

    /// Checks that labels are what the loss is defined for.
    ///
    /// # Errors
    /// When the loss is one of classification and a label is neither 1 nor −1; counts them.
    pub fn check_labels(self, labels: &[f64]) -> Result<()> {
        let others = labels.iter().filter(|y| y.abs() != 1.0).count();
        if !self.is_classification() || others == 0 {
            return Ok(());
        }
        let zeros = labels.iter().filter(|y| **y == 0.0).count();
        let hint = if zeros == others {
            "all of them 0: map 0 to -1, y -> 2y - 1".to_owned()
        } else {
            format!("{zeros} of them 0; model.loss = \"square\" takes any labels")
        };
        let n = labels.len();
        let expected = format!("-1 or 1 throughout for the {self} loss");
        let found = format!("{others} of {n} that are neither, {hint}");
        Err(Error::out_of_range("labels", expected, found))
    }
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Square => "square",
            Self::Logistic => "logistic",
            Self::Exponential => "exponential",
            Self::Tail(_) => "exponential, far out",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Loss; 3] = [Loss::Square, Loss::Logistic, Loss::Exponential];

    /// Central differences of step 10⁻⁵ err by a third derivative (at most e³ here) times 10⁻¹⁰/6 and by rounding.
    #[test]
    fn force_and_curvature_are_the_derivatives() {
        for loss in ALL {
            for y in [-1.0, 1.0] {
                for h in [-3.0, -0.5, 0.0, 0.7, 2.9] {
                    let step = 1e-5;
                    let slope = (loss.value(h + step, y) - loss.value(h - step, y)) / (2.0 * step);
                    assert!((slope + loss.force(h, y)).abs() < 1e-8, "{loss} at {h}, {y}");
                    let slope = (loss.force(h + step, y) - loss.force(h - step, y)) / (2.0 * step);
                    let curvature = loss.curvature(loss.force(h, y));
                    assert!((slope + curvature).abs() < 1e-8, "{loss} at {h}, {y}");
                }
            }
        }
    }

    #[test]
    fn the_logistic_loss_neither_overflows_nor_loses_digits() {
        let loss = Loss::Logistic;
        assert_eq!(loss.value(-1e4, 1.0), 1e4);
        assert_eq!(loss.force(-1e4, 1.0), 1.0);
        assert_eq!(loss.value(1e4, 1.0), 0.0);
        // log(1 + e^-50) = e^-50 to 22 digits.
        let small = (-50f64).exp();
        assert!((loss.value(50.0, 1.0) / small - 1.0).abs() < 1e-15);
        assert!((loss.force(-50.0, -1.0) / -small - 1.0).abs() < 1e-15);
    }

    /// Below its level no example can be on the wrong side; at the level one can, all others being fitted perfectly.
    #[test]
    fn the_level_is_the_loss_of_one_example_at_zero() {
        let inputs = ndarray::Array2::eye(4);
        let data = Dataset::new(inputs, ndarray::array![1.0, -1.0, 1.0, 1.0]).unwrap();
        for loss in ALL {
            let level = loss.sign_level(&data);
            assert!((level * 4.0 - loss.value(0.0, 1.0)).abs() < 1e-15, "{loss}");
            assert!(loss.is_wrong(loss.force(0.0, 1.0), 1.0));
            assert!(loss.is_wrong(loss.force(1e-3, -1.0), -1.0));
            assert!(!loss.is_wrong(loss.force(1e-3, 1.0), 1.0));
        }
    }

    #[test]
    fn labels_of_classification_are_counted() {
        let error = Loss::Logistic.check_labels(&[0.0, 1.0, 1.0, 0.0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "labels: expected -1 or 1 throughout for the logistic loss, found 2 of 4 that are neither, \
             all of them 0: map 0 to -1, y -> 2y - 1"
        );
        let error = Loss::Exponential.check_labels(&[0.0, 2.0, -1.0]).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("2 of 3 that are neither, 1 of them 0; model.loss = \"square\" takes any labels")
        );
        assert!(Loss::Exponential.check_labels(&[1.0, -1.0]).is_ok());
        assert!(Loss::Square.check_labels(&[0.0, 0.3]).is_ok());
    }
}
