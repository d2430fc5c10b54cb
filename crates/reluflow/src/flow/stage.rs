//! Holds a point of the flow with its velocity, and the few vector operations methods are made of.

use crate::aligned::Aligned;
use crate::field::{Cover, VectorField};
use crate::model::Loss;
use crate::success::all_signs_right;

/// A time, a state, its velocity and loss.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) time: f64,
    pub(super) state: Aligned<f64>,
    pub(super) velocity: Aligned<f64>,
    /// The objective: L, with the penalty of weight decay.
    pub(super) loss: f64,
    /// The rate at which it falls, by the velocity.
    pub(super) dissipation: f64,
    /// Whether every sign is right.
    pub(super) right: bool,
    /// Whether an example may be about to lose its last correct neuron.
    pub(super) at_risk: bool,
    /// max_i ℓ''_i.
    pub(super) curvature: f64,
}

impl Stage {
    /// Room for a state of this length.
    pub(super) fn new(length: usize) -> Self {
        Self {
            time: 0.0,
            state: Aligned::zeros(length),
            velocity: Aligned::zeros(length),
            loss: f64::NAN,
            dissipation: f64::NAN,
            right: false,
            at_risk: true,
            curvature: 1.0,
        }
    }

    /// Becomes a copy of `other`, in the room that is there.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.state.copy_from_slice(&other.state);
        self.velocity.copy_from_slice(&other.velocity);
        self.time = other.time;
        self.loss = other.loss;
        self.dissipation = other.dissipation;
        self.right = other.right;
        self.at_risk = other.at_risk;
        self.curvature = other.curvature;
    }

    /// Evaluates velocity and loss at the state.
    pub(super) fn evaluate(&mut self, field: &mut dyn VectorField<f64>) {
        self.loss = field.velocity(&self.state, &mut self.velocity);
        self.read_off(field);
    }

    /// As [`Stage::evaluate`], and finds how the examples are covered.
    pub(super) fn evaluate_with_cover(&mut self, field: &mut dyn VectorField<f64>, cover: &mut Cover<f64>) {
        self.loss = field.velocity_and_cover(&self.state, &mut self.velocity, cover);
        self.read_off(field);
    }

    /// Reads off velocity and residuals what is asked of them later.
    fn read_off(&mut self, field: &dyn VectorField<f64>) {
        self.dissipation = field.dissipation(&self.velocity);
        self.right = all_signs_right(field);
        self.at_risk = super::risk::is_possible(field);
        self.curvature = match field.model().loss {
            Loss::Square => 1.0,
            loss => {
                let curvatures = field.residuals().iter().map(|f| loss.curvature(*f));
                curvatures.fold(0.0, f64::max)
            }
        };
    }

    /// As [`Stage::evaluate`], where the last evaluation was made and found `loss`.
    pub(super) fn evaluate_there(&mut self, field: &mut dyn VectorField<f64>, loss: f64) {
        field.velocity_there(&self.state, &mut self.velocity);
        self.loss = loss;
        self.read_off(field);
    }

    /// The stage as the journal takes it.
    pub(super) fn point(&self) -> super::point::Point<'_, f64> {
        super::point::Point {
            time: self.time,
            state: &self.state,
            velocity: &self.velocity,
            loss: self.loss,
            right: Some(self.right),
        }
    }
}
