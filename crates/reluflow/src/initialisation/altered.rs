//! Alters an initialisation: output weights of one size, and neurons in pairs that cancel.

use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::InitialisationLaw;
use super::tau_delta::signed;
use crate::data::labels::Signs;
use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// Output weights of one size: a_j = ±`fixed`.
///
/// In a file: `output = { fixed = 1 }`, or `output = { fixed = 1, signs = "alternating" }`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedOutput {
    /// The size |a_j|.
    pub fixed: f64,
    /// The signs of a_j, + where they are left out.
    #[serde(default = "positive")]
    pub signs: Signs,
}

fn positive() -> Signs {
    Signs::Positive
}

/// A law with either of two keys, which laws of a file take in addition to their own.
///
/// | key | meaning |
/// | --- | --- |
/// | `output` | a_j = ±`fixed` in place of the output weights the law draws; w_j stays what it is |
/// | `mirrored` | of the law's p neurons the first p/2 are kept, each followed by its mirror (w_j, −a_j): h = 0 at time 0 |
///
/// Where both are given, the output weights are fixed first. Whether the output layer stays as it is, is the model's affair:
/// `[model] train = "hidden"`.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct Altered {
    /// The law that is altered, not altered itself.
    #[schemars(skip)]
    pub law: Box<InitialisationLaw>,
    /// Output weights of one size in place of the law's; w_j is what the law draws. Not with `group`, `pytorch`, `tau-delta` and
    /// `covered`.
    pub output: Option<FixedOutput>,
    /// Whether neurons come in pairs that cancel: of the law's p neurons the first p/2, each followed by (w_j, −a_j), so that h = 0 at
    /// time 0. p is even. Not with `group` and `covered`.
    #[schemars(default)]
    pub mirrored: bool,
}

impl Altered {
    /// The keys of a file.
    pub const KEYS: [&'static str; 2] = ["output", "mirrored"];

    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless the size is positive and finite; with laws that say what the output weights are (`group`, `tau-delta`,
    /// `pytorch`, `xavier`) or how neurons are placed (`group`, `covered = true`); or as the law's check.
    pub fn check(&self) -> Result<()> {
        self.law.check()?;
        let (output, mirrored) = (self.output.is_some(), self.mirrored);
        if let Some(output) = self.output
            && !(output.fixed > 0.0 && output.fixed.is_finite())
        {
            return Err(Error::out_of_range("fixed", "a positive number", output.fixed));
        }
        let (law, key) = match (&*self.law, output, mirrored) {
            (InitialisationLaw::Altered(_), _, _) => ("one that is altered itself", "output"),
            (InitialisationLaw::Group(_), true, _) => ("group", "output"),
            (InitialisationLaw::Group(_), _, true) => ("group", "mirrored"),
            (InitialisationLaw::Asymmetric(law), true, _) if law.covered => ("covered = true", "output"),
            (InitialisationLaw::Asymmetric(law), _, true) if law.covered => ("covered = true", "mirrored"),
            (InitialisationLaw::TauDelta(_), true, _) => ("tau-delta", "output"),
            (InitialisationLaw::PyTorch(_), true, _) => ("pytorch", "output"),
            (InitialisationLaw::Xavier(_), true, _) => ("xavier", "output"),
            _ => return Ok(()),
        };
        let expected = format!("none with {law}, which says what the neurons are");
        Err(Error::out_of_range(key, expected, "one"))
    }

    /// Draws a network of p neurons for a dataset. The law's own output weights are drawn and thrown away, so that the hidden
    /// weights are those the law would give.
    ///
    /// # Errors
    /// When p is odd and neurons are to be mirrored, or as the law.
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        if self.mirrored && !p.is_multiple_of(2) {
            let expected = "an even number with mirrored = true";
            return Err(Error::out_of_range("number of neurons p", expected, p));
        }
        let network = self.law.sample(p, dataset, random)?;
        let (w, mut a) = (network.hidden_weights(), network.output_weights().to_owned());
        if let Some(output) = self.output {
            a = signed(p, output.fixed, output.signs, random);
        }
        if !self.mirrored {
            return Network::new(w.to_owned(), a);
        }
        // Neuron j and its mirror stand side by side, so that the sum over neurons vanishes without rounding.
        let hidden = Array2::from_shape_fn(w.dim(), |(j, k)| w[(j / 2, k)]);
        let output = Array1::from_shape_fn(p, |j| if j % 2 == 0 { a[j / 2] } else { -a[j / 2] });
        Network::new(hidden, output)
    }
}
