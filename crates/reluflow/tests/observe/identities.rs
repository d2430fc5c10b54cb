//! Checks the identities of the flow (Lemmas 2 and 6, the kernel, the curvature) by means that share nothing with them.
//!
//! Derivatives are finite differences. While no pair (j, i) changes sides, h is quadratic and L of degree
//! four in the parameters, so the differences below are exact but for rounding: the tests first check that no
//! pair can change sides within the step.

use faer::{Mat, Side};
use ndarray::{Array1, Array2};
use reluflow::data::Orthogonal;
use reluflow::field::{Dense, split_state};
use reluflow::flow::GradientDescent;
use reluflow::initialisation::Asymmetric;
use reluflow::observe::{Observable, When, curvature};
use reluflow::{
    Activity, DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Record, Solution, Stops,
    VectorField,
};

use super::common::{draw, draw_from};

/// The network at (W + s V, a + s b).
fn moved(network: &Network, (v, b): &(Array2<f64>, Array1<f64>), s: f64) -> Network {
    Network::new(
        &network.hidden_weights() + &(s * v),
        &network.output_weights() + &(s * b),
    )
    .unwrap()
}

/// r_i = y_i − h(x_i) by the network's own loops.
fn residuals(dataset: &Dataset, network: &Network) -> Array1<f64> {
    let inputs = dataset.inputs();
    let outputs = inputs.rows().into_iter().map(|x| network.output(&x.to_vec()));
    &dataset.labels() - &outputs.collect::<Array1<f64>>()
}

fn loss(dataset: &Dataset, network: &Network) -> f64 {
    let r = residuals(dataset, network);
    r.dot(&r) / (2.0 * dataset.examples() as f64)
}

/// The smallest |⟨w_j, x_i⟩|.
fn distance_to_kinks(dataset: &Dataset, network: &Network) -> f64 {
    let u = network.hidden_weights().dot(&dataset.inputs().t());
    u.iter().fold(f64::INFINITY, |least, u| least.min(u.abs()))
}

/// A field, its loss, and its velocity as matrix and vector.
struct Evaluated {
    field: Dense<f64>,
    state: Vec<f64>,
    loss: f64,
    direction: (Array2<f64>, Array1<f64>),
    squared_speed: f64,
}

fn evaluate(dataset: &Dataset, network: &Network) -> Evaluated {
    let (p, d) = network.hidden_weights().dim();
    let mut field = Dense::<f64>::new(dataset, p);
    let mut state = vec![0.0; field.state_length()];
    field.write_state(network, &mut state);
    let mut velocity = state.clone();
    let loss = field.velocity(&state, &mut velocity);
    let (hidden, output) = split_state(&velocity, p);
    Evaluated {
        loss,
        direction: (
            Array2::from_shape_vec((p, d), hidden.to_vec()).unwrap(),
            output.to_vec().into(),
        ),
        squared_speed: velocity.iter().map(|v| v * v).sum(),
        field,
        state,
    }
}

/// The kernel M, column by column.
fn kernel(evaluated: &mut Evaluated) -> Mat<f64> {
    let n = evaluated.field.examples();
    let mut matrix = Mat::zeros(n, n);
    let (mut unit, mut column) = (vec![0.0; n], vec![0.0; n]);
    for k in 0..n {
        unit[k] = 1.0;
        evaluated.field.apply_kernel(&evaluated.state, &unit, &mut column);
        unit[k] = 0.0;
        (0..n).for_each(|i| matrix[(i, k)] = column[i]);
    }
    matrix
}

const SHAPES: [[usize; 3]; 4] = [[1, 3, 4], [12, 20, 15], [30, 10, 8], [9, 40, 25]];

/// μ = p‖∇L‖²/L, with ∇L by central differences (exact in one coordinate: L is quadratic in each).
#[test]
fn curvature_is_the_squared_gradient_over_the_loss() {
    for (draws, [n, d, p]) in SHAPES.into_iter().enumerate() {
        let (dataset, network) = draw(n, d, p, draws as u64);
        let step = 0.9 * distance_to_kinks(&dataset, &network) / dataset.input_norm_bounds().1;
        let mut squared_gradient = 0.0;
        for j in 0..p {
            for k in 0..=d {
                let mut unit = (Array2::zeros((p, d)), Array1::zeros(p));
                if k < d {
                    unit.0[(j, k)] = 1.0;
                } else {
                    unit.1[j] = 1.0;
                }
                let ahead = loss(&dataset, &moved(&network, &unit, step));
                let behind = loss(&dataset, &moved(&network, &unit, -step));
                squared_gradient += ((ahead - behind) / (2.0 * step)).powi(2);
            }
        }
        let evaluated = evaluate(&dataset, &network);
        let mu = curvature::local(evaluated.squared_speed, p, evaluated.loss);
        let expected = p as f64 * squared_gradient / loss(&dataset, &network);
        // A coordinate of the gradient errs by e = (n + d + p) ε L/step, its norm by √(p(d + 1)) e.
        let error = (n + d + p) as f64 * f64::EPSILON * evaluated.loss / step * ((p * (d + 1)) as f64).sqrt();
        let relative = 2.0 * error / squared_gradient.sqrt();
        assert!(relative < 1e-6, "the test would see nothing: {relative:e}");
        assert!((mu / expected - 1.0).abs() < relative, "{mu} is not {expected}");
    }
}

