//! `squared_norm`, `hidden_norm`: ‖θ‖² = ‖W‖² + ‖a‖², and ‖W‖, the sizes of the weights.

use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 2] = [
    Column::real("squared_norm", "‖θ‖²", Unit::SquaredWeight),
    Column::real("hidden_norm", "‖W‖", Unit::Weight),
];

#[derive(Debug)]
struct SquaredNorm;

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(SquaredNorm)
}

impl Gauge for SquaredNorm {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let squares =
            |weights: &mut dyn Iterator<Item = &f64>| weights.map(|weight| weight * weight).sum::<f64>();
        let hidden = squares(&mut at.network.hidden_weights().iter());
        out[0] = hidden + squares(&mut at.network.output_weights().iter());
        out[1] = hidden.sqrt();
    }
}
