//! Finds the velocity of a neuron on convex kinks: the element of least norm between their sides.

use super::flow::Flow;
use super::pattern::Side;
use super::rules::Moment;
use crate::linear::{Bound, add_scaled, least_norm};
use crate::vectors::in_vectors;

/// Multipliers this far from their bounds are off them whatever roundings do.
const WELL_INSIDE: f64 = 1e-6;
impl Flow<'_> {
    /// n·dw_j/dt at the kinks given, convex ones, and the sides it leaves to; the other sides are kept.
    ///
    /// Returns the size of its terms too.
    pub(super) fn least_velocity(
        &self,
        j: usize,
        sides: &mut [Side],
        convex: &[usize],
        moment: &Moment,
    ) -> (Vec<f64>, f64) {
        for &k in convex {
            sides[k] = Side::Minus;
        }
        let (mut velocity, gross) = self.force(j, sides, moment);
        if self.holds_all(j, convex, moment, &mut velocity) {
            for &k in convex {
                sides[k] = Side::Slide;
            }
            return (velocity, gross);
        }
        let jumps: Vec<Vec<f64>> = convex
            .iter()
            .map(|&k| self.kinks.normal(k).iter().map(|x| moment.jump(k) * x).collect())
            .collect();
        let (multipliers, bounds) = least_norm(&velocity, &jumps);
        for ((v, lambda), (&k, bound)) in jumps.iter().zip(&multipliers).zip(convex.iter().zip(&bounds)) {
            add_scaled(&mut velocity, *lambda, v);
            sides[k] = match bound {
                Bound::Lower => Side::Minus,
                Bound::Free => Side::Slide,
                Bound::Upper => Side::Plus,
            };
        }
        (velocity, gross)
    }

    /// Whether all of some convex kinks hold neuron j, with every λ well inside [0, 1]: then that is the element of least norm, and
    /// `velocity`, given with all on their minus side, becomes it. Otherwise says nothing and changes nothing.
    fn holds_all(&self, j: usize, convex: &[usize], moment: &Moment, velocity: &mut Vec<f64>) -> bool {
        let basis = self.pattern.sliding[j].extended(&self.kinks, convex.to_vec());
        if basis.rank() < convex.len() {
            return false;
        }
        let (mut held, mut added) = (velocity.clone(), Vec::new());
        in_vectors!(self.arch, basis.hold(&mut held, &mut added));
        let inside = |(&k, added): (&usize, &f64)| {
            let share = added / moment.jump(k);
            (WELL_INSIDE..=1.0 - WELL_INSIDE).contains(&share)
        };
        let all = convex.iter().zip(&added).all(inside);
        if all {
            *velocity = held;
        }
        all
    }

    /// λ of the kinks neuron j slides on at τ of the current series: of the element of least norm.
    pub(super) fn box_multipliers(&self, j: usize, set: &[usize], tau: f64) -> Vec<f64> {
        let moment = self.moment(j, tau);
        let sides: Vec<Side> = (0..self.kinks.count()).map(|k| self.pattern.side(j, k)).collect();
        let (force, _) = self.force(j, &sides, &moment);
        let jump = |&k: &usize| self.kinks.normal(k).iter().map(|x| moment.jump(k) * x).collect();
        let jumps: Vec<Vec<f64>> = set.iter().map(jump).collect();
        least_norm(&force, &jumps).0
    }

    /// n·dw_j/dt without multipliers for some sides (a kink slid on counts as minus), and the size of its terms.
    pub(super) fn force(&self, j: usize, sides: &[Side], moment: &Moment) -> (Vec<f64>, f64) {
        let mut force = vec![0.0; self.kinks.dimension];
        let mut gross = 0.0;
        if self.pattern.resting[j] {
            return (force, gross);
        }
        in_vectors!(self.arch, {
            for (k, side) in sides.iter().enumerate() {
                let rho = if *side == Side::Plus {
                    moment.above[k]
                } else {
                    moment.below[k]
                };
                if rho != 0.0 {
                    add_scaled(&mut force, moment.output * rho, self.kinks.normal(k));
                    gross += (moment.output * rho).abs() * self.kinks.norms[k];
                }
            }
        });
        (force, gross)
    }
}
