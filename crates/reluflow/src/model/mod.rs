//! Which network learns what: activation, loss, rates of the layers, weight decay.
//!
//! ```text
//! h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩)      F(θ) = (1/n) Σ_i ℓ(h(x_i), y_i) + (λ/2p) Σ_j (‖w_j‖² + a_j²)
//!
//! dw_j/dt = η_w ( (a_j/n) Σ_i f_i σ'(u_ji) x_i − λ w_j )        f_i = −∂ℓ/∂h(h(x_i), y_i),   u_ji = ⟨w_j, x_i⟩
//! da_j/dt = η_a ( (1/n) Σ_i f_i σ(u_ji) − λ a_j )
//! ```
//!
//! | law | in general | the paper: ReLU, square loss, rates (1, 1), λ = 0 |
//! | --- | --- | --- |
//! | descent | dF/dt = −(1/p) Σ_j (‖dw_j/dt‖²/η_w + (da_j/dt)²/η_a) | dL/dt = −‖dθ/dt‖²/p |
//! | balance | B_j = η_w a_j² − η_a ‖w_j‖²: dB_j/dt = −2λ η_w η_a (a_j² − ‖w_j‖²) | a_j² − ‖w_j‖² is conserved (Lemma 1) |
//! | kernel | dh_i/dt = (1/n) Σ_k M_ik f_k − λ (η_w + η_a) h_i | dr/dt = −(1/n) M r |
//!
//! with M_ik = (1/p) Σ_j \[η_w a_j² σ'(u_ji) σ'(u_jk) ⟨x_i, x_k⟩ + η_a σ(u_ji) σ(u_jk)\].

mod activation;
mod loss;
mod rates;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use activation::Activation;
pub use loss::Loss;
pub use rates::{Decay, Rates, Train};

use crate::Dataset;
use crate::error::{Error, Result};

/// A member of the family; the paper's unless said.
///
/// ```
/// use reluflow::model::{Activation, Loss, Model, Train};
/// let model = Model {
///     activation: Activation::Leaky(0.1),
///     loss: Loss::Logistic,
///     train: Some(Train::Hidden),
///     ..Model::default()
/// };
/// assert!(model.check().is_ok());
/// assert_eq!(model.rates().output, 0.0);
/// assert!(Model::default().is_the_papers());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Model {
    /// The activation σ.
    pub activation: Activation,
    /// The loss ℓ of one example.
    pub loss: Loss,
    /// Which layers are trained; both unless said.
    pub train: Option<Train>,
    /// The rates of the layers, in the place of `train`.
    pub rates: Option<Rates>,
    /// λ: the flow descends L + (λ/2p) Σ_j (‖w_j‖² + a_j²).
    pub weight_decay: f64,
    /// Whether the last coordinate of the hidden weights decays, too; if not, that of the inputs must be constant.
    pub decay_bias: bool,
}

impl Default for Model {
    fn default() -> Self {
        Self::PAPER
    }
}

impl Model {
    /// The paper's: ReLU, square loss, both layers at rate 1, no decay.
    pub const PAPER: Self = Self {
        activation: Activation::Relu,
        loss: Loss::Square,
        train: None,
        rates: None,
        weight_decay: 0.0,
        decay_bias: true,
    };

    /// (η_w, η_a).
    pub fn rates(&self) -> Rates {
        self.rates
            .unwrap_or_else(|| self.train.unwrap_or_default().rates())
    }

    /// The decay of the weights.
    pub fn decay(&self) -> Decay {
        Decay {
            strength: self.weight_decay,
            bias: self.decay_bias,
        }
    }

