//! Draws datasets: one file per law.

pub mod antipodal;
pub mod gaussian;
pub mod groups;
pub mod isotropic;
pub mod labels;
pub mod magnitude;
pub mod orthogonal;
pub mod teacher;

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::error::{Error, Result};

pub use antipodal::Antipodal;
pub use gaussian::Gaussian;
pub use groups::Groups;
pub use isotropic::Isotropic;
pub use labels::{LabelLaw, Signs};
pub use magnitude::Magnitude;
pub use orthogonal::Orthogonal;
pub use teacher::Teacher;

/// A law from which datasets are drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "law", rename_all = "kebab-case")]
pub enum DataLaw {
    /// Directions uniform on the sphere.
    Isotropic(Isotropic),
    /// Gaussian inputs.
    Gaussian(Gaussian),
    /// Exactly orthogonal inputs.
    Orthogonal(Orthogonal),
    /// Every input with its opposite.
    Antipodal(Antipodal),
    /// Orthonormal inputs in groups whose labels share a sign.
    Groups(Groups),
    /// Labels computed by a random network.
    Teacher(Teacher),
}

impl DataLaw {
    /// Checks that the law's parameters make sense, and that it can draw n examples in dimension d.
    ///
    /// # Errors
    /// Naming the parameter, what was expected and what was found.
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        for (quantity, size) in [("number of examples n", n), ("dimension d", d)] {
            if size == 0 {
                return Err(Error::out_of_range(quantity, "at least 1", size));
            }
        }
        match self {
            Self::Isotropic(law) => law.check(n, d),
            Self::Gaussian(law) => law.check(n, d),
            Self::Orthogonal(law) => law.check(n, d),
            Self::Antipodal(law) => law.check(n, d),
            Self::Groups(law) => law.check(n, d),
            Self::Teacher(law) => law.check(n, d),
        }
    }

    /// Draws n examples in dimension d.
    ///
    /// # Errors
    /// As [`DataLaw::check`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        self.check(n, d)?;
        match self {
            Self::Isotropic(law) => law.sample(n, d, random),
            Self::Gaussian(law) => law.sample(n, d, random),
            Self::Orthogonal(law) => law.sample(n, d, random),
            Self::Antipodal(law) => law.sample(n, d, random),
            Self::Groups(law) => law.sample(n, d, random),
            Self::Teacher(law) => law.sample(n, d, random),
        }
    }
}
