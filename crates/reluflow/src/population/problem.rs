//! States a problem on the population loss and solves it.

use super::field::PopulationField;
use super::flow::Run;
use super::settings::{PopulationStops, check_method, check_model, check_record};
use super::solution::PopulationSolution;
use super::span::Coordinates;
use super::teacher::Teacher;
use crate::error::{Error, Result};
use crate::flow::Interrupt;
use crate::model::Model;
use crate::observe::Record;
use crate::{Method, Network};

/// A flow on the population loss to be computed.
///
/// ```
/// use ndarray::array;
/// use reluflow::Network;
/// use reluflow::population::{PopulationProblem, Teacher};
/// let teacher = Teacher::new(array![[1.0, 0.0]], array![1.0]).unwrap();
/// let start = Network::new(array![[0.2, 0.5]], array![1.0]).unwrap();
/// let solution = PopulationProblem::new(&teacher, &start).solve().unwrap();
/// assert!(solution.verdict.is_global());
/// assert_eq!(solution.end.found, 1);
/// ```
#[derive(Debug, Clone)]
pub struct PopulationProblem<'a> {
    /// What is to be learnt.
    pub teacher: &'a Teacher,
    /// The network at time 0.
    pub network: &'a Network,
    /// Whose flow it is: the square loss, any activation and rates, without decay.
    pub model: Model,
    /// The flow, by an explicit pair (Tsitouras 5(4) and a tolerance of 10⁻⁸ unless said), or gradient descent.
    pub method: Method,
    /// When to stop.
    pub stops: PopulationStops,
    /// When to write a row.
    pub record: Record,
    /// Set by another thread to end the run early.
    pub interrupt: Interrupt,
}

impl<'a> PopulationProblem<'a> {
    /// The flow of the paper's model to a stationary point, without rows.
    pub fn new(teacher: &'a Teacher, network: &'a Network) -> Self {
        Self {
            teacher,
            network,
            model: Model::PAPER,
            method: Method::default(),
            stops: PopulationStops::default(),
            record: Record::default(),
            interrupt: Interrupt::default(),
        }
    }

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
