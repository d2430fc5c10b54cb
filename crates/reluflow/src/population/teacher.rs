//! Draws teachers: the networks whose outputs are to be learnt.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::initialisation::HiddenLaw;
use crate::network::{check_finite, standard};

/// h*(x) = Σ_k b_k σ(⟨v_k, x⟩), k = 1..width, in dimension d; no factor 1/k, whatever the student's.
#[derive(Debug, Clone, PartialEq)]
pub struct Teacher {
    hidden: Array2<f64>,
    output: Array1<f64>,
}

impl Teacher {
    /// A teacher from its weights V, k × d, and b, length k; k = 0 is the zero function.
    ///
    /// # Errors
    /// When there is no dimension, the lengths disagree, or a weight is not finite.
    pub fn new(hidden: Array2<f64>, output: Array1<f64>) -> Result<Self> {
        let (k, d) = hidden.dim();
        if d == 0 {
            return Err(Error::out_of_range("dimension d", "at least 1", d));
        }
        if output.len() != k {
            return Err(Error::Shape {
                array: "output weights of the teacher",
                expected: (k, 1),
                found: (output.len(), 1),
            });
        }
        check_finite("hidden weights of the teacher", hidden.view())?;
        check_finite(
            "output weights of the teacher",
            output.view().insert_axis(ndarray::Axis(1)),
        )?;
        Ok(Self {
            hidden: standard(hidden),
            output,
        })
    }

    /// Number of neurons k.
    pub fn width(&self) -> usize {
        self.output.len()
    }

    /// Dimension d of the inputs.
    pub fn dimension(&self) -> usize {
        self.hidden.ncols()
    }

    /// V, k × d, row k is v_k.
    pub fn hidden_weights(&self) -> ArrayView2<'_, f64> {
        self.hidden.view()
    }

    /// b, length k.
    pub fn output_weights(&self) -> ArrayView1<'_, f64> {
        self.output.view()
    }
}

/// Output weights of a teacher: one for all, or one each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "TeacherOutput")]
pub enum Output {
    /// The same for every neuron.
    Same(f64),
    /// One for each.
    Each(Vec<f64>),
}

impl Default for Output {
    fn default() -> Self {
        Self::Same(1.0)
    }
}

impl Output {
    fn weights(&self, width: usize) -> Result<Array1<f64>> {
        match self {
            Self::Same(value) => Ok(Array1::from_elem(width, *value)),
            Self::Each(values) if values.len() == width => Ok(Array1::from_vec(values.clone())),
            Self::Each(values) => Err(Error::out_of_range(
                "teacher.output",
                format!("a number, or {width}, one for each neuron of the teacher"),
                values.len(),
            )),
        }
    }
}

/// A law from which teachers are drawn.
///
/// ```
/// use reluflow::population::{Output, TeacherLaw};
/// use reluflow::random::{Purpose, TrialSeed};
/// let law = TeacherLaw::Orthonormal { width: 2, output: Output::Same(1.0) };
/// let mut random = TrialSeed { root: 0, n: 0, d: 3, p: 2, draw: 0 }.generator(Purpose::Data);
/// let teacher = law.sample(3, &mut random).unwrap();
/// assert_eq!(teacher.hidden_weights()[(1, 1)], 1.0);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "law", rename_all = "kebab-case", deny_unknown_fields)]
pub enum TeacherLaw {
    /// v_k = e_k, the axes: by the rotations of the inputs, any orthonormal vectors. Needs width ≤ d.
    Orthonormal {
        /// The number k of its neurons.
        width: usize,
        /// The output weights b.
        #[serde(default)]
        output: Output,
    },
    /// v_k independent and uniform on the unit sphere.
    Random {
        /// The number k of its neurons.
        width: usize,
        /// The output weights b.
        #[serde(default)]
        output: Output,
    },
    /// These weights.
    Given {
        /// V, k rows of length d.
        hidden: Vec<Vec<f64>>,
        /// b.
        #[serde(default)]
        output: Output,
    },
}

impl Default for TeacherLaw {
    fn default() -> Self {
        Self::Orthonormal {
            width: 1,
            output: Output::default(),
        }
    }
}

impl TeacherLaw {
    /// The dimension that the law fixes, if it does.
    pub fn dimension(&self) -> Option<usize> {
        match self {
            Self::Given { hidden, .. } => hidden.first().map(Vec::len),
            _ => None,
        }
    }

    /// Checks that a teacher can be drawn in dimension d.
    ///
    /// # Errors
    /// Naming the parameter, what was expected and what was found.
    pub fn check(&self, d: usize) -> Result<()> {
        let (width, output) = match self {
            Self::Orthonormal { width, output } if *width <= d => (*width, output),
            Self::Orthonormal { width, .. } => {
                let expected = format!("at most d = {d}, for orthonormal neurons");
                return Err(Error::out_of_range("teacher.width", expected, width));
            }
            Self::Random { width, output } => (*width, output),
            Self::Given { hidden, output } => {
                if let Some(row) = hidden.iter().find(|row| row.len() != d) {
                    let expected = format!("rows of length d = {d}");
                    let found = format!("a row of length {}", row.len());
                    return Err(Error::out_of_range("teacher.hidden", expected, found));
                }
                (hidden.len(), output)
            }
        };
        let finite = |value: &f64| value.is_finite();
        let weights = output.weights(width)?;
        if let Some(bad) = weights.iter().find(|value| !finite(value)) {
            return Err(Error::out_of_range("teacher.output", "finite numbers", bad));
        }
        Ok(())
    }

    /// Draws a teacher in dimension d.
    ///
    /// # Errors
    /// As [`TeacherLaw::check`].
    pub fn sample(&self, d: usize, random: &mut ChaCha8Rng) -> Result<Teacher> {
        self.check(d)?;
        match self {
            Self::Orthonormal { width, output } => {
                let hidden = Array2::from_shape_fn((*width, d), |(k, c)| if k == c { 1.0 } else { 0.0 });
                Teacher::new(hidden, output.weights(*width)?)
            }
            Self::Random { width, output } => Teacher::new(
                HiddenLaw::Sphere.sample(*width, d, random),
                output.weights(*width)?,
            ),
            Self::Given { hidden, output } => Teacher::new(
                Array2::from_shape_fn((hidden.len(), d), |(k, c)| hidden[k][c]),
                output.weights(hidden.len())?,
            ),
        }
    }
}
