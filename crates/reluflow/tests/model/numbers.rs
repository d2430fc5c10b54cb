//! Flows of the model family against closed forms and numbers of independent programs.

use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::flow::{Flow, Integrator};
use reluflow::model::{Activation, Loss, Model, Train};
use reluflow::{Dataset, Method, Network, Problem, Solution, Stops};

use super::common::uniform;

/// Tsitouras' method, with steps short enough for six digits where the flow is smooth.
fn careful() -> Method {
    Method::Flow(Flow {
        integrator: Integrator::Tsitouras,
        tolerance: Some(1e-8),
        fall: Some(0.02),
        ..Flow::default()
    })
}

fn run(model: &Model, data: &Dataset, network: &Network, method: Method, stops: Stops) -> Solution {
    let problem = Problem {
        model: *model,
        stops,
        ..Problem::new(data, network, method)
    };
    problem.solve().unwrap()
}

fn until(time: f64, loss: Option<f64>) -> Stops {
    Stops {
        time: Some(time),
        loss,
        steps: Some(1_000_000),
        ..Stops::default()
    }
}

/// min_i y_i h(x_i).
fn margin(model: &Model, data: &Dataset, network: &Network) -> f64 {
    let rows = data.inputs();
    let values = rows
        .rows()
        .into_iter()
        .zip(data.labels())
        .map(|(x, y)| y * network.output_with(model.activation, x.to_owned().as_slice().unwrap()));
    values.fold(f64::INFINITY, f64::min)
}

fn squares<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().map(|v| v * v).sum()
}

/// ‖W‖₂², by power iteration.
fn squared_spectral_norm(w: &Array2<f64>) -> f64 {
    let mut v = Array1::from_elem(w.ncols(), 1.0) + w.row(0);
    let mut value = 0.0;
    for _ in 0..2000 {
        v /= squares(&v).sqrt();
        let image = w.t().dot(&w.dot(&v));
        value = squares(&image).sqrt();
        v = image;
    }
    value
}

/// Orthonormal inputs, half of the labels of each sign, output weights frozen at half +1 and half −1: the margin over
/// ‖W‖_F tends to √((1 + γ²)/(2n)), and the stable rank to 2(1 + γ²)/(1 + γ)².
#[test]
fn a_frozen_output_layer_separates_orthonormal_inputs_with_the_largest_margin() {
    let (n, p) = (8, 6);
    let labels = Array1::from_shape_fn(n, |i| if i < n / 2 { 1.0 } else { -1.0 });
    let data = Dataset::new(Array2::eye(n), labels).unwrap();
    for (slope, expected, rank) in [(0.1, 0.251_247, 1.669_421), (0.5, 0.279_508, 1.111_111)] {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let hidden = uniform(&mut random, (p, n), 1e-3);
        let output = Array1::from_shape_fn(p, |j| if j < p / 2 { 1.0 } else { -1.0 });
        let network = Network::new(hidden, output.clone()).unwrap();
        let model = Model {
            activation: Activation::Leaky(slope),
            loss: Loss::Exponential,
            train: Some(Train::Hidden),
            ..Model::default()
        };
        let solution = run(
            &model,
            &data,
            &network,
            Method::default(),
            until(1e280, Some(1e-120)),
        );
        assert_eq!(solution.network.output_weights(), output, "frozen");
        let w = solution.network.hidden_weights().to_owned();
        let norm = (squares(&w) / p as f64).sqrt();
        let found = margin(&model, &data, &solution.network) / norm;
        // What is left of the start is 10⁻³ of weights of size 10³.
        assert!(
            (found - expected).abs() < 1e-4 * expected,
            "slope {slope}: {found}"
        );
        let found = squares(&w) / squared_spectral_norm(&w);
        assert!((found - rank).abs() < 1e-3, "slope {slope}: stable rank {found}");
    }
}

/// Two points of each sign in the plane, both layers of ReLU networks from a small balanced start: two directions, and the
/// largest margin over Σ (‖w‖² + a²)/p.
#[test]
fn both_layers_separate_four_points_along_two_directions() {
    let data = Dataset::new(
        array![[1.0, 0.5], [0.5, 1.0], [-1.0, 0.3], [-0.4, -1.0]],
        array![1.0, 1.0, -1.0, -1.0],
    )
    .unwrap();
    for loss in [Loss::Exponential, Loss::Logistic] {
        let model = Model {
            loss,
            ..Model::default()
        };
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let p = 20;
        let hidden = uniform(&mut random, (p, 2), 1e-4);
        let output = Array1::from_shape_fn(p, |j| {
            let sign = if j % 2 == 0 { 1.0 } else { -1.0 };
            sign * squares(hidden.row(j)).sqrt()
        });
        let network = Network::new(hidden, output).unwrap();
        let solution = run(
            &model,
            &data,
            &network,
            Method::default(),
            until(1e300, Some(1e-250)),
        );
        let found = &solution.network;
        let norms = (squares(found.hidden_weights()) + squares(found.output_weights())) / p as f64;
        let margin = margin(&model, &data, found) / norms;
        // The smoothed margin is (log n)/(2 log(1/L)) off: 1.2·10⁻³.
        assert!(
            (margin - 0.225_105_0).abs() < 2e-3 * 0.225_105_0,
            "{loss}: {margin}"
        );
        // The largest neuron of each sign.
        for (sign, direction) in [
            (1.0, [std::f64::consts::FRAC_1_SQRT_2; 2]),
            (-1.0, [-0.907_960, -0.419_059]),
        ] {
            let size = |j: &usize| found.output_weights()[*j] * sign;
            let best = (0..p).max_by(|j, k| size(j).total_cmp(&size(k))).unwrap();
            let w = found.hidden_weights().row(best).to_owned();
            let w = &w / squares(&w).sqrt();
            let gap = squares(&(w - Array1::from(direction.to_vec()))).sqrt();
            assert!(gap < 5e-3, "{loss}: direction {sign} is off by {gap}");
        }
    }
}

