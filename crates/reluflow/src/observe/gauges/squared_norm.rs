//! `squared_norm`: ‖θ‖² = ‖W‖² + ‖a‖², the size of the weights.

use crate::observe::{Column, Gauge, Look, Unit};
use crate::{Dataset, Network};

pub(super) const COLUMNS: [Column; 1] = [Column::real("squared_norm", "‖θ‖²", Unit::SquaredWeight)];

#[derive(Debug)]
struct SquaredNorm;

pub(super) fn gauge(_: &Dataset, _: &Network) -> Box<dyn Gauge> {
    Box::new(SquaredNorm)
}

impl Gauge for SquaredNorm {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let (hidden, output) = (at.network.hidden_weights(), at.network.output_weights());
        out[0] = hidden.iter().chain(&output).map(|weight| weight * weight).sum();
    }
}
