//! The accuracy `checked`: a verdict that three accuracies agree on, or the exact flow's, or *undecided*.
//!
//! The default and the careful flow run first. Their verdict stands where both succeed at times that agree to 20 %, or both do not. Otherwise a strict flow
//! runs, with three tenths of the careful flow's tolerances and steps. The careful flow's verdict stands where the strict one agrees with it, and
//! after success agrees to 30 % in its time. What is left goes to the exact flow, and so does a careful run whose energy defect is above 10: there all
//! steps average over sliding neurons, and may agree and be wrong. So does every small start in two coordinates: neurons gather there in a few
//! directions, where they slide, and the accuracies agreed and were wrong in a fifth of draws (docs/small-starts.md). Where the exact
//! flow cannot be asked, since n·p is above 5000 or weights decay, the verdict is *undecided*.
//!
//! Why the time is compared: of the wrong verdicts that two accuracies agree on, false successes come at times further apart
//! (docs/choosing-a-method.md).

use super::{Accuracy, DecidedBy, Exact, Flow, Method, Observer, Problem, Solution};
use crate::error::Result;
use crate::model::Activation;
use crate::observe::Record;
use crate::{Budget, Criterion, Network, Verdict};

/// Largest n·p that the exact flow is asked to decide.
pub const MAX_EXACT: usize = 5000;
/// Largest |log| of the ratio of the default's and the careful flow's times of success at which no third run is asked.
const SAME_TIME: f64 = 0.2;
/// The same of the careful and the strict flow, at which the exact flow is not asked.
const CONFIRMED_TIME: f64 = 0.3;
/// The strict flow's tolerances and steps, relative to the careful flow's.
const STRICT: f64 = 0.3;
/// Tolerance of the exact flow: at 10⁻⁹ its times are known to 10⁻⁶ (docs/kinks.md), for three quarters of the evaluations. At 10⁻⁷ a long way of sliding
/// neurons was another one.
const EXACT_TOLERANCE: f64 = 1e-9;
/// Energy defect of the careful run above which no steps are believed.
const MAX_CAREFUL_DEFECT: f64 = 10.0;

/// Root mean square of the weights below which a start is small.
const SMALL_START: f64 = 0.03;
/// Coordinates, a bias among them, in which neurons of a small start gather.
const FEW_COORDINATES: usize = 2;

/// Whether the neurons of a start gather in so few directions that no steps can be trusted: the activation has a kink, the weights are small, below
/// 0.03 in root mean square, and the neurons have two coordinates or one.
pub fn neurons_may_gather(activation: Activation, network: &Network) -> bool {
    let (hidden, output) = (network.hidden_weights(), network.output_weights());
    let squares: f64 = hidden.iter().chain(output).map(|weight| weight * weight).sum();
    let count = (hidden.len() + output.len()) as f64;
    let has_kink = activation.slope() < 1.0;
    has_kink && network.dimension() <= FEW_COORDINATES && squares < SMALL_START * SMALL_START * count
}

