//! Draws networks at time 0: one file per law.

pub mod asymmetric;
pub mod balanced;
pub mod group;
pub mod hidden;
pub mod normal;
pub mod pytorch;

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::{Dataset, Network, error::Result};

pub use asymmetric::{Asymmetric, Margin};
pub use balanced::Balanced;
pub use group::GroupInitialisation;
pub use hidden::HiddenLaw;
pub use normal::Normal;
pub use pytorch::PyTorch;

/// A law from which networks are drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "law", rename_all = "kebab-case")]
pub enum InitialisationLaw {
    /// |a_j| = ‖w_j‖ + margin: the paper's.
    Asymmetric(Asymmetric),
    /// |a_j| = ‖w_j‖.
    Balanced(Balanced),
    /// One neuron a group of examples (Proposition 2).
    Group(GroupInitialisation),
    /// Normal weights of given standard deviations.
    Normal(Normal),
    /// The default of `torch.nn.Linear`.
    #[serde(rename = "pytorch")]
    PyTorch(PyTorch),
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
        }
    }
}
