//! Holds a law whose hidden parameters are drawn, with its training examples: more examples of the same teacher can follow.

use ndarray::{Array1, Array2, Axis, concatenate};
use rand_chacha::ChaCha8Rng;

use super::altered::{Altered, with_bias};
use super::target::{Function, padded};
use super::{DataLaw, Target};
use crate::error::Result;
use crate::{Dataset, Network};

/// Training examples, and the law they are of with its teacher, centres and everything else it drew but once.
///
/// Tests are drawn from it: [`Realised::sample_clean`] labels fresh inputs by the teacher of the training examples.
///
/// ```
/// use reluflow::{data::{Altered, DataLaw, Gaussian, Target, target::Linear}, random::{Purpose, TrialSeed}};
/// let law = DataLaw::Altered(Altered {
///     target: Some(Target::Linear(Linear::default())),
///     noise: 0.1,
///     ..Altered::unaltered(DataLaw::Gaussian(Gaussian::default()))
/// });
/// let seed = TrialSeed { root: 0, n: 20, d: 3, p: 5, draw: 0 };
/// let realised = law.realise(20, 3, &mut seed.generator(Purpose::Data)).unwrap();
/// let test = realised.sample_clean(100, &mut seed.generator(Purpose::Analysis)).unwrap();
/// let teacher = realised.teacher().unwrap();
/// assert!((teacher.output(&test.inputs().row(0).to_vec()) - test.labels()[0]).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Realised {
    /// The inputs' law with all that it drew given.
    law: DataLaw,
    /// The target, drawn.
    function: Option<Function>,
    /// Noise, flips and bias.
    alterations: Altered,
    /// Dimension, bias included.
    d: usize,
    training: Dataset,
    /// The training labels without noise and flips, where there are any.
    clean: Option<Array1<f64>>,
}

impl Realised {
    /// Labels the training inputs `data`, of dimension d less the bias.
    pub(super) fn new(
        law: DataLaw,
        function: Option<Function>,
        alterations: &Altered,
        data: Dataset,
        d: usize,
        random: &mut ChaCha8Rng,
    ) -> Result<Self> {
        let alterations = alterations.clone();
        let mut realised = Self {
            law,
            function,
            alterations,
            d,
            training: data,
            clean: None,
        };
        if realised.alterations.alters() {
            let clean = realised.labelled(&realised.training)?;
            realised.training = realised.corrupted(&clean, random)?;
            realised.clean = realised.alterations.corrupts().then(|| clean.labels().to_owned());
        }
        Ok(realised)
    }

    /// Inputs of the law with the target's labels and the bias.
    fn labelled(&self, data: &Dataset) -> Result<Dataset> {
        let data = match &self.function {
            Some(function) => {
                let inputs = data.inputs();
                let labels = inputs.rows().into_iter().map(|x| function.value(x));
                data.with_labels(labels.collect())?
            }
            None => data.clone(),
        };
        if self.alterations.bias {
            with_bias(&data)
        } else {
            Ok(data)
        }
    }

    fn corrupted(&self, data: &Dataset, random: &mut ChaCha8Rng) -> Result<Dataset> {
        match self.alterations.corrupts() {
            true => data.with_labels(self.alterations.corrupt(&data.labels().to_owned(), random)),
            false => Ok(data.clone()),
        }
    }

    /// The training examples: what [`DataLaw::sample`] draws.
    pub fn training(&self) -> &Dataset {
        &self.training
    }

    /// The training examples alone.
    pub fn into_training(self) -> Dataset {
        self.training
    }

    /// The training inputs with their labels as they were before noise and flips.
    ///
    /// # Errors
    /// As [`Dataset::with_labels`].
    pub fn clean(&self) -> Result<Dataset> {
        match &self.clean {
            Some(labels) => self.training.with_labels(labels.clone()),
            None => Ok(self.training.clone()),
        }
    }

    /// Draws n fresh examples with noise and flips, as in training; in the order of a law, whose orthogonal inputs
    /// or groups are a draw of their own.
    ///
    /// # Errors
    /// When the law cannot draw n examples in this dimension.
    pub fn sample(&self, n: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let clean = self.sample_clean(n, random)?;
        self.corrupted(&clean, random)
    }

    /// Draws n fresh examples with the same teacher, centres and directions, and labels without noise and flips.
    ///
    /// Shuffled labels of a teacher are shuffled here, too: the permutation belongs to the law.
    ///
    /// # Errors
    /// When the law cannot draw n examples in this dimension.
    pub fn sample_clean(&self, n: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        let own = self.own_dimension();
        self.law.check(n, own)?;
        let (data, _) = self.law.draw(n, own, random)?;
        self.labelled(&data)
    }

    fn own_dimension(&self) -> usize {
        self.d - usize::from(self.alterations.bias)
    }

    /// The network h(x) = (1/k) Σ_k a_k σ(⟨w_k, x⟩) that labels the inputs, to rounding; `None` where labels are no function
    /// of the inputs, or none that a network on these inputs is: curves, and teachers with a bias that inputs lack.
    ///
    /// The weights of a bias that the teacher does not see are 0. Of shuffled or antipodal labels it is the teacher they were
    /// made from.
    pub fn teacher(&self) -> Option<Network> {
        match &self.function {
            Some(function) => function.network(self.d),
            None => {
                let network = self.law.teacher()?.network().ok()?;
                let hidden = padded(&network.hidden_weights().to_owned(), self.d);
                Network::new(hidden, network.output_weights().to_owned()).ok()
            }
        }
    }

    /// The centres of the inputs' law, k × d: μ of a cone, those of clusters; `None` where it has none. 0 for a bias.
    pub fn centres(&self) -> Option<Array2<f64>> {
        let centres = self.law.given_centres(self.own_dimension())?;
        Some(padded(&centres, self.d))
    }

    /// Unit vectors, k × d: along the centres, then along the hidden weights of the teacher; those of length 0 are left out.
    pub fn directions(&self) -> Array2<f64> {
        let none = || Array2::zeros((0, self.d));
        let centres = self.centres().unwrap_or_else(none);
        let weights = self
            .teacher()
            .map_or_else(none, |teacher| teacher.hidden_weights().to_owned());
        // Both have d columns.
        let mut rows = concatenate(Axis(0), &[centres.view(), weights.view()]).unwrap_or_else(|_| none());
        let lengths: Vec<f64> = rows.rows().into_iter().map(|row| row.dot(&row).sqrt()).collect();
        for (mut row, length) in rows.rows_mut().into_iter().zip(&lengths) {
            row /= *length;
        }
        let kept: Vec<usize> = (0..lengths.len()).filter(|k| lengths[*k] > 0.0).collect();
        rows.select(Axis(0), &kept)
    }

    /// The target of the law, if it has one.
    pub fn target(&self) -> Option<&Target> {
        self.alterations.target.as_ref()
    }
}

impl Altered {
    /// Draws the law's parameters and n training examples in dimension d.
    pub(super) fn realise(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Realised> {
        let own = self.own_dimension(d);
        let (data, law) = self.law.draw(n, own, random)?;
        let centre = law
            .given_centres(own)
            .and_then(|centres| centres.mean_axis(ndarray::Axis(0)));
        let function = match &self.target {
            Some(target) => Some(target.draw(own, centre.as_ref().map(|c| c.view()), random)?),
            None => None,
        };
        Realised::new(law, function, self, data, d, random)
    }
}