/// μ = −(dL/dt)/L, with dL/dt by the five-point difference along the velocity (exact up to degree four).
#[test]
fn curvature_is_the_relative_rate_of_the_loss() {
    for (draws, [n, d, p]) in SHAPES.into_iter().enumerate() {
        let (dataset, network) = draw(n, d, p, draws as u64);
        let evaluated = evaluate(&dataset, &network);
        let reach = evaluated.squared_speed.sqrt() * dataset.input_norm_bounds().1;
        let step = 0.4 * distance_to_kinks(&dataset, &network) / reach;
        let at = |k: f64| loss(&dataset, &moved(&network, &evaluated.direction, k * step));
        let rate = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * step);
        let mu = curvature::local(evaluated.squared_speed, p, evaluated.loss);
        let error = 1.5 * (n + d + p) as f64 * f64::EPSILON / step;
        assert!(error < 1e-6 * mu, "the test would see nothing: {error:e}");
        assert!(
            (mu + rate / evaluated.loss).abs() < error,
            "{mu} is not {}",
            -rate / evaluated.loss
        );
    }
}

/// μ = (2/n) rᵀM r/‖r‖², to rounding.
#[test]
fn curvature_is_a_rayleigh_quotient_of_the_kernel() {
    for (draws, [n, d, p]) in SHAPES.into_iter().enumerate() {
        let (dataset, network) = draw(n, d, p, draws as u64);
        let mut evaluated = evaluate(&dataset, &network);
        let mu = curvature::local(evaluated.squared_speed, p, evaluated.loss);
        let r = residuals(&dataset, &network).to_vec();
        let mut image = vec![0.0; n];
        evaluated.field.apply_kernel(&evaluated.state, &r, &mut image);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let quotient = 2.0 / n as f64 * dot(&r, &image) / dot(&r, &r);
        // Residuals err by (d + p) ε (|y| + |h|) and |r| may be smaller: 1e-12 leaves three digits for it.
        assert!((mu / quotient - 1.0).abs() < 1e-12, "{mu} is not {quotient}");
    }
}

/// dr/dt = −(1/n) M r, with dr/dt by central differences along the velocity (exact: h is quadratic).
#[test]
fn residuals_move_by_the_kernel() {
    for (draws, [n, d, p]) in SHAPES.into_iter().enumerate() {
        let (dataset, network) = draw(n, d, p, draws as u64);
        let mut evaluated = evaluate(&dataset, &network);
        let reach = evaluated.squared_speed.sqrt() * dataset.input_norm_bounds().1;
        let step = 0.9 * distance_to_kinks(&dataset, &network) / reach;
        let at = |s: f64| residuals(&dataset, &moved(&network, &evaluated.direction, s));
        let rate = (at(step) - at(-step)) / (2.0 * step);
        let r = residuals(&dataset, &network).to_vec();
        let mut image = vec![0.0; n];
        evaluated.field.apply_kernel(&evaluated.state, &r, &mut image);
        let size = r
            .iter()
            .chain(dataset.labels())
            .fold(0.0f64, |m, v| m.max(v.abs()));
        let error = (d + p) as f64 * f64::EPSILON * 3.0 * size / step;
        let fastest = rate.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        assert!(error < 1e-6 * fastest, "the test would see nothing: {error:e}");
        for (rate, image) in rate.iter().zip(&image) {
            assert!((rate + image / n as f64).abs() < error);
        }
    }
}

/// Lemma 6: (2/n)((C_x^−)² − δ) min e ≤ (2/n) λ_min(M) ≤ μ ≤ (2/n) λ_max(M) ≤ (4/n)((C_x^+)² + δ) max e
/// under Assumption 1, at the start and far into a descent.
#[test]
fn lemma_6_brackets_the_curvature() {
    for (draws, [n, d, p]) in [[6, 400, 12], [12, 60, 30], [25, 25, 60], [40, 10, 20]]
        .into_iter()
        .enumerate()
    {
        let (dataset, start) = draw(n, d, p, draws as u64);
        assert!(start.asymmetry_margin() >= 0.0);
        let late = descend(&dataset, &start, 0.1, 20.0).network;
        for network in [start, late] {
            let mut evaluated = evaluate(&dataset, &network);
            let mu = curvature::local(evaluated.squared_speed, p, evaluated.loss);
            let values = kernel(&mut evaluated)
                .self_adjoint_eigenvalues(Side::Lower)
                .unwrap();
            let scale = 2.0 / n as f64;
            let (lowest, highest) = (scale * values[0], scale * values[n - 1]);
            let mut activity = Activity::new(n);
            evaluated.field.activity(&evaluated.state, &mut activity);
            let (lower, upper) = curvature::Bounds::new(&dataset).at(&activity);
            let rounding = 1e-12 * highest;
            let chain = [lower, lowest, mu, highest, upper];
            assert!(
                chain.windows(2).all(|pair| pair[0] <= pair[1] + rounding),
                "{chain:?}"
            );
            if d == 400 {
                assert!(
                    lower > 0.0,
                    "weak interaction makes the lower bound say something"
                );
            }
        }
    }
}

