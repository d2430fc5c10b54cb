//! Gives a run its verdict.

use super::{Ending, Run};
use crate::population::solution::{PopulationEnd, PopulationSolution};
use crate::population::verdict::{Curvature, PopulationVerdict};

impl Run<'_> {
    /// The curvature at the end of a run that came to rest, where it is known.
    fn stationary_curvature(&mut self, ending: &Ending) -> Option<Curvature> {
        if !matches!(ending, Ending::Stationary) {
            return None;
        }
        if self.curvature.is_none() {
            self.knows_curvature();
        }
        self.curvature
    }

    pub(super) fn close(mut self, ending: &Ending) -> PopulationSolution {
        if self
            .rows
            .last()
            .is_none_or(|row| row.time < self.time || self.finish.is_some())
        {
            self.write_here();
        }
        let (time, loss, gradient_norm) = (self.time, self.loss, self.gradient_norm);
        let curvature = self.stationary_curvature(ending);
        let verdict = match (ending, curvature) {
            (Ending::Level, _) => PopulationVerdict::Global { loss, gradient_norm },
            (Ending::Stationary, _) if loss < self.problem.stops.loss => {
                PopulationVerdict::Global { loss, gradient_norm }
            }
            (Ending::Stationary, Some(curvature)) if curvature.least < -curvature.error => {
                PopulationVerdict::Saddle {
                    loss,
                    gradient_norm,
                    curvature,
                }
            }
            (Ending::Stationary, Some(curvature)) => PopulationVerdict::Spurious {
                loss,
                gradient_norm,
                curvature,
            },
            (Ending::Budget(budget), _) => PopulationVerdict::OutOfBudget {
                budget: *budget,
                loss,
                gradient_norm,
            },
            (Ending::Diverged, _) => PopulationVerdict::Diverged { time, loss },
            (Ending::Interrupted, _) => PopulationVerdict::Interrupted { time, loss },
            _ => PopulationVerdict::NotFinite { time },
        };
        let network = self.network(&self.state);
        let (overlaps, found) = PopulationSolution::look(&network, self.problem.teacher);
        PopulationSolution {
            verdict,
            end: PopulationEnd {
                time,
                initial_loss: self.initial_loss,
                loss,
                gradient_norm,
                mu: self.field.dissipation(&self.velocity) / loss,
                curvature,
                found,
                finish: self.finish.map(|(finish, _)| finish),
            },
            counts: self.counts,
            network,
            overlaps,
            rows: self.rows,
        }
    }
}
