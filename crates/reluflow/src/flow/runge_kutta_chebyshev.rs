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

use super::adaptive::{Attempt, Stepper};
use super::stage::Stage;
use crate::aligned::Aligned;
use crate::field::VectorField;
use crate::linear::squared_distance;

/// The two members of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    First,
    Second,
}

/// Damping of the stability polynomial, ε: the interval shrinks a little, the polynomial stays below 1 − O(ε).
const DAMPING_FIRST: f64 = 0.02;
const DAMPING_SECOND: f64 = 2.0 / 13.0;

/// A Runge–Kutta–Chebyshev stepper with room for its stages.
#[derive(Debug)]
pub(super) struct RungeKuttaChebyshev {
    order: Order,
    most_stages: usize,
    /// Y_{j−2}, over which Y_j is written; Y_{j−1} is the target's state.
    before: Aligned<f64>,
    chebyshev: Vec<Chebyshev>,
    /// β(s) for s = 0, 1, …: the length of the stability interval.
    intervals: Vec<f64>,
}

/// T_j, T_j' and T_j'' at w_0.
#[derive(Debug, Clone, Copy, Default)]
struct Chebyshev {
    value: f64,
    first: f64,
    second: f64,
}

impl RungeKuttaChebyshev {
    pub(super) fn new(order: Order, most_stages: usize, length: usize) -> Self {
        let mut stepper = Self {
            order,
            most_stages,
            before: Aligned::zeros(length),
            chebyshev: Vec::with_capacity(most_stages + 1),
            intervals: vec![0.0; most_stages + 1],
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
    fn stages(&self, h: f64, radius: f64) -> usize {
        (self.fewest_stages()..self.most_stages)
            .find(|s| self.intervals[*s] >= h * radius)
            .unwrap_or(self.most_stages)
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
    /// the looks that would mend it. Chosen together with these and the damping: `docs/decisions/0001`.
    fn radius_safety(&self) -> f64 {
        1.6
    }

    fn attempt(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        to: &mut Stage,
        h: f64,
        radius: f64,
    ) -> Attempt {
        let s = self.stages(h, radius);
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
        to.time = from.time + h;
        match known {
            Some(loss) => to.evaluate_there(field, loss),
            None => to.evaluate(field),
        }
        Attempt {
            error: self.error(from, to, h, s),
            evaluations: s as u64,
        }
    }
}

impl RungeKuttaChebyshev {
    /// The local error in ‖·‖, from the change of the velocity over the step.
    fn error(&self, from: &Stage, to: &Stage, h: f64, s: usize) -> f64 {
        match self.order {
            // The stability polynomial is 1 + z + c z² + …, the exponential 1 + z + z²/2 + …, and hΔF ≈ z² θ.
            Order::First => {
                let top = self.chebyshev[s];
                let c = top.second * top.value / (2.0 * top.first * top.first);
                (0.5 - c) * h * squared_distance(&to.velocity, &from.velocity).sqrt()
            }
            // (4/5)(θ_0 − θ_1) + (2/5) h (F_0 + F_1), as in the source.
            Order::Second => {
                let states = from.state.iter().zip(&to.state);
                let slopes = from.velocity.iter().zip(&to.velocity);
                let sum: f64 = states
                    .zip(slopes)
                    .map(|((y0, y1), (f0, f1))| (0.8 * (y0 - y1) + 0.4 * h * (f0 + f1)).powi(2))
                    .sum();
                sum.sqrt()
            }
        }
    }
}
