//! The exact flow of other models: adaptive flows tend to it, closed forms, largest margins, slides of absolute values.

use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::flow::{EventKind, Exact, Flow, GradientDescent, Integrator};
use reluflow::model::{Activation, Loss, Model, Rates, Train};
use reluflow::{Dataset, Method, Network, Problem, Solution, Stops};

use super::common::draw;

fn solve(model: &Model, problem: &(Dataset, Network), method: Method, stops: Stops) -> Solution {
    let mut problem = Problem::new(&problem.0, &problem.1, method);
    problem.model = *model;
    problem.stops = stops;
    problem.solve().unwrap()
}

fn until(time: f64) -> Stops {
    Stops {
        time: Some(time),
        ..Stops::default()
    }
}

fn exact() -> Method {
    Method::Exact(Exact::default())
}

fn distance(a: &Network, b: &Network) -> f64 {
    let flat = |net: &Network| -> Array1<f64> {
        net.hidden_weights()
            .iter()
            .chain(net.output_weights())
            .copied()
            .collect()
    };
    let (a, b) = (flat(a), flat(b));
    let difference = &a - &b;
    (difference.dot(&difference) / b.dot(&b)).sqrt()
}

/// Tsitouras' method with short steps, and gradient descent, tend to the exact flow: of 36 models, wherever the flow is unique.
#[test]
fn adaptive_flows_tend_to_it() {
    let (mut compared, mut crossed, mut slid) = (0, 0, 0);
    for (seed, loss) in [Loss::Square, Loss::Logistic, Loss::Exponential]
        .into_iter()
        .enumerate()
    {
        for slope in [0.1, 0.5, 1.0, -1.0] {
            for (hidden, output) in [(1.0, 1.0), (1.0, 0.0), (2.0, 0.3)] {
                let model = Model {
                    activation: Activation::Leaky(slope),
                    loss,
                    rates: Some(Rates { hidden, output }),
                    ..Model::default()
                };
                let problem = draw((8, 6, 6), false, 40 + seed as u64);
                let truth = solve(&model, &problem, exact(), until(5.0));
                crossed += truth.events.count(EventKind::Crossed);
                slid += truth.events.count(EventKind::BeganToSlide);
                if truth.counts.branches > 0 {
                    continue;
                }
                compared += 1;
                let error = |tolerance| {
                    let method = Method::Flow(Flow {
                        integrator: Integrator::Tsitouras,
                        tolerance: Some(tolerance),
                        fall: Some(0.02),
                        largest_step: Some(tolerance.sqrt()),
                        ..Flow::default()
                    });
                    distance(
                        &solve(&model, &problem, method, until(5.0)).network,
                        &truth.network,
                    )
                };
                let (coarse, fine) = (error(1e-4), error(1e-6));
                let slides = truth.events.count(EventKind::BeganToSlide) > 0;
                if slides {
                    // Beside a kink slid on, a step is of order 1 in its length, here 10⁻³; so is one of gradient descent.
                    let method = Method::GradientDescent(GradientDescent {
                        learning_rate: 1e-4,
                        ..GradientDescent::default()
                    });
                    let euler = distance(
                        &solve(&model, &problem, method, until(5.0)).network,
                        &truth.network,
                    );
                    assert!(
                        fine < 2e-3 && euler < 1e-4,
                        "{model}: {coarse:e} {fine:e} {euler:e}"
                    );
                } else {
                    // Linear networks have no kinks.
                    assert!(fine < 1e-11, "{model}: {coarse:e} {fine:e}");
                }
            }
        }
    }
    assert!(
        compared > 20 && crossed > 100 && slid > 10,
        "{compared} {crossed} {slid}"
    );
}

/// Orthogonal inputs: for 0 < γ nothing slides or dies, for γ < 0 a pair whose sides push against each other slides.
#[test]
fn orthogonal_inputs_cross_or_slide() {
    let problem = draw((8, 8, 8), true, 3);
    let events = |slope| {
        let model = Model {
            activation: Activation::Leaky(slope),
            ..Model::default()
        };
        let solution = solve(&model, &problem, exact(), until(40.0));
        let count = |kind| solution.events.count(kind);
        (
            count(EventKind::Crossed),
            count(EventKind::BeganToSlide),
            count(EventKind::Died),
        )
    };
    let (crossed, slid, died) = events(0.2);
    assert!(crossed > 0 && slid == 0 && died == 0, "{crossed} {slid} {died}");
    let (_, slid, died) = events(-1.0);
    assert!(slid > 0 && died == 0, "{slid} {died}");
}

