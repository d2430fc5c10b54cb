//! Checks a problem on the population loss and runs it, in the span of teacher and start.

use super::field::PopulationField;
use super::flow::Run;
use super::problem::PopulationProblem;
use super::settings::{check_method, check_model, check_record};
use super::solution::PopulationSolution;
use super::span::Coordinates;
use crate::error::{Error, Result};

impl PopulationProblem<'_> {
    /// Runs it.
    ///
    /// # Errors
    /// When network and teacher do not fit, or a parameter is out of range. How the run *ended* is no error: see
    /// [`PopulationSolution::verdict`].
    pub fn solve(&self) -> Result<PopulationSolution> {
        let (d, found) = (self.teacher.dimension(), self.network.dimension());
        if d != found {
            return Err(Error::Shape {
                array: "hidden weights",
                expected: (self.network.neurons(), d),
                found: (self.network.neurons(), found),
            });
        }
        check_model(&self.model)?;
        check_method(&self.method)?;
        self.stops.check()?;
        check_record(&self.record)?;
        let start = self.network.hidden_weights();
        let coordinates = Coordinates::new(self.teacher.hidden_weights(), start);
        let field = PopulationField::new(
            (self.model.activation, self.model.rates()),
            self.network.neurons(),
            coordinates.count(),
            coordinates.of(self.teacher.hidden_weights()),
            self.teacher.output_weights().to_vec(),
        );
        let mut state = coordinates.of(start);
        state.extend(self.network.output_weights());
        Ok(Run::new(self, coordinates, field, state).solve())
    }
}
