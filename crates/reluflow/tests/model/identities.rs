//! The laws of every model, by finite differences: gradient, descent, balance, kernel.

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::field::{Dense, split_state};
use reluflow::model::{Activation, Loss, Model, Rates};
use reluflow::observe::curvature::Bounds;
use reluflow::observe::{Observable, When};
use reluflow::{Dataset, Method, Network, Problem, Setting, VectorField};

const SHAPE: [usize; 3] = [7, 4, 5];

fn models() -> Vec<Model> {
    let mut models = Vec::new();
    for loss in [Loss::Square, Loss::Logistic, Loss::Exponential] {
        for slope in [0.0, 0.1, 0.5, 1.0, -1.0] {
            for (hidden, output) in [(1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (2.0, 0.3)] {
                for weight_decay in [0.0, 0.2] {
                    for decay_bias in [true, false] {
                        models.push(Model {
                            activation: Activation::Leaky(slope),
                            loss,
                            rates: Some(Rates { hidden, output }),
                            weight_decay,
                            decay_bias,
                            ..Model::default()
                        });
                    }
                }
            }
        }
    }
    models
}

/// Data whose last coordinate is 1, and a network no preactivation of which lies within 10⁻³ of 0.
fn draw(seed: u64) -> (Dataset, Network) {
    let [n, d, p] = SHAPE;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    loop {
        let mut number = || random.random_range(-1.0_f64..1.0);
        let inputs = Array2::from_shape_fn((n, d), |(_, k)| if k + 1 < d { number() } else { 1.0 });
        let hidden = Array2::from_shape_fn((p, d), |_| number());
        let output = Array1::from_shape_fn(p, |_| number());
        if inputs.dot(&hidden.t()).iter().all(|u: &f64| u.abs() > 1e-3) {
            let labels = Array1::from_shape_fn(n, |i| if i % 3 == 0 { -1.0 } else { 1.0 });
            return (
                Dataset::new(inputs, labels).unwrap(),
                Network::new(hidden, output).unwrap(),
            );
        }
    }
}

/// F(θ) as the formula says, and the outputs h_i.
fn objective(model: &Model, data: &Dataset, state: &[f64]) -> (f64, Vec<f64>) {
    let [n, d, p] = SHAPE;
    let (hidden, output) = split_state(state, p);
    let mut outputs = vec![0.0; n];
    for (i, h) in outputs.iter_mut().enumerate() {
        for j in 0..p {
            let u: f64 = (0..d).map(|k| hidden[j * d + k] * data.inputs()[(i, k)]).sum();
            *h += output[j] * if u > 0.0 { u } else { model.activation.slope() * u } / p as f64;
        }
    }
    let losses = outputs.iter().zip(data.labels()).map(|(h, y)| match model.loss {
        Loss::Square => 0.5 * (h - y).powi(2),
        Loss::Logistic => (-y * h).exp().ln_1p(),
        Loss::Exponential => (-y * h).exp(),
        other => unreachable!("no file names {other}"),
    });
    let decays = |k: &usize| model.decay_bias || k % d + 1 < d;
    let squares: f64 = (0..p * d).filter(decays).map(|k| hidden[k].powi(2)).sum();
    let squares = squares + output.iter().map(|a| a * a).sum::<f64>();
    let penalty = model.weight_decay / (2.0 * p as f64) * squares;
    (losses.sum::<f64>() / n as f64 + penalty, outputs)
}

/// Central differences with step 10⁻⁵ err by third derivatives of order 1 times 10⁻¹⁰, and by roundings of F of 10⁻¹⁶ over
/// the step: 10⁻⁹ together, p times that for dθ/dt.
#[test]
fn velocity_descent_balance_and_kernel_are_those_of_the_objective() {
    let [n, d, p] = SHAPE;
    for (seed, model) in models().into_iter().enumerate() {
        let (data, network) = draw(seed as u64);
        model.check().unwrap();
        model.check_data(&data).unwrap();
        let mut field = Dense::<f64>::new(&data, p).with_model(&model);
        let mut state = vec![0.0; field.state_length()];
        field.write_state(&network, &mut state);
        let mut velocity = state.clone();
        let value = field.velocity(&state, &mut velocity);
        let (expected, outputs) = objective(&model, &data, &state);
        assert!(
            (value - expected).abs() < 1e-14,
            "{model}: {value} is not {expected}"
        );

        // dθ/dt = −p η ∇F, entry by entry.
        let rates = model.rates();
        let step = 1e-5;
        for k in 0..state.len() {
            let at = |change: f64| {
                let mut moved = state.clone();
                moved[k] += change;
                objective(&model, &data, &moved).0
            };
            let gradient = (at(step) - at(-step)) / (2.0 * step);
            let rate = if k < p * d { rates.hidden } else { rates.output };
            let expected = -(p as f64) * rate * gradient;
            assert!((velocity[k] - expected).abs() < 1e-8, "{model}: entry {k}");
        }

        // dF/dt = −dissipation, and dh/dt = (1/n) M f − λ(η_w + η_a) h where everything decays.
        let along = |change: f64| -> (f64, Vec<f64>) {
            let moved: Vec<f64> = state.iter().zip(&velocity).map(|(x, v)| x + change * v).collect();
            objective(&model, &data, &moved)
        };
        let ((ahead, to), (behind, from)) = (along(step), along(-step));
        let slope = (ahead - behind) / (2.0 * step);
        assert!((slope + field.dissipation(&velocity)).abs() < 1e-8, "{model}");
        let forces = field.residuals().to_vec();
        let mut image = vec![0.0; n];
        field.apply_kernel(&state, &forces, &mut image);
        if model.decay_bias {
            let fall = model.weight_decay * (rates.hidden + rates.output);
            for i in 0..n {
                let slope = (to[i] - from[i]) / (2.0 * step);
                let expected = image[i] / n as f64 - fall * outputs[i];
                assert!((slope - expected).abs() < 1e-8, "{model}: output {i}");
            }
        }

        // dB_j/dt = −2λ η_w η_a (a_j² − ‖w_j‖²), B_j = η_w a_j² − η_a ‖w_j‖².
        let (hidden, output) = split_state(&state, p);
        let (hidden_velocity, output_velocity) = split_state(&velocity, p);
        for j in 0..p {
            let row = j * d..(j + 1) * d;
            let (w, dw) = (&hidden[row.clone()], &hidden_velocity[row]);
            let inner: f64 = w.iter().zip(dw).map(|(w, v)| w * v).sum();
            let slope = 2.0 * rates.hidden * output[j] * output_velocity[j] - 2.0 * rates.output * inner;
            let decaying = if model.decay_bias { w } else { &w[..d - 1] };
            let norm: f64 = decaying.iter().map(|w| w * w).sum();
            let law = -2.0 * model.weight_decay * rates.hidden * rates.output * (output[j].powi(2) - norm);
            assert!(
                (slope - law).abs() < 1e-14,
                "{model}: neuron {j}, {slope} is not {law}"
            );
        }
    }
}

/// The bounds of Lemma 6 hold along flows of other slopes and rates, and tie μ down where inputs hardly interact.
#[test]
fn lemma_6_bounds_the_curvature_of_other_models() {
    for (number, (n, d, p)) in [(8, 600, 6), (12, 9, 4)].into_iter().enumerate() {
        let setting = Setting::paper(n, d, p);
        let (data, network) = setting.draw(77, number as u64).unwrap();
        for slope in [0.0, 0.3, -0.5, 1.0] {
            for (hidden, output) in [(1.0, 1.0), (1.0, 0.0), (2.0, 0.3), (0.4, 0.4)] {
                let mut problem = Problem::new(&data, &network, Method::default());
                problem.model = Model {
                    activation: Activation::Leaky(slope),
                    rates: Some(Rates { hidden, output }),
                    ..Model::default()
                };
                problem.stops.time = Some(5.0);
                problem.record.observables = vec![Observable::Curvature, Observable::CurvatureBounds];
                problem.record.when = When::PerDecade(3);
                let solution = problem.solve().unwrap();
                let rows = solution.trajectory.rows();
                assert!(rows.len() > 4);
                // In low dimension neurons slide later, and a velocity then holds pushes that cancel.
                for row in rows.iter().filter(|row| d > n || row.time < 0.1) {
                    let chain = [row.mu_low, row.mu, row.mu_upp];
                    let ordered = chain.windows(2).all(|pair| pair[0] <= pair[1] * (1.0 + 1e-9));
                    assert!(
                        ordered,
                        "{chain:?} at {}, slope {slope}, rates {hidden}, {output}",
                        row.time
                    );
                    // With a slope γ ≠ 0 every example has mass, so that the lower bound says something.
                    assert!(d < n || slope == 0.0 || row.mu_low > 0.0);
                }
            }
        }
    }
    let frozen = Model {
        rates: Some(Rates {
            hidden: 0.0,
            output: 1.0,
        }),
        ..Model::default()
    };
    assert!(!Bounds::exist(&frozen));
}