/// One neuron and one example of norm 1, y = 1, a = w: u = a w has u' = 2u e^(−u) for the exponential loss, so that
/// Ei(u) = Ei(u_0) + 2t; here by a fine Runge–Kutta scheme of order 4.
#[test]
fn one_neuron_follows_its_scalar_equation() {
    let data = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    let network = Network::new(array![[0.6]], array![0.6]).unwrap();
    for (loss, force) in [
        (Loss::Exponential, (|u: f64| (-u).exp()) as fn(f64) -> f64),
        (Loss::Logistic, |u: f64| 1.0 / (1.0 + u.exp())),
    ] {
        let (mut u, steps, time) = (0.36, 20_000, 8.0);
        let h = time / f64::from(steps);
        let slope = |u: f64| 2.0 * u * force(u);
        for _ in 0..steps {
            let k1 = slope(u);
            let k2 = slope(u + 0.5 * h * k1);
            let k3 = slope(u + 0.5 * h * k2);
            u += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + slope(u + h * k3));
        }
        let model = Model {
            loss,
            ..Model::default()
        };
        let solution = solve(&model, &(data.clone(), network.clone()), exact(), until(time));
        let found = solution.network.output(&[1.0]);
        assert!((found - u).abs() < 1e-12, "{loss}: {found}, expected {u}");
    }
}

/// Orthonormal inputs, output frozen at half +1 and half −1, exponential loss: margin over √((1/p) Σ ‖w‖²) → √((1 + γ²)/(2n)),
/// here to L = 10⁻¹²⁰; and both layers on four points in the plane, whose largest margin is 0.2251050.
#[test]
fn it_reaches_the_largest_margins() {
    let deep = Stops {
        time: Some(1e280),
        loss: Some(1e-120),
        ..Stops::default()
    };
    let (n, p) = (8, 6);
    let labels = Array1::from_shape_fn(n, |i| if i < n / 2 { 1.0 } else { -1.0 });
    let data = Dataset::new(Array2::eye(n), labels).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let hidden = Array2::from_shape_fn((p, n), |_| 1e-3 * random.random_range(-1.0..1.0));
    let output = Array1::from_shape_fn(p, |j| if j < p / 2 { 1.0 } else { -1.0 });
    let model = Model {
        activation: Activation::Leaky(0.1),
        loss: Loss::Exponential,
        train: Some(Train::Hidden),
        ..Model::default()
    };
    let margin = |model: &Model, data: &Dataset, network: &Network| {
        let rows = data.inputs();
        let margins = rows
            .rows()
            .into_iter()
            .zip(data.labels())
            .map(|(x, y)| y * network.output_with(model.activation, &x.to_vec()))
            .collect::<Vec<f64>>();
        margins.into_iter().fold(f64::INFINITY, f64::min)
    };
    let solution = solve(
        &model,
        &(data.clone(), Network::new(hidden, output).unwrap()),
        exact(),
        deep,
    );
    let squares: f64 = solution.network.hidden_weights().iter().map(|w| w * w).sum();
    let found = margin(&model, &data, &solution.network) / (squares / p as f64).sqrt();
    assert!((found / 0.251_247 - 1.0).abs() < 1e-4, "{found}");
    assert!(solution.counts.evaluations < 100_000, "{:?}", solution.counts);

    let data = Dataset::new(
        array![[1.0, 0.5], [0.5, 1.0], [-1.0, 0.3], [-0.4, -1.0]],
        array![1.0, 1.0, -1.0, -1.0],
    )
    .unwrap();
    let p = 12;
    let hidden: Array2<f64> = Array2::from_shape_fn((p, 2), |_| 1e-3 * random.random_range(-1.0..1.0));
    let output = Array1::from_shape_fn(p, |j| {
        let norm = hidden.row(j).dot(&hidden.row(j)).sqrt();
        if j % 2 == 0 { norm } else { -norm }
    });
    let network = Network::new(hidden, output).unwrap();
    for loss in [Loss::Logistic, Loss::Exponential] {
        let model = Model {
            loss,
            ..Model::default()
        };
        let solution = solve(&model, &(data.clone(), network.clone()), exact(), deep);
        let weights = solution
            .network
            .hidden_weights()
            .iter()
            .chain(solution.network.output_weights())
            .copied()
            .collect::<Vec<f64>>();
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        let found = margin(&model, &data, &solution.network) / (squares / p as f64);
        println!("{loss}: {found} {:?}", solution.counts);
        // log(n)/log(1/L) = 0.5 % off at this loss.
        assert!((found / 0.225_105_0 - 1.0).abs() < 1e-2, "{loss}: {found}");
    }
}
