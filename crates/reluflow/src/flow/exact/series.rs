//! Expands the flow with a frozen pattern in a Taylor series, coefficient by coefficient.
//!
//! With the sides of all kinks frozen the field is polynomial,
//!
//! ```text
//! z_j = a_j w_j        h_k = (1/p) Σ_j σ'_jk ⟨z_j, x_k⟩        ρ_k = Y_k − C_k h_k, or Σ c_i f_i(c_i h_k) (`forces`)
//! g_j = Σ_k σ'_jk ρ_k x_k        dw_j/dt = η_w s a_j P_j g_j        da_j/dt = η_a s ⟨w_j, P_j g_j⟩
//! ```
//!
//! with s = 1/n (times a unit of time), σ'_jk = 1 or γ, and P_j the projection off the normals j slides on; products of series are
//! Cauchy products. One coefficient costs one evaluation of the field, 4pd·count flops, and O(k p d).

use pulp::Arch;

use super::bernstein::{MAX_DEGREE, horner};
use super::forces::Forces;
use super::kinks::Kinks;
use super::pattern::{Pattern, Side};
use super::sweeps::{
    Known, add_gated, blend, cauchy_product, evaluate, gate, integrate, spread, sum_gated, sum_gated_products,
};
use crate::linear::{dot, max_abs, sum};
use crate::model::Loss;
use crate::vectors::in_vectors;

/// Coefficients of ⟨w_j, x_k⟩ that are kept for the search for kinks.
pub(super) const VALUES: usize = 4;

/// The state: the weights and the time they are at.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// t.
    pub(super) time: f64,
    /// W, p × d.
    pub(super) hidden: Vec<f64>,
    /// a, p.
    pub(super) output: Vec<f64>,
}

/// Taylor coefficients of everything that moves; index k is the coefficient of τ^k.
#[derive(Debug, Clone)]
pub(super) struct Series {
    /// Highest coefficient known of `hidden` and `output`; the others are known to one less.
    pub(super) order: usize,
    /// Of W, each p × d.
    pub(super) hidden: Vec<Vec<f64>>,
    /// Of a, each p.
    pub(super) output: Vec<Vec<f64>>,
    /// Of a, every a_j as often as w_j has entries, each p × d.
    spread: Vec<Vec<f64>>,
    /// One of a_j w_j, then one of the terms of ⟨w_j, P_j g_j⟩, p × d.
    product: Vec<f64>,
    /// Of P_j g_j, each p × d.
    pull: Vec<Vec<f64>>,
    /// Of the summed forces Σ c_i f_i of the plus sides, each count.
    pub(super) plus: Vec<Vec<f64>>,
    /// Of the summed forces of the minus sides, each count.
    pub(super) minus: Vec<Vec<f64>>,
    /// Of plus + γ minus, what a neuron on the plus side of a kink is pulled with; of a ReLU network not kept.
    above: Vec<Vec<f64>>,
    /// Of minus + γ plus, what one on the minus side is pulled with; of a ReLU network not kept.
    below: Vec<Vec<f64>>,
    /// Of h at the normals, as seen from the plus and from the minus side; of the square loss not kept.
    outputs: [Vec<Vec<f64>>; 2],
    /// Of the forces of a classification loss.
    pub(super) forces: Forces,
    /// Of what the kinks add to hold neuron j, each |S_j|; per neuron, then per coefficient.
    pub(super) holding: Vec<Vec<Vec<f64>>>,
    /// ⟨w_j, x_k⟩ of the first [`VALUES`] coefficients, p × count each, as far as the order goes.
    pub(super) values: Vec<Vec<f64>>,
    /// Of a neuron's weights, the largest entry, each p; empty where not asked for yet.
    sizes: Vec<Vec<f64>>,
    table: Vec<f64>,
    arch: Arch,
}

impl Series {
    /// Room for series of a network of p neurons.
    pub(super) fn new(kinks: &Kinks, neurons: usize, order: usize) -> Self {
        debug_assert!(order <= MAX_DEGREE, "order above what roots are isolated for");
        let room = |size: usize| vec![vec![0.0; size]; order + 1];
        let if_needed = |needed: bool| room(if needed { kinks.count() } else { 0 });
        let (leaky, curved) = (kinks.slope != 0.0, kinks.loss != Loss::Square);
        Self {
            order: 0,
            hidden: room(neurons * kinks.dimension),
            output: room(neurons),
            spread: room(neurons * kinks.dimension),
            product: vec![0.0; neurons * kinks.dimension],
            pull: room(neurons * kinks.dimension),
            plus: room(kinks.count()),
            minus: room(kinks.count()),
            above: if_needed(leaky),
            below: if_needed(leaky),
            outputs: [if_needed(curved), if_needed(curved)],
            forces: Forces::new(kinks, order),
            holding: vec![vec![Vec::new(); order + 1]; neurons],
            values: vec![vec![0.0; neurons * kinks.count()]; VALUES.min(order)],
            sizes: vec![Vec::with_capacity(neurons); order + 1],
            table: vec![0.0; neurons * kinks.count()],
            arch: Arch::new(),
        }
    }

