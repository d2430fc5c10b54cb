//! `distance`, `hidden_movement`: ‖θ − θ(0)‖, and ‖W − W(0)‖/‖W(0)‖.

use ndarray::{Array1, Array2};

use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 2] = [
    Column::real("distance", "‖θ − θ₀‖", Unit::Weight),
    Column::real("hidden_movement", "‖W − W₀‖/‖W₀‖", Unit::Number),
];

#[derive(Debug, Default)]
struct Movement {
    hidden: Array2<f64>,
    output: Array1<f64>,
}

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::<Movement>::default()
}

impl Gauge for Movement {
    fn start(&mut self, at: &Look<'_>) {
        self.hidden = at.network.hidden_weights().to_owned();
        self.output = at.network.output_weights().to_owned();
    }

    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
        let (now, then) = (at.network.hidden_weights(), self.hidden.iter());
        let hidden = squares(&mut now.iter().zip(then).map(|(now, then)| now - then));
        let (now, then) = (at.network.output_weights(), self.output.iter());
        let output = squares(&mut now.iter().zip(then).map(|(now, then)| now - then));
        out[0] = (hidden + output).sqrt();
        let start = squares(&mut self.hidden.iter().copied());
        if start > 0.0 {
            out[1] = (hidden / start).sqrt();
        }
    }
}
