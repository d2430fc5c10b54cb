//! Runs in τ = ∫ L dt: closed forms far beyond the range of doubles, largest margins, rows by τ.

use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::flow::{Exact, Flow, GradientDescent, Integrator, Precision};
use reluflow::model::{Activation, Loss, Model, Train};
use reluflow::observe::{Observable, Timing, When};
use reluflow::{Dataset, Method, Network, Problem, Record, Solution, Stops, Verdict};

use super::common::uniform;

fn until(tau: f64) -> Stops {
    Stops {
        tau: Some(tau),
        ..Stops::default()
    }
}

fn careful() -> Method {
    Method::Flow(Flow {
        integrator: Integrator::Tsitouras,
        tolerance: Some(1e-8),
        fall: Some(0.05),
        ..Flow::default()
    })
}

fn solve(
    model: Model,
    (data, network): &(Dataset, Network),
    method: Method,
    tau: f64,
    when: When,
) -> Solution {
    let mut problem = Problem::new(data, network, method);
    problem.model = model;
    problem.stops = until(tau);
    problem.record = Record {
        observables: vec![Observable::Margin],
        when,
        clock: Timing::Tau,
        ..Record::default()
    };
    problem.solve().unwrap()
}

/// One neuron, one example x = 1, y = 1, a = 1 frozen, exponential loss: dw/dτ = 1. Both layers, a = w: u = a w has du/dτ = 2u.
#[test]
fn one_neuron_goes_far_beyond_the_range_of_doubles() {
    let data = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    let network = Network::new(array![[0.5]], array![1.0]).unwrap();
    let hidden = Model {
        loss: Loss::Exponential,
        train: Some(Train::Hidden),
        ..Model::default()
    };
    // L ends at e^(−5000.5).
    let solution = solve(hidden, &(data.clone(), network), careful(), 5000.0, When::End);
    let w = solution.network.hidden_weights()[(0, 0)];
    assert!((w / 5000.5 - 1.0).abs() < 1e-5, "{w}");
    assert_eq!(solution.end.loss, 0.0);
    assert_eq!(solution.end.time, f64::MAX);
    assert!(
        matches!(solution.verdict, Verdict::Separating { .. }),
        "{}",
        solution.verdict
    );
    assert!(solution.counts.evaluations < 1_000_000, "{:?}", solution.counts);

    let network = Network::new(array![[0.3]], array![0.3]).unwrap();
    let both = Model {
        loss: Loss::Exponential,
        ..Model::default()
    };
    // L ends at exp(−0.09 e^13) = 10^(−17000).
    let solution = solve(both, &(data, network), careful(), 6.5, When::End);
    let u = solution.network.output(&[1.0]);
    let expected = 0.09 * 13f64.exp();
    assert!((u / expected - 1.0).abs() < 1e-4, "{u}, expected {expected}");
}

/// Two points of each sign in the plane, a balanced start of size 10⁻²: margin 0.2251050 over (1/p) Σ (‖w‖² + a²), by an
/// independent program.
fn four_points() -> (Dataset, Network) {
    let data = Dataset::new(
        array![[1.0, 0.5], [0.5, 1.0], [-1.0, 0.3], [-0.4, -1.0]],
        array![1.0, 1.0, -1.0, -1.0],
    )
    .unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let p = 20;
    let hidden = uniform(&mut random, (p, 2), 1e-2);
    let output = Array1::from_shape_fn(p, |j| {
        let norm = hidden.row(j).dot(&hidden.row(j)).sqrt();
        if j % 2 == 0 { norm } else { -norm }
    });
    (data, Network::new(hidden, output).unwrap())
}

/// After τ = 20 the margin is the largest to 0.5 %; the evaluations stay bounded, and the run ends where L is e^(−10⁵).
#[test]
fn both_layers_reach_the_largest_margin() {
    for loss in [Loss::Logistic, Loss::Exponential] {
        let model = Model {
            loss,
            ..Model::default()
        };
        let times = (1..30).map(f64::from).collect();
        let solution = solve(model, &four_points(), Method::default(), 30.0, When::Times(times));
        let rows = solution.trajectory.rows();
        for row in rows {
            println!(
                "{loss} tau {} t {:e} log {} margin {}",
                row.tau,
                row.time,
                row.loss.ln(),
                row.margin
            );
        }
        println!("{:?} {}", solution.counts, solution.verdict);
        let row = rows[rows.len() - 1];
        assert!(
            (row.margin / 0.225_105_0 - 1.0).abs() < 5e-3,
            "{loss}: {}",
            row.margin
        );
        assert!(row.alignment > 0.999, "{loss}: {}", row.alignment);
        assert!(
            solution.counts.evaluations < 60_000,
            "{loss}: {:?}",
            solution.counts
        );
    }
}

