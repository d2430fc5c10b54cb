//! Finds the gates that the flow moves with at a network: where a neuron is held on a kink, the multipliers of its slide.
//!
//! Off the kinks σ'(u_ji) = 1_ji. On them dw_j/dt is the element of least norm between the sides: with convex kinks T_j (those whose
//! sides push against each other) and their multipliers λ in the box,
//!
//! ```text
//! dw_j/dt = (a_j/n) ( Σ_{active} r_i x_i + Σ_{i∈T_j} λ_i r_i x_i ),    λ = argmin ‖dw_j/dt‖ over [0, 1]^T_j
//! ```
//!
//! On a concave kink, whose sides do not hold it, the neuron is on the minus side unless that pushes it across. Inputs on one line
//! through 0 share a kink: λ is the gate of those on its plus side, 1 − λ of those on the other.

use ndarray::{Array2, ArrayView1};

use crate::linear::{add_scaled, dot, least_norm, norm};
use crate::{Dataset, Network};

/// |⟨w, x⟩| of at most this share of ‖w‖‖x‖ is on the kink: what the exact flow leaves of a slide is some roundings.
const TOUCHING: f64 = 1e-13;
/// A push of less than this share of what cancels in it has no sign.
const NO_SIGN: f64 = 1e-12;
/// Coordinates of two directions that differ by less are the same.
const PARALLEL: f64 = 1e-14;

/// The gates σ'(u_ji) of the velocity, p × n, and who slides.
#[derive(Debug, Clone)]
pub(crate) struct Gates {
    /// σ'(u_ji), p × n: 0, 1, or the multiplier of a slide.
    pub(crate) table: Array2<f64>,
    /// How many kinks neurons slide on, one by one: 0 where all gates are those of the signs.
    pub(crate) slides: usize,
    /// Whether one of those has examples on both its sides.
    pub(crate) two_sided: bool,
}

/// Examples a neuron touches the kink of, on one line through 0: each with whether it is on the first one's side.
struct Touched {
    direction: Vec<f64>,
    examples: Vec<(usize, bool)>,
}

impl Gates {
    /// The gates at a network with preactivations u_ji, p × n, and residuals r_i; in O(np), and a small least-norm problem for each
    /// neuron on a kink.
    pub(crate) fn new(
        dataset: &Dataset,
        network: &Network,
        preactivations: &Array2<f64>,
        residuals: &[f64],
    ) -> Self {
        let mut gates = Self {
            table: preactivations.mapv(|u| f64::from(u8::from(u > 0.0))),
            slides: 0,
            two_sided: false,
        };
        let norms = dataset.input_norms();
        for (j, w) in network.hidden_weights().rows().into_iter().enumerate() {
            let size = w.dot(&w).sqrt();
            let on = |(u, length): (&f64, &f64)| *length > 0.0 && u.abs() <= TOUCHING * size * length;
            let row = preactivations.row(j);
            let pairs = row.iter().zip(&norms).map(on).enumerate();
            let touching: Vec<usize> = pairs.filter(|(_, on)| *on).map(|(i, _)| i).collect();
            // A neuron at 0 is inactive everywhere: it has no side of a kink to slide on.
            if size > 0.0 && !touching.is_empty() {
                gates.slide(dataset, (j, network.output_weights()[j]), &touching, residuals);
            }
        }
        gates
    }

