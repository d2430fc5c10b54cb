//! Asks what σ'(0) changes: gradient descent by plain loops with σ'(0) = 0 and 1, on the paper's data and on data with ties.
//!
//! A pair ⟨w_j, x_i⟩ = 0 moves w_j by σ'(0) a_j r_i x_i/n and nothing else, so σ'(0) changes a bit only where an evaluation meets
//! an exact zero. The example counts these, and the draws whose final weights differ. Data with ties: inputs ±e_k ± e_l in
//! dimension 10, hidden weights of −1, 0 and 1; the exact flow, which follows the inclusion dθ/dt ∈ −p ∂L and knows no σ'(0), is the judge.
//!
//! `derivative_at_zero [draws]` (40 by default).

#![allow(clippy::print_stdout)]

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array1, Array2};
use rand::RngExt;
use reluflow::field::Real;
use reluflow::flow::{Flow, Observer};
use reluflow::observe::When;
use reluflow::random::Purpose;
use reluflow::theory::transition_time;
use reluflow::{Dataset, Method, Network, Problem, Setting, TrialSeed};

const DIMENSION: usize = 10;
const NEURONS: usize = 20;
/// Learning rate; small enough to follow the flow.
const STEP: f64 = 0.05;

/// Where gradient descent ended.
struct End<T> {
    hidden: Vec<T>,
    output: Vec<T>,
    trapped: bool,
    /// Evaluations of a pair, and those that were exactly 0.
    pairs: u64,
    zeros: u64,
}

/// Explicit Euler on dθ/dt = −p ∇L with σ'(0) = `slope`, until the trap or 1.5 transition times.
fn descend<T: Real>(data: &Dataset, start: &Network, slope: T) -> End<T> {
    let (n, d, p) = (data.examples(), data.dimension(), start.neurons());
    let cast = |values: &[f64]| -> Vec<T> { values.iter().map(|v| T::from_f64(*v)).collect() };
    let (x, y) = (cast(data.inputs_flat()), cast(&data.labels().to_vec()));
    let mut end = End {
        hidden: cast(&start.hidden_weights().iter().copied().collect::<Vec<_>>()),
        output: cast(&start.output_weights().to_vec()),
        trapped: false,
        pairs: 0,
        zeros: 0,
    };
    let steps = (1.5 * transition_time(n, p) / STEP) as usize;
    let (rate, inverse) = (T::from_f64(STEP / n as f64), T::from_f64(1.0 / p as f64));
    let mut u = vec![T::ZERO; n * p];
    let mut residuals = vec![T::ZERO; n];
    for _ in 0..=steps {
        for i in 0..n {
            let mut h = T::ZERO;
            for j in 0..p {
                let mut sum = T::ZERO;
                for k in 0..d {
                    sum += end.hidden[j * d + k] * x[i * d + k];
                }
                u[i * p + j] = sum;
                end.zeros += u64::from(sum == T::ZERO);
                if sum > T::ZERO {
                    h += end.output[j] * sum;
                }
            }
            residuals[i] = y[i] - h * inverse;
        }
        end.pairs += (n * p) as u64;
        // L < (min |y|)²/(2n).
        let squares: f64 = residuals.iter().map(|r| r.to_f64() * r.to_f64()).sum();
        end.trapped = squares < data.label_bounds().0.powi(2);
        if end.trapped {
            break;
        }
        for j in 0..p {
            let (mut push, a) = (T::ZERO, end.output[j]);
            for i in 0..n {
                let active = match u[i * p + j] {
                    value if value > T::ZERO => T::ONE,
                    value if value == T::ZERO => slope,
                    _ => continue,
                };
                let force = rate * active * residuals[i];
                if u[i * p + j] > T::ZERO {
                    push += rate * residuals[i] * u[i * p + j];
                }
                for k in 0..d {
                    end.hidden[j * d + k] += a * force * x[i * d + k];
                }
            }
            end.output[j] += push;
        }
    }
    end
}

/// The paper's data and start.
fn generic(n: usize, draw: u64) -> reluflow::Result<(Dataset, Network)> {
    Setting::paper(n, DIMENSION, NEURONS).draw(31, draw)
}

