//! Carries stops, methods and solutions of the population loss between a paper's units and ours.

use super::overlaps::Overlaps;
use super::settings::PopulationStops;
use super::solution::PopulationSolution;
use crate::error::{Error, Result, as_written};
use crate::{LossScaling, Scaling, Units};

impl Units {
    /// Refuses a loss that is a sum over examples: a population has none.
    ///
    /// # Errors
    /// For the loss scalings `half-sum` and `sum`.
    pub fn needs_no_examples(self) -> Result<()> {
        match self.loss {
            LossScaling::HalfMean | LossScaling::Mean => Ok(()),
            _ => {
                let expected = "half-mean (½ E r²) or mean (E r²) on the population loss, which is no sum";
                Err(Error::out_of_range("units.loss", expected, as_written(self.loss)))
            }
        }
    }

    /// √p where weights are unscaled: what norms of gradients are multiplied with, besides the loss.
    fn weights(self, neurons: usize) -> f64 {
        match self.scaling {
            Scaling::MeanField => 1.0,
            Scaling::Unscaled => (neurons as f64).sqrt(),
        }
    }

    /// Stops of the population loss written in these units, in ours.
    pub fn population_stops(self, stops: &PopulationStops, neurons: usize) -> PopulationStops {
        let factor = self.loss.factor(1);
        PopulationStops {
            loss: stops.loss / factor,
            gradient_norm: stops.gradient_norm / (factor * self.weights(neurons)),
            time: stops.time.map(|time| factor * time),
            ..*stops
        }
    }

    /// A solution of ours in these units: weights, overlaps, times, losses, norms of gradients and eigenvalues.
    ///
    /// Eigenvalues are those of ∇²L in unscaled units and of p ∇²L in ours: one matrix, up to the loss's factor.
    pub fn population_solution(self, mut solution: PopulationSolution) -> PopulationSolution {
        let factor = self.loss.factor(1);
        let root = self.weights(solution.network.neurons());
        if factor == 1.0 && root == 1.0 {
            return solution;
        }
        let overlaps = |overlaps: &mut Overlaps| {
            overlaps.students /= root * root;
            overlaps.teachers /= root;
        };
        solution.verdict = solution.verdict.scaled([factor, factor * root, factor]);
        let end = &mut solution.end;
        end.time /= factor;
        end.initial_loss *= factor;
        end.loss *= factor;
        end.gradient_norm *= factor * root;
        end.mu *= factor;
        end.curvature = end.curvature.map(|curvature| curvature.scaled(factor));
        if let Some(finish) = &mut end.finish {
            finish.time /= factor;
            finish.gradient_norm *= factor * root;
            finish.distance /= root;
        }
        for row in &mut solution.rows {
            row.time /= factor;
            row.loss *= factor;
            row.gradient_norm *= factor * root;
            overlaps(&mut row.overlaps);
            row.output_weights.iter_mut().for_each(|a| *a /= root);
        }
        overlaps(&mut solution.overlaps);
        solution.network = self.scaling.restored(&solution.network);
        solution
    }
}
