//! Enters points of the path in the journal, and keeps the worst of what must hold at each.

use super::field::{PatternField, Slide};
use super::flow::Flow;
use super::pattern::Side;
use super::series::Series;
use crate::field::VectorField;
use crate::flow::point::Point;
use crate::flow::{Journal, Solution};
use crate::linear::{dot, norm};
use crate::model::Loss;
use crate::vectors::in_vectors;

/// dL/dt = −‖dθ/dt‖²/p is checked where |dL/dt| is above this share of L: below, both are cancellations.
const CHECKED_RATE: f64 = 1e-3;

impl Flow<'_> {
    /// Enters the point at the start of the series; returns whether to go on.
    pub(super) fn enter(&mut self, journal: &mut Journal, field: &mut PatternField) -> bool {
        let velocity = self.velocity();
        self.check(self.loss(0.0), &velocity);
        let slides = self.slides_if(field.wants_slides, &self.series, 0.0);
        field.show(&self.pattern, &self.kinks, slides);
        let point = Point {
            time: self.state.time * self.scale.time,
            state: &self.scale.weights(&self.state),
            velocity: &self.scale.velocity(&velocity),
            loss: self.reported_loss(),
            right: Some(self.signs_right(&self.series.acting(&self.kinks, 0.0))),
        };
        journal.enter(field, point)
    }

    /// Who slides how at the start of a series, which is at τ of the present step, if that is asked for.
    ///
    /// What a kink adds to hold its neuron, m, is its pull on the minus side and λ times the jump to the plus side. Where normals
    /// depend on each other m is not unique: then λ is that of the box.
    fn slides_if(&self, asked: bool, series: &Series, tau: f64) -> Vec<Slide> {
        let mut slides = Vec::new();
        if !asked {
            return slides;
        }
        let pulls = |side: Side| &series.pull_on(&self.kinks, side)[0];
        let (above, below) = (pulls(Side::Plus), pulls(Side::Minus));
        for (neuron, sliding) in self.pattern.sliding.iter().enumerate() {
            let set = &sliding.kinks;
            let shares = if sliding.rank() < set.len() {
                self.box_multipliers(neuron, set, tau)
            } else {
                let of = |(&k, m): (&usize, &f64)| (m - below[k]) / (above[k] - below[k]);
                set.iter().zip(&series.holding[neuron][0]).map(of).collect()
            };
            slides.extend(set.iter().zip(shares).map(|(&kink, share)| Slide {
                neuron,
                kink,
                // Without a jump any will do.
                share: if share.is_nan() {
                    0.0
                } else {
                    share.clamp(0.0, 1.0)
                },
            }));
        }
        slides
    }

    /// Enters the points the record asks for inside a step, off the series.
    pub(super) fn enter_marks(&mut self, journal: &mut Journal, field: &mut PatternField, tau: f64) {
        let end = self.state.time + tau;
        while let Some(mark) = journal.next_mark().filter(|mark| mark / self.scale.time < end) {
            let mut state = self.state.clone();
            let tau = mark / self.scale.time - self.state.time;
            self.series.at(tau, &mut state.hidden, &mut state.output);
            self.probe.start(&state);
            self.probe.extend(&self.kinks, &self.pattern, self.pace());
            journal.counts.evaluations += 1;
            journal.counts.observations += 1;
            let slides = self.slides_if(field.wants_slides, &self.probe, tau);
            field.show(&self.pattern, &self.kinks, slides);
            let acting = self.probe.acting(&self.kinks, 0.0);
            let loss = self.scale.loss(self.loss_of(&acting));
            let loss = self.above_the_trap_if_wrong(loss, &acting);
            let velocity = [&self.probe.hidden[1][..], &self.probe.output[1][..]].concat();
            let point = Point {
                time: mark,
                state: &self.scale.weights(&state),
                velocity: &self.scale.velocity(&velocity),
                loss,
                right: Some(self.signs_right(&acting)),
            };
            // A stop that comes here comes again at the end of the step.
            if !journal.enter(field, point) {
                break;
            }
        }
    }

    /// What a rounding of the forces moves L by, in roundings: max |y| √(2L) for the square loss, L (1 + max |m_i|) for the others.
    pub(super) fn natural(&self, loss: f64) -> f64 {
        match self.kinks.loss {
            Loss::Square => loss.max(self.label_scale * (2.0 * loss).sqrt()),
            _ => loss * (1.0 + self.series.forces.largest_margin()),
        }
    }

    /// Keeps the worst of what must hold at every point.
    fn check(&mut self, loss: f64, velocity: &[f64]) {
        let natural = self.natural(loss);
        let checks = &mut self.events.checks;
        checks.loss_rise = checks.loss_rise.max((loss - self.last_loss) / natural);
        self.last_loss = loss;
        if self.series.order > 1 {
            let slope = self.series.loss_slope(&self.kinks) / self.examples as f64;
            let speed = self.problem.model.squared_speed(velocity, self.neurons);
            let dissipation = speed / (self.neurons as f64 * self.scale.rate);
            if slope.abs() > CHECKED_RATE * loss {
                let defect = (slope + dissipation).abs() / slope.abs();
                checks.dissipation_defect = checks.dissipation_defect.max(defect);
            }
        }
        let d = self.kinks.dimension;
        let kinks = &self.kinks;
        in_vectors!(self.arch, {
            for (sliding, w) in self.pattern.sliding.iter().zip(self.state.hidden.chunks_exact(d)) {
                checks.most_kinks = checks.most_kinks.max(sliding.kinks.len());
                let size = norm(w);
                for &k in &sliding.kinks {
                    let offset = dot(w, kinks.normal(k)).abs() / (size * kinks.norms[k]);
                    checks.sliding_offset = checks.sliding_offset.max(offset);
                }
            }
        });
    }

    pub(super) fn close(mut self, mut journal: Journal, field: &mut PatternField) -> Solution {
        self.events.settle_instant();
        self.count(&mut journal);
        let (velocity, loss) = (self.scale.velocity(&self.velocity()), self.reported_loss());
        let state = self.scale.weights(&self.state);
        // The journal asks the field for residuals at the end.
        field.velocity(&state, &mut velocity.clone());
        let point = Point {
            time: self.state.time * self.scale.time,
            state: &state,
            velocity: &velocity,
            loss,
            right: Some(self.signs_right(&self.series.acting(&self.kinks, 0.0))),
        };
        let mut solution = journal.close(field, point, false);
        solution.end.energy_defect = None;
        solution.events = self.events;
        solution.events.rescale_times(self.scale.time);
        solution
    }
}
