//! Holds a point of the flow with its velocity, and the few vector operations methods are made of.

use crate::aligned::Aligned;
use crate::field::{Cover, VectorField};
use crate::success::signs_right;

/// A time, a state, its velocity and loss.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) time: f64,
    pub(super) state: Aligned<f64>,
    pub(super) velocity: Aligned<f64>,
    pub(super) loss: f64,
    /// Whether every sign is right.
    pub(super) right: bool,
    /// Whether an example may be about to lose its last correct neuron.
    pub(super) at_risk: bool,
}

impl Stage {
    /// Room for a state of this length.
    pub(super) fn new(length: usize) -> Self {
        Self {
            time: 0.0,
            state: Aligned::zeros(length),
            velocity: Aligned::zeros(length),
            loss: f64::NAN,
            right: false,
            at_risk: true,
        }
    }

    /// Evaluates velocity and loss at the state.
    pub(super) fn evaluate(&mut self, field: &mut dyn VectorField<f64>) {
        self.loss = field.velocity(&self.state, &mut self.velocity);
        self.read_residuals(field);
    }

    /// As [`Stage::evaluate`], and finds how the examples are covered.
    pub(super) fn evaluate_with_cover(&mut self, field: &mut dyn VectorField<f64>, cover: &mut Cover<f64>) {
        self.loss = field.velocity_and_cover(&self.state, &mut self.velocity, cover);
        self.read_residuals(field);
    }

    /// Reads off the residuals what is asked of them later.
    fn read_residuals(&mut self, field: &dyn VectorField<f64>) {
        let pairs = || {
            (
                field.residuals().iter().copied(),
                field.labels().iter().copied(),
            )
        };
        let (residuals, labels) = pairs();
        self.right = signs_right(residuals, labels);
        let (residuals, labels) = pairs();
        self.at_risk = super::risk::is_possible(residuals, labels);
    }

    /// As [`Stage::evaluate`], where the last evaluation was made and found `loss`.
    pub(super) fn evaluate_there(&mut self, field: &mut dyn VectorField<f64>, loss: f64) {
        field.velocity_there(&self.state, &mut self.velocity);
        self.loss = loss;
        self.read_residuals(field);
    }

    /// The stage as the journal takes it.
    pub(super) fn point(&self) -> super::journal::Point<'_, f64> {
        super::journal::Point {
            time: self.time,
            state: &self.state,
            velocity: &self.velocity,
            loss: self.loss,
            right: Some(self.right),
        }
    }
}

/// Σ v².
pub(super) fn squared_norm(values: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane] * block[lane];
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|v| v * v).sum::<f64>()
}

/// Σ (a − b)².
pub(super) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (a_blocks, a_rest) = a.as_chunks::<LANES>();
    let (b_blocks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            let gap = a[lane] - b[lane];
            sums[lane] += gap * gap;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum();
    sums.iter().sum::<f64>() + rest
}
