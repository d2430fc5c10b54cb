//! Says what to audit: the three problems of the command, and any other laws.

use serde::Serialize;

use super::EPSILON;
use crate::data::{Groups, Isotropic, Orthogonal};
use crate::error::Result;
use crate::initialisation::{Asymmetric, GroupInitialisation, HiddenLaw};
use crate::theory::lemma_5;
use crate::{DataLaw, Dataset, InitialisationLaw, Network, Setting};

/// What to audit: sizes and laws, and how many draws of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Sizes and laws.
    #[serde(flatten)]
    pub setting: Setting,
    /// How many problems to draw.
    pub draws: u64,
    /// The root seed.
    pub seed: u64,
}

impl Plan {
    /// Weakly interacting inputs: n = 8 in dimension 8000, the width of Lemma 5, Gaussian w_j, three draws.
    ///
    /// The hypotheses of Theorem 1 hold in most draws, and the audit takes some ten seconds.
    pub fn weakly_interacting() -> Self {
        let n = 8;
        Self {
            setting: Setting {
                n,
                d: 8000,
                p: lemma_5::width(n, EPSILON),
                data: DataLaw::Isotropic(Isotropic::default()),
                initialisation: InitialisationLaw::Asymmetric(Asymmetric {
                    hidden: HiddenLaw::Gaussian,
                    ..Asymmetric::default()
                }),
            },
            draws: 3,
            seed: 0,
        }
    }

    /// Orthogonal inputs with a small initialisation (section 4): n = d = 64.
    pub fn orthogonal() -> Self {
        let n = 64;
        Self {
            setting: Setting {
                n,
                d: n,
                p: lemma_5::width(n, EPSILON),
                data: DataLaw::Orthogonal(Orthogonal::default()),
                initialisation: InitialisationLaw::Asymmetric(Asymmetric {
                    hidden_scale: 0.01,
                    hidden: HiddenLaw::Gaussian,
                    ..Asymmetric::default()
                }),
            },
            draws: 3,
            seed: 0,
        }
    }

    /// The group initialisation (Proposition 2, Theorem 2): four groups of 16.
    pub fn group() -> Self {
        let (n, p) = (64, 4);
        Self {
            setting: Setting {
                n,
                d: n,
                p,
                data: DataLaw::Groups(Groups {
                    groups: p,
                    ..Groups::default()
                }),
                initialisation: InitialisationLaw::Group(GroupInitialisation::default()),
            },
            draws: 3,
            seed: 0,
        }
    }

    /// Draws one problem.
    ///
    /// # Errors
    /// When a law cannot be drawn.
    pub fn problem(&self, draw: u64) -> Result<(Dataset, Network)> {
        self.setting.draw(self.seed, draw)
    }
}