    /// Starts a series at a state.
    pub(super) fn start(&mut self, state: &State) {
        self.order = 0;
        self.hidden[0].copy_from_slice(&state.hidden);
        self.output[0].copy_from_slice(&state.output);
        let d = state.hidden.len() / state.output.len().max(1);
        spread(&mut self.spread[0], d.max(1), &state.output);
        self.sizes.iter_mut().for_each(Vec::clear);
    }

    /// The largest entry of coefficient k of a neuron's weights in units of its largest weight, over all neurons.
    pub(super) fn largest(&mut self, k: usize, d: usize) -> f64 {
        self.measure(0, d);
        self.measure(k, d);
        let pairs = self.sizes[k].iter().zip(&self.sizes[0]);
        pairs
            .filter(|(size, _)| **size > 0.0)
            .map(|(size, weights)| size / weights)
            .fold(0.0, f64::max)
    }

    /// Finds the largest entries of coefficient k, once.
    fn measure(&mut self, k: usize, d: usize) {
        let (sizes, hidden, output) = (&mut self.sizes[k], &self.hidden[k], &self.output[k]);
        if sizes.is_empty() {
            in_vectors!(self.arch, {
                let rows = hidden.chunks_exact(d.max(1)).zip(output);
                sizes.extend(rows.map(|(row, output)| max_abs(row).max(output.abs())));
            });
        }
    }

    /// Computes one more coefficient. One evaluation. `pace`: what n times the field is multiplied by.
    pub(super) fn extend(&mut self, kinks: &Kinks, pattern: &Pattern, pace: f64) {
        let (k, d) = (self.order, kinks.dimension);
        let p = self.output[0].len();
        let arch = self.arch;
        if let Some(values) = self.values.get_mut(k) {
            kinks.across.multiply(&self.hidden[k], values);
        } else {
            let (product, hidden, output) = (&mut self.product, &self.hidden, &self.spread);
            in_vectors!(arch, cauchy_product(product, &hidden[..=k], &output[..=k]));
            kinks.across.multiply(product, &mut self.table);
        }
        self.sum_outputs(kinks, pattern, k, p);
        let (table, plus, minus) = (&mut self.table, &self.plus[k], &self.minus[k]);
        in_vectors!(arch, {
            gate(table, &pattern.plus, plus);
            if kinks.two_sided {
                add_gated(table, &pattern.minus, minus);
            }
        });
        let mut pull = std::mem::take(&mut self.pull[k]);
        kinks.along.multiply(&self.table, &mut pull);
        let holding = &mut self.holding;
        in_vectors!(arch, {
            let neurons = pattern.sliding.iter().zip(holding.iter_mut());
            for (pull, (sliding, holding)) in pull.chunks_exact_mut(d).zip(neurons) {
                if !sliding.kinks.is_empty() {
                    sliding.hold(pull, &mut holding[k]);
                }
            }
        });
        self.pull[k] = pull;
        self.integrate(k, d, [pace * kinks.rates.hidden, pace * kinks.rates.output]);
        self.order = k + 1;
    }

    /// h of both sides from the table of ⟨z_j, x_k⟩, or from those of ⟨w_j, x_k⟩ where they are kept, then their summed forces.
    fn sum_outputs(&mut self, kinks: &Kinks, pattern: &Pattern, k: usize, p: usize) {
        let inverse = 1.0 / p as f64;
        let mut sides = [
            (&mut self.plus[k], &pattern.plus, &kinks.plus),
            (&mut self.minus[k], &pattern.minus, &kinks.minus),
        ];
        let used = 1 + usize::from(kinks.two_sided);
        let (table, values, output) = (&self.table, &self.values, &self.output);
        for (rho, mask, sums) in &mut sides[..used] {
            in_vectors!(
                self.arch,
                match values.get(..=k) {
                    Some(values) => sum_gated_products(rho, mask, values, &output[..=k]),
                    None => sum_gated(rho, table, mask),
                }
            );
            if kinks.loss != Loss::Square {
                rho.iter_mut().for_each(|h| *h *= inverse);
                continue;
            }
            for (rho, sums) in rho.iter_mut().zip(sums.iter()) {
                let labels = if k == 0 { sums.labels } else { 0.0 };
                *rho = labels - sums.squares * *rho * inverse;
            }
        }
        let (plus, minus) = (&mut self.plus[k], &mut self.minus[k]);
        if kinks.loss != Loss::Square {
            let [from_plus, from_minus] = &mut self.outputs;
            from_plus[k].copy_from_slice(plus);
            from_minus[k].copy_from_slice(minus);
            self.forces.extend(kinks, k, [plus, minus]);
        }
        if kinks.slope != 0.0 {
            blend(&mut self.above[k], plus, kinks.slope, minus);
            blend(&mut self.below[k], minus, kinks.slope, plus);
        }
    }

