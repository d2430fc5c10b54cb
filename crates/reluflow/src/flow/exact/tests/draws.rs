//! Random draws: against Euler, against other tolerances, under symmetries.

use ndarray::Array2;

use super::*;
use crate::data::{LabelLaw, Magnitude, Orthogonal};
use crate::observe::{Observable, Record, When};
use crate::{Budget, Verdict};

#[test]
fn euler_comes_closer_in_proportion_to_its_rate() {
    for (n, d, p) in [(12, 6, 8), (16, 8, 8)] {
        for index in 0..3 {
            let (data, network) = draw(n, d, p, index);
            let solution = exact(&data, &network, until(12.0));
            assert_checks(&solution);
            assert!(solution.end.balance_drift < 1e-10);
            let error = |rate| {
                let euler = run(&data, &network, descent(rate), until(12.0));
                distance(&euler.network, &solution.network)
            };
            let (coarse, fine) = (error(2e-3), error(2e-4));
            // Order 1, factor 10; which of the chattering steps is last moves single distances by a third.
            assert!(
                (5.0..20.0).contains(&(coarse / fine)),
                "draw {index} of ({n}, {d}, {p}): {coarse} {fine}"
            );
        }
    }
}

#[test]
fn symmetries_change_nothing() {
    let (data, network) = draw(12, 6, 8, 5);
    let loss = |data: &Dataset, network: &Network| exact(data, network, until(20.0)).end.loss;
    let plain = loss(&data, &network);
    // A thousand roundings: the flow is well conditioned away from branch points.
    let same = |other: f64| assert!((other / plain - 1.0).abs() < 1e-11, "{other} {plain}");
    let reversed = ndarray::Slice::new(0, None, -1);
    let turn = |a: ndarray::ArrayView2<'_, f64>| a.slice_axis(ndarray::Axis(0), reversed).to_owned();
    let neurons = Network::new(
        turn(network.hidden_weights()),
        network.output_weights().iter().rev().copied().collect(),
    );
    same(loss(&data, &neurons.unwrap()));
    let examples = Dataset::new(turn(data.inputs()), data.labels().iter().rev().copied().collect());
    same(loss(&examples.unwrap(), &network));
    // The rotation by 1 radian in coordinates 0 and 1, then the reflection that swaps 2 and 5.
    let (sin, cos) = 1f64.sin_cos();
    let mut rotation = Array2::eye(6);
    rotation[(0, 0)] = cos;
    rotation[(0, 1)] = -sin;
    rotation[(1, 0)] = sin;
    rotation[(1, 1)] = cos;
    rotation.swap((2, 2), (2, 5));
    rotation.swap((5, 5), (5, 2));
    let rotated = Dataset::new(data.inputs().dot(&rotation), data.labels().to_owned()).unwrap();
    let turned = Network::new(
        network.hidden_weights().dot(&rotation),
        network.output_weights().to_owned(),
    );
    same(loss(&rotated, &turned.unwrap()));
}

