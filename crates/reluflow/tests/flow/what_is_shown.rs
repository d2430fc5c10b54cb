//! What is shown is what the flow did: rows fall and change no path, and runs end at rest, at rounding, at any scale.

use ndarray::{Array1, Array2, array};
use reluflow::flow::{Accuracy, Exact, Flow, GradientDescent, Integrator, Precision};
use reluflow::model::{Activation, Loss, Train};
use reluflow::observe::{Observable, When};
use reluflow::{Dataset, Method, Model, Network, Problem, Record, Stops, Verdict};

use super::common::{accuracy, balanced, isotropic, solve, until};

/// The loss and the objective of a row are those of the network recorded beside it, whatever the model and the method. Restoring
/// balances leaves h as it is, but not the penalty of decay.
#[test]
fn losses_are_those_of_the_recorded_networks() {
    let flow = |integrator| {
        Method::Flow(Flow {
            integrator,
            ..Flow::default()
        })
    };
    let methods = [
        Method::default(),
        accuracy(Accuracy::Careful),
        flow(Integrator::Tsitouras),
        Method::GradientDescent(GradientDescent::default()),
    ];
    let mut judged = 0;
    for (seed, sizes) in [(20, 5, 10), (12, 3, 30), (5, 8, 4)].into_iter().enumerate() {
        let (drawn, network) = isotropic(sizes, seed as u64);
        let signs = drawn.labels().mapv(f64::signum);
        let classes = Dataset::new(drawn.inputs().to_owned(), signs).unwrap();
        for loss in [Loss::Square, Loss::Logistic] {
            let data = if loss == Loss::Square { &drawn } else { &classes };
            for (weight_decay, activation) in [
                (0.0, Activation::Relu),
                (0.01, Activation::Relu),
                (0.3, Activation::Relu),
                (0.1, Activation::Leaky(0.3)),
            ] {
                for method in &methods {
                    let mut problem = Problem::new(data, &network, *method);
                    problem.model = Model {
                        loss,
                        activation,
                        weight_decay,
                        ..Model::default()
                    };
                    problem.stops = until(30.0);
                    problem.record = Record {
                        observables: vec![Observable::Network, Observable::Objective],
                        when: When::PerDecade(16),
                        ..Record::default()
                    };
                    let solution = problem.solve().unwrap();
                    for (at, row) in solution.path.iter().zip(solution.trajectory.rows()) {
                        let outputs = data.outputs(activation, &at.network);
                        let losses = outputs.iter().zip(data.labels()).map(|(h, y)| loss.value(*h, *y));
                        let expected = losses.sum::<f64>() / data.examples() as f64;
                        let hidden: f64 = at.network.hidden_weights().iter().map(|w| w * w).sum();
                        let output: f64 = at.network.output_weights().iter().map(|a| a * a).sum();
                        let penalty = 0.5 * weight_decay * (hidden + output) / at.network.neurons() as f64;
                        let objective = expected + penalty;
                        let case = format!(
                            "{sizes:?} {loss:?} {weight_decay} {activation:?} {method:?} t = {}",
                            row.time
                        );
                        let wrong = |found: f64, value: f64| (found - value).abs() > 1e-12 * objective;
                        assert!(
                            !wrong(row.loss, expected),
                            "{case}: L {} against {expected}",
                            row.loss
                        );
                        assert!(
                            !wrong(row.objective, objective),
                            "{case}: F {} against {objective}",
                            row.objective
                        );
                        judged += 1;
                    }
                }
            }
        }
    }
    assert!(judged > 3000, "{judged} rows");
}

/// A frozen layer keeps its bits, at the end and in every row.
#[test]
fn frozen_layers_do_not_move() {
    let (data, network) = isotropic((20, 5, 12), 4);
    for (train, weight_decay) in [
        (Train::Hidden, 0.0),
        (Train::Output, 0.0),
        (Train::Hidden, 0.1),
        (Train::Output, 0.1),
    ] {
        for accuracy in [Accuracy::Standard, Accuracy::Careful] {
            let mut problem = Problem::new(&data, &network, super::common::accuracy(accuracy));
            problem.model = Model {
                train: Some(train),
                weight_decay,
                ..Model::default()
            };
            problem.stops = until(30.0);
            problem.record = Record {
                observables: vec![Observable::Network],
                when: When::PerDecade(16),
                ..Record::default()
            };
            let solution = problem.solve().unwrap();
            for now in solution
                .path
                .iter()
                .map(|at| &at.network)
                .chain([&solution.network])
            {
                match train {
                    Train::Hidden => assert_eq!(now.output_weights(), network.output_weights()),
                    _ => assert_eq!(now.hidden_weights(), network.hidden_weights()),
                }
            }
        }
    }
}

