//! Embedded explicit Runge–Kutta pairs with first-same-as-last, driven by a tableau.

use std::iter::once;

use super::stage::Stage;
use super::stepper::{Advance, Stepper};
use crate::field::VectorField;

/// The coefficients of a pair.
#[derive(Debug)]
pub(crate) struct Tableau {
    /// Order of the embedded solution.
    pub(super) embedded_order: u32,
    /// Row i holds a_{i+1,1}, …; the last row is b, for the last stage lies at the end of the step.
    pub(super) rows: &'static [&'static [f64]],
    /// b − b̂, the last stage included.
    pub(super) error: &'static [f64],
    /// The stability interval on the negative real axis.
    pub(super) interval: f64,
}

/// A pair with room for its stages.
#[derive(Debug)]
pub(crate) struct ExplicitPair {
    tableau: &'static Tableau,
    /// k_2, …, of all stages but the first and the last, which are the ends' velocities.
    slopes: Vec<Vec<f64>>,
    /// Length of the last step.
    last: f64,
}

impl ExplicitPair {
    pub(crate) fn new(tableau: &'static Tableau, length: usize) -> Self {
        Self {
            tableau,
            slopes: vec![vec![0.0; length]; tableau.rows.len() - 1],
            last: 0.0,
        }
    }

    /// 1/(order of the embedded solution + 1).
    pub(crate) fn exponent(&self) -> f64 {
        1.0 / f64::from(self.tableau.embedded_order + 1)
    }

    /// Steps by h from `state`, where the velocity is `first`, into `out`; returns evaluations spent, without one at its end.
    pub(crate) fn step(
        &mut self,
        mut velocity: impl FnMut(&[f64], &mut [f64]),
        (state, first): (&[f64], &[f64]),
        h: f64,
        out: &mut [f64],
    ) -> u64 {
        for (i, row) in self.tableau.rows.iter().enumerate() {
            self.combine(state, first, row.iter().map(|a| h * a), out);
            if let Some(slope) = self.slopes.get_mut(i) {
                velocity(out, slope);
            }
        }
        self.last = h;
        self.slopes.len() as u64
    }

    /// The local error of the last step, between whose ends the velocity went from `first` to `last`.
    pub(crate) fn error(&self, first: &[f64], last: &[f64], error: &mut [f64]) {
        let weights = self.tableau.error;
        for (error, (first, last)) in error.iter_mut().zip(first.iter().zip(last)) {
            *error = self.last * (weights[0] * first + weights[weights.len() - 1] * last);
        }
        for (slope, weight) in self.slopes.iter().zip(&weights[1..]) {
            for (error, k) in error.iter_mut().zip(slope) {
                *error += self.last * weight * k;
            }
        }
    }

    /// out = state + Σ_i weight_i k_i over as many stages as there are weights.
    fn combine(&self, state: &[f64], first: &[f64], weights: impl Iterator<Item = f64>, out: &mut [f64]) {
        out.copy_from_slice(state);
        let stages = once(first).chain(self.slopes.iter().map(Vec::as_slice));
        for (slope, weight) in stages.zip(weights) {
            for (y, k) in out.iter_mut().zip(slope) {
                *y += weight * k;
            }
        }
    }
}

impl Stepper for ExplicitPair {
    fn error_exponent(&self) -> f64 {
        self.exponent()
    }

    fn largest_step(&self, radius: f64) -> f64 {
        self.tableau.interval / radius
    }

    fn advance(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        to: &mut Stage,
        [h, _]: [f64; 2],
        _radius: f64,
    ) -> Advance {
        let velocity = |state: &[f64], slope: &mut [f64]| {
            field.velocity(state, slope);
        };
        let evaluations = self.step(velocity, (&from.state, &from.velocity), h, &mut to.state);
        to.time = from.time + h;
        Advance {
            known: None,
            evaluations,
        }
    }