/// Inputs ±e_k ± e_l, labels of size 1 to 2, weights of −1, 0 and 1 with |a_j| = ‖w_j‖ + 1: two fifths of the pairs are ties.
fn tied(n: usize, draw: u64) -> reluflow::Result<(Dataset, Network)> {
    let (d, p) = (DIMENSION, NEURONS);
    let seed = TrialSeed {
        root: 32,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw,
    };
    let random = &mut seed.generator(Purpose::Data);
    let sign = |random: &mut reluflow::random::ChaCha8Rng| if random.random::<bool>() { 1.0 } else { -1.0 };
    let mut inputs = Array2::zeros((n, d));
    let mut taken = Vec::new();
    while taken.len() < n {
        let k = random.random_range(0..d);
        let l = (k + random.random_range(1..d)) % d;
        let mut row = vec![0.0; d];
        (row[k], row[l]) = (sign(random), sign(random));
        // No input twice, with two labels.
        if !taken.contains(&row) {
            inputs.row_mut(taken.len()).assign(&Array1::from(row.clone()));
            taken.push(row);
        }
    }
    let labels = Array1::from_shape_simple_fn(n, || sign(random) * random.random_range(1.0..2.0));
    let hidden = Array2::from_shape_simple_fn((p, d), || f64::from(random.random_range(-1..=1)));
    let output = hidden
        .rows()
        .into_iter()
        .map(|w| sign(random) * (w.dot(&w).sqrt() + 1.0))
        .collect();
    Ok((Dataset::new(inputs, labels)?, Network::new(hidden, output)?))
}

/// Rows of one table: σ'(0) = 0 against 1 in a precision.
fn compare<T: Real>(label: &str, problems: &[(Dataset, Network)]) {
    let (mut pairs, mut zeros, mut differ, mut trapped) = (0, 0, 0, [0, 0]);
    for (data, start) in problems {
        let ends = [T::ZERO, T::ONE].map(|slope| descend(data, start, slope));
        pairs += ends[0].pairs;
        zeros += ends[0].zeros;
        differ += u32::from(ends[0].hidden != ends[1].hidden || ends[0].output != ends[1].output);
        for (count, end) in trapped.iter_mut().zip(&ends) {
            *count += u32::from(end.trapped);
        }
    }
    println!(
        "{label}: {zeros} exact zeros of {pairs:.2e} pairs at σ'(0) = 0; {differ} of {} draws end in other bits at σ'(0) = 1; in the trap {} and {}",
        problems.len(),
        trapped[0],
        trapped[1],
        pairs = pairs as f64
    );
}

/// Exact zeros at the ends of the steps of the default method.
fn zeros_of_the_flow(problems: &[(Dataset, Network)]) -> reluflow::Result<(u64, u64)> {
    let (zeros, pairs) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    for (data, start) in problems {
        let mut problem = Problem::new(data, start, Method::Flow(Flow::default()));
        problem.record.when = When::Every(1);
        let (inputs, zeros, pairs) = (data.inputs().to_owned(), zeros.clone(), pairs.clone());
        problem.observer = Observer::new(move |_, network| {
            let u = inputs.dot(&network.hidden_weights().t());
            zeros.fetch_add(u.iter().filter(|u| **u == 0.0).count() as u64, Ordering::Relaxed);
            pairs.fetch_add(u.len() as u64, Ordering::Relaxed);
            ControlFlow::Continue(())
        });
        problem.solve()?;
    }
    Ok((zeros.load(Ordering::Relaxed), pairs.load(Ordering::Relaxed)))
}

fn main() -> reluflow::Result<()> {
    let draws = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(40);
    let paper: Vec<_> = (0..draws)
        .map(|draw| generic(40, draw))
        .collect::<Result<_, _>>()?;
    compare::<f64>("the paper's data, n = 40, double precision", &paper);
    compare::<f32>("the same, single precision", &paper);
    let (zeros, pairs) = zeros_of_the_flow(&paper)?;
    println!(
        "the same, the flow at the ends of its steps: {zeros} exact zeros of {:.2e} pairs",
        pairs as f64
    );
    for n in [12, 24] {
        let ties: Vec<_> = (0..draws).map(|draw| tied(n, draw)).collect::<Result<_, _>>()?;
        compare::<f64>(&format!("data with ties, n = {n}, double precision"), &ties);
        for (name, method) in [
            ("the flow, σ'(0) = 0", Method::Flow(Flow::default())),
            ("the exact flow", Method::Exact(Default::default())),
        ] {
            let mut trapped = 0;
            for (data, start) in &ties {
                let solution = Problem::new(data, start, method).solve()?;
                trapped += u32::from(solution.verdict.converged());
            }
            println!("data with ties, n = {n}, {name}: in the trap {trapped} of {draws}");
        }
    }
    Ok(())
}
