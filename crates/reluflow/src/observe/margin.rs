//! Margins of a classification, and the directions of a flow that separates.

use super::Look;
use crate::model::{Loss, Model};
use crate::{Dataset, Network};

/// Margins of a network on a dataset. They do not change when all neurons are scaled by 1/√p and the sum over them by p.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margins {
    /// min_i y_i h(x_i) / ((1/p) Σ_j (‖w_j‖² + a_j²)): what the flow of both layers makes large.
    pub both: f64,
    /// min_i y_i h(x_i) / √((1/p) Σ_j ‖w_j‖²): what the flow of the hidden layer alone makes large.
    pub hidden: f64,
    /// log(1/(nL)) over the second norm where the output layer is frozen, over the first elsewhere; NaN for the square loss.
    ///
    /// For the exponential loss, both layers at one rate and no decay it never falls once nL < 1.
    pub smoothed: f64,
    /// Σ_j (‖w_j‖² + a_j²).
    pub squared_norm: f64,
}

impl Margins {
    /// The margins of a network, in O(ndp).
    ///
    /// ```
    /// use ndarray::array;
    /// use reluflow::{Dataset, Model, Network, observe::Margins};
    /// let data = Dataset::new(array![[2.0, 0.0], [0.0, -1.0]], array![1.0, -1.0]).unwrap();
    /// let network = Network::new(array![[1.0, 0.0], [0.0, -1.0]], array![1.0, -1.0]).unwrap();
    /// // h = (1, -1/2), and both neurons are of norm 1 in each layer.
    /// let margins = Margins::new(&Model::default(), &data, &network);
    /// assert_eq!((margins.both, margins.hidden), (0.25, 0.5));
    /// ```
    ///
    /// # Panics
    /// When network and data differ in dimension.
    pub fn new(model: &Model, dataset: &Dataset, network: &Network) -> Self {
        Self::of(
            model,
            &Look::new((0.0, f64::NAN), network, dataset, model.activation),
        )
    }

    /// The margins at a recorded point.
    pub(crate) fn of(model: &Model, at: &Look<'_>) -> Self {
        let network = at.network;
        let p = network.neurons() as f64;
        let margins = || at.outputs().iter().zip(at.labels()).map(|(h, y)| y * h);
        let least = margins().fold(f64::INFINITY, f64::min);
        let squares = |values: &mut dyn Iterator<Item = &f64>| values.map(|v| v * v).sum::<f64>();
        let hidden = squares(&mut network.hidden_weights().iter());
        let squared_norm = hidden + squares(&mut network.output_weights().iter());
        let (hidden_norm, both_norm) = ((hidden / p).sqrt(), squared_norm / p);
        let norm = if model.rates().output == 0.0 {
            hidden_norm
        } else {
            both_norm
        };
        Self {
            both: least / both_norm,
            hidden: least / hidden_norm,
            smoothed: -log_sum(model.loss, margins()) / norm,
            squared_norm,
        }
    }
}

/// log Σ_i ℓ_i of a classification loss from y_i h(x_i), however small the sum; NaN for the square loss.
fn log_sum(loss: Loss, margins: impl Iterator<Item = f64>) -> f64 {
    if loss == Loss::Square {
        return f64::NAN;
    }
    /// Beyond it log(1 + e^(−m)) = e^(−m) to all digits.
    const FAR: f64 = 37.0;
    let log_loss = |margin: f64| match loss {
        Loss::Square => f64::NAN,
        Loss::Logistic if margin < FAR => loss.value(margin, 1.0).ln(),
        Loss::Logistic | Loss::Exponential | Loss::Tail(_) => -margin,
    };
    let logs: Vec<f64> = margins.map(log_loss).collect();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|log| (log - most).exp()).sum();
    most + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_the_loss_does_not_underflow() {
        for loss in [Loss::Logistic, Loss::Exponential] {
            let margins = [0.3, 2.0, 40.0];
            let direct: f64 = margins.iter().map(|m| loss.value(*m, 1.0)).sum();
            assert!((log_sum(loss, margins.into_iter()) - direct.ln()).abs() < 1e-14);
            let far = log_sum(loss, [1e5, 1e5].into_iter());
            assert!((far - (-1e5 + 2f64.ln())).abs() < 1e-9);
        }
        assert!(log_sum(Loss::Square, [1.0].into_iter()).is_nan());
    }
}