/// Two points from 1e-20 and 1e-60: the time at which L passes 1/8 is the exact flow's, and nobody is called lost on the
/// plateau before.
#[test]
fn vanishing_starts_arrive_in_time() {
    let data = Dataset::new(array![[-0.5, 1.0], [2.0, 1.0]], array![-1.0, 1.0]).unwrap();
    for scale in [1e-20, 1e-60, 1e-100, 1e-140] {
        for draw in 0..5 {
            let network = balanced(&data, 60, scale, draw);
            let stops = Stops {
                loss: Some(0.26),
                ..until(1e4)
            };
            let exact = solve(&data, &network, Method::Exact(Exact::default()), stops);
            let flow = solve(&data, &network, Method::default(), stops);
            let (expected, found) = (exact.end.time, flow.end.time);
            assert!(flow.end.loss < 0.26, "{scale:e} {draw}: {}", flow.verdict);
            assert!(
                (found / expected - 1.0).abs() < 0.05,
                "{scale:e} {draw}: {found} against {expected}"
            );
        }
    }
}

/// A stop of time alone: every method ends, at the floor of rounding if not before.
#[test]
fn the_floor_of_rounding_is_an_end() {
    for draw in 0..4 {
        let (data, network) = isotropic((10, 12, 12), draw);
        let flow = |integrator, precision| {
            Method::Flow(Flow {
                integrator,
                precision,
                ..Flow::default()
            })
        };
        let methods = [
            Method::default(),
            accuracy(Accuracy::Careful),
            flow(Integrator::Tsitouras, Precision::F64),
            flow(Integrator::Automatic, Precision::F32),
        ];
        for method in methods {
            let solution = solve(&data, &network, method, until(5e4));
            assert!(
                solution.counts.evaluations < 100_000,
                "{draw} {method:?}: {} {:?}",
                solution.verdict,
                solution.counts
            );
            assert!(
                matches!(
                    solution.verdict,
                    Verdict::Interpolating { .. } | Verdict::Stationary { .. } | Verdict::LostExamples { .. }
                ),
                "{draw} {method:?}: {}",
                solution.verdict
            );
        }
    }
}

/// Whoever is dead at the start is at rest: no budget is spent.
#[test]
fn a_dead_start_rests_at_once() {
    let data = Dataset::new(array![[1.0, 0.5], [0.5, 1.0]], array![1.0, -1.0]).unwrap();
    let network = Network::new(-Array2::ones((3, 2)), Array1::ones(3)).unwrap();
    let solution = solve(&data, &network, Method::default(), until(1e6));
    assert!(
        matches!(&solution.verdict, Verdict::LostExamples { examples, .. } if examples == &[0, 1]),
        "{}",
        solution.verdict
    );
    assert!(solution.counts.evaluations < 20, "{:?}", solution.counts);
}

/// A learning rate far beyond stability, of a linear network, none of whose neurons can die: the loss grows without bound, and the
/// verdict says so.
#[test]
fn growth_without_bound_is_diverged() {
    let (data, network) = isotropic((20, 5, 30), 0);
    let method = Method::GradientDescent(GradientDescent {
        learning_rate: 500.0,
        ..GradientDescent::default()
    });
    let linear = Model {
        activation: Activation::Linear,
        ..Model::PAPER
    };
    let solution = Problem {
        model: linear,
        stops: until(1e7),
        ..Problem::new(&data, &network, method)
    }
    .solve()
    .unwrap();
    assert!(
        matches!(solution.verdict, Verdict::Diverged { .. }),
        "{}",
        solution.verdict
    );
}

