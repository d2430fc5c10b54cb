//! `squared_norm`, `hidden_norm`: ‖θ‖² = ‖W‖² + ‖a‖², and ‖W‖, the sizes of the weights.

use crate::linear::{in_one_piece, squared_norm};
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
        let hidden = squared_norm(&in_one_piece(&at.network.hidden_weights()));
        out[0] = hidden + squared_norm(&in_one_piece(&at.network.output_weights()));
        out[1] = hidden.sqrt();
    }
}