    /// Whether this is the paper's model, under whichever name.
    pub fn is_the_papers(&self) -> bool {
        self.activation.is_relu()
            && self.loss == Loss::Square
            && self.rates() == Rates::BOTH
            && self.decay().is_none()
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// When a slope, a rate or the decay is out of range, or both `train` and `rates` are given.
    pub fn check(&self) -> Result<()> {
        self.activation.check()?;
        if self.train.is_some() && self.rates.is_some() {
            let expected = "either train or rates, not both";
            return Err(Error::out_of_range("model", expected, "both"));
        }
        self.rates().check()?;
        let decay = self.weight_decay;
        if decay >= 0.0 && decay.is_finite() {
            Ok(())
        } else {
            let expected = "a number that is not negative";
            Err(Error::out_of_range("model.weight_decay", expected, decay))
        }
    }

    /// Checks that data are what the model is defined for.
    ///
    /// # Errors
    /// When the loss is one of classification and labels are not ±1, or the bias is not to decay and the last coordinate
    /// of the inputs is not constant.
    pub fn check_data(&self, dataset: &Dataset) -> Result<()> {
        self.loss
            .check_labels(dataset.labels().as_slice().unwrap_or_default())?;
        if self.decay().is_none() || self.decay_bias {
            return Ok(());
        }
        let d = dataset.dimension();
        let last = dataset.inputs().column(d - 1).to_vec();
        if last.iter().all(|x| *x == last[0]) {
            Ok(())
        } else {
            let expected = "inputs whose last coordinate is constant, the bias, where it is not to decay";
            Err(Error::out_of_range(
                "model.decay_bias",
                expected,
                "one that varies",
            ))
        }
    }

    /// Σ_j (‖dw_j/dt‖²/η_w + (da_j/dt)²/η_a) of a velocity of p neurons, a frozen layer contributing nothing: p times the rate
    /// at which the objective falls.
    pub(crate) fn squared_speed<T: crate::Real>(&self, velocity: &[T], neurons: usize) -> f64 {
        let (rates, squares) = (self.rates(), crate::field::squares::squared_norm);
        if rates == Rates::BOTH {
            return squares(velocity);
        }
        let (hidden, output) = crate::layers::split_state(velocity, neurons);
        let term = |rate: f64, layer: &[T]| if rate > 0.0 { squares(layer) / rate } else { 0.0 };
        term(rates.hidden, hidden) + term(rates.output, output)
    }

    /// ‖∇F‖ over the layers that move, from a velocity of p neurons: dw_j/dt = −p η_w ∇_j F.
    pub(crate) fn gradient_norm<T: crate::Real>(&self, velocity: &[T], neurons: usize) -> f64 {
        let rates = self.rates();
        let (hidden, output) = crate::layers::split_state(velocity, neurons);
        let term = |rate: f64, layer: &[T]| {
            let speed = crate::field::squares::squared_norm(layer);
            if rate > 0.0 { speed / (rate * rate) } else { 0.0 }
        };
        (term(rates.hidden, hidden) + term(rates.output, output)).sqrt() / neurons as f64
    }

    /// B_j = η_w a_j² − η_a ‖w_j‖² of every neuron of a state, length p.
    pub(crate) fn balances<T: crate::Real>(&self, state: &[T], neurons: usize) -> Vec<f64> {
        let (hidden, output) = crate::layers::split_state(state, neurons);
        let (rates, m) = (self.rates(), hidden.len() / neurons.max(1));
        let square = |v: &T| v.to_f64() * v.to_f64();
        let norm = |j: usize| hidden[j * m..(j + 1) * m].iter().map(square).sum::<f64>();
        (0..neurons)
            .map(|j| rates.hidden * square(&output[j]) - rates.output * norm(j))
            .collect()
    }

    /// What is left of every balance after a time: 1 without decay or with a frozen layer, e^(−2ληt) where both layers decay
    /// at one rate η; none where balances have no law.
    pub(crate) fn balance_left(&self, time: f64) -> Option<f64> {
        let (rates, decay) = (self.rates(), self.decay());
        if decay.is_none() || rates.hidden * rates.output == 0.0 {
            return Some(1.0);
        }
        let lawful = rates.hidden == rates.output && decay.bias;
        lawful.then(|| (-2.0 * decay.strength * rates.hidden * time).exp())
    }

    /// (λ/2p) Σ_j (‖w_j‖² + a_j²) of p rows of hidden coordinates and p output weights; the last coordinate of a row is
    /// left out where the bias does not decay.
    pub(crate) fn penalty<T: crate::Real>(&self, hidden: &[T], output: &[T]) -> f64 {
        if self.decay().is_none() {
            return 0.0;
        }
        let (p, squares) = (output.len(), crate::field::squares::squared_norm);
        let m = hidden.len() / p.max(1);
        let bias: f64 = if self.decay_bias {
            0.0
        } else {
            let last = hidden.iter().skip(m - 1).step_by(m).map(|w| w.to_f64());
            last.map(|w| w * w).sum()
        };
        0.5 * self.weight_decay * (squares(hidden) - bias + squares(output)) / p as f64
    }
}

impl std::fmt::Display for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Rates { hidden, output } = self.rates();
        write!(f, "{}, {} loss", self.activation, self.loss)?;
        if self.rates() != Rates::BOTH {
            write!(f, ", rates {hidden} (hidden) and {output} (output)")?;
        }
        if !self.decay().is_none() {
            write!(f, ", weight decay {}", self.weight_decay)?;
        }
        Ok(())
    }
}
