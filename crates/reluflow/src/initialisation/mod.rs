//! Draws networks at time 0: one file per law; [`Altered`] combines with any.

pub mod altered;
pub mod asymmetric;
pub mod balanced;
pub mod group;
pub mod hidden;
mod keys;
pub mod normal;
pub mod pytorch;
pub mod tau_delta;
pub mod xavier;

use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::labels::Signs;
use crate::error::{Error, Result};
use crate::{Dataset, Network};

pub use altered::{Altered, FixedOutput};
pub use asymmetric::{Asymmetric, Margin};
pub use balanced::Balanced;
pub use group::GroupInitialisation;
pub use hidden::HiddenLaw;
pub use normal::Normal;
pub use pytorch::PyTorch;
pub use tau_delta::TauDelta;
pub use xavier::Xavier;

/// A law from which networks are drawn.
///
/// In a file laws take the keys of [`Altered`] in addition to their own: `law = "balanced"`, `mirrored = true`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "law", rename_all = "kebab-case", remote = "Self")]
pub enum InitialisationLaw {
    /// a_j = ±(‖w_j‖ + margin) with fair signs, then w_j is scaled: the paper's.
    Asymmetric(Asymmetric),
    /// a_j = ±‖w_j‖ with fair signs.
    Balanced(Balanced),
    /// One neuron a group of n/p consecutive examples with labels of one sign, active on all of it, |a_j| = ‖w_j‖ (Proposition 2).
    Group(GroupInitialisation),
    /// Entries of w_j from N(0, `hidden`²), a_j from N(0, `output`²), or without `output` ±‖w_j‖ with fair signs.
    Normal(Normal),
    /// The default of `torch.nn.Linear`, in our scaling whatever the units of the file.
    #[serde(rename = "pytorch")]
    PyTorch(PyTorch),
    /// |a_j|‖w_j‖ = τ² and a_j² − ‖w_j‖² = δ for every neuron, directions uniform.
    TauDelta(TauDelta),
    /// Entries of w_j from N(0, `scale`²/d), one output weight for all.
    Xavier(Xavier),
    /// Any of these with output weights of one size, or neurons in pairs that cancel.
    #[serde(skip)]
    Altered(Altered),
}

impl InitialisationLaw {
    /// Checks the law's parameters.
    ///
    /// # Errors
    /// Naming the parameter, what was expected and what was found.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Asymmetric(law) => law.check(),
            Self::Balanced(law) => law.check(),
            Self::Group(law) => law.check(),
            Self::Normal(law) => law.check(),
            Self::PyTorch(law) => law.check(),
            Self::Xavier(law) => law.check(),
            Self::TauDelta(law) => law.check(),
            Self::Altered(law) => law.check(),
        }
    }

    /// Draws a network of p neurons for a dataset.
    ///
    /// # Errors
    /// As [`InitialisationLaw::check`], and when the law cannot be drawn for these data.
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        self.check()?;
        match self {
            Self::Asymmetric(law) => law.sample(p, dataset, random),
            Self::Balanced(law) => law.sample(p, dataset, random),
            Self::Group(law) => law.sample(p, dataset, random),
            Self::Normal(law) => law.sample(p, dataset, random),
            Self::PyTorch(law) => law.sample(p, dataset, random),
            Self::TauDelta(law) => law.sample(p, dataset, random),
            Self::Xavier(law) => law.sample(p, dataset.dimension(), random),
            Self::Altered(law) => law.sample(p, dataset, random),
        }
    }

    /// Whether it looks at the examples; otherwise at their dimension alone.
    pub fn looks_at_examples(&self) -> bool {
        match self {
            Self::Asymmetric(law) => law.covered,
            Self::Group(_) => true,
            Self::Altered(law) => law.law.looks_at_examples(),
            Self::Balanced(_) | Self::Normal(_) | Self::PyTorch(_) | Self::TauDelta(_) | Self::Xavier(_) => {
                false
            }
        }
    }

    /// Whether the signs of the a_j are fair, independent of one another and of the w_j: the hypothesis of Lemma 5.
    pub fn has_fair_signs(&self) -> bool {
        match self {
            // Xavier: one output weight for all.
            Self::Group(_) | Self::Xavier(_) => false,
            Self::Asymmetric(law) => !law.covered,
            Self::TauDelta(law) => law.signs == Signs::Random,
            Self::Altered(law) => {
                let random = law.output.is_none_or(|output| output.signs == Signs::Random);
                !law.mirrored && random && law.law.has_fair_signs()
            }
            Self::Balanced(_) | Self::Normal(_) | Self::PyTorch(_) => true,
        }
    }

    /// Whether its weights are written in our scaling, whatever the units of a file: PyTorch's default.
    pub fn is_in_our_scaling(&self) -> bool {
        match self {
            Self::PyTorch(_) => true,
            Self::Altered(law) => law.law.is_in_our_scaling(),
            _ => false,
        }
    }

    /// Draws a network of p neurons in dimension d, for any data or none.
    ///
    /// # Errors
    /// As [`InitialisationLaw::check`], and when the law [looks at examples](InitialisationLaw::looks_at_examples).
    pub fn sample_in(&self, p: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Network> {
        if self.looks_at_examples() {
            let expected = "a law that looks at the dimension only, where there are no examples";
            return Err(Error::out_of_range(
                "init.law",
                expected,
                "one that looks at examples",
            ));
        }
        // One example stands for any.
        let dataset = Dataset::new(Array2::zeros((1, d)), Array1::zeros(1))?;
        self.sample(p, &dataset, random)
    }
}
