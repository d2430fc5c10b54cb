//! Evaluates in single precision for a method that steps in double.

use super::{Activity, Cover, VectorField};
use crate::Network;
use crate::aligned::Aligned;

/// A field in f32 that takes and gives f64.
#[derive(Debug, Clone)]
pub struct Mixed<F> {
    inner: F,
    state: Aligned<f32>,
    velocity: Aligned<f32>,
    labels: Vec<f64>,
    residuals: Vec<f64>,
    vector: Vec<f32>,
    image: Vec<f32>,
    cover: Cover<f32>,
}

impl<F: VectorField<f32>> Mixed<F> {
    /// Wraps a field in f32.
    pub fn new(inner: F) -> Self {
        let (length, n) = (inner.state_length(), inner.examples());
        Self {
            labels: inner.labels().iter().map(|y| f64::from(*y)).collect(),
            state: Aligned::zeros(length),
            velocity: Aligned::zeros(length),
            residuals: vec![0.0; n],
            vector: vec![0.0; n],
            image: vec![0.0; n],
            cover: Cover::new(n),
            inner,
        }
    }

    fn take(&mut self, state: &[f64]) {
        narrow(state, &mut self.state);
    }
}

impl<F: VectorField<f32>> VectorField<f64> for Mixed<F> {
    fn examples(&self) -> usize {
        self.inner.examples()
    }
    fn neurons(&self) -> usize {
        self.inner.neurons()
    }
    fn hidden_coordinates(&self) -> usize {
        self.inner.hidden_coordinates()
    }
    fn labels(&self) -> &[f64] {
        &self.labels
    }
    fn write_state(&self, network: &Network, state: &mut [f64]) {
        let mut single = vec![0.0; state.len()];
        self.inner.write_state(network, &mut single);
        widen(&single, state);
    }
    fn read_network(&self, state: &[f64]) -> Network {
        let mut single = vec![0.0; state.len()];
        narrow(state, &mut single);
        self.inner.read_network(&single)
    }
    fn input_product(&self, row: &[f64], example: usize) -> f64 {
        self.inner.input_product(row, example)
    }
    fn cover(&mut self, state: &[f64], cover: &mut Cover<f64>) {
        self.take(state);
        self.inner.cover(&self.state, &mut self.cover);
        widen_cover(&self.cover, cover);
    }
    fn velocity_and_cover(&mut self, state: &[f64], velocity: &mut [f64], cover: &mut Cover<f64>) -> f64 {
        self.take(state);
        let loss = self
            .inner
            .velocity_and_cover(&self.state, &mut self.velocity, &mut self.cover);
        widen(&self.velocity, velocity);
        widen(self.inner.residuals(), &mut self.residuals);
        widen_cover(&self.cover, cover);
        loss
    }
    fn velocity(&mut self, state: &[f64], velocity: &mut [f64]) -> f64 {
        self.take(state);
        let loss = self.inner.velocity(&self.state, &mut self.velocity);
        widen(&self.velocity, velocity);
        widen(self.inner.residuals(), &mut self.residuals);
        loss
    }
    fn model(&self) -> &crate::model::Model {
        self.inner.model()
    }
    fn set_loss(&mut self, loss: crate::model::Loss) {
        self.inner.set_loss(loss);
    }
    fn input_rows(&self) -> Option<Vec<f64>> {
        self.inner.input_rows()
    }
    fn residuals(&self) -> &[f64] {
        &self.residuals
    }
    fn activity(&mut self, state: &[f64], activity: &mut Activity) {
        self.take(state);
        self.inner.activity(&self.state, activity);
    }
    fn apply_kernel(&mut self, state: &[f64], v: &[f64], out: &mut [f64]) {
        self.take(state);
        narrow(v, &mut self.vector);
        self.inner
            .apply_kernel(&self.state, &self.vector, &mut self.image);
        widen(&self.image, out);
    }
    fn is_orthogonal(&self) -> bool {
        self.inner.is_orthogonal()
    }
}

fn narrow(from: &[f64], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from as f32;
    }
}

fn widen(from: &[f32], to: &mut [f64]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = f64::from(*from);
    }
}

fn widen_cover(from: &Cover<f32>, to: &mut Cover<f64>) {
    widen(&from.sum, &mut to.sum);
    widen(&from.best, &mut to.best);
    to.neuron.copy_from_slice(&from.neuron);
}
