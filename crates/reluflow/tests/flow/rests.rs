//! Runs that come to rest where neurons are held at a kink: no step of the confirmation leaves the flow, no row is missing.

use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::flow::Accuracy;
use reluflow::model::Activation;
use reluflow::observe::{Record, When};
use reluflow::{Dataset, Method, Model, Network, Problem, Stops};

use super::common::accuracy;

/// Orthogonal inputs with negative labels and output weights a_j > ‖w_j‖. Where σ ≥ 0 the outputs h stay positive, as a_j² − ‖w_j‖² is kept: no flow
/// comes below L = Σ y_i²/(2n).
fn held(random: &mut ChaCha8Rng) -> (Dataset, Network, f64) {
    let (n, p) = (random.random_range(1..=3), random.random_range(1..=2));
    let mut inputs = Array2::zeros((n, n));
    (0..n).for_each(|i| inputs[[i, i]] = random.random_range(0.5..2.0));
    let labels = Array1::from_shape_simple_fn(n, || -random.random_range(0.2..2.0));
    let hidden = Array2::from_shape_simple_fn((p, n), || random.random_range(-1.0..1.0));
    let output = Array1::from_shape_fn(p, |j| {
        let norm: f64 = hidden.row(j).dot(&hidden.row(j));
        norm.sqrt() * random.random_range(1.0..1.5)
    });
    let least = labels.dot(&labels) / (2.0 * n as f64);
    (
        Dataset::new(inputs, labels).unwrap(),
        Network::new(hidden, output).unwrap(),
        least,
    )
}

#[test]
fn nothing_falls_below_a_loss_that_no_flow_passes() {
    let mut random = ChaCha8Rng::seed_from_u64(18);
    let (mut late, mut arrived) = (0, 0);
    for k in 0..400 {
        let (data, network, least) = held(&mut random);
        let slope = [-1.0, -0.5, -0.4, -0.2, -0.1, 0.0][k % 6];
        let time = 10f64.powf(random.random_range(0.5..2.7));
        let method = match k % 3 {
            0 => accuracy(Accuracy::Careful),
            _ => Method::default(),
        };
        let problem = Problem {
            model: Model {
                activation: Activation::Leaky(slope),
                ..Model::default()
            },
            stops: Stops {
                time: Some(time),
                trap: true,
                evaluations: Some(300_000),
                ..Stops::default()
            },
            record: Record {
                when: When::PerDecade(12),
                ..Record::default()
            },
            ..Problem::new(&data, &network, method)
        };
        let solution = problem.solve().unwrap();
        let told = format!("problem {k}, slope {slope}: {}", solution.verdict);
        assert!(!solution.verdict.converged(), "{told}");
        assert!(
            solution.end.time <= time * (1.0 + 1e-12),
            "{told}, asked for {time}"
        );
        assert!(solution.end.loss > 0.999 * least, "{told}, below {least}");
        let mut lowest = f64::INFINITY;
        let mut before = (-1.0, 0);
        for row in solution.trajectory.rows() {
            assert!(
                row.loss > 0.999 * least,
                "{told}: L({}) = {} < {least}",
                row.time,
                row.loss
            );
            assert!(
                row.loss <= 1.05 * lowest,
                "{told}: L rises to {} at {}",
                row.loss,
                row.time
            );
            assert!(
                row.time > before.0 && row.step >= before.1,
                "{told}: {} after {before:?}",
                row.time
            );
            before = (row.time, row.step);
            lowest = lowest.min(row.loss);
        }
        if slope < 0.0 && time > 50.0 {
            late += 1;
            arrived += usize::from(solution.end.loss < 1.1 * least);
        }
        // Every time of the record up to the end has its row.
        let decades = (solution.end.time / 1e-3).log10();
        let rows = solution.trajectory.rows().len();
        assert!(rows as f64 > 12.0 * (decades - 1.0), "{told}: {rows} rows");
    }
    // And they go where the flow goes: to h = 0.
    assert!(2 * arrived > late && late > 50, "{arrived} of {late} arrived");
}
