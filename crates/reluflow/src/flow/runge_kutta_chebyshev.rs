//! Runge–Kutta–Chebyshev: explicit methods whose stability interval grows with the square of their stages.
//!
//! | family | order | embedded order | stages | first-same-as-last | stability interval | source |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | RKC, order 1, damping ε = 0.02 | 1 | by ΔF | s | yes, s evaluations a step | (2 − 4ε/3) s² | van der Houwen, Sommeijer 1980 |
//! | RKC, order 2, damping ε = 2/13 | 2 | by ΔF | s ≥ 2 | yes, s evaluations a step | 0.65 (s² − 1) | Sommeijer, Shampine, Verwer 1998 |
//!
//! The flow's Jacobian is, up to a part of the size of the residuals, −(1/n) times a matrix with the eigenvalues
//! of M: symmetric and negative, which is what these methods are for. Order 1 is the better of the two here,
//! because steps are limited at the kinks, where order 2 buys nothing.

use super::drift::Leading;
use super::frozen_forces::{self, FrozenForces, Lengths};
use super::stage::Stage;
use super::stepper::{Advance, Stepper};
use crate::aligned::Aligned;
use crate::field::VectorField;
use crate::linear::squared_norm;

/// The two members of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    First,
    Second,
}

/// w of a step with frozen forces: somewhat less than ½, because κ is that of the steps before.
const WEIGHT_OF_ONE_STAGE: f64 = 0.35;
/// Largest hλ of the neurons that step with frozen forces beside stiff ones.
const NOT_STIFF: f64 = 0.3;

/// Damping of the stability polynomial, ε: the interval shrinks a little, the polynomial stays below 1 − O(ε).
const DAMPING_FIRST: f64 = 0.02;
const DAMPING_SECOND: f64 = 2.0 / 13.0;

/// A Runge–Kutta–Chebyshev stepper with room for its stages.
#[derive(Debug)]
pub(super) struct RungeKuttaChebyshev {
    order: Order,
    most_stages: usize,
    /// Y_{j−2}, over which Y_j is written; Y_{j−1} is the target's state. After a step of one stage: the velocity at its
    /// end if the forces stayed the same.
    before: Aligned<f64>,
    chebyshev: Vec<Chebyshev>,
    /// β(s) for s = 0, 1, …: the length of the stability interval.
    intervals: Vec<f64>,
    forces: FrozenForces,
    /// ‖XᵀX‖_op/(np): the spectral radius that a neuron with ‖θ_j‖² = 1 has alone, at most.
    radius_of_square: f64,
    /// ‖θ_j‖² and j, in order.
    sizes: Vec<(f64, usize)>,
    /// The neurons that took a step with frozen forces while the others took one of many stages.
    frozen: Vec<usize>,
    /// κ_j of every neuron's force over the last step, where that was one of one stage.
    decays: Vec<f64>,
    /// Length and stages of the last step.
    last: (f64, usize),
}

/// T_j, T_j' and T_j'' at w_0.
#[derive(Debug, Clone, Copy, Default)]
struct Chebyshev {
    value: f64,
    first: f64,
    second: f64,
}

impl RungeKuttaChebyshev {
    pub(super) fn new(
        order: Order,
        most_stages: usize,
        (neurons, length): (usize, usize),
        forces: FrozenForces,
        radius_of_square: f64,
    ) -> Self {
        let mut stepper = Self {
            order,
            most_stages,
            before: Aligned::zeros(length),
            chebyshev: Vec::with_capacity(most_stages + 1),
            intervals: vec![0.0; most_stages + 1],
            forces,
            radius_of_square,
            sizes: Vec::with_capacity(neurons),
            frozen: Vec::with_capacity(neurons),
            decays: Vec::with_capacity(neurons),
            last: (0.0, 1),
        };
        for s in stepper.fewest_stages()..=most_stages {
            let (w0, w1) = stepper.tabulate(s);
            stepper.intervals[s] = (w0 + 1.0) / w1;
        }
        stepper
    }

    fn fewest_stages(&self) -> usize {
        match self.order {
            Order::First => 1,
            Order::Second => 2,
        }
    }

