//! Draws the problems the fields are compared on: random shapes with ties, zero rows, huge and tiny scales.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::Real;
use crate::data::{LabelLaw, Magnitude, Orthogonal};
use crate::model::{Activation, Loss, Model, Rates};
use crate::{Dataset, Network};

/// What the numbers of a case look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Style {
    /// Uniform on (−2, 2).
    Continuous,
    /// Integers −2, …, 2: preactivations are exact, and many lie exactly on the kink.
    Integers,
    /// As `Continuous`, with inputs, hidden weights, output weights and labels multiplied by 10 to these
    /// powers times the largest exponent of the scalar type.
    Scaled([i8; 4]),
}

/// Scales whose every product of the field stays within the exponents: s² and s^−² at worst, s = 10^±12 in
/// f32 and 10^±100 in f64.
const SCALES: [[i8; 4]; 11] = [
    [1, 0, 0, 0],
    [-1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, -1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, -1, 0],
    [0, 0, 0, 1],
    [0, 0, 0, -1],
    [1, -1, 0, 0],
    [-1, 1, 0, 1],
    [1, 0, -1, 0],
];

pub(super) fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        Just(Style::Continuous),
        Just(Style::Integers),
        (0..SCALES.len()).prop_map(|k| Style::Scaled(SCALES[k])),
    ]
}

/// A state of the flow on some data, and a direction v to multiply M with; every number fits in the scalar
/// type it was drawn for.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub n: usize,
    pub d: usize,
    pub p: usize,
    /// n × d.
    pub inputs: Vec<f64>,
    pub labels: Vec<f64>,
    /// p × d.
    pub hidden: Vec<f64>,
    pub output: Vec<f64>,
    /// v, n.
    pub direction: Vec<f64>,
    /// Whether preactivations are computed without rounding.
    pub exact: bool,
    /// Whether the inputs are meant to be orthogonal.
    pub orthogonal: bool,
    /// Whose flow is evaluated.
    pub model: Model,
}

/// All losses × slopes 0, 0.1, 0.5, 1, −1 × rates (1, 1), (1, 0), (0, 1), (2, 0.3) × decay 0, 0.2.
pub(super) fn models() -> Vec<Model> {
    let mut models = Vec::new();
    for loss in [Loss::Square, Loss::Logistic, Loss::Exponential] {
        for slope in [0.0, 0.1, 0.5, 1.0, -1.0] {
            for (hidden, output) in [(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (2.0, 0.3)] {
                for weight_decay in [0.0, 0.2] {
                    models.push(Model {
                        activation: Activation::Leaky(slope),
                        loss,
                        rates: Some(Rates { hidden, output }),
                        weight_decay,
                        ..Model::PAPER
                    });
                }
            }
        }
    }
    models
}

impl Case {
    /// A case of any data, to be evaluated in T.
    pub(super) fn draw<T: Real>([n, d, p]: [usize; 3], style: Style, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let powers = match style {
            Style::Scaled(powers) => powers,
            _ => [0; 4],
        };
        let largest = if size_of::<T>() == 4 { 12 } else { 100 };
        let mut numbers = |count: usize, power: i8| -> Vec<f64> {
            let scale = 10f64.powi(i32::from(power) * largest);
            let number = |_| {
                let value = if style == Style::Integers {
                    f64::from(random.random_range(-2..=2))
                } else {
                    scale * random.random_range(-2.0..2.0)
                };
                T::from_f64(value).to_f64()
            };
            (0..count).map(number).collect()
        };
        let mut case = Self {
            n,
            d,
            p,
            inputs: numbers(n * d, powers[0]),
            hidden: numbers(p * d, powers[1]),
            output: numbers(p, powers[2]),
            labels: numbers(n, powers[3]),
            direction: numbers(n, 0),
            exact: style == Style::Integers,
            orthogonal: false,
            model: Model::PAPER,
        };
        // One row in five is zero.
        for rows in [&mut case.inputs, &mut case.hidden] {
            for row in rows.chunks_exact_mut(d.max(1)) {
                if random.random_bool(0.2) {
                    row.fill(0.0);
                }
            }
        }
        case
    }

    /// A case whose inputs are lower triangular, x_ik = 0 for k > i.
    pub(super) fn draw_triangular<T: Real>([n, d, p]: [usize; 3], style: Style, seed: u64) -> Self {
        let mut case = Self::draw::<T>([n, d, p], style, seed);
        for (i, row) in case.inputs.chunks_exact_mut(d.max(1)).enumerate() {
            row.iter_mut().skip(i + 1).for_each(|x| *x = 0.0);
        }
        case
    }

    /// A case whose inputs are orthogonal, along the axes (norms 0, 1 or 2 where style is `Integers`) or in
    /// random directions.
    pub(super) fn draw_orthogonal<T: Real>(
        [n, d, p]: [usize; 3],
        style: Style,
        rotated: bool,
        seed: u64,
    ) -> Self {
        let mut case = Self::draw::<T>([n, d, p], style, seed);
        let law = Orthogonal {
            norms: Magnitude::Constant(1.0),
            labels: LabelLaw::default(),
            rotated,
        };
        let frame = law
            .sample(n, d, &mut ChaCha8Rng::seed_from_u64(seed))
            .expect("n <= d");
        for i in 0..n {
            let norm = case.inputs[i * d].abs();
            for k in 0..d {
                case.inputs[i * d + k] = norm * frame.inputs()[(i, k)];
            }
        }
        case.exact &= !rotated;
        case.orthogonal = true;
        case
    }

    /// The same case for another model: with labels ±1 for a classification loss, and with output weights small enough for
    /// its exponentials to fit in f32.
    pub(super) fn of(mut self, model: Model) -> Self {
        if model.loss.is_classification() {
            for y in &mut self.labels {
                *y = if *y > 0.0 { 1.0 } else { -1.0 };
            }
            self.output.iter_mut().for_each(|a| *a *= 0.25);
        }
        self.model = model;
        self
    }

    /// The state in a field's own order, weights row by row and then output weights.
    pub(super) fn state(&self) -> Vec<f64> {
        self.hidden.iter().chain(&self.output).copied().collect()
    }

    /// ⟨x_i, x_k⟩.
    pub(super) fn gram(&self, i: usize, k: usize) -> f64 {
        (0..self.d)
            .map(|c| self.inputs[i * self.d + c] * self.inputs[k * self.d + c])
            .sum()
    }

    pub(super) fn dataset(&self) -> Dataset {
        let inputs = ndarray::Array2::from_shape_vec((self.n, self.d), self.inputs.clone());
        Dataset::new(inputs.expect("n × d numbers"), self.labels.clone().into()).expect("a dataset")
    }

    pub(super) fn network(&self) -> Network {
        let hidden = ndarray::Array2::from_shape_vec((self.p, self.d), self.hidden.clone());
        Network::new(hidden.expect("p × d numbers"), self.output.clone().into()).expect("a network")
    }
}
