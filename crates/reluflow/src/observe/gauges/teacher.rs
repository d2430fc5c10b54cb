//! `teacher_cosine`, `teacher_found`: how near the neurons are to those of the network that labelled the examples.
//!
//! min_k max_j cos(w_j, v_k) over teacher neurons v_k and student neurons j whose output weight has the sign of b_k, and how many v_k have a
//! neuron with cosine above 0.95. NaN without a teacher. O(pkd).

use crate::observe::directions::{Directions, unit};
use crate::observe::{Column, Gauge, Look, Scene, Unit};

/// The cosine from which on a teacher's neuron counts as found.
const FOUND: f64 = 0.95;

pub(super) const COLUMNS: [Column; 2] = [
    Column::real("teacher_cosine", "least cosine to the teacher", Unit::Number),
    Column::count("teacher_found", "teacher neurons found"),
];

#[derive(Debug)]
struct Teacher(Vec<(Vec<f64>, bool)>);

pub(super) fn gauge(scene: &Scene<'_>) -> Box<dyn Gauge> {
    let neurons = scene.teacher.into_iter().flat_map(|teacher| {
        let signs = teacher.output_weights().to_vec();
        let rows: Vec<_> = teacher.hidden_weights().rows().into_iter().map(unit).collect();
        rows.into_iter()
            .zip(signs)
            .filter_map(|(v, b)| Some((v?, b > 0.0)))
    });
    Box::new(Teacher(neurons.collect()))
}

impl Gauge for Teacher {
    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        if self.0.is_empty() {
            return;
        }
        let all = Directions::of(at.network, |_| true);
        let nearest = |(v, sign): &(Vec<f64>, bool)| {
            let same = (0..all.len()).filter(|&k| all.positive[k] == *sign);
            same.map(|k| all.cosine_to(k, v)).fold(-1.0, f64::max)
        };
        let nearest: Vec<f64> = self.0.iter().map(nearest).collect();
        out[0] = nearest.iter().copied().fold(f64::INFINITY, f64::min);
        out[1] = nearest.iter().filter(|cosine| **cosine > FOUND).count() as f64;
    }
}
