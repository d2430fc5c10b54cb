//! Expands the flow and says how long a step may be: up to where the last coefficients reach the tolerance.
//!
//! A coefficient more costs an evaluation and lengthens the step. So the order is raised until the step covers the
//! next event, whose time the first coefficients tell well enough. Nothing but the cost depends on that estimate: whether and where
//! there is an event is decided on the whole series.

use super::bernstein::horner;
use super::flow::Flow;
use super::pattern::Side;
use super::series::VALUES;
use crate::flow::Journal;
use crate::linear::{least, max_abs};
use crate::model::Loss;
use crate::vectors::in_vectors;

/// The lowest order a step is tried with.
const LEAST_ORDER: usize = 4;
/// A lower order is enough when its step is this many times the estimated way to the next event.
const AMPLE: f64 = 1.05;
/// Pairs whose tangents meet 0 within this many times the way of the first are looked at more closely.
const NEAR: f64 = 1.5;
/// Newton's steps to an estimate.
const ROUNDS: usize = 3;

impl Flow<'_> {
    /// Expands at the present state, to an order fit for the way to the next event, and returns a safe step.
    pub(super) fn expand(&mut self, journal: &mut Journal) -> f64 {
        let end_of_time = journal.limits().time / self.scale.time;
        self.series.start(&self.state);
        // What was expected within the last step and did not come would be expected again.
        let wait = std::mem::take(&mut self.expects);
        let mut next = None;
        loop {
            self.series.extend(&self.kinks, &self.pattern, self.pace());
            journal.counts.evaluations += 1;
            let order = self.series.order;
            if order < LEAST_ORDER.min(self.parameters.order) {
                continue;
            }
            let radius = self.radius();
            if order == self.parameters.order {
                self.expects = false;
                return radius;
            }
            if !wait && radius > AMPLE * *next.get_or_insert_with(|| self.next_event(end_of_time)) {
                self.expects = true;
                return radius;
            }
        }
    }

    /// About how far the next event is by the first coefficients, and no further than the end of time.
    fn next_event(&mut self, end_of_time: f64) -> f64 {
        let rest = end_of_time - self.state.time;
        self.next_kink().min(self.next_release()).min(rest)
    }

    /// About how far the first kink is that a neuron reaches.
    fn next_kink(&mut self) -> f64 {
        let series = &self.series;
        let count = self.kinks.count();
        let [values, slopes, ..] = &series.values[..] else {
            return 0.0;
        };
        let ways = &mut self.ways;
        in_vectors!(self.arch, tangents(ways, &self.pattern.signs, values, slopes));
        for pair in &self.handled {
            ways[pair.neuron * count + pair.kink] = f64::INFINITY;
        }
        let mut first = f64::INFINITY;
        in_vectors!(self.arch, first = least(ways));
        let mut next = f64::INFINITY;
        for (pair, way) in ways.iter().enumerate().filter(|(_, way)| **way <= NEAR * first) {
            let sign = self.pattern.signs[pair];
            let coefficient = |k: usize| series.values.get(k).map_or(0.0, |values| sign * values[pair]);
            next = refined(std::array::from_fn(coefficient), *way).min(next);
        }
        next
    }

    /// About how far the first multiplier's bound is.
    fn next_release(&self) -> f64 {
        let series = &self.series;
        let mut next = f64::INFINITY;
        for (neuron, sliding) in self.pattern.sliding.iter().enumerate() {
            let (sign, holding) = (self.output_sign(neuron), &series.holding[neuron]);
            for (index, &kink) in sliding.kinks.iter().enumerate() {
                if self.handled(neuron, kink).is_some_and(|pair| pair.multiplier > 0) {
                    continue;
                }
                for (side, to) in [(-sign, Side::Minus), (sign, Side::Plus)] {
                    let bounds = series.pull_on(&self.kinks, to);
                    let gap: [f64; VALUES] = std::array::from_fn(|k| {
                        if k < series.order {
                            side * (holding[k][index] - bounds[k][kink])
                        } else {
                            0.0
                        }
                    });
                    let way = if gap[1] < 0.0 {
                        gap[0] / -gap[1]
                    } else {
                        f64::INFINITY
                    };
                    if way < NEAR * next {
                        next = refined(gap, way).min(next);
                    }
                }
            }
        }
        next
    }

    /// The τ up to which the last two coefficients stay below the tolerance, neuron by neuron.
    fn radius(&mut self) -> f64 {
        let (order, d) = (self.series.order, self.kinks.dimension);
        let most = [order - 1, order].map(|k| (self.series.largest(k, d), k));
        let series = &self.series;
        let mut radius = f64::INFINITY;
        let mut limit = |size: f64, k: usize| {
            if size > 0.0 {
                radius = radius.min((self.parameters.tolerance / size).powf(1.0 / k as f64));
            }
        };
        for (size, k) in most {
            limit(size, k);
        }
        for k in [order - 2, order - 1] {
            let most = match self.kinks.loss {
                Loss::Square => {
                    let (mut plus, mut minus) = (0.0f64, 0.0f64);
                    in_vectors!(self.arch, plus = max_abs(&series.plus[k]));
                    in_vectors!(self.arch, minus = max_abs(&series.minus[k]));
                    plus.max(minus) / self.label_scale
                }
                _ => self.series.forces.largest(k),
            };
            limit(most, k);
        }
        radius
    }
}

/// Where the tangents of signed values meet 0, pair by pair; infinite where they do not.
#[inline(always)]
fn tangents(ways: &mut [f64], signs: &[f64], values: &[f64], slopes: &[f64]) {
    let lines = signs.iter().zip(values.iter().zip(slopes));
    for (way, (sign, (value, slope))) in ways.iter_mut().zip(lines) {
        *way = if sign * slope < 0.0 {
            value / -slope
        } else {
            f64::INFINITY
        };
    }
}

/// The zero near τ of a polynomial of which these are the first coefficients; infinite where it turns away from 0.
fn refined(coefficients: [f64; VALUES], mut tau: f64) -> f64 {
    for _ in 0..ROUNDS {
        let (value, slope) = horner(&coefficients, tau);
        if slope >= 0.0 {
            return f64::INFINITY;
        }
        tau -= value / slope;
    }
    tau.max(0.0)
}