    fn damping(&self) -> f64 {
        match self.order {
            Order::First => DAMPING_FIRST,
            Order::Second => DAMPING_SECOND,
        }
    }

    /// Tabulates T_0, …, T_s at w_0 = 1 + ε/s² and returns (w_0, w_1).
    fn tabulate(&mut self, s: usize) -> (f64, f64) {
        let w0 = 1.0 + self.damping() / (s * s) as f64;
        let table = &mut self.chebyshev;
        table.clear();
        table.push(Chebyshev {
            value: 1.0,
            first: 0.0,
            second: 0.0,
        });
        table.push(Chebyshev {
            value: w0,
            first: 1.0,
            second: 0.0,
        });
        for j in 2..=s {
            let (a, b) = (table[j - 1], table[j - 2]);
            table.push(Chebyshev {
                value: 2.0 * w0 * a.value - b.value,
                first: 2.0 * a.value + 2.0 * w0 * a.first - b.first,
                second: 4.0 * a.first + 2.0 * w0 * a.second - b.second,
            });
        }
        let top = table[s];
        let w1 = match self.order {
            Order::First => top.value / top.first,
            Order::Second => top.first / top.second,
        };
        (w0, w1)
    }

    /// The fewest stages that are stable for a step h at spectral radius `radius`.
    pub(super) fn stages(&self, h: f64, radius: f64) -> usize {
        (self.fewest_stages()..self.most_stages)
            .find(|s| self.intervals[*s] >= h * radius)
            .unwrap_or(self.most_stages)
    }

    /// c of the stability polynomial 1 + z + c z² + … of order 1, tabulated for s stages.
    fn quadratic(&self, s: usize) -> f64 {
        let top = self.chebyshev[s];
        top.second * top.value / (2.0 * top.first * top.first)
    }

    /// Chooses the neurons that step with frozen forces: the smallest, as many as are not stiff in a step of h.
    ///
    /// Alone, these have a spectral radius of at most ‖XᵀX‖_op/(np) Σ_j ‖θ_j‖². They grow by themselves, and of that a step of
    /// order 1 with many stages sees too little.
    fn choose_frozen(&mut self, from: &Stage, h: f64, neurons: usize) {
        if self.order == Order::Second || !self.forces.rotate() {
            return;
        }
        let m = from.state.len() / neurons - 1;
        let square =
            |j: usize| squared_norm(&from.state[j * m..(j + 1) * m]) + from.state[neurons * m + j].powi(2);
        self.sizes.clear();
        self.sizes.extend((0..neurons).map(|j| (square(j), j)));
        self.sizes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut left = NOT_STIFF / (h * self.radius_of_square);
        for (square, j) in &self.sizes {
            left -= square;
            if left < 0.0 || left.is_nan() {
                break;
            }
            self.frozen.push(*j);
        }
    }

    /// b_j of the recursion; b_0 and b_1 of order 2 are free and taken equal to b_2.
    fn scale(&self, j: usize) -> f64 {
        match self.order {
            Order::First => 1.0 / self.chebyshev[j].value,
            Order::Second => {
                let t = self.chebyshev[j.max(2)];
                t.second / (t.first * t.first)
            }
        }
    }
}

impl Stepper for RungeKuttaChebyshev {
    fn error_exponent(&self) -> f64 {
        match self.order {
            Order::First => 1.0 / 2.0,
            Order::Second => 1.0 / 3.0,
        }
    }

    fn largest_step(&self, radius: f64) -> f64 {
        self.intervals[self.most_stages] / radius
    }

    /// Stages grow as the root of the radius only, while an underestimate costs steps that are rejected or shortened, and
    /// the looks that would mend it. Chosen together with these and the damping: `docs/decisions/flow.md#0001`.
    fn radius_safety(&self) -> f64 {
        1.6
    }

