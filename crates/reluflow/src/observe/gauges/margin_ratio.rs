//! `margin_ratio`: min_i y_i h(x_i) over max_i y_i h(x_i), 1 where all margins are equal. O(ndp).

use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 1] = [Column::real(
    "margin_ratio",
    "smallest over largest margin",
    Unit::Number,
)];

#[derive(Debug)]
struct MarginRatio;

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(MarginRatio)
}

impl Gauge for MarginRatio {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let margins = at.outputs().iter().zip(at.labels()).map(|(h, y)| y * h);
        let (least, largest) = margins
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, largest), margin| {
                (least.min(margin), largest.max(margin))
            });
        if largest > 0.0 {
            out[0] = least / largest;
        }
    }
}
