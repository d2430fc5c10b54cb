//! Shows the caller every row as it is written, with the network then, and asks whether to go on.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::Network;
use crate::observe::Row;

type Look = dyn Fn(&Row, &Network) -> ControlFlow<()> + Send + Sync;

/// A look at the run at the times of its record; the run ends after the step in which it breaks.
///
/// Nothing is called between rows, and without an observer nothing is spent. With one, every row costs a copy of
/// the network, O(pd).
///
/// ```
/// use std::ops::ControlFlow;
/// use ndarray::array;
/// use reluflow::flow::{GradientDescent, Observer};
/// use reluflow::{Budget, Dataset, Method, Network, Problem, Stops, Verdict, observe::When};
///
/// let data = Dataset::new(array![[1.0]], array![1.0]).unwrap();
/// let start = Network::new(array![[0.3], [0.1]], array![-0.5, 0.1]).unwrap();
/// let method = Method::GradientDescent(GradientDescent { learning_rate: 0.1, ..Default::default() });
/// let mut problem = Problem::new(&data, &start, method);
/// problem.stops = Stops { steps: Some(100), ..Stops::default() };
/// problem.record.when = When::Every(1);
/// problem.observer = Observer::new(|row, network| {
///     assert_eq!(network.neurons(), 2);
///     if row.step == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
/// });
/// let solution = problem.solve().unwrap();
/// assert_eq!(solution.counts.steps, 3);
/// assert!(matches!(solution.verdict, Verdict::OutOfBudget { budget: Budget::Observer, .. }));
/// ```
#[derive(Clone, Default)]
pub struct Observer(Option<Arc<Look>>);

impl Observer {
    /// An observer that calls a function.
    pub fn new(look: impl Fn(&Row, &Network) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(look)))
    }

    /// Whether the observer asks to stop; `network` is only called where somebody looks.
    pub(super) fn breaks(&self, row: &Row, network: impl FnOnce() -> Network) -> bool {
        self.0
            .as_ref()
            .is_some_and(|look| look(row, &network()).is_break())
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Observer(…)"
        } else {
            "Observer(none)"
        })
    }
}