/// A descent with every step recorded.
fn descend(dataset: &Dataset, network: &Network, learning_rate: f64, time: f64) -> Solution {
    let method = Method::GradientDescent(GradientDescent {
        learning_rate,
        ..GradientDescent::default()
    });
    let mut problem = Problem::new(dataset, network, method);
    problem.stops = Stops {
        time: Some(time),
        ..Stops::default()
    };
    problem.record = Record {
        observables: vec![Observable::Curvature],
        when: When::Every(1),
        ..Record::default()
    };
    problem.solve().unwrap()
}

/// (Σ η μ_k − log(L(0)/L(t))) / log(L(0)/L(t)) along a descent with every step recorded.
fn lemma_2_gap((dataset, network): &(Dataset, Network), rate: f64) -> f64 {
    let solution = descend(dataset, network, rate, 8.0);
    let rows = solution.trajectory.rows();
    let (first, last) = (rows[0], rows[rows.len() - 1]);
    let integral: f64 = rows[..rows.len() - 1].iter().map(|row| rate * row.mu).sum();
    let logarithm = (first.loss / last.loss).ln();
    assert!((last.mu_avg * last.time - logarithm).abs() < 1e-12 * logarithm);
    assert!(logarithm > 0.5, "the loss must have moved");
    (integral - logarithm) / logarithm
}

/// Lemma 2, L(t) = L(0) e^{−∫μ}: along descent log(L_k/L_{k+1}) = η μ_k + O(η²), so the sum of η μ_k differs
/// from log(L(0)/L(t)) by O(η), and halving η halves the difference. Orthogonal inputs: no neuron slides.
#[test]
fn lemma_2_integrates_the_curvature() {
    let data = DataLaw::Orthogonal(Orthogonal {
        rotated: true,
        ..Orthogonal::default()
    });
    let init = InitialisationLaw::Asymmetric(Asymmetric::default());
    let problem = draw_from(&data, &init, [12, 15, 15], 0);
    let gaps = [4e-3, 2e-3, 1e-3].map(|rate| lemma_2_gap(&problem, rate));
    assert!(gaps[2].abs() < 1e-3, "{gaps:?}");
    for pair in gaps.windows(2) {
        assert!((1.8..2.2).contains(&(pair[0] / pair[1])), "order one: {gaps:?}");
    }
}

/// Where neurons slide along a kink, descent zigzags across it however small η is. ‖∇L‖² is taken on one side
/// or the other, and its mean exceeds the square of the mean velocity, which is what lowers the loss: then
/// μ = p‖∇L‖²/L overstates −(dL/dt)/L by an amount that does not vanish with η, while Lemma 2 holds with the
/// velocity over many steps, ‖Δθ/Δt‖²/(pL).
#[test]
fn where_neurons_slide_the_gradients_curvature_overstates_the_rate() {
    let problem = draw(12, 30, 15, 0);
    let gaps = [4e-3, 1e-3, 2.5e-4].map(|rate| lemma_2_gap(&problem, rate));
    assert!(gaps.iter().all(|gap| (0.08..0.12).contains(gap)), "{gaps:?}");

    let (dataset, network) = problem;
    let (rate, window, windows) = (2.5e-4, 80, 400);
    let Evaluated {
        mut field,
        mut state,
        loss: start,
        ..
    } = evaluate(&dataset, &network);
    let mut velocity = state.clone();
    let (mut integral, mut loss) = (0.0, start);
    for _ in 0..windows {
        let (before, loss_before) = (state.clone(), loss);
        for _ in 0..window {
            field.velocity(&state, &mut velocity);
            state
                .iter_mut()
                .zip(&velocity)
                .for_each(|(value, v)| *value += rate * v);
        }
        loss = field.velocity(&state, &mut velocity);
        let moved: f64 = state.iter().zip(&before).map(|(a, b)| (a - b).powi(2)).sum();
        let middle = (loss * loss_before).sqrt();
        integral += moved / (f64::from(window) * rate) / (15.0 * middle);
    }
    let gap = integral / (start / loss).ln() - 1.0;
    // Windows of length 0.02: the gap of one-sided curvature, 0.098, falls by more than a factor of ten.
    assert!(gap.abs() < 0.0098, "{gap}");
}
