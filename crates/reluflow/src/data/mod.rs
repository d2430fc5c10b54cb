//! Draws datasets: one file per law.
//!
//! A dataset is made of parts that combine: a law of the inputs (the variants of [`DataLaw`], which draw labels of their own), a
//! [`Target`] that labels them instead, corruptions of training labels, and a bias ([`Altered`]).

pub mod altered;
pub mod antipodal;
pub mod clusters;
pub mod cone;
pub mod gaussian;
pub mod groups;
pub mod isotropic;
mod keys;
pub mod labels;
pub mod line;
pub mod magnitude;
pub mod orthogonal;
pub mod realised;
pub mod separable;
pub mod target;
pub mod teacher;

use ndarray::Array2;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::error::{Error, Result};

pub use altered::Altered;
pub use antipodal::Antipodal;
pub use clusters::{CentreLabels, Centres, Clusters};
pub use cone::Cone;
pub use gaussian::Gaussian;
pub use groups::Groups;
pub use isotropic::Isotropic;
pub use labels::{LabelLaw, Signs};
pub use line::{Line, Spacing};
pub use magnitude::Magnitude;
pub use orthogonal::Orthogonal;
pub use realised::Realised;
pub use separable::Separable;
pub use target::Target;
pub use teacher::Teacher;

/// A law from which datasets are drawn.
///
/// In a file every law takes the keys of [`Altered`] in addition to its own: `law = "gaussian"`, `noise = 0.1`, `bias = true`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "law", rename_all = "kebab-case", remote = "Self")]
pub enum DataLaw {
    /// x_i = ‖x_i‖ u_i with u_i uniform on the unit sphere: the paper's experiment 1.
    Isotropic(Isotropic),
    /// x_i ~ N(0, s² I/d).
    Gaussian(Gaussian),
    /// x_i = ‖x_i‖ q_i with orthonormal q_i, n ≤ d.
    Orthogonal(Orthogonal),
    /// n/2 examples of a law, then their opposites −x_i.
    Antipodal(Antipodal),
    /// Orthonormal inputs in groups of consecutive examples whose labels share a sign, + and − in turn.
    Groups(Groups),
    /// Inputs of a law, labelled by a random network: y_i = c Σ_k b_k σ(⟨v_k, x_i⟩), v_k uniform on the sphere, b_k ~ N(0, 1).
    Teacher(Teacher),
    /// x_i = c_k + s ξ_i with ξ_i ~ N(0, I/d), k uniform among the centres, y_i the label of the centre: ±μ, XOR, k of them.
    Clusters(Clusters),
    /// x_i ~ N(μ, ρ I/d) with ‖μ‖ = r: inputs around one centre.
    Cone(Cone),
    /// Orthogonally separable: ⟨x_i, x_j⟩ > 0 where y_i y_j > 0, and ≤ 0 where y_i y_j < 0.
    #[serde(rename = "orthogonally-separable")]
    Separable(Separable),
    /// Points of an interval, d = 1; with a bias d = 2.
    Line(Line),
    /// Any of these with a target, noise, flips or a bias.
    #[serde(skip)]
    Altered(Altered),
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
            Self::Clusters(law) => law.check(n, d),
            Self::Cone(law) => law.check(n, d),
            Self::Separable(law) => law.check(n, d),
            Self::Line(law) => law.check(n, d),
            Self::Altered(law) => law.check(n, d),
        }
    }

    /// Draws n examples in dimension d.
    ///
    /// # Errors
    /// As [`DataLaw::check`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        Ok(self.realise(n, d, random)?.into_training())
    }

    /// Draws what the law draws but once (a teacher, centres), and n training examples, those of [`DataLaw::sample`] bit for
    /// bit. Tests of what was trained on them are drawn from the answer.
    ///
    /// n belongs to it, since the training examples decide a teacher's scale.
    ///
    /// # Errors
    /// As [`DataLaw::check`].
    pub fn realise(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Realised> {
        self.check(n, d)?;
        match self {
            Self::Altered(law) => law.realise(n, d, random),
            plain => {
                let (data, law) = plain.draw(n, d, random)?;
                let nothing = Altered::unaltered(plain.clone());
                Realised::new(law, None, &nothing, data, d, random)
            }
        }
    }

    /// The law without its corruptions: no noise and no flips, all else the same. From the same random numbers it draws the
    /// same inputs, and the labels before they were corrupted.
    pub fn clean(&self) -> Self {
        let Self::Altered(law) = self else {
            return self.clone();
        };
        let clean = Altered {
            noise: 0.0,
            flip: 0.0,
            ..law.clone()
        };
        if clean.alters() {
            Self::Altered(clean)
        } else {
            *clean.law
        }
    }

    /// n examples in dimension d, and the law with everything that it drew but once given.
    fn draw(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<(Dataset, Self)> {
        let plain = |data: Result<Dataset>| Ok((data?, self.clone()));
        match self {
            Self::Isotropic(law) => plain(law.sample(n, d, random)),
            Self::Gaussian(law) => plain(law.sample(n, d, random)),
            Self::Orthogonal(law) => plain(law.sample(n, d, random)),
            Self::Groups(law) => plain(law.sample(n, d, random)),
            Self::Separable(law) => plain(law.sample(n, d, random)),
            Self::Line(law) => plain(law.sample(n, d, random)),
            Self::Antipodal(law) => law.draw(n, d, random).map(|(x, law)| (x, Self::Antipodal(law))),
            Self::Teacher(law) => law.draw(n, d, random).map(|(x, law)| (x, Self::Teacher(law))),
            Self::Clusters(law) => law.draw(n, d, random).map(|(x, law)| (x, Self::Clusters(law))),
            Self::Cone(law) => law.draw(n, d, random).map(|(x, law)| (x, Self::Cone(law))),
            // Only the outermost law is altered: `check_plain`.
            Self::Altered(law) => law.law.draw(n, d, random),
        }
    }

    /// Refuses a law inside another that has keys which belong to the outer one.
    fn check_plain(&self) -> Result<()> {
        match self {
            Self::Altered(_) => Err(Error::out_of_range(
                "base",
                "a law without target, noise, flip and bias, which belong to the outer law",
                "one of them",
            )),
            _ => Ok(()),
        }
    }

    /// Whether inputs lie along the first n coordinate axes, so that n numbers hold them.
    pub fn is_along_axes(&self) -> bool {
        match self {
            Self::Orthogonal(law) => !law.rotated,
            Self::Altered(law) => !law.bias && law.target.is_none() && law.law.is_along_axes(),
            _ => false,
        }
    }

    /// Whether labels may lie at or near 0, where the level of the trap, (min |y|)²/2n, vanishes: noise, targets, Gaussian labels,
    /// teachers without a band.
    pub fn labels_reach_zero(&self) -> bool {
        let half_normal = |sizes: Magnitude| matches!(sizes, Magnitude::HalfNormal(_));
        match self {
            Self::Teacher(law) => law.band.is_none(),
            Self::Altered(law) => {
                let constant = matches!(law.target, Some(Target::SquareWave(_)));
                let own = law.target.is_none() && law.law.labels_reach_zero();
                law.noise > 0.0 || (law.target.is_some() && !constant) || own
            }
            Self::Isotropic(law) => half_normal(law.labels.sizes),
            Self::Gaussian(law) => half_normal(law.labels.sizes),
            Self::Orthogonal(law) => half_normal(law.labels.sizes),
            Self::Cone(law) => half_normal(law.labels.sizes),
            Self::Separable(law) => half_normal(law.labels.sizes),
            Self::Line(law) => half_normal(law.labels.sizes),
            Self::Groups(law) => half_normal(law.label_sizes),
            Self::Antipodal(law) => law.base.labels_reach_zero(),
            Self::Clusters(_) => false,
        }
    }

    /// Whether its inputs have centres.
    fn has_centre(&self) -> bool {
        matches!(self, Self::Cone(_) | Self::Clusters(_))
    }

    /// The centres of inputs, k × d, of a law whose centres are given.
    fn given_centres(&self, d: usize) -> Option<Array2<f64>> {
        match self {
            Self::Clusters(law) => law.given_centres(d),
            Self::Cone(law) => {
                let centre = law.centre.clone()?;
                Array2::from_shape_vec((1, d), centre).ok()
            }
            Self::Teacher(law) => law.base.given_centres(d),
            Self::Antipodal(law) => law.base.given_centres(d),
            _ => None,
        }
    }

    /// The teacher of a law whose teacher is drawn.
    fn teacher(&self) -> Option<&teacher::DrawnTeacher> {
        match self {
            Self::Teacher(law) => law.drawn.as_ref(),
            Self::Antipodal(law) => law.base.teacher(),
            _ => None,
        }
    }
}
