//! Runs of the model family: descent, balance, verdicts, clocks, refusals.

use ndarray::array;
use reluflow::flow::{Accuracy, Exact, Flow, GradientDescent, Integrator, Precision};
use reluflow::model::{Activation, Loss, Model, Rates, Train};
use reluflow::observe::{Observable, When};
use reluflow::{Dataset, Method, Network, Problem, Record, Solution, Stops, Verdict};

use super::common::draw;

fn models() -> Vec<Model> {
    let mut models = Vec::new();
    for loss in [Loss::Square, Loss::Logistic, Loss::Exponential] {
        for slope in [0.0, 0.1, 0.5, 1.0, -1.0] {
            for (hidden, output) in [(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (2.0, 0.3)] {
                for weight_decay in [0.0, 0.2] {
                    models.push(Model {
                        activation: Activation::Leaky(slope),
                        loss,
                        rates: Some(Rates { hidden, output }),
                        weight_decay,
                        ..Model::default()
                    });
                }
            }
        }
    }
    models
}

fn run(problem: &Problem<'_>, model: &Model, method: Method, stops: Stops, record: Record) -> Solution {
    let problem = Problem {
        model: *model,
        method,
        stops,
        record,
        ..problem.clone()
    };
    problem.solve().unwrap()
}

fn until(time: f64) -> Stops {
    Stops {
        time: Some(time),
        ..Stops::default()
    }
}

fn record(observables: &[Observable]) -> Record {
    Record {
        observables: observables.to_vec(),
        when: When::PerDecade(4),
        ..Record::default()
    }
}

/// Along the flow of every model the objective falls as dissipation says, and balances follow their law.
#[test]
fn the_objective_falls_and_balances_follow_their_law() {
    for orthogonal in [false, true] {
        for (seed, model) in models().into_iter().enumerate() {
            let (data, network) = draw((6, 8, 5), orthogonal, seed as u64);
            let problem = Problem::new(&data, &network, Method::default());
            let observables = [Observable::Objective, Observable::Balance];
            let solution = run(
                &problem,
                &model,
                Method::default(),
                until(3.0),
                record(&observables),
            );
            let objective = solution.trajectory.column("objective").unwrap();
            for pair in objective.windows(2) {
                // Steps over a kink may let it rise by as much as step control allows.
                assert!(
                    pair[1] <= 1.02 * pair[0],
                    "{model}: {} after {}",
                    pair[1],
                    pair[0]
                );
            }
            assert!(objective[objective.len() - 1] < objective[0], "{model}");
            if orthogonal && model.activation.slope() >= 0.0 {
                // Elsewhere pairs slide along kinks, where the velocity beside the kink is not that of the slide.
                let fine = Method::Flow(Flow {
                    fall: Some(0.01),
                    tolerance: Some(1e-3),
                    ..Flow::default()
                });
                let energy = run(&problem, &model, fine, until(3.0), Record::default());
                let energy = energy.end.energy_defect.unwrap();
                assert!(energy < 0.05, "{model}: energy defect {energy}");
            }
            let rates = model.rates();
            let lawful = model.weight_decay == 0.0
                || rates.hidden == rates.output
                || rates.hidden * rates.output == 0.0;
            let drift = solution.end.balance_drift;
            if lawful {
                assert!(drift < 1e-12, "{model}: balances drift by {drift}");
            } else {
                assert!(drift.is_nan(), "{model}: there is no law");
            }
        }
    }
}

/// A small step of gradient descent and the flow agree to the second order in the step, for every model and both
/// precisions of evaluation.
#[test]
fn descent_follows_the_flow() {
    for (seed, model) in models().into_iter().enumerate() {
        let (data, network) = draw((6, 8, 5), seed % 2 == 0, 1000 + seed as u64);
        let problem = Problem::new(&data, &network, Method::default());
        let flow = Method::Flow(Flow {
            integrator: Integrator::Tsitouras,
            tolerance: Some(1e-6),
            ..Flow::default()
        });
        let expected = run(&problem, &model, flow, until(0.5), Record::default())
            .end
            .loss;
        for precision in [Precision::F64, Precision::F32] {
            let method = Method::GradientDescent(GradientDescent {
                learning_rate: 1e-3,
                precision,
            });
            let found = run(&problem, &model, method, until(0.5), Record::default())
                .end
                .loss;
            assert!(
                (found / expected - 1.0).abs() < 5e-3,
                "{model}: {found}, the flow has {expected}"
            );
        }
    }
}

/// A run of eight examples by the exponential loss, with its margins, and when classes part.
fn separated(seed: u64, slope: f64, method: Method, time: f64) -> (Solution, f64) {
    let model = Model {
        activation: Activation::Leaky(slope),
        loss: Loss::Exponential,
        ..Model::default()
    };
    let (data, network) = draw((8, 6, 30), false, seed);
    let stops = Stops {
        time: Some(time),
        loss: Some(1e-100),
        ..Stops::default()
    };
    let problem = Problem::new(&data, &network, method);
    let solution = run(&problem, &model, method, stops, record(&[Observable::Margin]));
    let Verdict::Separating { time, .. } = solution.verdict else {
        panic!("{}", solution.verdict);
    };
    (solution, time)
}

/// The smoothed margin of the exponential loss, both layers at one rate, never falls once nL < 1; the run separates.
#[test]
fn the_smoothed_margin_never_falls_once_separated() {
    for seed in 0..6 {
        for slope in [0.0, 0.3] {
            let fine = Method::Flow(Flow {
                fall: Some(0.02),
                tolerance: Some(1e-3),
                ..Flow::default()
            });
            let (solution, time) = separated(seed, slope, fine, 1e110);
            let rows = solution.trajectory.rows();
            let after: Vec<f64> = rows
                .iter()
                .filter(|row| row.time >= time)
                .map(|row| row.smoothed_margin)
                .collect();
            assert!(after.len() > 5);
            for pair in after.windows(2) {
                // A step errs by 10⁻³ of the margin over a kink.
                assert!(
                    pair[1] >= (1.0 - 1e-3) * pair[0],
                    "seed {seed}: {} after {}",
                    pair[1],
                    pair[0]
                );
            }
            let last = rows[rows.len() - 1];
            assert!(last.margin > 0.0 && last.margin <= last.smoothed_margin + 1.0);
        }
    }
}

/// Once classes part, θ turns towards its own velocity. By the exact flow: where neurons slide, the velocity at the ends of other steps has
/// parts that cancel along the way.
#[test]
fn parameters_turn_towards_their_velocity_once_separated() {
    for seed in 0..6 {
        for slope in [0.0, 0.3] {
            let (solution, time) = separated(seed, slope, Method::Exact(Exact::default()), 1e8);
            let rows = solution.trajectory.rows();
            let after: Vec<f64> = rows
                .iter()
                .filter(|row| row.time >= time)
                .map(|row| row.alignment)
                .collect();
            assert!(after.len() > 5);
            let (first, last) = (after[0], after[after.len() - 1]);
            let (by_default, _) = separated(seed, slope, Method::default(), 1e8);
            let shown = by_default
                .trajectory
                .rows()
                .iter()
                .find(|row| row.time >= time)
                .unwrap();
            println!(
                "{first:.3} when classes part, {last:.3} at the end; by default {:.3} when they part",
                shown.alignment
            );
            assert!(shown.alignment < first + 0.01);
            assert!(
                last > first && last > 0.97,
                "seed {seed}, slope {slope}: {first} to {last}"
            );
        }
    }
}

/// One neuron, one example, exponential loss, output frozen at 1: h = w, w' = e^(−w), so τ = ∫ e^(−w) dt = w(t) − w(0).
#[test]
fn tau_is_the_integral_of_the_loss_and_ends_a_run() {
    let data = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    let network = Network::new(array![[0.5]], array![1.0]).unwrap();
    let model = Model {
        loss: Loss::Exponential,
        train: Some(Train::Hidden),
        ..Model::default()
    };
    let problem = Problem::new(&data, &network, Method::default());
    let careful = Method::Flow(Flow {
        integrator: Integrator::Tsitouras,
        tolerance: Some(1e-8),
        fall: Some(0.05),
        ..Flow::default()
    });
    let solution = run(&problem, &model, careful, until(1e4), record(&[Observable::Tau]));
    for row in solution.trajectory.rows() {
        let expected = (row.time + 0.5_f64.exp()).ln() - 0.5;
        assert!(
            (row.tau - expected).abs() < 1e-5,
            "t = {}: {}, expected {expected}",
            row.time,
            row.tau
        );
    }
    let stops = Stops {
        tau: Some(20.0),
        ..Stops::default()
    };
    let solution = run(
        &problem,
        &model,
        Method::default(),
        stops,
        record(&[Observable::Tau]),
    );
    let tau = solution.trajectory.rows().last().unwrap().tau;
    assert!((tau - 20.0).abs() < 1e-4, "ended at {tau}");
    assert!(solution.verdict.converged());
}

/// Where neurons slide, τ lies between the sums of the objective's values at both ends of the rows' stretches, or little above: steps between rows chatter
/// about their kinks. A run that goes back to a calm state goes a stretch twice, which counts once.
#[test]
fn tau_lies_between_the_losses_where_neurons_slide() {
    for (activation, weight_decay) in [(Activation::Relu, 0.05), (Activation::AbsoluteValue, 0.0)] {
        let model = Model {
            activation,
            weight_decay,
            ..Model::default()
        };
        for (seed, accuracy) in
            (0..12).flat_map(|seed| [Accuracy::Standard, Accuracy::Careful].map(|accuracy| (seed, accuracy)))
        {
            let (data, network) = draw((40, 3, 8), false, seed);
            let method = Method::Flow(Flow {
                accuracy,
                ..Flow::default()
            });
            let problem = Problem::new(&data, &network, method);
            let record = Record {
                when: When::PerDecade(40),
                ..record(&[Observable::Tau, Observable::Objective])
            };
            let solution = run(&problem, &model, method, until(200.0), record);
            let rows = solution.trajectory.rows();
            let sum = |of: fn(f64, f64) -> f64| -> f64 {
                let pairs = rows.iter().zip(&rows[1..]);
                pairs
                    .map(|(a, b)| (b.time - a.time) * of(a.objective, b.objective))
                    .sum()
            };
            let (low, high, tau) = (sum(f64::min), sum(f64::max), rows[rows.len() - 1].tau);
            println!(
                "{activation:?} {seed} {accuracy:?}: {:.5} {:.5}",
                tau / low,
                tau / high
            );
            assert!(
                tau > 0.999 * low && tau < 1.003 * high,
                "{activation:?} {seed} {accuracy:?}: {low} {tau} {high}"
            );
        }
    }
}

/// A start whose squares leave the range of numbers is refused, with the least that is not.
#[test]
fn a_start_below_the_range_of_squares_is_refused() {
    let (data, network) = draw((6, 3, 4), false, 1);
    let shrunk = |scale: f64| {
        Network::new(
            &network.hidden_weights() * scale,
            &network.output_weights() * scale,
        )
        .unwrap()
    };
    let error = Problem::new(&data, &shrunk(1e-200), Method::default())
        .solve()
        .unwrap_err();
    assert!(error.to_string().contains("1e-150"), "{error}");
    let small = shrunk(1e-148);
    let least = Problem {
        stops: until(1.0),
        ..Problem::new(&data, &small, Method::default())
    };
    assert!(least.solve().is_ok());
}

/// A network that learns nothing of the labels stays above the level, whatever the loss: no verdict of separation.
#[test]
fn labels_that_no_network_separates_are_not_separated() {
    let data = Dataset::new(array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], array![1.0, -1.0, 1.0]).unwrap();
    let network = draw((3, 2, 6), false, 4).1;
    for loss in [Loss::Logistic, Loss::Exponential] {
        let model = Model {
            loss,
            ..Model::default()
        };
        let problem = Problem::new(&data, &network, Method::default());
        let solution = run(&problem, &model, Method::default(), until(1e4), Record::default());
        assert!(!solution.verdict.converged(), "{}", solution.verdict);
        // Two equal inputs with labels ±1 cost ℓ(0) each at least.
        assert!(solution.end.loss > 2.0 / 3.0 * loss.value(0.0, 1.0) - 1e-12);
    }
}