/// Orthonormal inputs, half of the labels of each sign, output weights frozen at half +1 and half −1: margin over
/// √((1/p) Σ ‖w‖²) → √((1 + γ²)/(2n)); weights grow like τ here, and τ = 2000 leaves 0.5 %.
#[test]
fn a_frozen_output_layer_reaches_the_largest_margin() {
    let (n, p) = (8, 6);
    let labels = Array1::from_shape_fn(n, |i| if i < n / 2 { 1.0 } else { -1.0 });
    let data = Dataset::new(Array2::eye(n), labels).unwrap();
    for (slope, expected) in [(0.1, 0.251_247), (0.5, 0.279_508)] {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let hidden = uniform(&mut random, (p, n), 1e-3);
        let output = Array1::from_shape_fn(p, |j| if j < p / 2 { 1.0 } else { -1.0 });
        let network = Network::new(hidden, output).unwrap();
        let model = Model {
            activation: Activation::Leaky(slope),
            loss: Loss::Exponential,
            train: Some(Train::Hidden),
            ..Model::default()
        };
        let solution = solve(
            model,
            &(data.clone(), network),
            Method::default(),
            2000.0,
            When::End,
        );
        let row = *solution.trajectory.rows().last().unwrap();
        println!(
            "slope {slope} margin {} evaluations {}",
            row.margin_hidden, solution.counts.evaluations
        );
        assert!(
            (row.margin_hidden / expected - 1.0).abs() < 5e-3,
            "slope {slope}: {}",
            row.margin_hidden
        );
        assert!(solution.counts.evaluations < 60_000, "{:?}", solution.counts);
    }
}

fn draw((n, d, p): (usize, usize, usize), seed: u64) -> (Dataset, Network) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let labels = Array1::from_shape_fn(n, |_| if random.random_range(0..2) == 0 { 1.0 } else { -1.0 });
    let inputs = uniform(&mut random, (n, d), 1.0);
    let hidden = uniform(&mut random, (p, d), 1.0);
    let output = Array1::from_shape_fn(p, |j| {
        let norm = hidden.row(j).dot(&hidden.row(j)).sqrt();
        if j % 2 == 0 { norm } else { -norm }
    });
    (
        Dataset::new(inputs, labels).unwrap(),
        Network::new(hidden, output).unwrap(),
    )
}

/// Random problems with the logistic loss to τ = 50, or to where the forces on examples cannot be told apart: evaluations stay
/// bounded, the margin grows, and rows stand at the τ asked for.
#[test]
fn a_run_to_fifty_does_not_starve() {
    let times: Vec<f64> = (1..=25).map(|k| 2.0 * f64::from(k)).collect();
    for seed in 0..5 {
        for precision in [Precision::F64, Precision::F32] {
            let model = Model {
                loss: Loss::Logistic,
                ..Model::default()
            };
            let method = Method::Flow(Flow {
                precision,
                ..Flow::default()
            });
            let problem = draw((24, 6, 30), seed);
            let solution = solve(model, &problem, method, 51.0, When::Times(times.clone()));
            let rows = solution.trajectory.rows();
            let last = rows[rows.len() - 1];
            println!(
                "seed {seed} {precision:?}: tau {} margin {} smoothed {} evaluations {} {}",
                last.tau, last.margin, last.smoothed_margin, solution.counts.evaluations, solution.verdict
            );
            assert!(
                matches!(solution.verdict, Verdict::Separating { .. }),
                "{}",
                solution.verdict
            );
            assert!(solution.counts.evaluations < 60_000, "{:?}", solution.counts);
            assert!(last.margin > 0.0 && last.tau > 10.0);
            for (row, tau) in rows.iter().zip(&times).take(rows.len() - 1) {
                assert!((row.tau - tau).abs() < 2e-3 * tau, "{} for {tau}", row.tau);
            }
        }
    }
}

/// What is recorded by τ is the run recorded by t: the same end, and every row on its path. The other methods write the first
/// point at or beyond each τ.
#[test]
fn rows_by_tau_lie_on_the_path() {
    let problem = draw((10, 6, 12), 7);
    let model = Model {
        loss: Loss::Logistic,
        ..Model::default()
    };
    let times = When::Times(vec![0.0, 0.5, 1.0, 2.0]);
    let flow = solve(model, &problem, careful(), 3.0, times.clone());
    let taus: Vec<f64> = flow.trajectory.rows().iter().map(|row| row.tau).collect();
    for (found, asked) in taus.iter().zip([0.0, 0.5, 1.0, 2.0, 3.0]) {
        assert!((found - asked).abs() < 1e-4, "{taus:?}");
    }
    let descent = Method::GradientDescent(GradientDescent {
        learning_rate: 1e-3,
        ..GradientDescent::default()
    });
    for method in [Method::Exact(Exact::default()), descent] {
        let other = solve(model, &problem, method, 3.0, times.clone());
        assert_eq!(other.trajectory.rows().len(), 5);
        for (row, (same, asked)) in other
            .trajectory
            .rows()
            .iter()
            .zip(flow.trajectory.rows().iter().zip([0.0, 0.5, 1.0, 2.0, 3.0]))
        {
            assert!(
                row.tau >= asked - 1e-5 && row.tau < asked + 0.2,
                "{} for {asked}",
                row.tau
            );
            // log L falls at the rate d log L/dτ ≥ −2 ‖θ‖⁴-like numbers; here at most 3 a unit of τ.
            assert!((row.loss / same.loss).ln().abs() < 1e-2 + 3.0 * (row.tau - same.tau).abs());
        }
    }
    let mut problem = Problem::new(&problem.0, &problem.1, Method::default());
    problem.stops = until(1.0);
    problem.record.clock = Timing::Tau;
    let refusal = problem.solve().unwrap_err().to_string();
    assert!(refusal.contains("the clock of the logistic"), "{refusal}");
}
