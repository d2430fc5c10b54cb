//! Holds steps over kinks against closed forms and against the exact flow.

use ndarray::{Array1, Array2, array};
use reluflow::flow::{Accuracy, Exact, Flow, Integrator, Precision};
use reluflow::model::{Activation, Loss, Model, Rates, Train};
use reluflow::{Dataset, Method, Network, Problem, Solution};

use super::common::{balanced, isotropic, slope, until};

/// Steps over kinks of a fixed length: tolerances too wide to matter.
fn fixed(step: f64) -> Flow {
    let wide = Some(1e6);
    Flow {
        patience: wide,
        tolerance: wide,
        fall: wide,
        margin: wide,
        first_step: wide,
        largest_step: Some(step),
        ..Flow::default()
    }
}

fn run(model: Model, data: &Dataset, network: &Network, method: Method, time: f64) -> Solution {
    Problem {
        model,
        stops: until(time),
        ..Problem::new(data, network, method)
    }
    .solve()
    .unwrap()
}

/// ‖θ − θ'‖/‖θ'‖.
fn distance(found: &Network, exact: &Network) -> f64 {
    let all = |network: &Network| -> Vec<f64> {
        let hidden = network.hidden_weights().to_owned();
        hidden
            .into_iter()
            .chain(network.output_weights().to_vec())
            .collect()
    };
    let (found, exact) = (all(found), all(exact));
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    square(&mut found.iter().zip(&exact).map(|(a, b)| a - b)) / square(&mut exact.iter().copied())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One neuron, one example twice: u = a⟨w, x⟩ obeys u' = 2 (y − u) u for balanced weights.
#[test]
fn they_have_order_2_where_nothing_switches() {
    let (y, u0, time) = (1.5, 0.16, 2.0);
    let data = Dataset::new(array![[1.0], [1.0]], array![y, y]).unwrap();
    let network = Network::new(array![[0.4]], array![0.4]).unwrap();
    let exact = y / (1.0 + (y / u0 - 1.0) * (-2.0 * y * time).exp());
    let errors = [16, 32, 64, 128].map(|steps| {
        let step = time / f64::from(steps);
        let solution = run(Model::PAPER, &data, &network, Method::Flow(fixed(step)), time);
        (step, (solution.network.output(&[1.0]) - exact).abs())
    });
    let found = slope(&errors);
    assert!((1.8..2.6).contains(&found), "{found}: {errors:?}");
}

/// While dozens of pairs cross their kinks and start to slide, Runge–Kutta–Chebyshev of the same steps is twenty times further away.
#[test]
fn across_kinks_they_are_twenty_times_nearer() {
    for shape in [(30, 8, 12), (50, 30, 10), (24, 3, 16)] {
        let mut gains = Vec::new();
        for draw in 0..12 {
            let (data, network) = isotropic(shape, draw);
            let at = |method| run(Model::PAPER, &data, &network, method, 3.2).network;
            let exact = at(Method::Exact(Exact::default()));
            let usual = Flow {
                integrator: Integrator::RungeKuttaChebyshev1,
                patience: None,
                ..fixed(0.1)
            };
            let [usual, over_kinks] =
                [usual, fixed(0.1)].map(|flow| distance(&at(Method::Flow(flow)), &exact));
            gains.push(usual / over_kinks);
        }
        println!("{shape:?}: {gains:.0?}");
        let gain = median(gains);
        assert!(gain > 20.0, "{shape:?}: {gain}");
    }
}

/// Every activation with a kink, every loss, rates and frozen layers, small starts, other scales of inputs and labels, single precision.
#[test]
fn they_follow_the_exact_flow_of_every_model() {
    let paper = Model::PAPER;
    let mut models = vec![paper];
    for slope in [0.2, -0.3] {
        models.push(Model {
            activation: Activation::Leaky(slope),
            ..paper
        });
    }
    models.push(Model {
        activation: Activation::AbsoluteValue,
        ..paper
    });
    for train in [Train::Hidden, Train::Output] {
        models.push(Model {
            train: Some(train),
            ..paper
        });
    }
    models.push(Model {
        rates: Some(Rates {
            hidden: 0.5,
            output: 2.0,
        }),
        ..paper
    });
    models.push(Model {
        loss: Loss::Logistic,
        ..paper
    });
    for (k, model) in models.into_iter().enumerate() {
        for (scale, precision) in [
            (1.0, Precision::F64),
            (1e-2, Precision::F64),
            (1.0, Precision::F32),
        ] {
            let (data, network) = isotropic((30, 6, 10), k as u64);
            let labels: Array1<f64> = if model.loss.is_classification() {
                data.labels().mapv(f64::signum)
            } else {
                data.labels().to_owned()
            };
            let inputs: Array2<f64> = data.inputs().to_owned();
            let data = Dataset::new(inputs, labels).unwrap();
            let (network, time) = if scale < 1.0 {
                (balanced(&data, 10, scale, k as u64), 10.0)
            } else {
                (network, 2.0)
            };
            let exact = run(model, &data, &network, Method::Exact(Exact::default()), time).network;
            let careful = Flow {
                accuracy: Accuracy::Careful,
                precision,
                ..Flow::default()
            };
            let found = run(model, &data, &network, Method::Flow(careful), time).network;
            let [far, way] = [distance(&found, &exact), distance(&network, &exact)];
            println!("{model}, {scale:e}, {precision:?}: {far:.1e} of {way:.1e}");
            assert!(way > 0.05, "{model}, {scale:e}: it hardly moves: {way:e}");
            assert!(far < 5e-3, "{model}, {scale:e}, {precision:?}: {far:e}");
        }
    }
}

/// One neuron, one example, exponential loss, output weight frozen at 1: e^w = e^{w(0)} + t. The force bends, and nothing else bounds the step.
#[test]
fn forces_that_bend_shorten_steps() {
    let model = Model {
        loss: Loss::Exponential,
        train: Some(Train::Hidden),
        ..Model::PAPER
    };
    let data = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    let network = Network::new(array![[0.1]], array![1.0]).unwrap();
    let flow = Flow {
        tolerance: None,
        ..fixed(20.0)
    };
    let found = run(model, &data, &network, Method::Flow(flow), 20.0).network;
    let expected = (0.1f64.exp() + 20.0).ln();
    let output = found.output(&[1.0]);
    assert!((output - expected).abs() < 0.1, "{output} {expected}");
}

/// A tolerance that a method would not look at is refused, not ignored.
#[test]
fn patience_is_refused_where_nothing_looks_at_it() {
    for integrator in Integrator::ALL {
        let flow = Flow {
            integrator,
            ..fixed(0.1)
        };
        let message = flow.check().unwrap_err().to_string();
        assert!(message.contains("integrator: expected automatic"), "{message}");
    }
    assert!(fixed(0.1).check().is_ok());
}
