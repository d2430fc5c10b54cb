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
/// Events within this share of a step of the lowest order are no reason to end it.
const AT_ONCE: f64 = 1e-6;
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
            if !wait
                && radius
                    > AMPLE * *next.get_or_insert_with(|| self.next_event(end_of_time, AT_ONCE * radius))
            {
                self.expects = true;
                return radius;
            }
        }
    }

    /// About how far the next event is by the first coefficients, and no further than the end of time.
    ///
    /// One that is nearer than `at_once` is left out: it may be a rounding, and if it is not, any step covers it.
    fn next_event(&mut self, end_of_time: f64, at_once: f64) -> f64 {
        let rest = end_of_time - self.state.time;
        let next = self.next_kink(at_once).min(self.next_release(at_once));
        next.min(rest)
    }

    /// About how far the first kink is that a neuron reaches.
    fn next_kink(&mut self, at_once: f64) -> f64 {
        let series = &self.series;
        let count = self.kinks.count();
        let [values, slopes, ..] = &series.values[..] else {
            return 0.0;
        };
        let mut ways = Ways {
            of_pairs: &mut self.ways,
            of_neurons: vec![f64::INFINITY; self.neurons],
        };
        in_vectors!(
            self.arch,
            ways.follow_tangents(&self.pattern.signs, values, slopes, at_once)
        );
        for pair in &self.handled {
            ways.forget(pair.neuron, pair.kink);
        }
        let near = NEAR * ways.of_neurons.iter().copied().fold(f64::INFINITY, f64::min);
        let mut next = f64::INFINITY;
        if near == f64::INFINITY {
            return next;
        }
        for neuron in (0..self.neurons).filter(|j| ways.of_neurons[*j] <= near) {
            for pair in neuron * count..(neuron + 1) * count {
                if ways.of_pairs[pair] <= near {
                    let sign = self.pattern.signs[pair];
                    let coefficient =
                        |k: usize| series.values.get(k).map_or(0.0, |values| sign * values[pair]);
                    next = refined(std::array::from_fn(coefficient), ways.of_pairs[pair]).min(next);
                }
            }
        }
        next
    }

    /// About how far the first multiplier's bound is.
    fn next_release(&self, at_once: f64) -> f64 {
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
                    if way > at_once && way < NEAR * next {
                        next = refined(gap, way).min(next);
                    }
                }
            }
        }
        next
    }

    /// The τ up to which the last two coefficients stay below the tolerance, neuron by neuron. Notes where they would be as large as
    /// the weights, whatever the order.
    fn radius(&mut self) -> f64 {
        let (order, d) = (self.series.order, self.kinks.dimension);
        let most = [order - 1, order].map(|k| (self.series.largest(k, d), k));
        let series = &self.series;
        let (mut radius, mut natural) = (f64::INFINITY, f64::INFINITY);
        let mut limit = |size: f64, k: usize| {
            if size > 0.0 {
                let power = 1.0 / k as f64;
                radius = radius.min((self.parameters.tolerance / size).powf(power));
                natural = natural.min(size.powf(-power));
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
        self.natural_time = natural;
        radius
    }
}

/// How far the kinks are by the tangents of preactivations; infinite where these lead away.
struct Ways<'a> {
    /// p × count.
    of_pairs: &'a mut [f64],
    /// The least of every neuron.
    of_neurons: Vec<f64>,
}

impl Ways<'_> {
    /// Fills in where the tangents of values meet 0, if that is further than `at_once`.
    #[inline(always)]
    fn follow_tangents(&mut self, signs: &[f64], values: &[f64], slopes: &[f64], at_once: f64) {
        let count = signs.len() / self.of_neurons.len().max(1);
        for (j, least_way) in self.of_neurons.iter_mut().enumerate() {
            let row = j * count..(j + 1) * count;
            let ways = &mut self.of_pairs[row.clone()];
            let tangents = values[row.clone()].iter().zip(&slopes[row.clone()]);
            for (way, (sign, (value, slope))) in ways.iter_mut().zip(signs[row].iter().zip(tangents)) {
                let tangent = value / -slope;
                *way = if sign * slope < 0.0 && tangent > at_once {
                    tangent
                } else {
                    f64::INFINITY
                };
            }
            *least_way = least(ways);
        }
    }

    /// Leaves a pair out.
    fn forget(&mut self, neuron: usize, kink: usize) {
        let count = self.of_pairs.len() / self.of_neurons.len();
        let ways = &mut self.of_pairs[neuron * count..(neuron + 1) * count];
        ways[kink] = f64::INFINITY;
        self.of_neurons[neuron] = least(ways);
    }
}

/// The zero of a polynomial of which these are the first coefficients, near where its tangent has it; infinite where it turns
/// away from 0. Where τ is too far for these coefficients to tell, τ.
fn refined(coefficients: [f64; VALUES], tangent: f64) -> f64 {
    let mut tau = tangent;
    for _ in 0..ROUNDS {
        let (value, slope) = horner(&coefficients, tau);
        if slope >= 0.0 {
            return f64::INFINITY;
        }
        tau -= value / slope;
    }
    if tau > tangent / NEAR && tau < tangent * NEAR {
        tau
    } else {
        tangent
    }
}
