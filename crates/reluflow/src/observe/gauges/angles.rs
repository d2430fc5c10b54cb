//! `max_angle_positive`, `mean_angle_positive`, and the same `…_negative`: angles between the active neurons of one sign.
//!
//! A neuron is active where some ⟨w_j, x_i⟩ > 0. Largest and mean of arccos cos(w_j, w_k), in radians, over pairs j < k of
//! active neurons whose output weights share the sign; NaN where there is no pair. O(ndp + p²d).

use crate::observe::{Column, Gauge, Look, Scene, Unit};

pub(super) const COLUMNS: [Column; 4] = [
    Column::real("max_angle_positive", "largest angle, a > 0", Unit::Number),
    Column::real("mean_angle_positive", "mean angle, a > 0", Unit::Number),
    Column::real("max_angle_negative", "largest angle, a < 0", Unit::Number),
    Column::real("mean_angle_negative", "mean angle, a < 0", Unit::Number),
];

#[derive(Debug)]
struct Angles;

pub(super) fn gauge(_: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(Angles)
}

impl Gauge for Angles {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let active = at.active();
        for (sign, out) in [true, false].into_iter().zip(out.chunks_mut(2)) {
            let group: Vec<usize> = (0..active.len())
                .filter(|&k| active.positive[k] == sign)
                .collect();
            let pairs = group
                .iter()
                .enumerate()
                .flat_map(|(first, &k)| group[first + 1..].iter().map(move |&l| (k, l)));
            let (mut sum, mut largest, mut count) = (0.0, 0.0_f64, 0.0);
            for (k, l) in pairs {
                let angle = active.cosine(k, l).acos();
                (sum, largest, count) = (sum + angle, largest.max(angle), count + 1.0);
            }
            if count > 0.0 {
                (out[0], out[1]) = (largest, sum / count);
            }
        }
    }
}
