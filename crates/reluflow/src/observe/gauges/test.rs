//! `test_loss`, `test_error`: the loss and the share of wrong signs, y h ≤ 0, on examples that are not trained on.
//!
//! (1/m) Σ_i ℓ(h(x_i), y_i) over the m test examples, without the penalty of decay. O(mdp) a row.

use crate::Dataset;
use crate::model::Model;
use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 2] = [
    Column::real("test_loss", "test loss", Unit::Loss),
    Column::real("test_error", "test error", Unit::Number),
];

#[derive(Debug)]
struct Test {
    examples: Option<Dataset>,
    model: Model,
}

pub(super) fn gauge(scene: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(Test {
        examples: scene.test.cloned(),
        model: *scene.model,
    })
}

impl Gauge for Test {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let Some(examples) = &self.examples else { return };
        let outputs = examples.outputs(self.model.activation, at.network);
        let count = outputs.len();
        let (mut sum, mut wrong) = (0.0, 0);
        for (h, y) in outputs.iter().zip(examples.labels()) {
            sum += self.model.loss.value(*h, *y);
            wrong += usize::from(h * y <= 0.0);
        }
        out[0] = sum / count as f64;
        out[1] = wrong as f64 / count as f64;
    }
}
