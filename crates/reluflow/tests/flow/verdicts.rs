//! Checks the verdicts of the flow: interpolating, lost, stationary, out of budget, interrupted.

use std::ops::ControlFlow;

use ndarray::array;
use reluflow::data::{Isotropic, Orthogonal};
use reluflow::flow::{Accuracy, Flow, GradientDescent, Interrupt, Observer};
use reluflow::initialisation::Asymmetric;
use reluflow::observe::{Observable, When};
use reluflow::{
    DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Record, Setting, Stops, Verdict,
};

use super::common::{accuracy, solve};

fn draw(law: &DataLaw, init: Asymmetric, (n, d, p): (usize, usize, usize), draw: u64) -> (Dataset, Network) {
    let setting = Setting {
        n,
        d,
        p,
        data: law.clone(),
        initialisation: InitialisationLaw::Asymmetric(init),
    };
    setting.draw(3, draw).unwrap()
}

fn isotropic(sizes: (usize, usize, usize), which: u64) -> (Dataset, Network) {
    draw(
        &DataLaw::Isotropic(Isotropic::default()),
        Asymmetric::default(),
        sizes,
        which,
    )
}

/// Proposition 3's setting: x = e_1, e_2, y = (1, −4), ten neurons with both coordinates m = 1/2.
fn collapse(ratio: f64) -> (Dataset, Network) {
    let data = Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, -4.0]).unwrap();
    let hidden = ndarray::Array2::from_elem((10, 2), 0.5);
    let output = (0..10)
        .map(|j| if j % 2 == 0 { 0.5 * ratio } else { -0.5 * ratio })
        .collect();
    (data, Network::new(hidden, output).unwrap())
}

#[test]
fn collapse_is_named_and_its_repaired_twin_interpolates() {
    // |a_j| = 0.05 m violates Assumption 1: every a_j turns negative, example 0 loses every neuron, and the loss
    // ends at y_1²/(2n) = 1/4.
    let stops = Stops {
        trap_times: Some(1e-6),
        time: Some(1e4),
        ..Stops::default()
    };
    let (data, network) = collapse(0.05);
    let solution = solve(&data, &network, Method::default(), stops);
    assert!(
        matches!(&solution.verdict, Verdict::LostExamples { examples, .. } if examples == &[0]),
        "{}",
        solution.verdict
    );
    assert!(
        (solution.end.loss - 0.25).abs() < 1e-6,
        "loss {}",
        solution.end.loss
    );
    let (data, network) = collapse(1.5);
    let solution = solve(&data, &network, Method::default(), stops);
    assert!(solution.verdict.converged(), "{}", solution.verdict);
}

#[test]
fn an_uncovered_example_is_named() {
    // Both neurons are inactive on example 1 (and orthogonal inputs cannot wake them).
    let data = Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, 1.5]).unwrap();
    let network = Network::new(array![[0.5, -0.5], [0.4, -0.1]], array![1.0, 1.0]).unwrap();
    let stops = Stops {
        trap: true,
        time: Some(200.0),
        ..Stops::default()
    };
    let solution = solve(&data, &network, Method::default(), stops);
    assert!(
        matches!(&solution.verdict, Verdict::LostExamples { examples, .. } if examples == &[1]),
        "{}",
        solution.verdict
    );
}

/// A verdict of stationary means what it says: run ten times longer, nothing has changed.
#[test]
fn stationary_stays_stationary_ten_times_longer() {
    let mut seen = 0;
    for which in 0..20 {
        // Few neurons, many examples: there is no interpolating network nearby.
        let (data, network) = isotropic((12, 3, 3), which);
        let stops = Stops {
            trap: true,
            time: Some(2e3),
            ..Stops::default()
        };
        let problem = Problem {
            stops,
            ..Problem::new(&data, &network, Method::default())
        };
        let solution = problem.solve().unwrap();
        let stationary = matches!(
            solution.verdict,
            Verdict::Stationary { .. } | Verdict::LostExamples { .. }
        );
        if !stationary {
            continue;
        }
        seen += 1;
        // From the same start, without the verdict: descend with small steps for ten times as long.
        let longer = 10.0 * solution.end.time;
        let method = Method::GradientDescent(reluflow::flow::GradientDescent {
            learning_rate: 0.02,
            ..Default::default()
        });
        let stops = Stops {
            time: Some(longer),
            ..Stops::default()
        };
        let problem = Problem {
            stops,
            ..Problem::new(&data, &solution.network, method)
        };
        let later = problem.solve().unwrap();
        let fall = 1.0 - later.end.loss / solution.end.loss;
        assert!(
            fall < 0.01,
            "draw {which}: {} then fell by {fall:.2e}",
            solution.verdict
        );
    }
    assert!(seen >= 5, "only {seen} draws came to rest");
}

#[test]
fn far_above_the_threshold_the_verdict_comes_soon() {
    // n = 8 p d: no interpolation; the verdict must not take long.
    let (data, network) = isotropic((640, 8, 10), 0);
    let stops = Stops {
        trap: true,
        transitions: Some(15.0),
        ..Stops::default()
    };
    let solution = solve(&data, &network, Method::default(), stops);
    assert!(
        matches!(
            solution.verdict,
            Verdict::Stationary { .. } | Verdict::OutOfBudget { .. }
        ),
        "{}",
        solution.verdict
    );
    // 5051 were measured; most of them watch the margins of examples at risk.
    assert!(solution.counts.evaluations < 6500, "{:?}", solution.counts);
}

