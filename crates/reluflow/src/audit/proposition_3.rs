//! Judges Proposition 3 by its own example: does the output layer collapse?

use serde::Serialize;

use super::flow;
use super::row::{Relation::*, Row};
use crate::error::{Error, Result};
use crate::theory::Statement::Proposition3;
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

/// Proposition 3: its own example, whatever the problem.
pub(super) fn judge() -> Result<Vec<Row>> {
    let example = Example::default();
    let heavy = Example {
        ratio: 2.0,
        ..example
    };
    let at = |lambda, example: &_| outcome(lambda, example, flow::orthogonal_method());
    let (far, near, safe) = (at(4.0, &example)?, at(1.5, &example)?, at(4.0, &heavy)?);
    let (low, high) = boundary((1.5, 4.0), 1e-2, &example, flow::orthogonal_method())?;
    let collapses = |outcome: Outcome| f64::from(u8::from(outcome.collapsed));
    Ok(vec![
        Row::judge(
            Proposition3,
            "collapse at λ = 4 (p = 10, m = 0.5, spread 0.2, |a| = 0.05 m)",
            &[],
            collapses(far),
            AtLeast,
            0.5,
        )
        .remark(format!(
            "L = {:.6}; none at 1.5 (L = {:.1e}); boundary in [{low:.3}, {high:.3}]",
            far.loss, near.loss
        )),
        Row::judge(
            Proposition3,
            "collapse at λ = 1.5",
            &[],
            collapses(near),
            AtMost,
            0.5,
        ),
        Row::judge(
            Proposition3,
            "collapse at λ = 4 with |a_j| = 2 m > ‖w_j‖",
            &[],
            collapses(safe),
            AtMost,
            0.5,
        ),
    ])
}
