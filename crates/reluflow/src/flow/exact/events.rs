//! Finds the earliest event of a step: a kink reached, a multiplier at its bound, an output weight at 0.

use super::bernstein::first_crossing;
use super::flow::Flow;
use super::found::Found;
use super::pattern::Side;
use super::series::VALUES;
use crate::linear::norm;
use crate::model::Loss;

/// A pair that may reach its kink within the step.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    neuron: usize,
    kink: usize,
    /// The first coefficients of u, signed so that u is positive on the pair's side.
    first: [f64; VALUES],
}

impl Candidate {
    /// Where its tangent meets 0.
    fn guess(&self) -> f64 {
        let [value, slope, ..] = self.first;
        if slope < 0.0 {
            value / -slope
        } else {
            f64::INFINITY
        }
    }

    /// Whether u stays positive in [0, limit] whatever its other terms, of size `rest`, do.
    fn out_of_reach(&self, limit: f64, rest: f64) -> bool {
        let fall = self.first[1..]
            .iter()
            .rev()
            .fold(0.0, |fall, c| (fall + c.min(0.0)) * limit);
        self.first[0] + fall > rest * (1.0 + 1e-12)
    }
}

/// Below this share of its scale a value counts as 0: a hundred roundings.
const TOUCHING: f64 = 1e-14;
/// Below this share of the step's displacement a coefficient is rounding, at the tightest tolerances.
const ROUNDING: f64 = 1e-13;
/// A series' coefficients are known to this many times its tolerance.
const TRUNCATION: f64 = 10.0;

impl Flow<'_> {
    /// The earliest event in [0, length], with its time.
    pub(super) fn earliest(&self, length: f64) -> Option<(f64, Found)> {
        if self.kinks.rates.hidden == 0.0 {
            return None; // no preactivation moves
        }
        let mut first: Option<(f64, Found)> = None;
        let mut limit = length;
        let mut note = |found: Option<f64>, what: Found, limit: &mut f64| {
            if let Some(tau) = found
                && (tau < *limit || (tau <= *limit && first.is_none()))
            {
                *limit = tau;
                first = Some((tau, what));
            }
        };
        self.find_multipliers(&mut limit, &mut note);
        self.find_kinks(&mut limit, &mut note);
        self.find_escapes(&mut limit, &mut note);
        first
    }

    fn find_multipliers(&self, limit: &mut f64, note: &mut dyn FnMut(Option<f64>, Found, &mut f64)) {
        let series = &self.series;
        for (neuron, sliding) in self.pattern.sliding.iter().enumerate() {
            if sliding.kinks.is_empty() {
                continue;
            }
            let sign = self.output_sign(neuron);
            let output: Vec<f64> = series
                .coefficients(&series.output, neuron, series.order)
                .iter()
                .map(|c| sign * c)
                .collect();
            let moved = displacement(&output, *limit);
            note(
                first_exit(&output, *limit, TOUCHING * output[0].abs(), self.noise() * moved),
                Found::OutputWeight { neuron },
                limit,
            );
            let gross = self.noise() * self.gross_force(neuron);
            // m between the pulls of the two sides, below and above = below + J, and a J < 0.
            for (index, &kink) in sliding.kinks.iter().enumerate() {
                let held = |k: usize| series.holding[neuron][k][index];
                let gap = |bound: &[Vec<f64>], side: f64| -> Vec<f64> {
                    (0..series.order)
                        .map(|k| side * sign * (held(k) - bound[k][kink]))
                        .collect()
                };
                let unsure = gross / self.kinks.norms[kink];
                let vanishing = self.handled(neuron, kink).map_or(0, |pair| pair.multiplier);
                for (side, to) in [(-1.0, Side::Minus), (1.0, Side::Plus)] {
                    let mut gap = gap(series.pull_on(&self.kinks, to), side);
                    gap.iter_mut().take(vanishing).for_each(|c| *c = 0.0);
                    let moved = self.noise() * displacement(&gap, *limit);
                    note(
                        first_exit(&gap, *limit, unsure, unsure + moved),
                        Found::Multiplier { neuron, kink, to },
                        limit,
                    );
                }
            }
        }
    }

    fn find_kinks(&self, limit: &mut f64, note: &mut dyn FnMut(Option<f64>, Found, &mut f64)) {
        let (p, d, count) = (self.neurons, self.kinks.dimension, self.kinks.count());
        let order = self.series.order;
        let values = &self.series.values;
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut sizes = vec![vec![0.0; order + 1]; p];
        for (j, sizes) in sizes.iter_mut().enumerate() {
            for (k, size) in sizes.iter_mut().enumerate() {
                *size = norm(&self.series.hidden[k][j * d..(j + 1) * d]);
            }
            if sizes[1..].iter().all(|size| *size == 0.0) {
                continue;
            }
            let rest = tail(sizes, *limit);
            for kink in 0..count {
                let sign = match self.pattern.side(j, kink) {
                    Side::Slide => continue,
                    Side::Plus => 1.0,
                    Side::Minus => -1.0,
                };
                let first = std::array::from_fn(|k| sign * values[k][j * count + kink]);
                let candidate = Candidate {
                    neuron: j,
                    kink,
                    first,
                };
                if !candidate.out_of_reach(*limit, self.kinks.norms[kink] * rest) {
                    candidates.push(candidate);
                }
            }
        }
        candidates.sort_unstable_by(|a, b| {
            a.guess()
                .total_cmp(&b.guess())
                .then((a.neuron, a.kink).cmp(&(b.neuron, b.kink)))
        });
        let mut polynomial = vec![0.0; order + 1];
        let mut speeds = vec![None; p];
        for candidate in candidates {
            let Candidate { neuron, kink, .. } = candidate;
            // The first event found so far shortens what has to be searched.
            let rest = tail(&sizes[neuron], *limit);
            let length = self.kinks.norms[kink];
            let touching = TOUCHING * sizes[neuron][0] * length;
            if candidate.first[0] > touching && candidate.out_of_reach(*limit, length * rest) {
                continue;
            }
            let normal = self.kinks.normal(kink);
            let sign = if self.pattern.side(neuron, kink) == Side::Plus {
                1.0
            } else {
                -1.0
            };
            for (k, c) in polynomial.iter_mut().enumerate() {
                let row = &self.series.hidden[k][neuron * d..(neuron + 1) * d];
                *c = sign * crate::linear::dot(row, normal);
            }
            let speed = *speeds[neuron].get_or_insert_with(|| self.gross_speed(neuron));
            let moved = displacement(&sizes[neuron], *limit) + speed * *limit;
            if let Some(pair) = self.handled(neuron, kink) {
                polynomial
                    .iter_mut()
                    .take(pair.preactivation)
                    .for_each(|c| *c = 0.0);
            }
            note(
                first_exit(&polynomial, *limit, touching, self.noise() * moved * length),
                Found::Kink { neuron, kink },
                limit,
            );
        }
    }

    /// The sign of a_j from now on.
    fn output_sign(&self, j: usize) -> f64 {
        let first = self
            .series
            .output
            .iter()
            .take(2)
            .map(|a| a[j])
            .find(|a| *a != 0.0);
        first.map_or(1.0, f64::signum)
    }

    /// The share of their natural size to which forces and velocities are known.
    pub(super) fn noise(&self) -> f64 {
        ROUNDING.max(TRUNCATION * self.parameters.tolerance)
    }

    /// (|a_j|/n) Σ_k ‖x_k‖ (|ρ_k| + max |y|): an error of the residuals relative to max |y| moves dw_j/dt by that share.
    fn gross_speed(&self, j: usize) -> f64 {
        self.state.output[j].abs() * self.gross_force(j) * self.pace() * self.kinks.rates.hidden
    }

    /// Σ_k ‖x_k‖ (|ρ_k| + max |y|) over the sides neuron j is on or slides on; where it is on the other side, times |γ|. Forces of
    /// a classification loss are known relative to themselves: in the place of |ρ_k| + max |y|, Σ_i |c_i f_i| (1 + |m_i|).
    pub(super) fn gross_force(&self, j: usize) -> f64 {
        let size = |side: usize, k: usize| {
            let (rho, sums) = if side == 0 {
                (&self.series.plus, &self.kinks.plus)
            } else {
                (&self.series.minus, &self.kinks.minus)
            };
            match self.kinks.loss {
                Loss::Square if sums[k].squares > 0.0 => rho[0][k].abs() + self.label_scale,
                Loss::Square => 0.0,
                _ => self.series.forces.gross[side][k],
            }
        };
        let leak = self.kinks.slope.abs();
        (0..self.kinks.count())
            .map(|k| {
                let (plus, minus) = (size(0, k), size(1, k));
                let felt = match self.pattern.side(j, k) {
                    Side::Plus => plus + leak * minus,
                    Side::Minus => minus + leak * plus,
                    Side::Slide => plus + minus,
                };
                felt * self.kinks.norms[k]
            })
            .sum()
    }
}