#[test]
fn an_interrupted_run_returns_what_it_has() {
    let (data, network) = isotropic((100, 20, 20), 1);
    let interrupt = Interrupt::default();
    interrupt.request();
    let record = Record {
        observables: vec![Observable::Curvature],
        when: When::Every(1),
        ..Record::default()
    };
    let problem = Problem {
        interrupt,
        record,
        ..Problem::new(&data, &network, Method::default())
    };
    let solution = problem.solve().unwrap();
    assert!(
        matches!(solution.verdict, Verdict::Interrupted { time: 0.0, .. }),
        "{}",
        solution.verdict
    );
    assert_eq!(solution.trajectory.rows().len(), 1);
}

/// The limit of μ is an eigenvalue: on orthogonal inputs, at the end of the curve, μ and (2/n) λ_min(M) agree,
/// and the flow needs less than a quarter of gradient descent's evaluations to get there.
#[test]
fn the_end_of_the_curve_is_an_eigenvalue() {
    let law = DataLaw::Orthogonal(Orthogonal::default());
    let init = Asymmetric {
        hidden_scale: 0.01,
        covered: true,
        ..Asymmetric::default()
    };
    let (n, p) = (1000, 35);
    let (data, network) = draw(&law, init, (n, n, p), 0);
    let stops = Stops {
        trap_times: Some(1e-14),
        transitions: Some(200.0),
        ..Stops::default()
    };
    let record = Record {
        observables: vec![Observable::Spectrum],
        when: When::End,
        ..Record::default()
    };
    let flow = Method::Flow(Flow::default());
    let problem = Problem {
        stops,
        record,
        ..Problem::new(&data, &network, flow)
    };
    let solution = problem.solve().unwrap();
    let limit = 2.0 / n as f64 * solution.trajectory.last("lambda_min").unwrap();
    let measured = solution.end.mu_end;
    assert!(
        (measured / limit - 1.0).abs() < 0.03,
        "mu {measured} against {limit}"
    );
    let stops = Stops {
        trap_times: Some(1e-6),
        transitions: Some(15.0),
        ..Stops::default()
    };
    let evaluations = |method| {
        let problem = Problem {
            stops,
            ..Problem::new(&data, &network, method)
        };
        let solution = problem.solve().unwrap();
        assert!(
            solution.end.loss < 1e-6 * data.trap_level(),
            "{}",
            solution.verdict
        );
        solution.counts.evaluations
    };
    let (ours, descent) = (
        evaluations(flow),
        evaluations(Method::GradientDescent(Default::default())),
    );
    assert!(4 * ours <= descent, "{ours} evaluations against {descent}");
}

/// The whole of a run is a function of its problem: other runs beside it change no bit.
#[test]
fn runs_side_by_side_have_the_same_bits() {
    let (data, network) = isotropic((80, 10, 20), 2);
    let alone = Problem::new(&data, &network, Method::default()).solve().unwrap();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| Problem::new(&data, &network, Method::default()).solve().unwrap()))
            .collect();
        for run in runs {
            let beside = run.join().unwrap();
            assert_eq!(beside.end.loss.to_bits(), alone.end.loss.to_bits());
            assert_eq!(beside.network, alone.network);
        }
    });
}

/// Speed is guarded by counts: the mean over ten draws at (d, p, n) = (20, 30, 160), spectral radius included.
#[test]
fn a_verdict_costs_few_evaluations() {
    let draws = 10;
    let evaluations: u64 = (0..draws)
        .map(|which| {
            let (data, network) = isotropic((160, 20, 30), which);
            let solution = Problem::new(&data, &network, Method::default()).solve().unwrap();
            solution.counts.evaluations
        })
        .sum();
    let mean = evaluations as f64 / draws as f64;
    // Explicit Euler needs 2000 at a step of 0.1; 233 were measured.
    assert!((150.0..260.0).contains(&mean), "{mean} evaluations a draw");
}

/// Those who wait for a run hear how far it is, to a thousand evaluations, and nothing of it once it has ended.
#[test]
fn a_run_tells_how_far_it_is() {
    let (data, network) = isotropic((6, 4, 5), 0);
    let interrupt = Interrupt::default();
    let handle = interrupt.clone();
    let slow = GradientDescent {
        learning_rate: 1e-3,
        ..GradientDescent::default()
    };
    let mut problem = Problem::new(&data, &network, Method::GradientDescent(slow));
    problem.stops = Stops {
        steps: Some(5000),
        ..Stops::default()
    };
    problem.record = Record {
        when: When::Every(1),
        ..Record::default()
    };
    problem.interrupt = interrupt.clone();
    problem.observer = Observer::new(move |row, _| {
        let told = handle.evaluations_under_way();
        assert!(
            told <= row.evaluations && row.evaluations - told <= 1000,
            "{told} told of {}",
            row.evaluations
        );
        ControlFlow::Continue(())
    });
    let solution = problem.solve().unwrap();
    assert!(solution.counts.evaluations > 2000, "{:?}", solution.verdict);
    assert_eq!(interrupt.evaluations_under_way(), 0);
}

/// Two verdicts that are decided while dozens of neurons cross kinks: the exact flow interpolates, after 137.0 and 178.8 units of time. Where the usual
/// steps take over sooner `careful` loses an example in both.
#[test]
fn careful_follows_neurons_while_a_verdict_is_decided() {
    for (root, draw) in [(2033, 40), (2032, 23)] {
        let (data, network) = Setting::paper(200, 100, 20).draw(root, draw).unwrap();
        let stops = Stops {
            trap: true,
            transitions: Some(8.0),
            ..Stops::default()
        };
        let solution = solve(&data, &network, accuracy(Accuracy::Careful), stops);
        println!("{:?}", solution.end.success_time);
        assert!(
            solution.verdict.converged(),
            "draw {draw} of {root}: {}",
            solution.verdict
        );
    }
}
