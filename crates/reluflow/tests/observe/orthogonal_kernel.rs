//! Checks the spectrum of M on orthogonal inputs, found by counting, against matrices that are written out.

use faer::{Mat, Side};
use ndarray::{Array2, array};
use reluflow::data::Orthogonal;
use reluflow::initialisation::Asymmetric;
use reluflow::observe::{Observable, OrthogonalKernel};
use reluflow::random::Purpose;
use reluflow::theory::kernel_extremes;
use reluflow::{Dataset, Method, Network, Problem, Record, TrialSeed};

/// Orthogonal inputs, rotated or along axes, and a network whose hidden weights are not small.
fn draw(n: usize, p: usize, draw: u64, rotated: bool) -> (Dataset, Network) {
    let d = n + 2;
    let seed = TrialSeed {
        root: 77,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw,
    };
    let law = Orthogonal {
        rotated,
        ..Orthogonal::default()
    };
    let data = law.sample(n, d, &mut seed.generator(Purpose::Data)).unwrap();
    let init = Asymmetric {
        hidden_scale: 4.0,
        ..Asymmetric::default()
    };
    let network = init
        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    (data, network)
}

/// Dense decompositions are exact to some n·10⁻¹⁶ of λ_max, brackets to 10⁻¹² of what they enclose.
#[test]
fn both_ends_are_those_of_the_dense_matrix() {
    let sizes = [(1, 1), (2, 5), (7, 3), (40, 12), (90, 100), (200, 25), (200, 31)];
    for (case, (n, p)) in sizes.into_iter().enumerate() {
        for rotated in [false, true] {
            let (data, network) = draw(n, p, case as u64, rotated);
            let (low, high) = OrthogonalKernel::new(&data, &network).unwrap().ends();
            let (dense_low, dense_high) = kernel_extremes(&data, &network);
            let close = |a: f64, b: f64| (a - b).abs() < 3e-12 * dense_high;
            assert!(close(low, dense_low), "n {n} p {p}: {low} {dense_low}");
            assert!(close(high, dense_high), "n {n} p {p}: {high} {dense_high}");
        }
    }
}

/// Counts across the whole spectrum and on and beside the diagonal of Δ, against the list of all eigenvalues of
/// M_ik = (1/p) Σ_j 1_ji 1_jk (a_j² ⟨x_i, x_k⟩ + u_ji u_jk).
#[test]
fn counts_are_those_of_the_dense_matrix() {
    let (n, p) = (60, 17);
    let (data, network) = draw(n, p, 9, false);
    let kernel = OrthogonalKernel::new(&data, &network).unwrap();
    let u = data.preactivations(network.hidden_weights());
    let mass = |i: usize| {
        let active = (0..p).filter(|j| u[(*j, i)] > 0.0);
        let sum: f64 = active.map(|j| network.output_weights()[j].powi(2)).sum();
        data.input_norms()[i].powi(2) * sum / p as f64
    };
    let dense = Mat::from_fn(n, n, |i, k| {
        let shared: f64 = (0..p).map(|j| u[(j, i)].max(0.0) * u[(j, k)].max(0.0)).sum();
        shared / p as f64 + if i == k { mass(i) } else { 0.0 }
    });
    let values = dense.self_adjoint_eigenvalues(Side::Lower).unwrap();
    let beside = (0..n).flat_map(|i| [1.0 - 1e-9, 1.0, 1.0 + 1e-9].map(|factor| factor * mass(i)));
    let across = (1..200).map(|k| 1.1 * values[n - 1] * f64::from(k) / 200.0);
    let mut compared = 0;
    for lambda in beside.chain(across) {
        // Where an eigenvalue is within rounding of λ, either count is right.
        if values
            .iter()
            .all(|value| (value - lambda).abs() > 1e-12 * values[n - 1])
        {
            let count = values.iter().filter(|value| **value < lambda).count();
            assert_eq!(kernel.below(lambda), count, "λ = {lambda}");
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
}

/// More examples than are taken at a time, all alike: one neuron, a = 1, v = 1, has M = I + 11ᵀ, with 1 (n − 1 times) and
/// 1 + n. An example that it does not see has λ_min = 0.
#[test]
fn many_alike_and_one_bare() {
    let n = 4097;
    let labels = ndarray::Array1::ones(n);
    let data = Dataset::along_axes(vec![1.0; n], labels, n).unwrap();
    let mut weights = Array2::ones((1, n));
    let network = Network::new(weights.clone(), array![1.0]).unwrap();
    let (low, high) = OrthogonalKernel::new(&data, &network).unwrap().ends();
    assert!((low - 1.0).abs() < 1e-11, "{low}");
    assert!((high / (1.0 + n as f64) - 1.0).abs() < 1e-11, "{high}");
    weights[(0, 5)] = -1.0;
    let network = Network::new(weights, array![1.0]).unwrap();
    assert_eq!(OrthogonalKernel::new(&data, &network).unwrap().smallest(), 0.0);
}

/// What a run records is what the network at its end has; inputs that are not orthogonal are refused.
#[test]
fn the_recorded_spectrum_is_that_of_the_network_at_the_end() {
    let (data, network) = draw(150, 20, 4, true);
    let problem = Problem {
        record: Record {
            observables: vec![Observable::Spectrum],
            ..Record::default()
        },
        ..Problem::new(&data, &network, Method::default())
    };
    let solution = problem.solve().unwrap();
    let dense = kernel_extremes(&data, &solution.network);
    let last = |name| solution.trajectory.last(name).unwrap();
    let found = (last("lambda_min"), last("lambda_max"));
    assert!((found.0 - dense.0).abs() < 1e-11 * dense.1, "{found:?} {dense:?}");
    assert!((found.1 - dense.1).abs() < 1e-11 * dense.1, "{found:?} {dense:?}");
    let slanted = Dataset::new(&data.inputs() + 0.1, data.labels().to_owned()).unwrap();
    assert!(OrthogonalKernel::new(&slanted, &network).is_none());
}
