//! Says where the data and the network of a trial come from: a law of the core, or the user's files.

use std::collections::HashSet;
use std::sync::Arc;

use ndarray::Axis;
use rand::{RngExt, SeedableRng};
use reluflow::data::Realised;
use reluflow::population::TeacherLaw;
use reluflow::random::ChaCha8Rng;
use reluflow::{DataLaw, Dataset, Error, InitialisationLaw, Network, Result};

use super::remembered::{Kept, dataset};
use crate::arrays::FileData;

/// The training examples of a draw, with what its law drew but once, or with the rows of the file that are left.
#[derive(Debug)]
pub enum Provenance {
    /// Drawn from a law.
    Law(Box<Realised>),
    /// Rows of a file; those that were not drawn.
    File(Option<Dataset>),
}

/// Where a trial's data come from.
#[derive(Debug, Clone)]
pub enum DataSource {
    /// Drawn from a law.
    Law(DataLaw),
    /// The user's arrays: all of them, or n rows drawn without replacement.
    File(Arc<Kept<FileData>>),
    /// None: inputs are Gaussian and the loss is their mean, for a teacher drawn from a law ([`crate::population`]).
    Population(TeacherLaw),
}

impl DataSource {
    /// Checks that n examples in dimension d can be drawn.
    ///
    /// # Errors
    /// As [`DataLaw::check`]; for a file, unless n is at most its rows and d is its dimension.
    pub fn check(&self, n: usize, d: usize) -> Result<()> {
        match self {
            Self::Law(law) => law.check(n, d),
            Self::Population(_) if n > 0 => Err(Error::OutOfRange {
                quantity: "sweep.n",
                expected: "no n: a population has no examples to count".to_owned(),
                found: n.to_string(),
            }),
            Self::Population(teacher) => teacher.check(d),
            Self::File(data) if data.known().columns != d => Err(Error::OutOfRange {
                quantity: "sweep.d",
                expected: format!("the dimension {} of the data file, or no d", data.known().columns),
                found: d.to_string(),
            }),
            Self::File(data) if n > data.known().rows => Err(Error::OutOfRange {
                quantity: "sweep.n",
                expected: format!("at most the {} rows of the data file, or no n", data.known().rows),
                found: n.to_string(),
            }),
            Self::File(_) => Ok(()),
        }
    }

    /// How many rows a file has; none for a law.
    pub fn rows(&self) -> Option<usize> {
        match self {
            Self::Law(_) | Self::Population(_) => None,
            Self::File(data) => Some(data.known().rows),
        }
    }

    /// Draws n examples in dimension d, as [`DataSource::sample`], with what a test set needs of their origin.
    ///
    /// # Errors
    /// As [`DataSource::check`].
    pub fn realise(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<(Dataset, Provenance)> {
        self.check(n, d)?;
        match self {
            Self::Law(law) => {
                let realised = law.realise(n, d, random)?;
                Ok((realised.training().clone(), Provenance::Law(Box::new(realised))))
            }
            Self::Population(_) => Err(no_examples()),
            Self::File(data) if n == data.known().rows => {
                Ok((dataset(data)?.clone(), Provenance::File(None)))
            }
            Self::File(data) => {
                let (chosen, rest) = Self::subset(dataset(data)?, n, random)?;
                Ok((chosen, Provenance::File(rest)))
            }
        }
    }

    /// n rows of a dataset, all subsets equally likely, and the others, if there are any.
    pub(super) fn subset(
        data: &Dataset,
        n: usize,
        random: &mut ChaCha8Rng,
    ) -> Result<(Dataset, Option<Dataset>)> {
        let rows = choose(n, data.examples(), random);
        let take = |rows: &[usize]| {
            let inputs = data.inputs().select(Axis(0), rows);
            Dataset::new(inputs, data.labels().select(Axis(0), rows))
        };
        let chosen: HashSet<usize> = rows.iter().copied().collect();
        let rest: Vec<usize> = (0..data.examples()).filter(|row| !chosen.contains(row)).collect();
        let rest = (!rest.is_empty()).then(|| take(&rest)).transpose()?;
        Ok((take(&rows)?, rest))
    }

    /// Draws n examples in dimension d.
    ///
    /// # Errors
    /// As [`DataSource::check`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        self.check(n, d)?;
        match self {
            Self::Law(law) => law.sample(n, d, random),
            Self::Population(_) => Err(no_examples()),
            Self::File(data) if n == data.known().rows => Ok(dataset(data)?.clone()),
            Self::File(data) => Ok(Self::subset(dataset(data)?, n, random)?.0),
        }
    }
}

/// Why a population gives no examples.
fn no_examples() -> Error {
    Error::OutOfRange {
        quantity: "data.law",
        expected: "a law of examples, which this needs".to_owned(),
        found: "gaussian-population".to_owned(),
    }
}

/// n of the numbers 0, …, m − 1, all subsets equally likely: a Fisher–Yates shuffle broken off.
fn choose(n: usize, m: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut all: Vec<usize> = (0..m).collect();
    for k in 0..n {
        let other = random.random_range(k..m);
        all.swap(k, other);
    }
    all.truncate(n);
    all
}

/// Where a trial's network at time 0 comes from.
#[derive(Debug, Clone)]
pub enum NetworkSource {
    /// Drawn from a law.
    Law(InitialisationLaw),
    /// The user's arrays.
    File(Arc<Kept<Network>>),
}

impl NetworkSource {
    /// Checks the law, or that the file's network has p neurons in dimension d.
    ///
    /// # Errors
    /// As [`InitialisationLaw::check`], or naming what differs.
    pub fn check(&self, p: usize, d: usize) -> Result<()> {
        let (name, expected, found) = match self {
            Self::Law(law) => return law.check(),
            Self::File(network) if network.known().rows != p => ("sweep.p", network.known().rows, p),
            Self::File(network) if network.known().columns != d => ("sweep.d", network.known().columns, d),
            Self::File(_) => return Ok(()),
        };
        Err(Error::out_of_range(
            name,
            format!("{expected}, as in the network's file"),
            found,
        ))
    }

    /// The file's network, or one draw; none of a law that looks at examples.
    pub(super) fn specimen(&self, p: usize, d: usize) -> Option<Network> {
        match self {
            Self::Law(law) => law.sample_in(p, d, &mut ChaCha8Rng::seed_from_u64(0)).ok(),
            Self::File(network) => network.numbers().ok().cloned(),
        }
    }

    /// Draws a network of p neurons for a dataset.
    ///
    /// # Errors
    /// As [`NetworkSource::check`].
    pub fn sample(&self, p: usize, dataset: &Dataset, random: &mut ChaCha8Rng) -> Result<Network> {
        match self {
            Self::Law(law) => law.sample(p, dataset, random),
            Self::File(network) => {
                self.check(p, dataset.dimension())?;
                Ok(network.numbers()?.clone())
            }
        }
    }
}
