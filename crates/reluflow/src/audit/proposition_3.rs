//! Runs the flow of Proposition 3's example: did the output layer collapse?

use serde::Serialize;

use crate::error::{Error, Result};
use crate::theory::proposition_3::Example;
use crate::{Method, Problem, Stops};

/// What became of one λ.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outcome {
    /// Whether example 1 was lost.
    pub collapsed: bool,
    /// L at the end of the run.
    pub loss: f64,
    /// When it ended.
    pub time: f64,
}

/// The time after which an outcome must have been decided: the slowest rates, near the boundary, are of order
/// 1/10.
const PATIENCE: f64 = 2000.0;

/// Runs the flow for one λ until it has passed the trap far below, or has come to rest above.
///
/// # Errors
/// As [`Problem::solve`].
pub fn outcome(lambda: f64, example: &Example, method: Method) -> Result<Outcome> {
    let (dataset, network) = example.problem(lambda)?;
    let mut problem = Problem::new(&dataset, &network, method);
    problem.stops = Stops {
        loss: Some(1e-6 * dataset.trap_level()),
        time: Some(PATIENCE),
        ..Stops::default()
    };
    let solution = problem.solve()?;
    let alive = solution
        .network
        .hidden_weights()
        .column(0)
        .iter()
        .any(|v| *v > 0.0);
    Ok(Outcome {
        collapsed: !alive && solution.end.success_time.is_none(),
        loss: solution.end.loss,
        time: solution.end.time,
    })
}

/// The λ between `low` (no collapse) and `high` (collapse) at which the outcome changes, to `width`.
///
/// # Errors
/// When the outcome at `low` is a collapse or that at `high` none.
pub fn boundary(
    (mut low, mut high): (f64, f64),
    width: f64,
    example: &Example,
    method: Method,
) -> Result<(f64, f64)> {
    let ends = (
        outcome(low, example, method)?.collapsed,
        outcome(high, example, method)?.collapsed,
    );
    if ends != (false, true) {
        return Err(Error::out_of_range(
            "λ at the ends of the bisection",
            "no collapse at the lower, a collapse at the upper",
            format!("{} at {low}, {} at {high}", ends.0, ends.1),
        ));
    }
    while high - low > width {
        let middle = 0.5 * (low + high);
        if outcome(middle, example, method)?.collapsed {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok((low, high))
}
