//! `distance`, `hidden_movement`: ‖θ − θ(0)‖, and ‖W − W(0)‖/‖W(0)‖.

use crate::linear::{in_one_piece, squared_distance, squared_norm};
use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 2] = [
    Column::real("distance", "‖θ − θ₀‖", Unit::Weight),
    Column::real("hidden_movement", "‖W − W₀‖/‖W₀‖", Unit::Number),
];

#[derive(Debug, Default)]
struct Movement {
    hidden: Vec<f64>,
    output: Vec<f64>,
    /// ‖W(0)‖².
    start: f64,
}

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::<Movement>::default()
}

impl Gauge for Movement {
    fn start(&mut self, at: &Look<'_>) {
        self.hidden = in_one_piece(&at.network.hidden_weights()).into_owned();
        self.output = in_one_piece(&at.network.output_weights()).into_owned();
        self.start = squared_norm(&self.hidden);
    }

    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let hidden = squared_distance(&in_one_piece(&at.network.hidden_weights()), &self.hidden);
        let output = squared_distance(&in_one_piece(&at.network.output_weights()), &self.output);
        out[0] = (hidden + output).sqrt();
        if self.start > 0.0 {
            out[1] = (hidden / self.start).sqrt();
        }
    }
}
