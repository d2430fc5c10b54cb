//! A frozen hidden layer under the square loss is a linear problem: its closed form against the flow and the normal equations.

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::flow::{Flow, Integrator, RandomFeatures};
use reluflow::model::{Activation, Loss, Model, Rates};
use reluflow::{Dataset, Method, Network, Problem, Solution, Stops};

fn draw((n, d, p): (usize, usize, usize), seed: u64) -> (Dataset, Network) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut matrix =
        |rows, columns| Array2::from_shape_fn((rows, columns), |_| random.random_range(-1.0..1.0));
    let (inputs, labels) = (2.0 * matrix(n, d), matrix(1, n).row(0).to_owned());
    let (hidden, output) = (2.0 * matrix(p, d), matrix(1, p).row(0).to_owned());
    (
        Dataset::new(inputs, labels).unwrap(),
        Network::new(hidden, output).unwrap(),
    )
}

fn model(slope: f64, rate: f64, weight_decay: f64) -> Model {
    Model {
        activation: Activation::Leaky(slope),
        rates: Some(Rates {
            hidden: 0.0,
            output: rate,
        }),
        weight_decay,
        ..Model::default()
    }
}

fn flow(data: &Dataset, network: &Network, model: &Model, time: f64) -> Solution {
    let careful = Method::Flow(Flow {
        integrator: Integrator::Tsitouras,
        tolerance: Some(1e-10),
        fall: Some(0.02),
        ..Flow::default()
    });
    let mut problem = Problem::new(data, network, careful);
    problem.model = *model;
    problem.stops = Stops {
        time: Some(time),
        ..Stops::default()
    };
    problem.solve().unwrap()
}

/// The closed form is the flow at every time, for more neurons than examples and for fewer, with decay and without.
#[test]
fn the_closed_form_is_the_flow() {
    for shape in [(5, 3, 12), (20, 4, 6)] {
        for (slope, rate, decay) in [(0.0, 1.0, 0.0), (0.5, 0.3, 0.0), (-1.0, 1.0, 0.2)] {
            let (data, network) = draw(shape, 1);
            let model = model(slope, rate, decay);
            let linear = RandomFeatures::new(&data, &network, &model).unwrap();
            for time in [0.0, 0.7, 9.0] {
                let found = linear.output_weights(time);
                let network = if time == 0.0 {
                    network.clone()
                } else {
                    let solution = flow(&data, &network, &model, time);
                    assert!((linear.loss(time) / solution.end.loss - 1.0).abs() < 1e-6);
                    assert_eq!(solution.linear, Some(linear.end()));
                    solution.network
                };
                for (found, expected) in found.iter().zip(network.output_weights()) {
                    // Local errors of 10⁻¹⁰ ‖θ‖ a step, of hundreds of steps.
                    assert!((found - expected).abs() < 1e-6, "t = {time}: {found}, {expected}");
                }
                assert_eq!(linear.network(time).hidden_weights(), network.hidden_weights());
            }
        }
    }
}

/// At the end the gradient of the objective vanishes; what moved lies in the rows of the features; and the sentence says it.
#[test]
fn the_end_is_stationary_and_nearest() {
    for (shape, interpolates) in [((5, 3, 40), true), ((20, 4, 6), false)] {
        for decay in [0.0, 0.2] {
            let (data, network) = draw(shape, 2);
            let model = model(0.1, 1.0, decay);
            let linear = RandomFeatures::new(&data, &network, &model).unwrap();
            let end = linear.end();
            assert_eq!(end.interpolates, interpolates && decay == 0.0);
            assert_eq!(end.to_string().contains("interpolating"), end.interpolates);
            assert!(end.to_string().contains("a linear problem of rank"));
            let weights = Array1::from(linear.output_weights(f64::INFINITY));
            let (n, p) = (shape.0 as f64, shape.2 as f64);
            let features = data
                .inputs()
                .dot(&network.hidden_weights().t())
                .mapv(|u| model.activation.value(u));
            let residuals = &data.labels() - &(features.dot(&weights) / p);
            let gradient = features.t().dot(&residuals) / n - decay * &weights;
            let size = gradient.dot(&gradient).sqrt();
            assert!(size < 1e-12, "{shape:?}, decay {decay}: {size:e}");
            let loss = residuals.dot(&residuals) / (2.0 * n);
            assert!((loss - end.loss).abs() <= 1e-12 * (1.0 + loss));
            assert!(end.rank <= shape.0.min(shape.2) && end.slowest_rate > 0.0);
        }
    }
}

#[test]
fn other_problems_are_not_linear() {
    let (data, network) = draw((5, 3, 4), 3);
    let refusal = |model: Model| {
        RandomFeatures::new(&data, &network, &model)
            .unwrap_err()
            .to_string()
    };
    assert!(refusal(Model::default()).contains("a frozen hidden layer"));
    let signs = Dataset::new(data.inputs().to_owned(), data.labels().mapv(f64::signum)).unwrap();
    let logistic = Model {
        loss: Loss::Logistic,
        ..model(0.0, 1.0, 0.0)
    };
    assert!(RandomFeatures::new(&signs, &network, &logistic).is_err());
    assert_eq!(flow(&signs, &network, &logistic, 1.0).linear, None);
}
