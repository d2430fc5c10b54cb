//! `flipped`: the share of pairs (j, i) whose activation, ⟨w_j, x_i⟩ > 0 or not, differs from the start's. O(ndp).

use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 1] = [Column::real(
    "flipped",
    "share of flipped activations",
    Unit::Number,
)];

#[derive(Debug, Default)]
struct Flipped {
    start: Vec<bool>,
}

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::<Flipped>::default()
}

impl Gauge for Flipped {
    fn start(&mut self, at: &Look<'_>) {
        self.start = at.preactivations().iter().map(|u| *u > 0.0).collect();
    }

    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let now = at.preactivations();
        let flipped = match now.as_slice() {
            Some(now) => count(&self.start, now),
            None => 0,
        };
        out[0] = flipped as f64 / self.start.len() as f64;
    }
}

/// How many numbers are positive where they were not, or the other way round. In pieces whose counts fit in a byte, so that
/// many are counted side by side.
fn count(start: &[bool], now: &[f64]) -> usize {
    const PIECE: usize = 128;
    let pieces = start.chunks(PIECE).zip(now.chunks(PIECE));
    let flipped = |(start, now): (&[bool], &[f64])| -> usize {
        let changed = start
            .iter()
            .zip(now)
            .map(|(start, u)| u8::from((*u > 0.0) != *start));
        usize::from(changed.sum::<u8>())
    };
    pieces.map(flipped).sum()
}