/// Σ_{k ≥ 1} |c_k| τ^k.
fn displacement(coefficients: &[f64], tau: f64) -> f64 {
    let mut power = 1.0;
    coefficients
        .iter()
        .skip(1)
        .map(|c| {
            power *= tau;
            c.abs() * power
        })
        .sum()
}

/// Σ |c_k| τ^k over the coefficients beyond the [`VALUES`] first.
fn tail(coefficients: &[f64], tau: f64) -> f64 {
    let rest = coefficients.iter().skip(VALUES).rev();
    rest.fold(0.0, |sum, c| sum * tau + c.abs()) * tau.powi(VALUES as i32)
}

/// The first τ in [0, limit] from which a function that should be positive is negative.
///
/// A value below `touching` may be a 0 that errors moved: the first coefficient that is no error then
/// says where the function goes. Coefficients are errors when they move it by less than `unsure`.
fn first_exit(coefficients: &[f64], limit: f64, touching: f64, unsure: f64) -> Option<f64> {
    if coefficients[0] > touching {
        return first_crossing(coefficients, limit);
    }
    let mut power = 1.0;
    let significant = (1..coefficients.len()).find(|k| {
        power *= limit;
        coefficients[*k].abs() * power > unsure
    })?;
    if coefficients[significant] > 0.0 {
        let later = first_crossing(&coefficients[significant..], limit);
        return later.filter(|tau| *tau > 0.0);
    }
    if coefficients[0] > 0.0 {
        return first_crossing(coefficients, limit);
    }
    Some(0.0)
}
