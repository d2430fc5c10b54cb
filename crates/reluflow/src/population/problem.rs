//! States a problem on the population loss.

use super::settings::PopulationStops;
use super::teacher::Teacher;
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
}
