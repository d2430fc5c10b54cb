//! `flipped`: the share of pairs (j, i) whose activation, ⟨w_j, x_i⟩ > 0 or not, differs from the start's. O(ndp).

use crate::observe::{Column, Gauge, Look, Scene, Unit};
use crate::{Dataset, Network};

pub(super) const COLUMNS: [Column; 1] = [Column::real(
    "flipped",
    "share of flipped activations",
    Unit::Number,
)];

#[derive(Debug)]
struct Flipped {
    dataset: Dataset,
    start: Vec<bool>,
}

impl Flipped {
    fn pattern(&self, network: &Network) -> Vec<bool> {
        let preactivations = self.dataset.preactivations(network.hidden_weights());
        preactivations.iter().map(|u| *u > 0.0).collect()
    }
}

pub(super) fn gauge(scene: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(Flipped {
        dataset: scene.dataset.clone(),
        start: Vec::new(),
    })
}

impl Gauge for Flipped {
    fn start(&mut self, network: &Network) {
        self.start = self.pattern(network);
    }

    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let now = at.preactivations().iter().map(|u| *u > 0.0);
        let flipped = now.zip(&self.start).filter(|(now, start)| now != *start);
        out[0] = flipped.count() as f64 / self.start.len() as f64;
    }
}
