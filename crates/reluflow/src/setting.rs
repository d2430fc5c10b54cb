//! Draws a dataset and a network: sizes, laws, a root seed and the number of the draw.

use serde::Serialize;

use crate::data::Isotropic;
use crate::error::Result;
use crate::initialisation::Asymmetric;
use crate::random::Purpose;
use crate::{DataLaw, Dataset, InitialisationLaw, Network, TrialSeed};

/// Sizes and laws: all that a problem is drawn from but its seed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Number of examples.
    pub n: usize,
    /// Dimension.
    pub d: usize,
    /// Number of neurons.
    pub p: usize,
    /// The law of the data.
    pub data: DataLaw,
    /// The law of the initialisation.
    pub initialisation: InitialisationLaw,
}

impl Setting {
    /// The setting of the paper's experiments: isotropic data ([`Isotropic`]) and the asymmetric initialisation
    /// ([`Asymmetric`]), each with its defaults.
    ///
    /// ```
    /// let (data, network) = reluflow::Setting::paper(10, 3, 5).draw(0, 7).unwrap();
    /// assert_eq!((data.examples(), data.dimension(), network.neurons()), (10, 3, 5));
    /// ```
    pub fn paper(n: usize, d: usize, p: usize) -> Self {
        Self {
            n,
            d,
            p,
            data: DataLaw::Isotropic(Isotropic::default()),
            initialisation: InitialisationLaw::Asymmetric(Asymmetric::default()),
        }
    }

    /// The random numbers of one draw.
    pub fn seed(&self, root: u64, draw: u64) -> TrialSeed {
        TrialSeed {
            root,
            n: self.n as u64,
            d: self.d as u64,
            p: self.p as u64,
            draw,
        }
    }

    /// Draws one problem: the data with [`Purpose::Data`], then the network with [`Purpose::Initialisation`]. The same
    /// root and draw give the same problem on every machine and in any order.
    ///
    /// ```
    /// use reluflow::{DataLaw, InitialisationLaw, Setting, data::Isotropic, initialisation::Asymmetric};
    /// let setting = Setting {
    ///     n: 10,
    ///     d: 3,
    ///     p: 5,
    ///     data: DataLaw::Isotropic(Isotropic::default()),
    ///     initialisation: InitialisationLaw::Asymmetric(Asymmetric::default()),
    /// };
    /// let (data, network) = setting.draw(0, 7).unwrap();
    /// assert_eq!((data.examples(), network.neurons()), (10, 5));
    /// ```
    ///
    /// # Errors
    /// When a law cannot be drawn ([`DataLaw::sample`], [`InitialisationLaw::sample`]).
    pub fn draw(&self, root: u64, draw: u64) -> Result<(Dataset, Network)> {
        let seed = self.seed(root, draw);
        let dataset = self
            .data
            .sample(self.n, self.d, &mut seed.generator(Purpose::Data))?;
        let mut random = seed.generator(Purpose::Initialisation);
        let network = self.initialisation.sample(self.p, &dataset, &mut random)?;
        Ok((dataset, network))
    }
}
