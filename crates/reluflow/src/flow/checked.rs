//! The accuracy `checked`: a verdict that two accuracies agree on, or the exact flow's, or *undecided*.

use super::{Accuracy, Exact, Flow, Method, Observer, Problem, Solution};
use crate::error::Result;
use crate::observe::Record;
use crate::{Budget, Verdict};

/// Largest n·p that the exact flow is asked to decide.
pub(super) const MAX_EXACT: usize = 5000;

/// Runs the default accuracy, then the careful one; where their verdicts differ in success, or neurons slide along kinks for most
/// of the way ([`End::slides`](super::End::slides)), the exact flow for n·p ≤ 5000.
///
/// The solution is that of the careful run, or of the exact one where it decides. Counts are those of all runs together;
/// [`End::success_times`](super::End::success_times) are the times of the first two.
pub(super) fn solve(problem: &Problem<'_>, flow: Flow) -> Result<Solution> {
    let with = |accuracy| Method::Flow(Flow { accuracy, ..flow });
    let standard = Problem {
        method: with(Accuracy::Standard),
        record: Record::default(),
        observer: Observer::default(),
        ..problem.clone()
    }
    .solve()?;
    if matches!(standard.verdict, Verdict::Interrupted { .. }) {
        return Ok(standard);
    }
    let careful = Problem {
        method: with(Accuracy::Careful),
        ..problem.clone()
    }
    .solve()?;
    let decided_elsewhere = matches!(
        careful.verdict,
        Verdict::Interrupted { .. }
            | Verdict::OutOfBudget {
                budget: Budget::Observer,
                ..
            }
    );
    let agree = standard.verdict.converged() == careful.verdict.converged();
    if decided_elsewhere || agree && !standard.end.slides() && !careful.end.slides() {
        return Ok(together(careful, &[&standard], &standard));
    }
    let pairs = problem.dataset.examples() * problem.network.neurons();
    let exact = Method::Exact(Exact::default());
    if pairs <= MAX_EXACT && exact.needs(&problem.model).is_ok() {
        let exact = Problem {
            method: exact,
            ..problem.clone()
        }
        .solve()?;
        let times = times(&standard, &careful);
        let mut solution = together(exact, &[&standard, &careful], &standard);
        solution.end.success_times = times;
        return Ok(solution);
    }
    let verdict = Verdict::Undecided {
        standard: standard.verdict.kind().to_owned(),
        careful: careful.verdict.kind().to_owned(),
        loss: careful.end.loss,
    };
    let mut solution = together(careful, &[&standard], &standard);
    solution.verdict = verdict;
    Ok(solution)
}

/// A solution with the counts of the `others` added and the times of the default and its own.
fn together(mut solution: Solution, others: &[&Solution], standard: &Solution) -> Solution {
    solution.end.success_times = times(standard, &solution);
    for other in others {
        let (sum, more) = (&mut solution.counts, other.counts);
        sum.steps += more.steps;
        sum.rejected += more.rejected;
        sum.evaluations += more.evaluations;
        sum.observations += more.observations;
        sum.events += more.events;
        sum.branches += more.branches;
    }
    solution
}

fn times(standard: &Solution, careful: &Solution) -> Option<(f64, f64)> {
    standard.end.success_time.zip(careful.end.success_time)
}