/// Labels and inputs over 200 decades: every run ends within its budget.
#[test]
fn any_scale_ends() {
    for (of_inputs, of_labels) in [
        (1.0, 1e-100),
        (1.0, 1e100),
        (1e-60, 1.0),
        (1e60, 1.0),
        (1e-60, 1e60),
        (1e40, 1e-40),
    ] {
        let (plain, network) = isotropic((12, 6, 20), 3);
        let data = Dataset::new(&plain.inputs() * of_inputs, &plain.labels() * of_labels).unwrap();
        // The same start in units in which the problem is the plain one.
        let size = (of_labels / of_inputs).sqrt();
        let network =
            Network::new(&network.hidden_weights() * size, &network.output_weights() * size).unwrap();
        let stops = Stops {
            trap: true,
            time: Some(400.0 / (of_inputs * of_labels)),
            evaluations: Some(20_000),
            ..Stops::default()
        };
        let solution = solve(&data, &network, Method::default(), stops);
        let reference = solve(
            &plain,
            &isotropic((12, 6, 20), 3).1,
            Method::default(),
            Stops {
                time: Some(400.0),
                ..stops
            },
        );
        assert_eq!(
            solution.verdict.kind(),
            reference.verdict.kind(),
            "inputs × {of_inputs:e}, labels × {of_labels:e}: {}",
            solution.verdict
        );
    }
}

/// ‖∇L‖ by the formula, as loops.
fn gradient_norm(data: &Dataset, network: &Network) -> f64 {
    let (n, p) = (data.examples() as f64, network.neurons() as f64);
    let mut squares = 0.0;
    for (w, a) in network
        .hidden_weights()
        .rows()
        .into_iter()
        .zip(network.output_weights())
    {
        let (mut by_w, mut by_a) = (Array1::<f64>::zeros(data.dimension()), 0.0);
        for (x, y) in data.inputs().rows().into_iter().zip(data.labels()) {
            let (u, r) = (w.dot(&x), y - network.output(&x.to_vec()));
            if u > 0.0 {
                by_w.scaled_add(a * r / (n * p), &x);
                by_a += r * u / (n * p);
            }
        }
        squares += by_w.dot(&by_w) + by_a * by_a;
    }
    squares.sqrt()
}

#[test]
fn a_run_ends_at_the_norm_of_the_gradient_asked_for() {
    let (data, network) = isotropic((12, 20, 10), 1);
    for level in [1e-2, 1e-4] {
        let stops = Stops {
            gradient_norm: Some(level),
            ..until(1e6)
        };
        let solution = solve(&data, &network, Method::default(), stops);
        // L falls like exp(-t mu), and the gradient with its root: the last step overshoots by little.
        let gradient = gradient_norm(&data, &solution.network);
        assert!(
            gradient < level && gradient > 0.3 * level,
            "{gradient} at {level}"
        );
        assert!(
            solution.verdict.converged() || solution.verdict.to_string().contains("gradient norm"),
            "{}",
            solution.verdict
        );
    }
    let refused = Stops {
        gradient_norm: Some(-1.0),
        ..until(1.0)
    };
    assert!(
        refused
            .check()
            .unwrap_err()
            .to_string()
            .contains("stop.gradient_norm")
    );
}

/// Where nothing crosses a kink, dissipation explains the fall of the loss between any two rows; where neurons slide, rows say so.
#[test]
fn rows_are_tied_together_by_the_energy_balance() {
    let defects = |data: &Dataset, network: &Network, accuracy: Accuracy| -> Vec<f64> {
        let flow = Flow {
            accuracy,
            ..Flow::default()
        };
        let problem = Problem {
            stops: Stops {
                trap: true,
                ..until(1e4)
            },
            record: Record {
                observables: vec![Observable::Energy],
                when: When::PerDecade(8),
                ..Record::default()
            },
            ..Problem::new(data, network, Method::Flow(flow))
        };
        let rows = problem.solve().unwrap().trajectory;
        let defects = rows.rows().iter().map(|row| row.energy_defect);
        defects.filter(|defect| !defect.is_nan()).collect()
    };
    let largest = |defects: Vec<f64>| {
        assert!(defects.len() > 5, "{defects:?}");
        defects.into_iter().fold(0.0, f64::max)
    };
    // Far fewer examples than dimensions: hardly a kink is met.
    let (data, network) = isotropic((6, 60, 20), 3);
    for accuracy in [Accuracy::Standard, Accuracy::Careful] {
        let found = largest(defects(&data, &network, accuracy));
        assert!(found < 0.05, "{accuracy:?}: {found}");
    }
    // Near the threshold neurons slide.
    let (data, network) = isotropic((160, 20, 30), 0);
    let sliding = largest(defects(&data, &network, Accuracy::Standard));
    assert!(sliding > 0.2, "{sliding}");
}