/// With decay the flow comes to rest, and says so.
#[test]
fn a_decaying_flow_comes_to_rest() {
    let (data, network) = draw((5, 5, 8), true, 2);
    for loss in [Loss::Square, Loss::Logistic] {
        let model = Model {
            loss,
            weight_decay: 0.02,
            ..Model::default()
        };
        let problem = Problem::new(&data, &network, Method::default());
        let solution = run(&problem, &model, Method::default(), until(1e6), Record::default());
        assert!(solution.end.time < 1e6, "{}", solution.verdict);
    }
}

#[test]
fn what_a_model_cannot_have_is_refused_in_a_sentence() {
    let (data, network) = draw((4, 3, 2), false, 0);
    let base = Problem::new(&data, &network, Method::default());
    let refusal = |change: &dyn Fn(&mut Problem<'_>)| {
        let mut problem = base.clone();
        change(&mut problem);
        problem.solve().unwrap_err().to_string()
    };
    let exact = refusal(&|problem| {
        problem.method = Method::Exact(Exact::default());
        problem.model.weight_decay = 0.1;
    });
    assert!(
        exact.contains("the exact method follows flows whose balances are conserved"),
        "{exact}"
    );
    let bounds = refusal(&|problem| {
        problem.model.loss = Loss::Logistic;
        problem.record = record(&[Observable::CurvatureBounds]);
    });
    assert!(bounds.contains("Lemma 6"), "{bounds}");
    let slope = refusal(&|problem| problem.model.activation = Activation::Leaky(1.5));
    assert!(slope.contains("a slope between -1 and 1, found 1.5"), "{slope}");
    let both = refusal(&|problem| {
        problem.model.train = Some(Train::Hidden);
        problem.model.rates = Some(Rates::BOTH);
    });
    assert!(both.contains("either train or rates"), "{both}");
    let frozen = refusal(&|problem| {
        problem.model.rates = Some(Rates {
            hidden: 0.0,
            output: 0.0,
        });
    });
    assert!(frozen.contains("both frozen"), "{frozen}");
    let zeros = Dataset::new(data.inputs().to_owned(), array![0.0, 1.0, 0.0, 1.0]).unwrap();
    let labels = refusal(&|problem| {
        problem.dataset = Box::leak(Box::new(zeros.clone()));
        problem.model.loss = Loss::Exponential;
    });
    assert!(
        labels.contains("2 of 4 that are neither, all of them 0: map 0 to -1"),
        "{labels}"
    );
    let bias = refusal(&|problem| {
        problem.model.weight_decay = 0.1;
        problem.model.decay_bias = false;
    });
    assert!(bias.contains("last coordinate is constant"), "{bias}");
}

/// The paper's model under another name has the paper's bits.
#[test]
fn relu_by_another_name_has_the_same_bits() {
    let (data, network) = draw((20, 10, 12), false, 9);
    let problem = Problem::new(&data, &network, Method::default());
    let other = Model {
        activation: Activation::Leaky(0.0),
        rates: Some(Rates::BOTH),
        ..Model::default()
    };
    let [one, two] = [Model::default(), other].map(|model| {
        run(
            &problem,
            &model,
            Method::default(),
            until(20.0),
            Record::default(),
        )
    });
    assert_eq!(one.network, two.network);
    assert_eq!(one.end.loss.to_bits(), two.end.loss.to_bits());
}
