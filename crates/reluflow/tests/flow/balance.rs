//! Checks how far gradient descent drifts from the balance that the flow conserves (Lemma 1).
//!
//! A step is w ← w + ηẇ, a ← a + ηȧ, and a ȧ = ⟨w, ẇ⟩ because both are (a/n) Σ_i r_i σ(⟨w, x_i⟩). So
//!
//! ```text
//! a² − ‖w‖²  changes by exactly  2η(aȧ − ⟨w, ẇ⟩) + η²(ȧ² − ‖ẇ‖²) = η²(ȧ² − ‖ẇ‖²),
//! |drift of neuron j| ≤ η Σ_k η ‖θ̇_j(t_k)‖² ≤ η S,   S = Σ_k η ‖θ̇(t_k)‖².
//! ```
//!
//! S is a Riemann sum of ∫‖dθ/dt‖² dt = p (L(0) − L(t)): it stays below 2pL(0) while η is at most half of the
//! stability limit 2n/λ_max(M), since then a step lowers L by at least η‖θ̇‖²/(2p). The drift is of order η.

use reluflow::field::{Dense, VectorField};
use reluflow::flow::{GradientDescent, Precision, Stops};
use reluflow::{Dataset, Method, Network, Setting};

use super::common::solve;

const TIME: f64 = 20.0;

fn problem(draw: u64) -> (Dataset, Network) {
    let (n, d, p) = (30, 12, 15);
    let setting = Setting::paper(n, d, p);
    println!("{:?}", setting.seed(7, draw));
    setting.draw(7, draw).unwrap()
}

/// The drift that the solver reports, with the loss at time 0.
fn reported(data: &Dataset, network: &Network, learning_rate: f64) -> (f64, f64) {
    let method = Method::GradientDescent(GradientDescent {
        learning_rate,
        precision: Precision::F64,
    });
    let stops = Stops {
        time: Some(TIME),
        ..Stops::default()
    };
    let solution = solve(data, network, method, stops);
    (solution.end.balance_drift, solution.end.initial_loss)
}

/// max_j |Σ_k η²(ȧ_j² − ‖ẇ_j‖²)| and S, step by step.
fn predicted(data: &Dataset, network: &Network, learning_rate: f64) -> (f64, f64) {
    let (d, p) = (data.dimension(), network.neurons());
    let mut field = Dense::<f64>::new(data, p);
    let mut state = vec![0.0; p * (d + 1)];
    let mut velocity = state.clone();
    field.write_state(network, &mut state);
    let (mut drift, mut sum) = (vec![0.0; p], 0.0);
    for step in 0.. {
        if f64::from(step) * learning_rate >= TIME {
            break;
        }
        field.velocity(&state, &mut velocity);
        for (j, drift) in drift.iter_mut().enumerate() {
            let hidden: f64 = velocity[j * d..(j + 1) * d].iter().map(|v| v * v).sum();
            let output = velocity[p * d + j].powi(2);
            *drift += learning_rate * learning_rate * (output - hidden);
            sum += learning_rate * (output + hidden);
        }
        for (value, v) in state.iter_mut().zip(&velocity) {
            *value += learning_rate * v;
        }
    }
    let largest = drift.iter().fold(0.0, |most: f64, drift| most.max(drift.abs()));
    (largest, sum)
}

#[test]
fn drift_is_the_sum_of_squared_speeds_and_of_order_eta() {
    for draw in 0..3 {
        let (data, network) = problem(draw);
        for learning_rate in [0.1, 0.05, 0.025, 0.0125] {
            let (drift, initial_loss) = reported(&data, &network, learning_rate);
            let (expected, sum) = predicted(&data, &network, learning_rate);
            println!(
                "η = {learning_rate}: drift {drift}, η S = {}",
                learning_rate * sum
            );
            // Both walk the same steps; balances are sums of d squares of size at most 100, so the rounding
            // of their difference stays far below 1e-9.
            assert!(
                (drift - expected).abs() < 1e-9,
                "η = {learning_rate}: drift {drift}, sum of the steps' changes {expected}"
            );
            let bound = 2.0 * network.neurons() as f64 * initial_loss;
            assert!(
                sum <= bound,
                "η = {learning_rate}: S = {sum} above 2pL(0) = {bound}"
            );
            assert!(drift <= learning_rate * sum && drift > 0.0);
        }
    }
}
