//! Finds the earliest event of a step: a kink reached, a multiplier at its bound, an output weight at 0.

use super::bernstein::{Coefficients, MAX_DEGREE, first_crossing};
use super::flow::Flow;
use super::found::Found;
use super::kinks::Sums;
use super::pattern::Side;
use super::series::VALUES;
use crate::linear::{dot, least, norm};
use crate::model::Loss;
use crate::vectors::in_vectors;

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
/// Numbers that are summed side by side.
const LANES: usize = 8;

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
        let gross = GrossForces::new(self);
        self.find_multipliers(&gross, &mut limit, &mut note);
        self.find_kinks(&gross, &mut limit, &mut note);
        self.find_escapes(&mut limit, &mut note);
        first
    }

    fn find_multipliers(
        &self,
        gross: &GrossForces,
        limit: &mut f64,
        note: &mut dyn FnMut(Option<f64>, Found, &mut f64),
    ) {
        let series = &self.series;
        let order = series.order;
        let mut polynomial: Coefficients = [0.0; MAX_DEGREE + 1];
        for (neuron, sliding) in self.pattern.sliding.iter().enumerate() {
            if sliding.kinks.is_empty() {
                continue;
            }
            let sign = self.output_sign(neuron);
            let output = &mut polynomial[..=order];
            for (c, output) in output.iter_mut().zip(&series.output) {
                *c = sign * output[neuron];
            }
            let moved = displacement(output, *limit);
            note(
                first_exit(output, *limit, TOUCHING * output[0].abs(), self.noise() * moved),
                Found::OutputWeight { neuron },
                limit,
            );
            let gross = self.noise() * gross.on(self, neuron);
            let holding = &series.holding[neuron];
            // m between the pulls of the two sides, below and above = below + J, and a J < 0.
            for (index, &kink) in sliding.kinks.iter().enumerate() {
                let unsure = gross / self.kinks.norms[kink];
                let vanishing = self.handled(neuron, kink).map_or(0, |pair| pair.multiplier);
                for (side, to) in [(-sign, Side::Minus), (sign, Side::Plus)] {
                    let gap = &mut polynomial[..order];
                    let bounds = series.pull_on(&self.kinks, to);
                    for ((c, held), bound) in gap.iter_mut().zip(holding).zip(bounds) {
                        *c = side * (held[index] - bound[kink]);
                    }
                    gap[..vanishing.min(order)].fill(0.0);
                    let moved = displacement(gap, *limit);
                    if gap[0] > unsure.max(moved) {
                        continue;
                    }
                    note(
                        first_exit(gap, *limit, unsure, unsure + self.noise() * moved),
                        Found::Multiplier { neuron, kink, to },
                        limit,
                    );
                }
            }
        }
    }

    fn find_kinks(
        &self,
        gross: &GrossForces,
        limit: &mut f64,
        note: &mut dyn FnMut(Option<f64>, Found, &mut f64),
    ) {
        let (p, d, count) = (self.neurons, self.kinks.dimension, self.kinks.count());
        let order = self.series.order;
        let values = &self.series.values;
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut sizes = vec![0.0; p * (order + 1)];
        let mut clear = vec![0.0; count];
        for (j, sizes) in sizes.chunks_exact_mut(order + 1).enumerate() {
            in_vectors!(self.arch, {
                for (size, hidden) in sizes.iter_mut().zip(&self.series.hidden) {
                    *size = norm(&hidden[j * d..(j + 1) * d]);
                }
            });
            if sizes[1..].iter().all(|size| *size == 0.0) {
                continue;
            }
            let rest = tail(sizes, *limit);
            let row = j * count..(j + 1) * count;
            let signs = &self.pattern.signs[row.clone()];
            let first: [&[f64]; VALUES] = std::array::from_fn(|k| &values[k][row.clone()]);
            let mut nearest = 0.0;
            in_vectors!(self.arch, {
                clearance(&mut clear, signs, first, &self.kinks.norms, *limit, rest);
                nearest = least(&clear);
            });
            if nearest > 0.0 {
                continue;
            }
            for (kink, sign) in signs.iter().enumerate() {
                if clear[kink] <= 0.0 {
                    candidates.push(Candidate {
                        neuron: j,
                        kink,
                        first: first.map(|values| sign * values[kink]),
                    });
                }
            }
        }
        candidates.sort_unstable_by(|a, b| {
            a.guess()
                .total_cmp(&b.guess())
                .then((a.neuron, a.kink).cmp(&(b.neuron, b.kink)))
        });
        let mut polynomial: Coefficients = [0.0; MAX_DEGREE + 1];
        let polynomial = &mut polynomial[..=order];
        let mut speeds = vec![None; p];
        for candidate in candidates {
            let Candidate { neuron, kink, .. } = candidate;
            // The first event found so far shortens what has to be searched.
            let sizes = &sizes[neuron * (order + 1)..(neuron + 1) * (order + 1)];
            let rest = tail(sizes, *limit);
            let length = self.kinks.norms[kink];
            let touching = TOUCHING * sizes[0] * length;
            if candidate.first[0] > touching && candidate.out_of_reach(*limit, length * rest) {
                continue;
            }
            let normal = self.kinks.normal(kink);
            let sign = self.pattern.signs[neuron * count + kink];
            let place = neuron * d..(neuron + 1) * d;
            in_vectors!(self.arch, {
                for (c, hidden) in polynomial.iter_mut().zip(&self.series.hidden) {
                    *c = sign * dot(&hidden[place.clone()], normal);
                }
            });
            let speed = *speeds[neuron].get_or_insert_with(|| self.gross_speed(gross, neuron));
            let moved = displacement(sizes, *limit) + speed * *limit;
            if let Some(pair) = self.handled(neuron, kink) {
                polynomial
                    .iter_mut()
                    .take(pair.preactivation)
                    .for_each(|c| *c = 0.0);
            }
            note(
                first_exit(polynomial, *limit, touching, self.noise() * moved * length),
                Found::Kink { neuron, kink },
                limit,
            );
        }
    }

    /// The sign of a_j from now on.
    pub(super) fn output_sign(&self, j: usize) -> f64 {
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
    fn gross_speed(&self, gross: &GrossForces, j: usize) -> f64 {
        self.state.output[j].abs() * gross.on(self, j) * self.pace() * self.kinks.rates.hidden
    }
}