    /// Puts in the multipliers of a neuron that touches some kinks.
    fn slide(&mut self, dataset: &Dataset, (j, a): (usize, f64), touching: &[usize], residuals: &[f64]) {
        let inputs = dataset.inputs();
        let kinks = lines(touching, |i| inputs.row(i));
        // The jump of n·dw_j/dt from a kink's minus to its plus side is the sum of these times the first input's direction: of an
        // opposite input the direction and the sense in which it is switched are both turned round.
        let pull = |i: usize| a * residuals[i] * norm(&inputs.row(i).to_vec());
        let jumps: Vec<f64> = kinks
            .iter()
            .map(|kink| kink.examples.iter().map(|(i, _)| pull(*i)).sum())
            .collect();
        let gross: f64 = (0..residuals.len()).map(|i| pull(i).abs()).sum();
        let mut shares = vec![0.0; kinks.len()];
        for _ in 0..=kinks.len() {
            let velocity = self.least_velocity(dataset, (j, a), (&kinks, &jumps, &mut shares), residuals);
            // A concave kink is crossed where the minus side pushes to the other.
            let onwards = |k: usize| dot(&velocity, &kinks[k].direction);
            let crossed = (0..kinks.len())
                .filter(|&k| jumps[k] >= 0.0 && shares[k] == 0.0 && onwards(k) > NO_SIGN * gross)
                .max_by(|i, k| onwards(*i).total_cmp(&onwards(*k)));
            let Some(crossed) = crossed else { break };
            shares[crossed] = 1.0;
        }
        for (kink, lambda) in kinks.iter().zip(&shares) {
            if *lambda > 0.0 && *lambda < 1.0 {
                self.slides += 1;
                self.two_sided |= kink.examples.iter().any(|(_, same)| !same);
            }
        }
    }

    /// n·dw_j/dt with the convex kinks' λ of least norm, which it writes with the gates; those of the concave ones are given.
    fn least_velocity(
        &mut self,
        dataset: &Dataset,
        (j, a): (usize, f64),
        (kinks, jumps, shares): (&[Touched], &[f64], &mut [f64]),
        residuals: &[f64],
    ) -> Vec<f64> {
        let convex: Vec<usize> = (0..kinks.len()).filter(|k| jumps[*k] < 0.0).collect();
        for &k in &convex {
            shares[k] = 0.0;
        }
        self.put(j, kinks, shares);
        let mut velocity = vec![0.0; dataset.dimension()];
        let rows = dataset.inputs();
        for ((x, gate), r) in rows.rows().into_iter().zip(self.table.row(j)).zip(residuals) {
            add_scaled(&mut velocity, a * r * gate, &x.to_vec());
        }
        let steps: Vec<Vec<f64>> = convex
            .iter()
            .map(|&k| kinks[k].direction.iter().map(|x| jumps[k] * x).collect())
            .collect();
        let (multipliers, _) = least_norm(&velocity, &steps);
        for ((&k, lambda), step) in convex.iter().zip(&multipliers).zip(&steps) {
            shares[k] = *lambda;
            add_scaled(&mut velocity, *lambda, step);
        }
        self.put(j, kinks, shares);
        velocity
    }

    /// Puts in the gates of a neuron on some kinks.
    fn put(&mut self, j: usize, kinks: &[Touched], shares: &[f64]) {
        for (kink, lambda) in kinks.iter().zip(shares) {
            for &(i, same) in &kink.examples {
                self.table[(j, i)] = if same { *lambda } else { 1.0 - lambda };
            }
        }
    }
}

/// The lines through 0 that some examples lie on.
fn lines<'a>(examples: &[usize], input: impl Fn(usize) -> ArrayView1<'a, f64>) -> Vec<Touched> {
    let mut lines: Vec<Touched> = Vec::new();
    for &i in examples {
        let x = input(i).to_vec();
        let length = norm(&x);
        let direction: Vec<f64> = x.iter().map(|x| x / length).collect();
        let is = |other: &[f64], sign: f64| {
            let mut pairs = direction.iter().zip(other);
            pairs.all(|(u, v)| (u - sign * v).abs() <= PARALLEL)
        };
        let known = lines.iter_mut().find_map(|line| {
            let sign = [1.0, -1.0].into_iter().find(|sign| is(&line.direction, *sign))?;
            Some((line, sign > 0.0))
        });
        match known {
            Some((line, same)) => line.examples.push((i, same)),
            None => lines.push(Touched {
                direction,
                examples: vec![(i, true)],
            }),
        }
    }
    lines
}
