//! Solves the flow of the output layer alone under the square loss, which is linear, in closed form and to its end.
//!
//! With the features Ψ_ij = σ(⟨w_j, x_i⟩), which do not move, and their singular values Ψ = U S Vᵀ,
//!
//! ```text
//! da/dt = η_a ( (1/n) Ψᵀ(y − Ψa/p) − λ a )
//! α = Vᵀa        α_k(t) = α_k(∞) + (α_k(0) − α_k(∞)) e^(−κ_k t)        κ_k = η_a (s_k²/(np) + λ)
//! α_k(∞) = s_k ⟨u_k, y⟩/n / (s_k²/(np) + λ)
//! ```
//!
//! and what is orthogonal to all v_k keeps its value but for e^(−η_a λ t). So without decay a(∞) = a(0) + Φ⁺(y − Φ a(0)), Φ = Ψ/p:
//! the minimiser of L nearest to the start.

use faer::Mat;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Loss, Model};
use crate::{Dataset, Network};

/// A singular value below this many roundings of the largest, times max(n, p), is 0.
const ROUNDINGS: f64 = 4.0;
/// L below this part of L(0) is none: the labels are interpolated.
const NOTHING: f64 = 1e-20;

/// The flow of a network whose hidden layer is frozen, under the square loss.
#[derive(Debug, Clone)]
pub struct RandomFeatures {
    network: Network,
    model: Model,
    labels: Vec<f64>,
    /// Ψ, n × p.
    features: Mat<f64>,
    modes: Vec<Mode>,
}

/// One direction v_k of the output weights.
#[derive(Debug, Clone)]
struct Mode {
    /// v_k, length p.
    direction: Vec<f64>,
    /// α_k(0) and α_k(∞).
    start: f64,
    end: f64,
    /// κ_k.
    rate: f64,
}

/// To what a flow tends that is a linear problem.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LinearEnd {
    /// lim L.
    pub loss: f64,
    /// The rank of the features σ(⟨w_j, x_i⟩).
    pub rank: usize,
    /// The smallest rate κ of a mode: what is left of the way falls like e^(−κt). 0 where nothing moves.
    pub slowest_rate: f64,
    /// Whether L tends to 0.
    pub interpolates: bool,
}

impl std::fmt::Display for LinearEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            loss,
            rank,
            slowest_rate,
            interpolates,
        } = self;
        write!(
            f,
            "the hidden layer is frozen: a linear problem of rank {rank} in the output weights, which "
        )?;
        if *interpolates {
            write!(f, "tends to an interpolating network")?;
        } else {
            write!(f, "tends to the loss {loss:.6e}")?;
        }
        write!(f, " at the rate {slowest_rate:.3e}")
    }
}

impl RandomFeatures {
    /// The flow of the output weights from a start, O(np min(n, p)).
    ///
    /// # Errors
    /// When the hidden layer moves, the loss is not the square loss, or network and data do not fit.
    pub fn new(dataset: &Dataset, network: &Network, model: &Model) -> Result<Self> {
        model.check()?;
        if model.rates().hidden != 0.0 || model.loss != Loss::Square {
            let expected =
                "a frozen hidden layer (train = \"output\") and the square loss: the problem is linear then";
            return Err(Error::out_of_range("model", expected, format!("{model}")));
        }
        let (n, p) = (dataset.examples(), network.neurons());
        if network.dimension() != dataset.dimension() {
            return Err(Error::Shape {
                array: "hidden weights",
                expected: (p, dataset.dimension()),
                found: (p, network.dimension()),
            });
        }
        let products = dataset.inputs().dot(&network.hidden_weights().t());
        let features = Mat::from_fn(n, p, |i, j| model.activation.value(products[(i, j)]));
        let labels: Vec<f64> = dataset.labels().to_vec();
        let svd = features.thin_svd().map_err(|_| {
            let expected = "features whose singular values can be computed";
            Error::out_of_range(
                "features of the hidden layer",
                expected,
                "some that are not finite",
            )
        })?;
        let (values, left, right) = (svd.S().column_vector(), svd.U(), svd.V());
        let largest = (0..values.nrows()).map(|k| values[k]).fold(0.0, f64::max);
        let least = ROUNDINGS * f64::EPSILON * n.max(p) as f64 * largest;
        let (rate, decay) = (model.rates().output, model.weight_decay);
        let modes = (0..values.nrows())
            .filter(|k| values[*k] > least)
            .map(|k| {
                let direction: Vec<f64> = (0..p).map(|j| right[(j, k)]).collect();
                let label: f64 = (0..n).map(|i| left[(i, k)] * labels[i]).sum();
                let stiffness = values[k] * values[k] / (n as f64 * p as f64) + decay;
                Mode {
                    start: along(&direction, network.output_weights().iter()),
                    end: values[k] * label / n as f64 / stiffness,
                    rate: rate * stiffness,
                    direction,
                }
            })
            .collect();
        Ok(Self {
            network: network.clone(),
            model: *model,
            labels,
            features,
            modes,
        })
    }

    /// a(t), length p; `time` may be infinite. O(p min(n, p)).
    pub fn output_weights(&self, time: f64) -> Vec<f64> {
        let left = |rate: f64| {
            if rate == 0.0 { 1.0 } else { (-rate * time).exp() }
        };
        let outside = left(self.model.rates().output * self.model.weight_decay);
        let start = self.network.output_weights();
        let mut weights: Vec<f64> = start.iter().map(|a| outside * a).collect();
        for mode in &self.modes {
            let now = mode.end + (mode.start - mode.end) * left(mode.rate);
            crate::linear::add_scaled(&mut weights, now - outside * mode.start, &mode.direction);
        }
        weights
    }

    /// The network at a time, which may be infinite.
    pub fn network(&self, time: f64) -> Network {
        let output = Array1::from(self.output_weights(time));
        let hidden = self.network.hidden_weights().to_owned();
        Network::new(hidden, output).unwrap_or_else(|_| self.network.clone())
    }

    /// L at a time, which may be infinite. O(np).
    pub fn loss(&self, time: f64) -> f64 {
        let weights = self.output_weights(time);
        let p = weights.len() as f64;
        let squares = self.labels.iter().enumerate().map(|(i, y)| {
            let h: f64 = weights
                .iter()
                .enumerate()
                .map(|(j, a)| a * self.features[(i, j)])
                .sum();
            (y - h / p).powi(2)
        });
        squares.sum::<f64>() / (2.0 * self.labels.len() as f64)
    }

    /// To what it tends.
    pub fn end(&self) -> LinearEnd {
        let (start, loss) = (self.loss(0.0), self.loss(f64::INFINITY));
        let slowest = self
            .modes
            .iter()
            .map(|mode| mode.rate)
            .fold(f64::INFINITY, f64::min);
        LinearEnd {
            loss,
            rank: self.modes.len(),
            slowest_rate: if slowest.is_finite() { slowest } else { 0.0 },
            interpolates: loss <= NOTHING * start,
        }
    }
}

fn along<'a>(direction: &[f64], values: impl Iterator<Item = &'a f64>) -> f64 {
    direction.iter().zip(values).map(|(v, a)| v * a).sum()
}
