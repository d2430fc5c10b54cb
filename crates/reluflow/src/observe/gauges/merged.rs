//! `directions`, `top_share`: how many directions the active neurons have, and what the largest of them holds.
//!
//! In the order of falling |a_j| ‖w_j‖, an active neuron joins the first direction of its sign with cos > 0.99 to the neuron that opened it,
//! or opens one. Neurons below a thousandth of the largest size are left out. `top_share` is the largest share of ‖W‖² in one
//! direction. O(ndp + pkd) for k directions.

use crate::observe::{Column, Gauge, Look, Scene, Unit};

/// The cosine from which on two neurons are one direction.
const MERGED: f64 = 0.99;
/// The size |a_j| ‖w_j‖, over the largest, below which a neuron is left out.
const NEGLIGIBLE: f64 = 1e-3;

pub(super) const COLUMNS: [Column; 2] = [
    Column::count("directions", "directions of active neurons"),
    Column::real(
        "top_share",
        "share of ‖W‖² in the largest direction",
        Unit::Number,
    ),
];

#[derive(Debug)]
struct Merged;

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(Merged)
}

impl Gauge for Merged {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let active = at.active();
        let mut opened: Vec<(usize, f64)> = Vec::new();
        for k in (0..active.len()).take_while(|&k| active.sizes[k] >= NEGLIGIBLE) {
            let joins = |&(first, _): &(usize, f64)| {
                active.positive[first] == active.positive[k] && active.cosine(first, k) > MERGED
            };
            match opened.iter().position(joins) {
                Some(place) => opened[place].1 += active.shares[k],
                None => opened.push((k, active.shares[k])),
            }
        }
        out[0] = opened.len() as f64;
        out[1] = opened.iter().map(|(_, share)| *share).fold(0.0, f64::max);
    }
}
