//! How fast each layer learns, and how its weights decay.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The rates (η_w, η_a) of the hidden and the output layer; a layer of rate 0 is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// η_w, of the hidden weights.
    pub hidden: f64,
    /// η_a, of the output weights.
    pub output: f64,
}

impl Default for Rates {
    /// Both layers at rate 1: the paper's.
    fn default() -> Self {
        Self::BOTH
    }
}

impl Rates {
    /// Both layers at one rate.
    pub const BOTH: Self = Self {
        hidden: 1.0,
        output: 1.0,
    };

    /// Checks the rates.
    ///
    /// # Errors
    /// Unless both are finite, none is negative, and one is positive.
    pub fn check(self) -> Result<()> {
        for (name, rate) in [
            ("model.rates.hidden", self.hidden),
            ("model.rates.output", self.output),
        ] {
            if !(rate >= 0.0 && rate.is_finite()) {
                return Err(Error::out_of_range(name, "a number that is not negative", rate));
            }
        }
        if self.hidden + self.output > 0.0 {
            Ok(())
        } else {
            Err(Error::out_of_range(
                "model.rates",
                "a layer that moves",
                "both frozen",
            ))
        }
    }

    /// The larger of the two.
    pub fn max(self) -> f64 {
        self.hidden.max(self.output)
    }
}

/// Which layers are trained, each at rate 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Train {
    /// Both layers: the paper's.
    #[default]
    Both,
    /// The hidden layer; output weights stay where they start.
    Hidden,
    /// The output layer; hidden weights stay where they start (random features, a linear problem).
    Output,
}

impl Train {
    /// The rates it stands for.
    pub fn rates(self) -> Rates {
        let (hidden, output) = match self {
            Self::Both => (1.0, 1.0),
            Self::Hidden => (1.0, 0.0),
            Self::Output => (0.0, 1.0),
        };
        Rates { hidden, output }
    }
}

/// Decay of the weights: the flow descends L + (λ/2p) Σ_j (‖w_j‖² + a_j²).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decay {
    /// λ.
    pub strength: f64,
    /// Whether the last coordinate of w_j, which meets a last coordinate of the inputs that is constant, decays too.
    pub bias: bool,
}

impl Decay {
    /// Whether nothing decays.
    pub fn is_none(self) -> bool {
        self.strength == 0.0
    }
}