#[test]
fn orthogonal_inputs_never_slide() {
    let seed = seed(20, 20, 12, 0);
    let law = Orthogonal {
        norms: Magnitude::PAPER,
        labels: LabelLaw::default(),
        ..Orthogonal::default()
    };
    let data = DataLaw::Orthogonal(law)
        .sample(20, 20, &mut seed.generator(Purpose::Data))
        .unwrap();
    let network = InitialisationLaw::Asymmetric(Asymmetric::default())
        .sample(12, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    let solution = exact(&data, &network, until(60.0));
    assert_eq!(solution.events.count(EventKind::BeganToSlide), 0);
    assert!(
        solution.events.count(EventKind::Crossed) > 20,
        "{:?}",
        solution.counts
    );
    // Dead for ever: every crossing is to inactive.
    assert!(solution.events.rows().iter().all(|event| !event.active));
    assert_checks(&solution);
    assert!(solution.end.balance_drift < 1e-10);
    let euler = run(&data, &network, descent(1e-3), until(60.0));
    // Prototype at 1e-4: 4e-6 to 7e-6, of order 1 in the rate.
    assert!(distance(&euler.network, &solution.network) < 2e-4);
}

#[test]
fn a_bound_on_events_ends_the_run_and_says_so() {
    let (data, network) = draw(16, 8, 8, 0);
    let method = Method::Exact(Exact {
        events: 10,
        ..Exact::default()
    });
    let solution = run(&data, &network, method, until(30.0));
    assert!(
        matches!(
            solution.verdict,
            Verdict::OutOfBudget {
                budget: Budget::Events,
                ..
            }
        ),
        "{}",
        solution.verdict
    );
    assert_eq!(solution.events.exhausted(), Some(Budget::Events));
    assert!(solution.end.time > 0.0 && solution.end.time < 30.0);
    assert_eq!(solution.network.neurons(), 8);
}

#[test]
fn rows_are_exact_at_the_times_asked_for() {
    let (data, network) = draw(16, 8, 8, 2);
    let mut problem = Problem::new(&data, &network, Method::Exact(Exact::default()));
    problem.stops = until(10.0);
    let times = vec![0.0, 0.1, 1.2345, 7.0];
    problem.record = Record {
        observables: vec![Observable::Curvature, Observable::Balance, Observable::Activity],
        when: When::Times(times.clone()),
        ..Record::default()
    };
    let solution = problem.solve().unwrap();
    let rows = solution.trajectory.rows();
    assert_eq!(rows.len(), times.len() + 1);
    for (row, time) in rows.iter().zip(&times) {
        assert_eq!(row.time, *time);
        if *time > 0.0 {
            let there = exact(&data, &network, until(*time));
            // The series is the dense output: its tolerance 1e-13 for each of a hundred steps.
            assert!(
                (row.loss / there.end.loss - 1.0).abs() < 1e-11,
                "{} {}",
                row.loss,
                there.end.loss
            );
            assert!(
                (row.mu / there.end.mu_end - 1.0).abs() < 1e-9,
                "{} {}",
                row.mu,
                there.end.mu_end
            );
        }
        assert!(row.balance_drift < 1e-11);
    }
}

/// θ and the trap time at a tolerance, of a run that the bounds on events did not cut short.
fn at_tolerance(data: &Dataset, network: &Network, tolerance: f64, time: f64) -> Solution {
    let method = Method::Exact(Exact {
        tolerance,
        ..Exact::default()
    });
    let solution = run(data, network, method, until(time));
    assert_eq!(solution.events.exhausted(), None);
    solution
}

#[test]
fn a_hundred_times_the_tolerance_changes_neither_trap_time_nor_state() {
    // In those listed by number a pair that left its kink at a tolerance of 1e-11 found its velocity, which is 0 there, pointing back
    // by the truncation error, and had the same event again until the bound on events at one instant cut the run short.
    let first = |most: u64| (0..most).collect::<Vec<u64>>();
    for ((n, d, p), draws) in [
        ((12, 12, 8), vec![11, 30, 44]),
        ((16, 8, 8), vec![19, 39, 46]),
        ((20, 5, 10), vec![85]),
        ((12, 12, 8), first(8)),
        ((16, 8, 8), first(8)),
        ((40, 10, 20), first(2)),
    ] {
        for index in draws {
            let (data, network) = draw(n, d, p, index);
            let [fine, middle, loose] =
                [1e-13, 1e-11, 1e-9].map(|tolerance| at_tolerance(&data, &network, tolerance, 30.0));
            for (finer, looser) in [(&fine, &middle), (&middle, &loose)] {
                let state = distance(&looser.network, &finer.network);
                assert!(state < 1e-6, "draw {index} of ({n}, {d}, {p}): {state:e}");
                match (finer.end.success_time, looser.end.success_time) {
                    (None, None) => {}
                    (Some(fine), Some(loose)) => assert!((fine - loose).abs() < 1e-6, "{fine} {loose}"),
                    other => panic!("draw {index} of ({n}, {d}, {p}): {other:?}"),
                }
            }
        }
    }
}