/// ‖x_k‖ (|ρ_k| + max |y|) of the plus and of the minus side of every kink: what forces are known relative to. Forces of a
/// classification loss are known relative to themselves: in the place of |ρ_k| + max |y|, Σ_i |c_i f_i| (1 + |m_i|).
#[derive(Debug)]
pub(super) struct GrossForces {
    plus: Vec<f64>,
    minus: Vec<f64>,
}

impl GrossForces {
    /// At the start of the series.
    pub(super) fn new(flow: &Flow<'_>) -> Self {
        let (series, kinks) = (&flow.series, &flow.kinks);
        let side = |rho: &[f64], sums: &[Sums], gross: usize| -> Vec<f64> {
            if kinks.loss != Loss::Square {
                let gross = series.forces.gross[gross].iter();
                return gross
                    .zip(&kinks.norms)
                    .map(|(gross, norm)| gross * norm)
                    .collect();
            }
            let terms = rho.iter().zip(sums).zip(&kinks.norms);
            terms
                .map(|((rho, sums), norm)| {
                    let felt = f64::from(u8::from(sums.squares > 0.0));
                    felt * (rho.abs() + flow.label_scale) * norm
                })
                .collect()
        };
        Self {
            plus: side(&series.plus[0], &kinks.plus, 0),
            minus: side(&series.minus[0], &kinks.minus, 1),
        }
    }

    /// The sum over the sides neuron j is on or slides on; where it is on the other side, times |γ|.
    pub(super) fn on(&self, flow: &Flow<'_>, j: usize) -> f64 {
        let row = j * self.plus.len()..(j + 1) * self.plus.len();
        let pattern = &flow.pattern;
        let mut sum = 0.0;
        in_vectors!(flow.arch, {
            sum = masked_sum(&self.plus, &pattern.plus[row.clone()]);
            if flow.kinks.two_sided {
                sum += masked_sum(&self.minus, &pattern.minus[row.clone()]);
            }
        });
        let sliding = pattern.sliding[j].kinks.iter();
        sum + sliding.map(|k| self.plus[*k] + self.minus[*k]).sum::<f64>()
    }
}

/// Σ_k |mask_k| numbers_k.
#[inline(always)]
fn masked_sum(numbers: &[f64], mask: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (blocks, rest) = numbers.as_chunks::<LANES>();
    let (masks, rest_masks) = mask.as_chunks::<LANES>();
    for (numbers, masks) in blocks.iter().zip(masks) {
        for lane in 0..LANES {
            lanes[lane] += masks[lane].abs() * numbers[lane];
        }
    }
    let rest = rest
        .iter()
        .zip(rest_masks)
        .map(|(number, mask)| mask.abs() * number);
    lanes.iter().sum::<f64>() + rest.sum::<f64>()
}

/// A bound from below of u in [0, limit], kink by kink, infinite where the neuron slides, with u signed to be positive on the
/// neuron's side: from its first coefficients, and from the size of the others, ‖x_k‖ `rest`.
#[inline(always)]
fn clearance(
    clear: &mut [f64],
    signs: &[f64],
    first: [&[f64]; VALUES],
    norms: &[f64],
    limit: f64,
    rest: f64,
) {
    let rest = rest * (1.0 + 1e-12);
    let [value, slope, second, third] = first;
    let terms = value.iter().zip(slope).zip(second.iter().zip(third));
    for (((clear, sign), norm), ((value, slope), (second, third))) in
        clear.iter_mut().zip(signs).zip(norms).zip(terms)
    {
        let fall = |c: f64| if sign * c < 0.0 { sign * c } else { 0.0 };
        let fall = (fall(*slope) + (fall(*second) + fall(*third) * limit) * limit) * limit;
        let bound = sign * value + fall - rest * norm;
        *clear = if *sign == 0.0 { f64::INFINITY } else { bound };
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