    fn local_error(&self, from: &Stage, to: &Stage, error: &mut [f64]) {
        self.error(&from.velocity, &to.velocity, error);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Nodes c_i = Σ_j a_ij of the stages 1, …, s − 1 and the last one.
    fn nodes(tableau: &Tableau) -> Vec<f64> {
        std::iter::once(0.0)
            .chain(tableau.rows.iter().map(|row| row.iter().sum()))
            .collect()
    }

    /// Σ_i b_i φ_i for the elementary weights of all rooted trees up to order 5 that occur here.
    pub(crate) fn order_defects(tableau: &Tableau, weights: &[f64], order: u32) -> Vec<(&'static str, f64)> {
        let c = nodes(tableau);
        let apply = |v: &[f64]| -> Vec<f64> {
            std::iter::once(0.0)
                .chain(
                    tableau
                        .rows
                        .iter()
                        .map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum()),
                )
                .collect()
        };
        let power = |k: i32| c.iter().map(|c| c.powi(k)).collect::<Vec<_>>();
        let times = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>();
        let sum = |v: &[f64]| weights.iter().zip(v).map(|(b, v)| b * v).sum::<f64>();
        let ac = apply(&c);
        let ac2 = apply(&power(2));
        let aac = apply(&ac);
        let conditions: Vec<(u32, &'static str, f64, f64)> = vec![
            (1, "1", sum(&power(0)), 1.0),
            (2, "c", sum(&c), 1.0 / 2.0),
            (3, "c²", sum(&power(2)), 1.0 / 3.0),
            (3, "Ac", sum(&ac), 1.0 / 6.0),
            (4, "c³", sum(&power(3)), 1.0 / 4.0),
            (4, "c·Ac", sum(&times(&c, &ac)), 1.0 / 8.0),
            (4, "Ac²", sum(&ac2), 1.0 / 12.0),
            (4, "AAc", sum(&aac), 1.0 / 24.0),
            (5, "c⁴", sum(&power(4)), 1.0 / 5.0),
            (5, "c²·Ac", sum(&times(&power(2), &ac)), 1.0 / 10.0),
            (5, "Ac·Ac", sum(&times(&ac, &ac)), 1.0 / 20.0),
            (5, "c·Ac²", sum(&times(&c, &ac2)), 1.0 / 15.0),
            (5, "c·AAc", sum(&times(&c, &aac)), 1.0 / 30.0),
            (5, "Ac³", sum(&apply(&power(3))), 1.0 / 20.0),
            (5, "A(c·Ac)", sum(&apply(&times(&c, &ac))), 1.0 / 40.0),
            (5, "AAc²", sum(&apply(&ac2)), 1.0 / 60.0),
            (5, "AAAc", sum(&apply(&aac)), 1.0 / 120.0),
        ];
        conditions
            .into_iter()
            .filter(|(tree_order, ..)| *tree_order <= order)
            .map(|(_, name, found, exact)| (name, found - exact))
            .collect()
    }

    /// Both solutions of a pair satisfy all order conditions up to their orders, and no more of the embedded.
    pub(crate) fn check_tableau(tableau: &Tableau, order: u32) {
        let b: Vec<f64> = tableau.rows[tableau.rows.len() - 1]
            .iter()
            .copied()
            .chain(std::iter::once(0.0))
            .collect();
        let embedded: Vec<f64> = b.iter().zip(tableau.error).map(|(b, e)| b - e).collect();
        for (weights, order) in [(&b, order), (&embedded, tableau.embedded_order)] {
            for (tree, defect) in order_defects(tableau, weights, order) {
                assert!(defect.abs() < 1e-12, "order {order}, tree {tree}: {defect:e}");
            }
            let next = order_defects(tableau, weights, order + 1);
            assert!(
                order == 5 || next.iter().any(|(_, defect)| defect.abs() > 1e-4),
                "order above {order}"
            );
        }
    }
}