/// Runs the default accuracy and the careful one; where these leave doubt, a strict one; where doubt remains, the exact flow for n·p ≤ 5000.
///
/// The solution is that of the careful run, or of the exact one where it decides. Counts are those of all runs together;
/// [`End::success_times`](super::End::success_times) are the times of the first two, and [`End::decided_by`](super::End::decided_by) says
/// whose verdict it is.
pub(super) fn solve(problem: &Problem<'_>, flow: Flow) -> Result<Solution> {
    let at = |accuracy| Flow { accuracy, ..flow };
    let standard = unseen(problem, at(Accuracy::Standard))?;
    if is_interrupted(&standard) {
        return Ok(standard);
    }
    let careful = Problem {
        method: Method::Flow(at(Accuracy::Careful)),
        ..problem.clone()
    }
    .solve()?;
    let times = times(&standard, &careful);
    if is_decided_elsewhere(&careful) {
        return Ok(together(careful, &[&standard], times));
    }
    let pairs = problem.dataset.examples() * problem.network.neurons();
    let exact = Method::Exact(Exact {
        tolerance: EXACT_TOLERANCE,
        ..Exact::default()
    });
    let can_be_exact = pairs <= MAX_EXACT && exact.needs(&problem.model).is_ok();
    let gathers = neurons_may_gather(problem.model.activation, problem.network);
    if is_plain(&standard, &careful) && !gathers {
        return Ok(decided(
            DecidedBy::Agreement,
            together(careful, &[&standard], times),
        ));
    }
    let mut others = vec![&standard];
    let strict;
    if !slides_badly(&careful) && !gathers {
        strict = unseen(problem, strict_flow(flow))?;
        if is_interrupted(&strict) {
            return Ok(together(strict, &[&standard, &careful], times));
        }
        others.push(&strict);
        if agree(&careful, &strict, CONFIRMED_TIME) {
            return Ok(decided(DecidedBy::StrictRun, together(careful, &others, times)));
        }
    }
    if can_be_exact {
        let exact = Problem {
            method: exact,
            ..problem.clone()
        }
        .solve()?;
        others.push(&careful);
        let by = DecidedBy::ExactFlow;
        let is_whole = !is_interrupted(&exact);
        let solution = together(exact, &others, times);
        return Ok(if is_whole { decided(by, solution) } else { solution });
    }
    let word = |solution: &Solution| solution.verdict.kind().to_owned();
    let verdict = Verdict::Undecided {
        standard: word(&standard),
        careful: word(&careful),
        strict: others.get(1).map(|strict| word(strict)),
        loss: careful.end.loss,
    };
    let mut solution = together(careful.clone(), &others, times);
    solution.verdict = verdict;
    Ok(solution)
}

/// A run that nobody watches.
fn unseen(problem: &Problem<'_>, flow: Flow) -> Result<Solution> {
    Problem {
        method: Method::Flow(flow),
        record: Record::default(),
        observer: Observer::default(),
        ..problem.clone()
    }
    .solve()
}

/// The careful flow with [`STRICT`] times its tolerances and steps.
fn strict_flow(flow: Flow) -> Flow {
    let careful = Accuracy::Careful.tolerances();
    let of = |chosen: Option<f64>, preset: f64| Some(STRICT * chosen.unwrap_or(preset));
    Flow {
        accuracy: Accuracy::Careful,
        tolerance: of(flow.tolerance, careful.tolerance),
        fall: of(flow.fall, careful.fall),
        margin: of(flow.margin, careful.margin),
        first_step: of(flow.first_step, careful.first_step),
        step_growth: of(flow.step_growth, careful.step_growth),
        ..flow
    }
}

fn is_interrupted(solution: &Solution) -> bool {
    matches!(solution.verdict, Verdict::Interrupted { .. })
}

/// Whether the caller ended the run, or no network can succeed.
fn is_decided_elsewhere(careful: &Solution) -> bool {
    let by_observer = matches!(
        careful.verdict,
        Verdict::OutOfBudget {
            budget: Budget::Observer,
            ..
        }
    );
    by_observer || is_interrupted(careful) || careful.end.criterion == Criterion::Impossible
}

/// Whether both succeed at one time or neither does, and neurons hardly slide.
fn is_plain(standard: &Solution, careful: &Solution) -> bool {
    agree(standard, careful, SAME_TIME) && !slides_badly(careful)
}

/// Whether two runs succeed at times whose logarithms differ by `apart` at most, or neither succeeds.
fn agree(one: &Solution, other: &Solution, apart: f64) -> bool {
    match (one.verdict.converged(), other.verdict.converged()) {
        (true, true) => times(one, other).is_some_and(|(a, b)| a == b || (a / b).ln().abs() <= apart),
        (one, other) => one == other,
    }
}

fn slides_badly(careful: &Solution) -> bool {
    let defect = careful.end.energy_defect;
    defect.is_some_and(|defect| defect > MAX_CAREFUL_DEFECT)
}

/// A solution with the counts of the `others` added, and the times of the default and the careful run.
fn together(mut solution: Solution, others: &[&Solution], times: Option<(f64, f64)>) -> Solution {
    solution.end.success_times = times;
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

/// The solution, with whose verdict it is.
fn decided(by: DecidedBy, mut solution: Solution) -> Solution {
    solution.end.decided_by = Some(by);
    solution
}

fn times(one: &Solution, other: &Solution) -> Option<(f64, f64)> {
    one.end.success_time.zip(other.end.success_time)
}