    /// The series of what a neuron on a side of a kink is pulled with.
    pub(super) fn pull_on(&self, kinks: &Kinks, side: Side) -> &[Vec<f64>] {
        match (side == Side::Plus, kinks.slope == 0.0) {
            (true, true) => &self.plus,
            (true, false) => &self.above,
            (false, true) => &self.minus,
            (false, false) => &self.below,
        }
    }

    /// w_{k+1} and a_{k+1} from the coefficients up to k.
    fn integrate(&mut self, k: usize, d: usize, paces: [f64; 2]) {
        let [scale, scale_output] = paces.map(|pace| pace / (k + 1) as f64);
        let (hidden, next) = self.hidden.split_at_mut(k + 1);
        let (next, next_output) = (&mut next[0], &mut self.output[k + 1]);
        let (known, next_spread) = self.spread.split_at_mut(k + 1);
        let (next_spread, terms) = (&mut next_spread[0], &mut self.product);
        let known = Known {
            output: known,
            hidden,
            pull: &self.pull[..=k],
        };
        in_vectors!(self.arch, {
            integrate(next, scale, terms, known);
            for (next, terms) in next_output.iter_mut().zip(terms.chunks_exact(d.max(1))) {
                *next = scale_output * sum(terms);
            }
            spread(next_spread, d.max(1), next_output);
        });
    }

    /// The weights at τ.
    pub(super) fn at(&self, tau: f64, hidden: &mut [f64], output: &mut [f64]) {
        in_vectors!(self.arch, {
            evaluate(&self.hidden[..=self.order], tau, hidden);
            evaluate(&self.output[..=self.order], tau, output);
        });
    }

    /// dw_j/dt at τ.
    pub(super) fn hidden_velocity(&self, j: usize, d: usize, tau: f64) -> Vec<f64> {
        (j * d..(j + 1) * d)
            .map(|at| horner(&self.coefficients(&self.hidden, at, self.order), tau).1)
            .collect()
    }

    /// The forces at τ.
    pub(super) fn acting(&self, kinks: &Kinks, tau: f64) -> Acting {
        let at = |of: &[Vec<f64>]| {
            if tau == 0.0 {
                return of[0].clone();
            }
            let mut values = vec![0.0; of[0].len()];
            in_vectors!(self.arch, evaluate(&of[..self.order], tau, &mut values));
            values
        };
        if kinks.loss == Loss::Square {
            return Acting {
                plus: at(&self.plus),
                minus: if kinks.two_sided {
                    at(&self.minus)
                } else {
                    vec![0.0; kinks.count()]
                },
                outputs: [Vec::new(), Vec::new()],
            };
        }
        Acting::of_outputs(kinks, [at(&self.outputs[0]), at(&self.outputs[1])])
    }

    /// n dL/dt from the first two coefficients.
    pub(super) fn loss_slope(&self, kinks: &Kinks) -> f64 {
        if kinks.loss != Loss::Square {
            let side = |side: usize, force: &[f64]| dot(force, &self.outputs[side][1]);
            return -(side(0, &self.plus[0]) + side(1, &self.minus[0]));
        }
        let side = |rho: &[Vec<f64>], sums: &[super::kinks::Sums]| -> f64 {
            let terms = rho[0].iter().zip(&rho[1]).zip(sums);
            terms
                .filter(|(_, sums)| sums.squares > 0.0)
                .map(|((rho, slope), sums)| rho * slope / sums.squares)
                .sum()
        };
        side(&self.plus, &kinks.plus) + side(&self.minus, &kinks.minus)
    }

    /// One entry's coefficients, 0 to `order`.
    pub(super) fn coefficients(&self, of: &[Vec<f64>], entry: usize, order: usize) -> Vec<f64> {
        of[..=order].iter().map(|values| values[entry]).collect()
    }
}

/// What acts at a moment.
#[derive(Debug, Clone)]
pub(super) struct Acting {
    /// Summed forces Σ c_i f_i of the plus sides.
    pub(super) plus: Vec<f64>,
    /// Summed forces of the minus sides.
    pub(super) minus: Vec<f64>,
    /// h at the normals, as seen from both sides; of the square loss not kept, since the forces tell it.
    pub(super) outputs: [Vec<f64>; 2],
}

impl Acting {
    /// The forces of a classification loss where h at the normals is this.
    fn of_outputs(kinks: &Kinks, outputs: [Vec<f64>; 2]) -> Self {
        let mut sums = [vec![0.0; kinks.count()], vec![0.0; kinks.count()]];
        for example in &kinks.multiples {
            let h = example.multiple * outputs[example.side()][example.kink];
            sums[example.side()][example.kink] += example.multiple * kinks.loss.force(h, example.label);
        }
        let [plus, minus] = sums;
        Self { plus, minus, outputs }
    }
}