/// Leaky ReLU, both layers, X = ±{(1,0), (0,1), (1,1)}, y = ±(1, 2, 1.5): in terms of the mean of r², L tends to 1/4 for
/// every slope, and from a balanced start of size s it leaves 29/12 after (0.697486/(1 + γ)) log(1/s) + a constant.
#[test]
fn a_symmetric_problem_is_left_after_a_time_logarithmic_in_the_start() {
    let x = array![
        [1.0, 0.0],
        [0.0, 1.0],
        [1.0, 1.0],
        [-1.0, 0.0],
        [0.0, -1.0],
        [-1.0, -1.0]
    ];
    let data = Dataset::new(x, array![1.0, 2.0, 1.5, -1.0, -2.0, -1.5]).unwrap();
    for slope in [0.1, 0.5] {
        let model = Model {
            activation: Activation::Leaky(slope),
            ..Model::default()
        };
        let start = |size: f64| {
            let mut random = ChaCha8Rng::seed_from_u64(5);
            let p = 10;
            let hidden = uniform(&mut random, (p, 2), 1.0) * (size * (p as f64).sqrt());
            let signs = Array1::from_shape_fn(p, |j| if j % 2 == 0 { 1.0 } else { -1.0 });
            let output = Array1::from_shape_fn(p, |j| signs[j] * squares(hidden.row(j)).sqrt());
            Network::new(hidden, output).unwrap()
        };
        // Mean r² is twice our L, and its time half of ours.
        let leaving = |size: f64| {
            let stops = until(1e4, Some(0.5 * 2.0));
            run(&model, &data, &start(size), careful(), stops).end.time / 2.0
        };
        let (early, late) = (leaving(1e-6), leaving(1e-9));
        let found = (late - early) / 1e3f64.ln();
        let expected = 0.697_486 / (1.0 + slope);
        assert!(
            (found - expected).abs() < 2e-4 * expected,
            "slope {slope}: {found}, expected {expected}"
        );
        let end = run(&model, &data, &start(1e-3), Method::default(), until(400.0, None));
        assert!(
            (2.0 * end.end.loss - 0.25).abs() < 1e-3,
            "slope {slope}: {}",
            2.0 * end.end.loss
        );
    }
}

/// Output frozen, orthonormal inputs, square loss: r_i(t) = r_i(0) exp(−(t/n)(1/p) Σ_{j active on i} a_j²) while no pattern
/// changes.
#[test]
fn a_frozen_output_layer_fits_orthonormal_inputs_exponentially() {
    let (n, p) = (5, 4);
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let hidden = uniform(&mut random, (p, n), 1.0).mapv(|w: f64| w + w.signum());
    let output = Array1::from_shape_fn(p, |_| random.random_range(0.5..1.5));
    let network = Network::new(hidden.clone(), output.clone()).unwrap();
    let labels = Array1::from_shape_fn(n, |_| random.random_range(2.0..3.0));
    let data = Dataset::new(Array2::eye(n), labels.clone()).unwrap();
    let model = Model {
        train: Some(Train::Hidden),
        ..Model::default()
    };
    let time = 1.5;
    let solution = run(&model, &data, &network, careful(), until(time, None));
    for i in 0..n {
        let mut mass = 0.0;
        let mut h = 0.0;
        for j in 0..p {
            let (before, after) = (hidden[(j, i)], solution.network.hidden_weights()[(j, i)]);
            assert!(before * after > 0.0, "no pattern changes");
            if before > 0.0 {
                mass += output[j] * output[j] / p as f64;
                h += output[j] * before / p as f64;
            }
        }
        let expected = (labels[i] - h) * (-time / n as f64 * mass).exp();
        let mut x = vec![0.0; n];
        x[i] = 1.0;
        let found = labels[i] - solution.network.output(&x);
        assert!(
            (found - expected).abs() < 1e-6,
            "example {i}: {found}, expected {expected}"
        );
    }
}

