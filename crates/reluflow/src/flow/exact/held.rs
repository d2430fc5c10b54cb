//! Watches neurons held where more kinks meet than their normals span: points on a line, with a bias coordinate.
//!
//! A neuron that slides on two of the points of a line is on all their kinks. While all of these are convex the
//! multipliers are not unique but the velocity is. A concave one (its residual changed sign meanwhile) lets the neuron
//! stay and, once the force beyond it is not balanced by the others, leave too: a branch point. Small-step descent,
//! which chatters about the point, leaves; so does this flow.

use super::flow::Flow;
use super::found::Found;
use super::pattern::Side;
use super::record::{Branch, EventKind};
use crate::linear::{dot, norm};

/// A neuron leaves when its velocity beyond is this share of the terms that cancel in it.
const LEAST: f64 = 1e-10;
/// Sides of at most this many concave kinks are tried in all combinations.
const MOST_TRIED: usize = 6;

impl Flow<'_> {
    /// Notes on which kinks neuron j is held without sliding on them.
    pub(super) fn hold(&mut self, j: usize) {
        let sliding = &self.pattern.sliding[j];
        let held = if sliding.rank() < 2 {
            // One normal spans itself only: inputs on one line through 0 share a kink.
            Vec::new()
        } else {
            let mut held = self.touching(j);
            held.retain(|k| self.pattern.side(j, *k) != Side::Slide && sliding.spans(&self.kinks, *k));
            held
        };
        self.pattern.held[j] = held;
    }

    /// Finds the first moment of a step at which a held neuron leaves: at its start, or by bisection if it can at its end.
    pub(super) fn find_escapes(&self, limit: &mut f64, note: &mut dyn FnMut(Option<f64>, Found, &mut f64)) {
        for neuron in (0..self.neurons).filter(|j| !self.pattern.held[*j].is_empty()) {
            let leaves = |tau: f64| self.way_out(neuron, tau).is_some();
            let found = if leaves(0.0) {
                Some(0.0)
            } else if leaves(*limit) {
                let (mut before, mut after) = (0.0, *limit);
                loop {
                    let middle = 0.5 * (before + after);
                    if middle <= before || middle >= after {
                        break;
                    }
                    if leaves(middle) {
                        after = middle;
                    } else {
                        before = middle;
                    }
                }
                Some(after)
            } else {
                None
            };
            note(found, Found::Escape { neuron }, limit);
        }
    }

    /// Lets a held neuron leave.
    pub(super) fn escape(&mut self, j: usize, tau: f64) {
        if let Some(changes) = self.way_out(j, tau) {
            self.note(j, changes[0].0, EventKind::Branch(Branch::DependentKinks));
            self.change(j, &changes);
        }
    }

    /// The sides to which neuron j can leave at τ, by flipping some concave kinks: along its largest velocity.
    fn way_out(&self, j: usize, tau: f64) -> Option<Vec<(usize, Side)>> {
        let held = &self.pattern.held[j];
        let at_zero = || held.iter().chain(&self.pattern.sliding[j].kinks).copied();
        let moment = self.moment(j, tau);
        let (concave, convex): (Vec<usize>, Vec<usize>) = at_zero().partition(|k| moment.jump(*k) >= 0.0);
        let concave: Vec<usize> = concave.into_iter().take(MOST_TRIED).collect();
        let now: Vec<Side> = (0..self.kinks.count()).map(|k| self.pattern.side(j, k)).collect();
        let mut best: Option<(f64, Vec<Side>)> = None;
        for flips in 1..1usize << concave.len() {
            let mut sides = now.clone();
            for (bit, &k) in concave.iter().enumerate() {
                let flip = flips >> bit & 1 == 1;
                sides[k] = match (now[k], flip) {
                    (Side::Plus, true) => Side::Minus,
                    (Side::Plus, false) | (_, true) => Side::Plus,
                    (_, false) => Side::Minus,
                };
            }
            let (velocity, gross) = self.least_velocity(j, &mut sides, &convex, &moment);
            let threshold = gross * LEAST.max(10.0 * self.noise());
            let agrees = |(bit, &k): (usize, &usize)| {
                let normal = dot(&velocity, self.kinks.normal(k)) / self.kinks.norms[k];
                let onwards = if sides[k] == Side::Plus { normal } else { -normal };
                if flips >> bit & 1 == 1 {
                    onwards > threshold
                } else {
                    onwards >= -threshold
                }
            };
            let speed = norm(&velocity);
            if concave.iter().enumerate().all(agrees) && best.as_ref().is_none_or(|(most, _)| speed > *most) {
                best = Some((speed, sides));
            }
        }
        let (_, sides) = best?;
        Some(
            at_zero()
                .map(|k| (k, sides[k]))
                .filter(|(k, side)| now[*k] != *side)
                .collect(),
        )
    }
}
