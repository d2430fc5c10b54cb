//! Labels inputs by a function of them: linear, neurons, or a curve on the line.

mod curve;
mod linear;
mod neurons;

use ndarray::{Array1, Array2, ArrayView1};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Network;
use crate::error::{Error, Result};

pub use curve::{Knots, Sine, SquareWave};
pub use linear::Linear;
pub use neurons::{Centred, Neurons, OutputLaw, Weights};

/// The function f with y_i = f(x_i), in place of the labels that the inputs' law draws. The coordinate 1 of a bias is no
/// part of x, unless given weights have a column for it.
///
/// In a file: `target = { linear = { norm = 2 } }`, `target = { knots = { x = [0, 1], y = [1, 3] } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// ⟨β, x⟩, β random or given.
    Linear(Linear),
    /// Σ_k b_k σ(⟨v_k, x⟩) with random v_k and b_k.
    Neurons(Neurons),
    /// Σ_k b_k σ(⟨v_k, x⟩), given.
    Weights(Weights),
    /// σ(⟨v, x⟩) with v at an angle to the centre of the inputs.
    Centre(Centred),
    /// A square wave; inputs on the line.
    SquareWave(SquareWave),
    /// A sine; inputs on the line.
    Sine(Sine),
    /// Linear between given points; inputs on the line.
    Knots(Knots),
}

/// A target whose random parameters are drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Function {
    /// ⟨β, x⟩.
    Linear(Vec<f64>),
    /// Σ_k b_k σ(⟨v_k, x⟩), with a last coordinate 1 of x if v_k has one.
    Neurons {
        /// v, k × d or k × (d + 1).
        hidden: Array2<f64>,
        /// b, k.
        output: Array1<f64>,
    },
    /// A square wave.
    SquareWave(SquareWave),
    /// A sine.
    Sine(Sine),
    /// Linear between knots.
    Knots(Knots),
}

impl Target {
    /// Checks the parameters for inputs in dimension d, the bias apart.
    ///
    /// # Errors
    /// Naming the parameter, what was expected and what was found.
    pub fn check(&self, d: usize) -> Result<()> {
        if let Self::SquareWave(_) | Self::Sine(_) | Self::Knots(_) = self
            && d != 1
        {
            let expected = "one of linear, neurons, weights, centre where inputs are not on the line";
            let found = format!("a curve, for inputs in dimension {d} without the bias");
            return Err(Error::out_of_range("target", expected, found));
        }
        match self {
            Self::Linear(law) => law.check(d),
            Self::Neurons(law) => law.check(d),
            Self::Weights(law) => law.check(d),
            Self::Centre(law) => law.check(d),
            Self::SquareWave(curve) => curve.check(),
            Self::Sine(curve) => curve.check(),
            Self::Knots(curve) => curve.check(),
        }
    }

    /// Draws the random parameters; `centre` is that of the inputs' law.
    pub(super) fn draw(
        &self,
        d: usize,
        centre: Option<ArrayView1<'_, f64>>,
        random: &mut ChaCha8Rng,
    ) -> Result<Function> {
        Ok(match self {
            Self::Linear(law) => Function::Linear(law.draw(d, random)),
            Self::Neurons(law) => {
                let (hidden, output) = law.draw(d, random);
                Function::Neurons { hidden, output }
            }
            Self::Weights(law) => Function::Neurons {
                hidden: law.hidden()?,
                output: law.output.iter().copied().collect(),
            },
            Self::Centre(law) => Function::Neurons {
                hidden: law.draw(centre, random)?,
                output: Array1::ones(1),
            },
            Self::SquareWave(curve) => Function::SquareWave(*curve),
            Self::Sine(curve) => Function::Sine(*curve),
            Self::Knots(curve) => Function::Knots(curve.clone()),
        })
    }
}

impl Function {
    /// f(x), in O(kd).
    pub(super) fn value(&self, x: ArrayView1<'_, f64>) -> f64 {
        match self {
            Self::Linear(weights) => weights.iter().zip(x).map(|(w, x)| w * x).sum(),
            Self::Neurons { hidden, output } => {
                let with_bias = hidden.ncols() > x.len();
                let neuron = |v: ArrayView1<'_, f64>| {
                    let sum: f64 = v.iter().zip(x).map(|(v, x)| v * x).sum();
                    (if with_bias { sum + v[x.len()] } else { sum }).max(0.0)
                };
                hidden
                    .rows()
                    .into_iter()
                    .zip(output)
                    .map(|(v, b)| b * neuron(v))
                    .sum()
            }
            Self::SquareWave(curve) => curve.value(x[0]),
            Self::Sine(curve) => curve.value(x[0]),
            Self::Knots(curve) => curve.value(x[0]),
        }
    }

    /// The network (1/k) Σ_k a_k σ(⟨w_k, x⟩) in dimension d that is this function; `None` where there is none.
    ///
    /// A linear function is two neurons, ⟨β, x⟩ = σ(⟨β, x⟩) − σ(⟨−β, x⟩). Coordinates beyond the weights' have weight 0.
    pub(super) fn network(&self, d: usize) -> Option<Network> {
        let (hidden, output) =
            match self {
                Self::Linear(weights) => {
                    let hidden = Array2::from_shape_fn((2, weights.len()), |(j, k)| {
                        if j == 0 { weights[k] } else { -weights[k] }
                    });
                    (hidden, ndarray::array![1.0, -1.0])
                }
                Self::Neurons { hidden, output } => (hidden.clone(), output.clone()),
                Self::SquareWave(_) | Self::Sine(_) | Self::Knots(_) => return None,
            };
        if hidden.ncols() > d {
            return None;
        }
        let neurons = output.len() as f64;
        Network::new(padded(&hidden, d), output * neurons).ok()
    }
}

/// Rows with as many zeros behind them as make d numbers.
pub(super) fn padded(rows: &Array2<f64>, d: usize) -> Array2<f64> {
    let own = rows.ncols();
    Array2::from_shape_fn(
        (rows.nrows(), d),
        |(j, k)| {
            if k < own { rows[(j, k)] } else { 0.0 }
        },
    )
}