/// Hidden layer frozen, square loss: a(∞) = a(0) + Φ⁺(y − Φ a(0)), Φ_ij = σ(u_ji)/p, the interpolator nearest to the start.
#[test]
fn a_frozen_hidden_layer_tends_to_the_nearest_interpolator() {
    let (n, d, p) = (4, 3, 12);
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let network = Network::new(
        uniform(&mut random, (p, d), 2.0),
        uniform(&mut random, (1, p), 1.0).row(0).to_owned(),
    )
    .unwrap();
    let labels = uniform(&mut random, (1, n), 1.0).row(0).to_owned();
    let data = Dataset::new(uniform(&mut random, (n, d), 2.0), labels.clone()).unwrap();
    for slope in [0.0, 0.5] {
        let model = Model {
            activation: Activation::Leaky(slope),
            train: Some(Train::Output),
            ..Model::default()
        };
        let solution = run(&model, &data, &network, careful(), until(1e9, Some(1e-24)));
        assert_eq!(
            solution.network.hidden_weights(),
            network.hidden_weights(),
            "frozen"
        );
        let moved = &solution.network.output_weights() - &network.output_weights();
        let features = data
            .inputs()
            .dot(&network.hidden_weights().t())
            .mapv(|u| model.activation.value(u) / p as f64);
        let residuals = &labels - &features.dot(&solution.network.output_weights());
        assert!(squares(&residuals).sqrt() < 1e-11, "interpolates");
        // The nearest one moved along the rows of Φ alone: take out their span by Gram–Schmidt.
        let mut left = moved.clone();
        let mut basis: Vec<Array1<f64>> = Vec::new();
        for row in features.rows() {
            let mut q = row.to_owned();
            for _ in 0..2 {
                for b in &basis {
                    let along = b.dot(&q);
                    q.scaled_add(-along, b);
                }
            }
            q /= squares(&q).sqrt();
            let along = q.dot(&left);
            left.scaled_add(-along, &q);
            basis.push(q);
        }
        assert!(
            squares(&left).sqrt() < 1e-10 * squares(&moved).sqrt(),
            "slope {slope}"
        );
    }
}

/// Weight decay on orthonormal inputs, three labels 1 and two −1, each neuron active on all of a group: in unscaled terms
/// Σ a² over a group → (‖D_g‖ − nλ)₊ and L → (1/2n) Σ_g min(nλ, ‖D_g‖)², ‖D_g‖ = √3 and √2.
#[test]
fn decay_shrinks_each_group_by_a_constant() {
    let n = 5;
    let data = Dataset::new(Array2::eye(n), array![1.0, 1.0, 1.0, -1.0, -1.0]).unwrap();
    let p = 4;
    let hidden = Array2::from_shape_fn((p, n), |(j, i)| {
        let own = (i < 3) == (j % 2 == 0);
        let size = 0.1 + 0.02 * ((3 * j + i) % 5) as f64;
        if own { size } else { -size }
    });
    let output = Array1::from_shape_fn(p, |j| if j % 2 == 0 { 0.4 } else { -0.4 });
    let network = Network::new(hidden, output).unwrap();
    for (weight_decay, loss, norms) in [(0.05, 0.0125, 5.292_529), (0.3, 0.425, 0.464_102)] {
        let model = Model {
            weight_decay,
            ..Model::default()
        };
        let solution = run(&model, &data, &network, Method::default(), until(2000.0, None));
        let theta = &solution.network;
        let found = (squares(theta.hidden_weights()) + squares(theta.output_weights())) / p as f64;
        assert!(
            (found - norms).abs() < 2e-5,
            "decay {weight_decay}: {found}, expected {norms}"
        );
        let mut fitted = 0.0;
        for (i, y) in data.labels().iter().enumerate() {
            let mut x = vec![0.0; n];
            x[i] = 1.0;
            fitted += (y - theta.output(&x)).powi(2) / (2.0 * n as f64);
        }
        assert!(
            (fitted - loss).abs() < 1e-6,
            "decay {weight_decay}: L {fitted}, expected {loss}"
        );
    }
}

/// One neuron and one example of norm 1, square loss: u = a ⟨w, x⟩ follows u' = (y − u) √(B² + 4u²), B = a² − ‖w‖², while
/// u > 0, for every slope.
#[test]
fn one_neuron_follows_its_scalar_equation() {
    let (y, a, w) = (1.5, 0.8, 0.3);
    let data = Dataset::new(array![[1.0]], array![y]).unwrap();
    let network = Network::new(array![[w]], array![a]).unwrap();
    let balance: f64 = a * a - w * w;
    let slope_at = |u: f64| (y - u) * (balance * balance + 4.0 * u * u).sqrt();
    let (mut u, steps, time) = (a * w, 20_000, 1.3);
    for _ in 0..steps {
        let h = time / f64::from(steps);
        let k1 = slope_at(u);
        let k2 = slope_at(u + 0.5 * h * k1);
        let k3 = slope_at(u + 0.5 * h * k2);
        u += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + slope_at(u + h * k3));
    }
    for activation in [
        Activation::Relu,
        Activation::Leaky(0.3),
        Activation::AbsoluteValue,
    ] {
        let model = Model {
            activation,
            ..Model::default()
        };
        let solution = run(&model, &data, &network, careful(), until(time, None));
        let found = solution.network.output_with(activation, &[1.0]);
        assert!((found - u).abs() < 1e-7, "{activation}: {found}, expected {u}");
    }
}
