//! Ends a run: its numbers at the end, and its verdict.

use super::{Ending, Journal, NOTHING, loss_alone};
use crate::field::{Real, VectorField, split_state};
use crate::flow::point::Point;
use crate::flow::{End, Events, Solution};
use crate::{Budget, Criterion, Verdict};

impl Journal {
    /// Closes the book at the last point entered. `mean_tail`: take μ(t_∞) as the mean over the last steps.
    pub fn close<T: Real>(
        mut self,
        field: &mut dyn VectorField<T>,
        point: Point<'_, T>,
        mean_tail: bool,
    ) -> Solution {
        let (time, tau) = self.clock.at(field, point);
        if self.is_forward(time, tau) {
            self.write(field, point);
        }
        let lost = self.gauges.lost(field, point.state);
        let speed = field.squared_speed(point.velocity);
        let end = End {
            time,
            initial_loss: self.initial_loss,
            loss: self.clock.loss(loss_alone(field, point)),
            criterion: self.limits.success.criterion,
            success_time: self.success_time,
            success_times: None,
            decided_by: None,
            mu_end: if mean_tail && self.tail.len() > 1 {
                self.tail_curvature()
            } else {
                self.curvature_now(speed, field.neurons(), point.loss)
            },
            mu_avg: self.average_curvature(time, point.loss),
            balance_drift: self.balance_drift(time, point.state),
            lost: lost.len(),
            energy_defect: (!mean_tail).then(|| self.energy_defect.relative()),
        };
        let gradient_norm = self.model.gradient_norm(point.velocity, field.neurons());
        let gradient_norm = match self.clock.far {
            Some(far) => gradient_norm * far.loss(point.loss),
            None => gradient_norm,
        };
        let model = field.model();
        let final_here = model.activation.is_relu() && model.decay().is_none();
        let lost = if lost.is_empty() || final_here && nobody_returns(field, point.state, &lost) {
            lost
        } else {
            Vec::new()
        };
        let verdict = self.verdict(lost, gradient_norm, &end);
        Solution {
            verdict,
            end,
            counts: self.counts,
            trajectory: self.trajectory,
            path: self.path,
            network: field.read_network(point.state),
            events: Events::default(),
            linear: None,
        }
    }

    /// `lost`: the examples that no correct neuron is active on and that none can come back to.
    fn verdict(&self, lost: Vec<usize>, gradient_norm: f64, end: &End) -> Verdict {
        let End { time, loss, .. } = *end;
        let criterion = self.limits.success.criterion;
        let rests = |relative_decrease, largest_move| Verdict::Stationary {
            loss,
            gradient_norm,
            relative_decrease,
            largest_move,
        };
        match (self.ending.unwrap_or(Ending::Interrupted), self.success_time) {
            (Ending::NotFinite, _) => Verdict::NotFinite { time },
            (Ending::Diverged, _) => Verdict::Diverged { time, loss },
            // In the trap every sign is right, which is not yet interpolation if the flow rests there.
            (
                Ending::AtRest {
                    relative_decrease,
                    largest_move,
                },
                Some(_),
            ) if matches!(criterion, Criterion::Trap | Criterion::Separating)
                && loss > NOTHING * self.limits.success.level =>
            {
                rests(relative_decrease, largest_move)
            }
            (_, Some(time)) if criterion == Criterion::Separating => Verdict::Separating { time, loss },
            (_, Some(time)) => Verdict::Interpolating {
                criterion,
                time,
                loss,
            },
            // At the floor of rounding, L is 0 as far as it can be told.
            (Ending::Rounding, None) if criterion != Criterion::Impossible => Verdict::Interpolating {
                criterion: Criterion::Rounding,
                time,
                loss,
            },
            (Ending::Interrupted, None) => Verdict::Interrupted { time, loss },
            (Ending::AtRest { .. } | Ending::Budget(_), None) if !lost.is_empty() => {
                Verdict::LostExamples { examples: lost, loss }
            }
            (
                Ending::AtRest {
                    relative_decrease,
                    largest_move,
                },
                None,
            ) => rests(relative_decrease, largest_move),
            (Ending::Rounding, None) => rests(0.0, 0.0),
            (Ending::Level | Ending::Success, None) => Verdict::OutOfBudget {
                budget: Budget::Loss,
                loss,
            },
            (Ending::Budget(budget), None) => Verdict::OutOfBudget { budget, loss },
        }
    }

    /// The mean of 2(L_k − L_{k+1})/((L_k + L_{k+1}) Δt) over the last steps.
    fn tail_curvature(&self) -> f64 {
        let pairs = self.tail.iter().zip(self.tail.iter().skip(1));
        let sum: f64 = pairs
            .map(|(a, b)| 2.0 * (a.1 - b.1) / ((a.1 + b.1) * (b.0 - a.0)))
            .sum();
        sum / (self.tail.len() - 1) as f64
    }
}

/// Relative rounding of balances: a start with η_w a_j² = η_a ‖w_j‖² counts as one that keeps its signs.
const ROUNDING_OF_BALANCE: f64 = 1e-9;

/// Whether a proof is at hand that no neuron will ever be correctly active on these examples, which have none now.
///
/// A neuron of the wrong sign keeps it if η_w a_j² ≥ η_a ‖w_j‖² (Lemma 1, with rates). One that is active nowhere never moves, and on orthogonal inputs one that is
/// not active on an example never will be. If every neuron is one or the other for every example of `lost`, nobody returns.
fn nobody_returns<T: Real>(field: &mut dyn VectorField<T>, state: &[T], lost: &[usize]) -> bool {
    let (p, m) = (field.neurons(), field.hidden_coordinates());
    let (hidden, output) = split_state(state, p);
    let n = field.labels().len();
    let mut table = vec![0.0; p * n];
    let known = field.preactivations(state, &mut table);
    let rates = field.model().rates();
    let orthogonal = field.is_orthogonal();
    let labels = field.labels();
    let mut row = vec![0.0; m];
    (0..p).all(|j| {
        for (wide, w) in row.iter_mut().zip(&hidden[j * m..]) {
            *wide = w.to_f64();
        }
        let a = output[j].to_f64();
        let squares = row.iter().map(|w| w * w).sum::<f64>();
        let keeps_its_sign = rates.hidden * a * a >= rates.output * squares * (1.0 - ROUNDING_OF_BALANCE);
        let is_kept_wrong = |i: usize| keeps_its_sign && a * labels[i].to_f64() < 0.0;
        let is_inactive = |i: usize| match known {
            true => table[j * n + i] <= 0.0,
            false => field.input_product(&row, i) <= 0.0,
        };
        if orthogonal {
            lost.iter().all(|i| is_kept_wrong(*i) || is_inactive(*i))
        } else {
            lost.iter().all(|i| is_kept_wrong(*i)) || (0..n).all(is_inactive)
        }
    })
}
