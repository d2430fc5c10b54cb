//! Reads `[test]`: examples that are not trained on.

use reluflow::random::ChaCha8Rng;
use reluflow::{Dataset, Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::source::{DataSource, Provenance};

/// How many examples are tested on unless said.
const EXAMPLES: usize = 1000;

/// `[test]`: how many examples, and of which law.
///
/// Without a law they are fresh examples of the training law, of the same teacher and centres, with clean labels: without the noise
/// and the flips of training. Where the training examples are n rows of a file, they are rows that were not drawn. A test set has random numbers of its own: with
/// or without it the training examples and the network are the same.
#[derive(Debug, Clone)]
pub struct TestSource {
    /// How many; all that there are where a file has fewer.
    pub examples: usize,
    /// Another law or a file.
    pub other: Option<DataSource>,
}

/// The key that is no part of a law.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Size {
    /// How many examples the test loss and the test error are means over.
    pub(super) examples: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { examples: EXAMPLES }
    }
}

impl TestSource {
    /// Draws the examples in dimension d.
    ///
    /// # Errors
    /// When the law cannot draw so many, or the training examples are all that their file has.
    pub fn sample(&self, origin: &Provenance, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        match (&self.other, origin) {
            (Some(other), _) => {
                let count = other.rows().map_or(self.examples, |rows| rows.min(self.examples));
                other.sample(count, d, random)
            }
            (None, Provenance::Law(realised)) => realised.sample_clean(self.examples, random),
            (None, Provenance::File(Some(rest))) => {
                DataSource::subset(rest, self.examples.min(rest.examples()), random).map(|(chosen, _)| chosen)
            }
            (None, Provenance::File(None)) => Err(Error::out_of_range(
                "test",
                "a law or a file of its own, where the training examples are all rows of their file (or a smaller sweep.n)",
                "neither",
            )),
        }
    }
}
