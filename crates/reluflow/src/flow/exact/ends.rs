//! Finds where an exact flow ends: levels of the loss, rest, the floor of rounding, steps that get nowhere.

use super::flow::Flow;
use super::kinks::{Multiple, Sums};
use super::pattern::Side;
use super::series::Acting;
use crate::flow::Journal;
use crate::linear::norm;
use crate::model::Loss;

/// The flow rests when it would change L by less than this share until the end of time ...
const REST_LOSS: f64 = 1e-15;
/// ... and every neuron by less than this share of itself.
const REST_WEIGHTS: f64 = 1e-8;
/// Where time has no end, rest is judged over this many times the time that has passed.
const PATIENCE: f64 = 1e3;
/// Residuals below this many roundings of the terms they are computed from are 0.
const FLOOR_ROUNDINGS: f64 = 16.0;

impl Flow<'_> {
    /// L at the start of the series, in the units of the problem.
    ///
    /// A level located to within rounding is reached: on one, L is reported as just below it. Below the trap every sign
    /// is right: while one is wrong, L is reported as the trap at least, whatever its rounding.
    pub(super) fn reported_loss(&self) -> f64 {
        let loss = self.scale.loss(self.loss(0.0));
        let loss = match self.ends.on {
            Some(level) if loss >= level => level.next_down(),
            _ => loss,
        };
        self.above_the_trap_if_wrong(loss, &self.series.acting(&self.kinks, 0.0))
    }

    /// A reported loss with these forces: no less than the trap while a sign is wrong.
    pub(super) fn above_the_trap_if_wrong(&self, loss: f64, acting: &Acting) -> f64 {
        if loss < self.trap && !self.signs_right(acting) {
            self.trap
        } else {
            loss
        }
    }

    /// Whether every sign is right, y_i h(x_i) > 0 wherever y_i ≠ 0, from the summed forces of both sides.
    pub(super) fn signs_right(&self, acting: &Acting) -> bool {
        let Acting { plus, minus, outputs } = acting;
        if self.kinks.loss != Loss::Square {
            let right = |example: &Multiple| {
                example.label * example.multiple * outputs[example.side()][example.kink] > 0.0
            };
            let sees_all = self.kinks.multiples.len() == self.examples;
            return sees_all && self.kinks.multiples.iter().all(right);
        }
        let labels = self.problem.dataset.labels();
        self.kinks
            .of_example
            .iter()
            .zip(labels)
            .all(|(place, y)| match place {
                _ if *y == 0.0 => true,
                None => false,
                Some((k, same)) => {
                    let (rho, sums) = if *same {
                        (plus[*k], self.kinks.plus[*k])
                    } else {
                        (minus[*k], self.kinks.minus[*k])
                    };
                    // ρ = Σ c_i y_i − Σ c_i² h with h(x_i) = c_i h.
                    let output = sums.labels - rho;
                    output != 0.0 && (output > 0.0) == ((*y > 0.0) == *same)
                }
            })
    }

    /// The first τ at which L has crossed a level, with the level, by bisection: L never increases.
    pub(super) fn level_crossing(&self, levels: &[f64], tau: f64) -> Option<(f64, f64)> {
        let (start, end) = (self.loss(0.0), self.loss(tau));
        let crossed = |level: &f64| {
            let within = self.scale.level(*level);
            start >= within && end < within && !self.ends.passed.contains(level)
        };
        let level = levels.iter().copied().filter(crossed).fold(0.0, f64::max);
        if level == 0.0 {
            return None;
        }
        let within = self.scale.level(level);
        let (mut before, mut after) = (0.0, tau);
        loop {
            let middle = 0.5 * (before + after);
            if middle <= before || middle >= after {
                return Some((after, level));
            }
            if self.loss(middle) < within {
                after = middle;
            } else {
                before = middle;
            }
        }
    }

    /// Whether nothing more happens until the end of time; if so the journal is told.
    ///
    /// Either the velocity would change next to nothing until then, or it is noise (a step ends with errors of the tolerance in modes
    /// that decay fast) while the loss has ceased to fall.
    pub(super) fn rests(&mut self, end_of_time: f64, journal: &mut Journal) -> bool {
        let d = self.kinks.dimension;
        let horizon = if end_of_time.is_finite() {
            end_of_time - self.state.time
        } else {
            PATIENCE * self.state.time
        };
        let velocity = self.velocity();
        let speed = self.problem.model.squared_speed(&velocity, self.neurons) / self.scale.rate;
        let loss = self.loss(0.0);
        let still =
            speed == 0.0 || self.state.time > 0.0 && speed / self.neurons as f64 * horizon < REST_LOSS * loss;
        let (hidden, output) = velocity.split_at(self.neurons * d);
        let natural = self.natural(loss);
        let stalls = self.ends.stalls(loss, natural);
        let gross = stalls.then(|| super::events::GrossForces::new(self));
        let (mut most, mut noise) = (0.0f64, true);
        for j in 0..self.neurons {
            let part = |values: &[f64]| norm(&values[j * d..(j + 1) * d]);
            let speed = part(hidden).hypot(output[j]);
            if speed > 0.0 {
                let size = part(&self.state.hidden).hypot(self.state.output[j]);
                most = most.max(speed * horizon / size);
                noise &= gross
                    .as_ref()
                    .is_some_and(|gross| speed <= self.noise() * size * gross.on(self, j) * self.pace());
            }
        }
        let rests = still && most <= REST_WEIGHTS || stalls && noise;
        if rests {
            let decrease = if speed == 0.0 {
                0.0
            } else {
                speed / self.neurons as f64 * horizon / loss
            };
            journal.rest((decrease, most));
        }
        rests
    }

    /// Whether every residual is below sixteen roundings of the terms it is computed from, |y_i| + (1/p) Σ_j |a_j| σ(u_ji).
    pub(super) fn at_the_floor(&self) -> bool {
        if self.kinks.loss != Loss::Square {
            return false; // the loss of a separated problem falls for ever
        }
        let unit = FLOOR_ROUNDINGS * f64::EPSILON;
        let (p, count) = (self.neurons, self.kinks.count());
        // Most of the time the loss alone says no: residuals are at most 2^-20 where this is to matter.
        let loss = self.loss(0.0);
        if loss > self.label_scale * self.label_scale * f64::EPSILON {
            return false;
        }
        let values = &self.series.values[0];
        let below = |k: usize, rho: f64, sums: Sums, side: Side| {
            let leak = self.kinks.slope.abs();
            let terms = (0..p).map(|j| {
                let share = if self.pattern.side(j, k) == side {
                    1.0
                } else {
                    leak
                };
                share * (self.state.output[j] * values[j * count + k]).abs()
            });
            let gross = sums.labels.abs() + sums.squares * terms.sum::<f64>() / p as f64;
            rho.abs() <= unit * gross
        };
        (0..count).all(|k| {
            below(k, self.series.plus[0][k], self.kinks.plus[k], Side::Plus)
                && below(k, self.series.minus[0][k], self.kinks.minus[k], Side::Minus)
        })
    }
}