    fn advance(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        to: &mut Stage,
        [length, h]: [f64; 2],
        radius: f64,
    ) -> Advance {
        let s = self.stages(h, radius);
        self.last = (h, s);
        to.time = from.time + length;
        self.frozen.clear();
        if s == 1 {
            let lengths = Lengths {
                whole: length,
                part: 1.0 - h / length,
                decays: &self.decays,
            };
            self.forces
                .step(from, lengths, field.neurons(), &mut to.state, &mut self.before);
            return Advance {
                known: None,
                evaluations: 0,
            };
        }
        let (w0, w1) = self.tabulate(s);
        let first_weight = match self.order {
            Order::First => w1 / w0,
            Order::Second => self.scale(1) * w1,
        };
        self.before.copy_from_slice(&from.state);
        for ((y, y0), f0) in to.state.iter_mut().zip(&from.state).zip(&from.velocity) {
            *y = y0 + first_weight * h * f0;
        }
        let mut known = None;
        for j in 2..=s {
            let (b, b1, b2) = (self.scale(j), self.scale(j - 1), self.scale(j - 2));
            let (mu, nu) = (2.0 * w0 * b / b1, -b / b2);
            let slope_weight = 2.0 * w1 * b / b1 * h;
            let factors = [mu, nu, slope_weight];
            let follows = known.is_some();
            known = field.combine(&to.state, &mut self.before, &mut to.velocity, factors, follows);
            std::mem::swap(&mut self.before, &mut to.state);
            if self.order == Order::Second {
                let a = 1.0 - b1 * self.chebyshev[j - 1].value;
                let (start_weight, start_slope) = (1.0 - mu - nu, -a * slope_weight);
                let start = from.state.iter().zip(&from.velocity);
                for (y, (y0, f0)) in to.state.iter_mut().zip(start) {
                    *y += start_weight * y0 + start_slope * f0;
                }
                known = None; // what was known of the state is not true of what it became
            }
        }
        let neurons = field.neurons();
        self.choose_frozen(from, length, neurons);
        if !self.frozen.is_empty() {
            known = None;
            self.forces.step_some(
                from,
                length,
                neurons,
                &self.frozen,
                &mut to.state,
                &mut self.before,
            );
        }
        Advance {
            known,
            evaluations: s as u64 - 1,
        }
    }

    fn leading_error(&mut self, from: &Stage, to: &Stage, neurons: usize) -> Leading {
        let (h, s) = self.last;
        if s == 1 {
            frozen_forces::force_decays(to, h, neurons, &self.before, &mut self.decays);
        } else {
            self.decays.clear();
        }
        match self.order {
            _ if s == 1 => Leading {
                weight: WEIGHT_OF_ONE_STAGE,
                known: 0.5 * (squared_norm(&self.before) / squared_norm(&from.velocity)).ln() / h,
            },
            Order::First => Leading {
                weight: 0.5 - self.quadratic(s),
                known: 0.0,
            },
            Order::Second => Leading {
                weight: 0.0,
                known: 0.0,
            },
        }
    }

    fn restart(&mut self) {
        self.decays.clear();
    }

    fn local_error(&self, from: &Stage, to: &Stage, error: &mut [f64]) {
        let (h, s) = self.last;
        let slopes = from.velocity.iter().zip(&to.velocity);
        match self.order {
            // What the forces' change over the step would have added.
            _ if s == 1 => {
                for ((error, v), predicted) in error.iter_mut().zip(&to.velocity).zip(&self.before) {
                    *error = 0.5 * h * (v - predicted);
                }
            }
            // The stability polynomial is 1 + z + c z² + …, the exponential 1 + z + z²/2 + …, and hΔF ≈ z² θ.
            Order::First => {
                let c = self.quadratic(s);
                for (error, (f0, f1)) in error.iter_mut().zip(slopes) {
                    *error = (0.5 - c) * h * (f1 - f0);
                }
                let neurons = self.sizes.len();
                frozen_forces::defect(to, h, neurons, &self.frozen, &self.before, error);
            }
            // (4/5)(θ_0 − θ_1) + (2/5) h (F_0 + F_1), as in the source.
            Order::Second => {
                let states = from.state.iter().zip(&to.state);
                for (error, ((y0, y1), (f0, f1))) in error.iter_mut().zip(states.zip(slopes)) {
                    *error = 0.8 * (y0 - y1) + 0.4 * h * (f0 + f1);
                }
            }
        }
    }
}
