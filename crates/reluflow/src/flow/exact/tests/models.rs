//! The other models: two tolerances, the laws, small steps of gradient descent, closed forms.

use super::*;
use crate::model::{Activation, Loss, Model, Rates};

/// Every combination without decay.
fn models() -> Vec<Model> {
    let mut models = Vec::new();
    for loss in [Loss::Square, Loss::Logistic, Loss::Exponential] {
        for slope in [0.0, 0.1, 0.5, 1.0, -1.0] {
            for (hidden, output) in [(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (2.0, 0.3)] {
                models.push(Model {
                    activation: Activation::Leaky(slope),
                    loss,
                    rates: Some(Rates { hidden, output }),
                    ..Model::default()
                });
            }
        }
    }
    models
}

/// The paper's draws with labels of absolute value 1: |a_j| > ‖w_j‖ for rates (1, 1), so that no output weight passes 0 there.
fn signs(n: usize, d: usize, p: usize, index: u64) -> (Dataset, Network) {
    let (data, network) = draw(n, d, p, index);
    let labels = data.labels().mapv(f64::signum);
    (Dataset::new(data.inputs().to_owned(), labels).unwrap(), network)
}

fn solve(model: &Model, data: &Dataset, network: &Network, method: Method, time: f64) -> Solution {
    let mut problem = Problem::new(data, network, method);
    problem.model = *model;
    problem.stops = until(time);
    problem.solve().unwrap()
}

fn at(tolerance: f64) -> Method {
    Method::Exact(Exact {
        tolerance,
        ..Exact::default()
    })
}

/// Tolerances 10⁻¹³ and 10⁻¹¹ give one state; L falls as dissipation says, balances stay, sliding pairs stay on their kinks; and
/// gradient descent comes to the same state in proportion to its rate, factor 10, unless the flow is not unique.
#[test]
fn every_model_at_two_tolerances_by_its_laws_and_beside_small_steps() {
    let mut compared = 0;
    for (index, model) in models().into_iter().enumerate() {
        for (n, d, p) in [(8, 5, 6), (12, 8, 6)] {
            let (data, network) = signs(n, d, p, index as u64);
            let fine = solve(&model, &data, &network, at(1e-13), 6.0);
            let loose = solve(&model, &data, &network, at(1e-11), 6.0);
            let gap = distance(&fine.network, &loose.network);
            assert!(
                gap < 1e-7,
                "{model}, ({n}, {d}, {p}): tolerances differ by {gap:e}"
            );
            assert_checks_of(&fine, &model);
            if model.rates().hidden == 0.0 {
                assert_eq!(fine.counts.events, 0, "{model}: no preactivation moves");
            }
            if fine.counts.branches > 0 {
                continue;
            }
            compared += 1;
            let error = |rate| {
                let euler = solve(&model, &data, &network, descent(rate), 6.0);
                distance(&euler.network, &fine.network)
            };
            let (coarse, fine) = (error(2e-3), error(2e-4));
            assert!(
                (4.0..25.0).contains(&(coarse / fine)) && fine < 2e-3,
                "{model}, ({n}, {d}, {p}): {coarse:e} {fine:e}"
            );
        }
    }
    assert!(compared > 100, "only {compared} of 120 are free of branch points");
}

fn assert_checks_of(solution: &Solution, model: &Model) {
    let checks = &solution.events.checks;
    // Forces of a classification are exponentials: a few roundings more than differences.
    assert!(checks.loss_rise <= 1e-14, "{model}: {checks:?}");
    assert!(checks.dissipation_defect <= 1e-11, "{model}: {checks:?}");
    assert!(checks.sliding_offset <= 1e-14, "{model}: {checks:?}");
    assert!(
        solution.end.balance_drift < 1e-11,
        "{model}: balances drift by {}",
        solution.end.balance_drift
    );
}
